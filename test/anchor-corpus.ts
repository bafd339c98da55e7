/**
 * A small mix that is published once and planned again: people's texts in two files under two grants,
 * text of three model families, unknown text. What a test changes between the two versions it says.
 */
import { cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Manifest } from '../core/schema/manifest.js';
import { mixPath, readJson } from '../storage/workspace.js';
import { buildMix, type Written } from './pipeline-run.js';
import { sql, writeInto } from './source-profile.js';

export interface Row {
  readonly id: string;
  readonly text: string;
  readonly license?: string;
  readonly family?: string;
  readonly kind?: string;
  readonly created?: string;
}

export type Corpus = Readonly<Record<'old' | 'new' | 'made' | 'found', readonly Row[]>>;

const WORDS =
  'bridge river copper lantern meadow signal thread harbour violin granite orchard pebble';

/** Texts of 8 to 40 words that share no five words in a row. */
function rowsOf(name: string, count: number, fields: (i: number) => Partial<Row>): Row[] {
  const words = WORDS.split(' ');
  return Array.from({ length: count }, (_, i) => {
    const text = Array.from(
      { length: 8 + ((i * 37) % 33) },
      (_word, j) => `${words[j % words.length]}${name}${(i * 7919 + j * 104729) % 99991}`,
    );
    return { id: `${name}${i}`, text: text.join(' '), created: '2019-05-05', ...fields(i) };
  });
}

export const CORPUS: Corpus = {
  old: rowsOf('o', 80, (i) => ({ license: i % 4 === 0 ? 'club' : 'open', kind: 'human_authored' })),
  new: rowsOf('n', 60, (i) => ({ license: i % 4 === 0 ? 'club' : 'open', kind: 'human_authored' })),
  made: rowsOf('m', 120, (i) => ({ family: ['aster', 'birch', 'cedar'][i % 3]! })),
  found: rowsOf('f', 30, () => ({})),
};

export async function writeRows(folder: string, corpus: Partial<Corpus>): Promise<void> {
  for (const [name, rows] of Object.entries(corpus))
    await writeInto(
      folder,
      `data/${name}.jsonl`,
      rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
    );
}

export interface RecipeParts {
  readonly version?: string;
  readonly tokenizer?: string;
  readonly budget?: number;
  readonly synthetic?: number;
  /** Files of the people's texts. */
  readonly people?: string;
  readonly open?: string;
  readonly club?: string;
  readonly formats?: string;
  readonly holdout?: number;
  /** More keys at the top. */
  readonly more?: string;
}

export function recipeOf(parts: RecipeParts = {}): string {
  const { version = '2026.11.02', tokenizer = 'bytes', budget = 40_000, synthetic = 0.3 } = parts;
  const { people = 'data/old.jsonl, data/new.jsonl', formats = 'parquet', holdout = 0 } = parts;
  const { open = 'spdx: CC-BY-4.0', club = 'spdx: CC-BY-4.0', more = '' } = parts;
  const peoples = `  - {name: people, paths: [${people}], domain: d, provenance: {field: kind, by: publisher}, grant: {field: license}}\n`;
  return `name: keep
version: ${version}
tokenizer: ${tokenizer}
token_budget: ${budget}
sources:
${people === '' ? '' : peoples}  - {name: made, paths: [data/made.jsonl], domain: d, provenance: {declared: synthetic, by: publisher}, model_family: {field: family}, grant: ours}
  - {name: found, paths: [data/found.jsonl], domain: d, grant: ours}
grants:
  - {grant_id: open, ${open}}
  - {grant_id: club, ${club}}
  - {grant_id: ours, kind: own_content, uses: {pretrain: allow}}
caps:
  - {id: synthetic, provenance: [synthetic], max_share: ${synthetic}}
  - {id: unknown, provenance: [unknown], max_share: 0.1}
use: {purposes: [pretrain], territory: EU}
output: {formats: [${formats}], holdout_share: ${holdout}}
${more}`;
}

export interface PublishedVersion extends Written {
  readonly manifest: Manifest;
  /** Absolute folder of the version. */
  readonly place: string;
}

/** Builds a version and puts it where published ones stand. */
export async function publish(folder: string, recipe: string): Promise<PublishedVersion> {
  const built = await buildMix({ folder, recipe, buildId: `build-${published++}` });
  const { name, version } = built.build.recipe;
  const place = join(built.context.workspace, mixPath(name, version));
  await mkdir(dirname(place), { recursive: true });
  await cp(built.staging, place, { recursive: true });
  return { ...built, place, manifest: readJson(join(place, 'mix.json')) as Manifest };
}
let published = 0;

/** Human documents of a version's training files, `source/id`, with their tokens; read by SQL. */
export async function humanOf(place: string): Promise<Map<string, number>> {
  const rows = await sql(
    `select source || '/' || id as name, tokens from read_parquet('${place}/data/train-*.parquet') where pass = 0 and provenance in ('human_authored', 'human_edited')`,
  );
  return new Map(rows.map(({ name, tokens }) => [String(name), Number(tokens)]));
}
