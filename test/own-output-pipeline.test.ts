/** Own outputs through the tasks of a build: indexed once, matched the same in every layout. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BuildContext, findProfiles, openBuild } from '../activities/build-context.js';
import type { IndexSummary } from '../activities/own-output-index.js';
import { matchKeys, readMatches } from '../activities/own-output-matches.js';
import { documentColumns } from '../activities/profile-columns.js';
import { run as indexOwnOutputs } from '../activities/tasks/index-own-outputs.js';
import { run as matchOwnOutputs } from '../activities/tasks/match-own-outputs.js';
import { type OwnOutputHit, ownOutputHit } from '../core/schema/own-output.js';
import { readColumns } from '../storage/columns.js';
import { outputText, rewriteOf } from './own-output-texts.js';
import { profileAll, startBuild } from './pipeline-run.js';
import { makeTempFolder, removeFolder, writeInto } from './source-profile.js';

const RECIPE = `name: house-mix
version: 2026.11.23
tokenizer: bytes
token_budget: 100_000
target_shares: {web: 1}
sources:
  - {name: web, paths: ["web/*.jsonl"], domain: web, grant: ours}
own_outputs:
  - {name: logs, paths: ["own/*.jsonl"], model_family: house, generated: {field: day}, trained_on: [house-mix@2026.05.01]}
  - {name: drafts, paths: ["drafts.jsonl"], model_family: {field: family}, generated: 2026-02-02}
grants: [{grant_id: ours, kind: own_content, uses: {pretrain: allow}}]
use: {purposes: [pretrain], territory: EU, training_ends: 2027-03-31}
`;

const DOCUMENTS: Readonly<Record<string, string>> = {
  same: outputText(3),
  'same-but-for-case': outputText(4).toUpperCase(),
  homoglyphs: outputText(5).replaceAll('o', '\u043e'),
  near: `${outputText(6)} And so on.`,
  rewrite: rewriteOf(7, 0.35),
  quote: `${outputText(501)} ${outputText(502)} ${outputText(503)} “${outputText(8)}” ${outputText(504)} ${outputText(505)}`,
  draft: outputText(203),
  short: 'Yes, of course.',
  'shorter-than-any': 'Yes.',
  ...Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`other-${i}`, outputText(600 + i)])),
};

function lines(rows: readonly object[]): string {
  return `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;
}

/** Outputs in two files, with two rows that are none. */
async function writeOutputs(folder: string): Promise<void> {
  const logs = Array.from({ length: 100 }, (_, i) => ({
    id: `log-${i}`,
    text: outputText(i),
    day: i === 50 ? 'soon' : `2026-01-${String(1 + (i % 28)).padStart(2, '0')}`,
  }));
  const copy = { id: 'log-3-again', text: outputText(3), day: '2025-12-01' };
  const short = { id: 'log-short', text: 'Yes, of course.', day: '2026-01-01' };
  await writeInto(folder, 'own/a.jsonl', lines(logs.slice(0, 60)));
  await writeInto(
    folder,
    'own/b.jsonl',
    `${lines([...logs.slice(60), copy, short])}{"id": "half\n{"id":"no-text"}\n`,
  );
  const drafts = Array.from({ length: 40 }, (_, i) => ({
    text: outputText(200 + i),
    family: i === 3 ? 'aster' : '',
  }));
  await writeInto(folder, 'drafts.jsonl', lines(drafts));
}

async function writeDocuments(folder: string, shards: number, isReversed: boolean): Promise<void> {
  const rows = Object.entries(DOCUMENTS).map(([id, text]) => ({ id, text, created: '2026-06-01' }));
  if (isReversed) rows.reverse();
  for (let shard = 0; shard < shards; shard++) {
    const some = rows.filter((_, i) => i % shards === shard);
    await writeInto(folder, `web/${shard}.jsonl`, lines(some));
  }
}

