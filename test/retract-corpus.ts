/**
 * A small workspace to retract from: people's texts under licences that overlap (MIT, CC-BY-4.0, both, either),
 * a forum that copied some of them word for word, text of three model families. More is asked for than there is, so documents are repeated.
 */
import { join } from 'node:path';
import { publishMix } from '../activities/publish-mix.js';
import type { Manifest } from '../core/schema/manifest.js';
import { sha256 } from '../storage/digest.js';
import { openParquet } from '../storage/parquet-reader.js';
import { mixPath, readJson } from '../storage/workspace.js';
import { buildMix } from './pipeline-run.js';
import { writeInto } from './source-profile.js';

const WORDS = 'bridge river copper lantern meadow signal thread harbour violin granite orchard';
const LICENCES = ['MIT', 'CC-BY-4.0', 'MIT AND CC-BY-4.0', 'CC-BY-4.0 OR MIT', 'CC-BY-4.0'];

function textOf(name: string, i: number): string {
  const words = WORDS.split(' ');
  return Array.from(
    { length: 8 + ((i * 37) % 33) },
    (_, j) => `${words[j % words.length]}${name}${(i * 7919 + j * 104729) % 99991}`,
  ).join(' ');
}

const domainOf = (i: number) => ['health', 'law', 'software'][i % 3]!;
const rowsOf = (count: number, row: (i: number) => object) =>
  Array.from({ length: count }, (_, i) => `${JSON.stringify(row(i))}\n`).join('');

export const PRESS = 150;
/** Every fifth text of the forum is one of the press, under CC-BY-4.0 there. */
export const copiedOf = (i: number): number | null => (i % 5 === 0 ? i + 1 : null);

export async function writeRetractCorpus(folder: string): Promise<void> {
  const press = (i: number) => ({
    ...{ id: `p${i}`, text: textOf('p', i), domain: domainOf(i) },
    ...{ license: LICENCES[i % LICENCES.length], created: '2018-03-04' },
  });
  const forum = (i: number) => {
    const copied = copiedOf(i);
    const text = copied === null ? textOf('f', i) : textOf('p', copied);
    return { id: `f${i}`, text, domain: domainOf(i), created: '2019-03-04' };
  };
  const made = (i: number) => ({
    ...{ id: `m${i}`, text: textOf('m', i), domain: domainOf(i) },
    family: ['aster', 'birch', 'cedar'][i % 3],
  });
  await writeInto(folder, 'data/press.jsonl', rowsOf(PRESS, press));
  await writeInto(folder, 'data/forum.jsonl', rowsOf(100, forum));
  await writeInto(folder, 'data/made.jsonl', rowsOf(90, made));
}

export interface RetractRecipe {
  readonly name: string;
  readonly version: string;
  readonly budget?: number;
  readonly sources?: readonly string[];
  readonly caps?: string;
  readonly formats?: string;
  readonly more?: string;
}

const SOURCES: Readonly<Record<string, string>> = {
  press: `  - {name: press, paths: [data/press.jsonl], domain: {field: domain}, provenance: {declared: human_authored, by: publisher}, grant: {field: license}}`,
  forum: `  - {name: forum, paths: [data/forum.jsonl], domain: {field: domain}, provenance: {declared: human_authored, by: publisher}, grant: talk}`,
  made: `  - {name: made, paths: [data/made.jsonl], domain: {field: domain}, provenance: {declared: synthetic, by: publisher}, model_family: {field: family}, grant: ours}`,
};

export function retractRecipe(parts: RetractRecipe): string {
  const { name, version, budget = 130_000, sources = ['press', 'forum', 'made'] } = parts;
  return `name: ${name}
version: ${version}
seed: 7
tokenizer: bytes
token_budget: ${budget}
target_shares: {health: 0.4, law: 0.3, software: 0.3}
max_repetition_factor: 3
sources:
${sources.map((source) => SOURCES[source]!).join('\n')}
grants:
  - {grant_id: mit, spdx: MIT, uses: {pretrain: allow}}
  - {grant_id: cc, spdx: CC-BY-4.0, uses: {pretrain: allow}}
  - {grant_id: talk, kind: contract, uses: {pretrain: allow}}
  - {grant_id: ours, kind: own_content, uses: {pretrain: allow}}
caps:
  - {id: synthetic-each, domain: each, provenance: [synthetic], max_share: 0.35}
${parts.caps ?? ''}use: {purposes: [pretrain], territory: EU, training_ends: 2027-03-31}
output: {formats: [${parts.formats ?? 'parquet'}], holdout_share: 0.03}
${parts.more ?? ''}`;
}

/** Builds and publishes without a server; answers the folder of the version. */
export async function publishVersion(folder: string, parts: RetractRecipe): Promise<string> {
  const buildId = `${parts.name}-${parts.version}`;
  const { context, assembled } = await buildMix({ folder, recipe: retractRecipe(parts), buildId });
  const { path } = await publishMix({ context, assembled });
  return join(context.workspace, path);
}

export interface FoundRow {
  readonly source: string;
  readonly id: string;
  readonly domain: string;
  readonly provenance: string;
  readonly grants: readonly string[];
  readonly digest: string;
  readonly tokens: number;
  readonly pass: number;
  readonly split: string;
}

/** Every row of a version, read by the second reader: what a scan by hand would see. */
export async function scanVersion(workspace: string, mix: string): Promise<FoundRow[]> {
  const [name, version] = mix.split('@') as [string, string];
  const folder = join(workspace, mixPath(name, version));
  const manifest = readJson(join(folder, 'mix.json')) as Manifest;
  const rows: FoundRow[] = [];
  for (const file of manifest.files) {
    if (file.format !== 'parquet') continue;
    for await (const group of (await openParquet(join(folder, file.path))).groups) {
      const cells = (column: string) => group.text(column).map((cell) => cell ?? '');
      const [source, id, domain, provenance] = [
        ...['source', 'id', 'domain', 'provenance'].map(cells),
      ] as [string[], string[], string[], string[]];
      const [grants, texts] = [cells('grant_id'), cells('text')];
      const [tokens, pass] = [group.integer('tokens'), group.integer('pass')];
      for (let i = 0; i < group.rows; i++)
        rows.push({
          ...{ source: source[i]!, id: id[i]!, domain: domain[i]!, provenance: provenance[i]! },
          ...{ grants: grants[i]!.split(' AND '), digest: sha256(texts[i]!) },
          ...{ tokens: tokens[i]!, pass: pass[i]!, split: file.split },
        });
    }
  }
  return rows;
}
