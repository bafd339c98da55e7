/**
 * Text of our own models through three versions of a mix, each made with models that were trained on the
 * one before: its depth in manifests and written columns, and caps on it and at a confidence, counted from
 * the files by SQL. A third of the own text is declared; the log of what was generated finds it all.
 */
import { cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lineagesOf } from '../activities/lineages.js';
import type { Manifest } from '../core/schema/manifest.js';
import { mixPath, readJson } from '../storage/workspace.js';
import { assemble, startBuild, verifyAll, writeMix } from './pipeline-run.js';
import { makeTempFolder, removeFolder, sql, writeInto } from './source-profile.js';

const SHARES = { own: 0.1, human: 0.6 };

function recipeOf(version: string, trainedOn: string | null): string {
  const logs = `own_outputs:\n  - {name: logs, paths: [own.jsonl], model_family: house, generated: 2026-01-01, trained_on: [${trainedOn}]}\n`;
  return `name: loop
version: ${version}
tokenizer: bytes
token_budget: 100_000
sources:
  - {name: library, paths: [library.jsonl], domain: d, provenance: {declared: human_authored, by: publisher}, grant: open}
  - {name: own, paths: [own.jsonl], domain: d, provenance: {field: kind, by: publisher}, model_family: house, grant: open}
  - {name: found, paths: [found.jsonl], domain: d, grant: open}
${trainedOn === null ? '' : logs}grants:
  - {grant_id: open, spdx: CC-BY-4.0}
caps:
  - {id: own-text, lineage_depth: 1, max_share: ${SHARES.own}}
  - {id: human-sure, provenance: [human_authored, human_edited], min_share: ${SHARES.human}, confidence: 0.95}
use: {purposes: [pretrain], territory: EU}
output: {formats: [parquet, arrow], holdout_share: 0.05}
`;
}

const WORDS =
  'bridge river copper lantern meadow signal thread harbour violin granite orchard pebble';

/** Texts that share no five words in a row. */
function rowsOf(source: string, count: number, kind: (i: number) => string | undefined): string {
  const words = WORDS.split(' ');
  const rows = Array.from({ length: count }, (_, i) => {
    const text = words.map((word, j) => `${word}${source}${(i * 7919 + j * 104729) % 99991}`);
    return JSON.stringify({
      ...{ id: `${source}${i}`, text: text.join(' '), kind: kind(i), created: '2026-06-01' },
    });
  });
  return `${rows.join('\n')}\n`;
}

let folder: string;
const manifests: Manifest[] = [];
const files: string[] = [];

/** Builds a version and puts it where published ones stand. */
async function publish(version: string, trainedOn: string | null): Promise<void> {
  const recipe = recipeOf(version, trainedOn);
  const context = await startBuild({ folder, recipe, buildId: version });
  const written = await writeMix(context);
  await verifyAll(written);
  await assemble(written);
  const place = join(context.workspace, mixPath('loop', version));
  await mkdir(dirname(place), { recursive: true });
  await cp(written.staging, place, { recursive: true });
  manifests.push(readJson(join(place, 'mix.json')) as Manifest);
  files.push(join(place, 'data'));
}

beforeAll(async () => {
  folder = await makeTempFolder();
  await writeInto(
    folder,
    'library.jsonl',
    rowsOf('l', 120, () => undefined),
  );
  const kindOfOwn = (i: number) => (i % 3 === 0 ? 'synthetic' : undefined);
  await writeInto(folder, 'own.jsonl', rowsOf('o', 90, kindOfOwn));
  await writeInto(
    folder,
    'found.jsonl',
    rowsOf('f', 90, () => undefined),
  );
  await publish('2026.11.01', null);
  await publish('2026.11.02', 'loop@2026.11.01');
  await publish('2026.11.03', 'loop@2026.11.02');
}, 120_000);
afterAll(() => removeFolder(folder));

const train = (version: number) => `read_parquet('${files[version]}/train-*.parquet')`;
const numbers = async (query: string) =>
  (await sql(query)).flatMap((row) => Object.values(row).map(Number));

describe('lineage depth', () => {
  it('grows by one with every version that models were trained on', () => {
    const depths = manifests.map(({ strata }) => [
      ...new Set(strata.map(({ source, lineageDepth }) => `${source} ${lineageDepth}`)),
    ]);
    expect(depths).toEqual([
      ['found 0', 'library 0', 'own 0'],
      ['found 0', 'library 0', 'own 1'],
      ['found 0', 'library 0', 'own 2'],
    ]);
  });

  it('is that of the version most behind, 1 for one that is not here or holds none', async () => {
    const workspace = join(folder, 'workspace');
    const of = (trainedOn: string[]) => ({
      ...{ name: 'logs', paths: ['x'], fields: { id: 'id', text: 'text' }, trainedOn },
      ...{ modelFamily: { kind: 'constant' as const, value: 'house' }, generated: null },
    });
    const ownOutputs = [
      of(['loop@2026.11.01']),
      of(['loop@2026.11.02', 'loop@2026.11.01']),
      of(['loop@2026.11.01', 'loop@2026.11.03', 'other@2026.11.03']),
      of(['other@2026.11.03']),
      of([]),
    ];
    const found = await lineagesOf(workspace, { name: 'loop', ownOutputs } as never);
    expect(found.map(({ depth, loops }) => [depth, loops.length])).toEqual([
      [1, 1],
      [2, 2],
      [3, 2],
      [1, 0],
      [1, 0],
    ]);
  });

  it('stands in every written row of both formats and both splits', async () => {
    const rows = await sql(
      `select distinct source, provenance, lineage_depth from ${train(2)} order by all`,
    );
    expect(rows.map((row) => Object.values(row).map(String).join(' '))).toEqual([
      'found unknown 0',
      'library human_authored 0',
      'own synthetic 2',
    ]);
    const held = `read_parquet('${files[2]}/holdout-*.parquet')`;
    const query = `select distinct lineage_depth from ${held} where source = 'own'`;
    expect(await numbers(query)).toEqual([2]);
    const formats = new Set(manifests[2]!.files.map(({ format }) => format));
    expect([...formats].sort()).toEqual(['arrow', 'parquet']);
  });
});

describe('caps on what was written', () => {
  it('keep the share of own text, counted by SQL, once it is known to be own', async () => {
    const share = `sum(tokens) filter (where lineage_depth >= 1) / sum(tokens)`;
    const shares = await Promise.all(
      [0, 1, 2].map((i) => numbers(`select ${share} from ${train(i)}`)),
    );
    expect(shares[0]![0]).toBe(0);
    for (const [found] of shares.slice(1)) {
      expect(found).toBeGreaterThan(0.8 * SHARES.own);
      expect(found).toBeLessThanOrEqual(SHARES.own);
    }
  });

  it('keep a minimum at a confidence: 95 % of text labelled human, nothing of unknown text', async () => {
    const human = `sum(tokens) filter (where provenance = 'human_authored')`;
    for (const [i, manifest] of manifests.entries()) {
      const [part, whole] = await numbers(`select ${human}, sum(tokens) from ${train(i)}`);
      const sure = manifest.caps.find(({ capId }) => capId === 'human-sure')!;
      const expected = { kind: 'min_share', limit: SHARES.human, confidence: 0.95, kept: true };
      expect(sure).toMatchObject({ ...expected, whole });
      // Synthetic text is surely none of the two; its 5 % that may be human is not counted either.
      expect(sure.part).toBe(Math.floor((95 * part!) / 100));
      expect(95 * part!).toBeGreaterThanOrEqual(60 * whole!);
    }
  });
});