/** Hits by document id, over all shards. */
async function matchAll(context: BuildContext): Promise<Record<string, readonly OwnOutputHit[]>> {
  const { build } = await profileAll(context);
  const found: Record<string, readonly OwnOutputHit[]> = {};
  for (const { shard, documents } of await findProfiles(build)) {
    await matchOwnOutputs({ context, shard: shard.index }, new Float64Array(2));
    const matches = await readMatches(build, shard.index);
    let first = 0;
    for await (const batch of readColumns(documents)) {
      const { id, length } = documentColumns(batch);
      for (let row = 0; row < length; row++) {
        const hits = matches.get(first + row);
        if (hits !== undefined) found[id(row)] = hits;
      }
      first += length;
    }
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const folders: string[] = [];
let context: BuildContext;
let hits: Record<string, readonly OwnOutputHit[]>;

async function start(shards: number, isReversed: boolean): Promise<BuildContext> {
  const folder = await makeTempFolder();
  folders.push(folder);
  await writeOutputs(folder);
  await writeDocuments(folder, shards, isReversed);
  return startBuild({ folder, recipe: RECIPE });
}

beforeAll(async () => {
  context = await start(1, false);
  await indexOwnOutputs(context, new Float64Array(2));
  hits = await matchAll(context);
}, 60_000);
afterAll(async () => {
  for (const folder of folders) await removeFolder(folder);
});

test('every output is indexed once, and rows that are none are counted', async () => {
  const made = await indexOwnOutputs(context, new Float64Array(2));
  expect(made.map(({ reused }) => reused)).toEqual([true, true]);
  const [logs, drafts] = made.map(({ record }) => record.summary as IndexSummary);
  expect(logs).toMatchObject({
    ...{ rowsRead: 104, outputs: 102, rowsRejected: 2, undated: 1, blocks: 1 },
    rejectedByReason: { broken_json: 1, missing_text: 1 },
  });
  expect(drafts).toMatchObject({ rowsRead: 40, outputs: 40, rowsRejected: 0, undated: 0 });
});

test.each([
  ['same', 'exact', 'logs', 'log-3-again', 'house', '2025-12-01'],
  ['same-but-for-case', 'exact', 'logs', 'log-4', 'house', '2026-01-05'],
  ['homoglyphs', 'exact', 'logs', 'log-5', 'house', '2026-01-06'],
  ['near', 'minhash', 'logs', 'log-6', 'house', '2026-01-07'],
  ['rewrite', 'retrieval', 'logs', 'log-7', 'house', '2026-01-08'],
  ['quote', 'minhash', 'logs', 'log-8', 'house', '2026-01-09'],
  ['short', 'exact', 'logs', 'log-short', 'house', '2026-01-01'],
])('%s is found by %s as %s/%s', (id, method, output, of, modelFamily, generated) => {
  expect(hits[id]?.[0]).toMatchObject({ method, output, id: of, modelFamily, generated });
});

test('an output without an id, with a family of its own, has a digest for an id', () => {
  expect(hits.draft?.[0]).toMatchObject({
    ...{ output: 'drafts', method: 'exact', modelFamily: 'aster', generated: '2026-02-02' },
    id: expect.stringMatching(/^sha256-[0-9a-f]{32}$/),
  });
});

test('a quotation covers its own part of the document, a rewrite the whole', () => {
  const [quote] = hits.quote!;
  const start = DOCUMENTS.quote!.indexOf('“') + 1;
  const end = DOCUMENTS.quote!.indexOf('”');
  expect(Math.abs(quote!.span[0] - start)).toBeLessThan(90);
  expect(Math.abs(quote!.span[1] - end)).toBeLessThan(90);
  expect(quote!.covered).toBeLessThan(0.35);
  expect(hits.rewrite![0]!.covered).toBeGreaterThan(0.8);
});

test('a few words that are the same say little, fewer still nothing', () => {
  expect(hits.short![0]!.strength).toBeLessThan(2);
  expect(hits['shorter-than-any']).toBeUndefined();
});

test('of 40 documents on other matters 2 at most are hit, and every hit is of its shape', () => {
  expect(Object.keys(hits).filter((id) => id.startsWith('other')).length).toBeLessThanOrEqual(2);
  for (const list of Object.values(hits)) for (const hit of list) ownOutputHit.parse(hit);
});

test('order and layout of the shards change no match', async () => {
  const other = await start(4, true);
  await indexOwnOutputs(other, new Float64Array(2));
  expect(await matchAll(other)).toEqual(hits);
}, 60_000);

test('addresses are known without reading, and change with the outputs', async () => {
  const build = await openBuild(context);
  expect(matchKeys(build)).toHaveLength(1);
  const folder = await makeTempFolder();
  folders.push(folder);
  await writeOutputs(folder);
  await writeInto(folder, 'drafts.jsonl', lines([{ text: outputText(999) }]));
  await writeDocuments(folder, 1, false);
  const changed = await openBuild(await startBuild({ folder, recipe: RECIPE }));
  expect(matchKeys(changed)).not.toEqual(matchKeys(build));
});
