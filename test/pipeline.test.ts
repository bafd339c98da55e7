/**
 * The whole data path on a synthetic corpus: layout of the input does not matter, work is re-used,
 * and what stands in the written files is counted again by SQL that shares nothing with our tallies.
 */
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdoutKey, isHoldout } from '../core/mix/holdout.js';
import { weightFiles } from '../core/report/weights/weight-files.js';
import { weightsOfManifest } from '../core/report/weights/weights-view.js';
import type { Manifest } from '../core/schema/manifest.js';
import { provenanceRecord } from '../core/schema/provenance.js';
import { sha256File } from '../storage/digest.js';
import { readJson, removeScratch } from '../storage/workspace.js';
import { RECIPE, SOURCES, writeCorpus } from './pipeline-corpus.js';
import { type buildMix as Build, buildMix, planBuild, startBuild } from './pipeline-run.js';
import { makeTempFolder, removeFolder, sql } from './source-profile.js';

type Built = Awaited<ReturnType<typeof Build>>;

const folders: string[] = [];
let built: Built;
let first: string;
let manifest: Manifest;

async function corpusOf(shards: number, spelling?: string): Promise<string> {
  const folder = await makeTempFolder();
  folders.push(folder);
  await writeCorpus(folder, shards, spelling);
  return folder;
}

/** Name and digest of every data file. */
async function dataDigests({ staging }: Built): Promise<Record<string, string>> {
  const names = (await readdir(join(staging, 'data'))).sort();
  const digests = names.map(async (name) => [
    name,
    (await sha256File(join(staging, 'data', name))).sha256,
  ]);
  return Object.fromEntries(await Promise.all(digests)) as Record<string, string>;
}

const files = (split: string) => `'${built.staging}/data/${split}-*.parquet'`;
const train = () => `read_parquet(${files('train')})`;
const holdout = () => `read_parquet(${files('holdout')})`;

async function numbers(query: string): Promise<number[]> {
  const rows = await sql(query);
  return rows.flatMap((row) => Object.values(row).map(Number));
}

beforeAll(async () => {
  first = await corpusOf(8);
  built = await buildMix({ folder: first, recipe: RECIPE });
  manifest = readJson(join(built.staging, 'mix.json')) as Manifest;
});
afterAll(async () => {
  for (const folder of folders) await removeFolder(folder);
});

describe('the written mix', () => {
  it('brings weights for trainers, of the tokens that were counted in the files', () => {
    const files = weightFiles(weightsOfManifest(manifest, null)).map(({ path }) => path);
    const attached = manifest.attachments.map(({ path }) => path);
    expect(attached.filter((path) => path.startsWith('weights/'))).toEqual(
      files.map((path) => `weights/${path}`),
    );
    const strata = readFileSync(join(built.staging, 'weights/plan-strata.csv'), 'utf8');
    const rows = strata.trimEnd().split('\r\n').slice(1);
    const written = rows.map((row) => Number(row.split(',')[11]));
    expect(written.reduce((sum, tokens) => sum + tokens, 0)).toBe(manifest.tokensWritten);
  });

  it('holds what the manifest says, in several shards of both formats', async () => {
    expect(built.selected.trainShards).toBeGreaterThan(2);
    expect(manifest.files.map(({ path }) => path).sort()).toEqual(
      Object.keys(await dataDigests(built)).map((name) => `data/${name}`),
    );
    const [rows, tokens] = await numbers(`select count(*), sum(tokens) from ${train()}`);
    expect([rows, tokens]).toEqual([manifest.documentsWritten, manifest.tokensWritten]);
    expect(manifest.tokensWritten).toBeLessThanOrEqual(manifest.tokenBudget);
    expect(manifest.tokensWritten).toBeGreaterThan(0.99 * manifest.tokensPlanned);
    const digests = await dataDigests(built);
    for (const file of manifest.files) expect(digests[file.path.slice(5)]).toBe(file.sha256);
  });

  it('counts tokens as they are: every row holds as many bytes as it says', async () => {
    const [wrong] = await numbers(
      `select count(*) from ${train()} where tokens <> octet_length(encode(text))`,
    );
    expect(wrong).toBe(0);
  });

  it('keeps every cap, counted by SQL from the files', async () => {
    const share = (part: string, of = 'true') =>
      `sum(tokens) filter (where ${part}) / sum(tokens) filter (where ${of})`;
    const perDomain = await sql(
      `select domain, ${share("provenance = 'synthetic'")} as synthetic, ${share("provenance = 'unknown'")} as unknown,
       ${share("provenance in ('human_authored', 'human_edited')")} as human from ${train()} group by domain`,
    );
    expect(perDomain.length).toBe(4);
    for (const row of perDomain) {
      expect(Number(row.synthetic)).toBeLessThanOrEqual(0.3);
      expect(Number(row.synthetic)).toBeGreaterThan(0);
      expect(Number(row.unknown)).toBeLessThanOrEqual(0.1);
      if (row.domain === 'health') expect(Number(row.human)).toBeGreaterThanOrEqual(0.65);
    }
    const [found] = await numbers(
      `select coalesce(sum(tokens), 0) from ${train()} where source = 'found'`,
    );
    expect(found).toBeLessThanOrEqual(160_000);
    const synthetic = `(select * from ${train()} where provenance = 'synthetic')`;
    for (const scope of ['', 'domain, ']) {
      const families = `select ${scope}model_family, sum(tokens) as n from ${synthetic} group by all`;
      const by = scope === '' ? '' : 'group by domain';
      const rows = await sql(
        `select max(n) / sum(n) as largest, count(*) as families from (${families}) ${by}`,
      );
      for (const { largest, families: count } of rows) {
        expect(Number(largest)).toBeLessThanOrEqual(0.4);
        expect(Number(count)).toBeGreaterThanOrEqual(3);
      }
    }
  });

  it('repeats whole documents, never beyond the factor of their source', async () => {
    const passes = `select source, id, count(*) as n, max(pass) as last, count(distinct pass) as passes from ${train()} group by all`;
    const [wrong] = await numbers(
      `select count(*) from (${passes}) where last + 1 <> n or passes <> n`,
    );
    expect(wrong).toBe(0);
    const rows = await sql(
      `select source, max(n) as most from (${passes}) group by source order by source`,
    );
    expect(rows.map(({ source, most }) => [source, Number(most)])).toEqual([
      ['found', 1],
      ['generated', 1],
      ['library', 2],
    ]);
  });

  it('gives every row a grant that allows the use', async () => {
    const rows = await sql(`select distinct source, grant_id from ${train()} order by all`);
    expect(rows).toEqual([
      { source: 'found', grant_id: 'ours' },
      { source: 'generated', grant_id: 'ours' },
      { source: 'library', grant_id: 'open' },
    ]);
  });

  it('holds the holdout apart: drawn by id alone, in none of the training files', async () => {
    const [both] = await numbers(
      `select count(*) from ${train()} t join ${holdout()} h using (source, id)`,
    );
    expect(both).toBe(0);
    const rows = await sql(`select source, id from ${holdout()}`);
    expect(rows.length).toBe(manifest.holdout.documents);
    expect(rows.length).toBeGreaterThan(10);
    for (const { source, id } of rows) {
      expect(isHoldout(holdoutKey(String(source)), String(id), 0.01)).toBe(true);
    }
  });

  it('writes one of every exact copy, and none of a near copy beside its original', async () => {
    const [texts, distinct] = await numbers(
      `select count(text), count(distinct text) from ${train()} where pass = 0`,
    );
    expect(texts).toBe(distinct);
    const near = `select count(*) from ${train()} a join ${train()} b on a.text || ' the end' = b.text and a.pass = 0 and b.pass = 0`;
    expect(await numbers(near)).toEqual([0]);
    expect(manifest.duplicates.exactGroups).toBeGreaterThan(20);
    expect(manifest.duplicates.nearPairs).toBeGreaterThanOrEqual(30);
  });

  it('writes Parquet and Arrow with the same rows', async () => {
    const split = manifest.files.filter((file) => file.split === 'train');
    const sum = (format: string, of: 'rows' | 'tokens') =>
      split.filter((file) => file.format === format).reduce((total, file) => total + file[of], 0);
    for (const of of ['rows', 'tokens'] as const) expect(sum('arrow', of)).toBe(sum('parquet', of));
  });
});

describe('what became of every row', () => {
  it('labels every kept row and lists every rejected one', async () => {
    for (const [name, { count }] of Object.entries(SOURCES)) {
      const tally = manifest.sources.find(({ source }) => source === name)!;
      expect(tally.rowsRead).toBe(tally.rowsKept + tally.rowsRejected);
      expect(tally.rowsKept).toBe(count);
      const [rows, ids] = await numbers(
        `select count(*), count(distinct id) from '${built.staging}/labels/${name}.parquet'`,
      );
      expect([rows, ids]).toEqual([count, count]);
    }
    const rejects = await sql(
      `select line, reason from '${built.staging}/rejects/library.parquet' order by reason`,
    );
    expect(rejects.map(({ reason }) => reason)).toEqual([
      'broken_json',
      'empty_text',
      'not_an_object',
    ]);
  });

  it('says in the labels what is in the files, and why the rest is not', async () => {
    const labels = `read_parquet('${built.staging}/labels/*.parquet')`;
    const [rows, tokens] = await numbers(
      `select sum(passes), sum(passes * tokens) from ${labels} where outcome = 'written'`,
    );
    expect([rows, tokens]).toEqual([manifest.documentsWritten, manifest.tokensWritten]);
    const [strangers] = await numbers(
      `select count(*) from ${train()} t anti join (select * from ${labels} where outcome = 'written') l on t.source = l.source and t.id = l.id`,
    );
    expect(strangers).toBe(0);
    const outcomes = await sql(`select distinct outcome from ${labels} order by 1`);
    const expected = ['duplicate', 'grant_expired', 'holdout', 'no_grant', 'written'];
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(expect.arrayContaining(expected));
    const [mute] = await numbers(
      `select count(*) from ${labels} where outcome <> 'written' and reason is null`,
    );
    expect(mute).toBe(0);
  });

  it('adds up from read to written: available, left out and kept are one sum', async () => {
    const { strata, leftOut, sources } = built.inventory;
    const kept = sources.reduce((sum, { rowsKept }) => sum + rowsKept, 0);
    const sorted = [...strata, ...leftOut].reduce((sum, { documents }) => sum + documents, 0);
    expect(sorted).toBe(kept);
  });
});

describe('the same corpus in another layout', () => {
  it.each([
    [1, 'part'],
    [64, 'split'],
  ])('gives the same bytes from %i files named "%s"', async (shards, spelling) => {
    const folder = await corpusOf(shards, spelling);
    const other = await buildMix({ folder, recipe: RECIPE });
    expect(other.assembled.tokens).toBe(built.assembled.tokens);
    expect(await dataDigests(other)).toEqual(await dataDigests(built));
  });

  it('gives the same bytes, manifest included, when it is built twice', async () => {
    const again = await buildMix({
      folder: first,
      recipe: RECIPE,
      workspace: join(first, 'other'),
    });
    expect(again.made).toBe(24);
    expect(again.assembled.manifestSha256).toBe(built.assembled.manifestSha256);
    expect(await dataDigests(again)).toEqual(await dataDigests(built));
  });
});

describe('work that was done already', () => {
  it('is not done again: no profile on the second build, one where one shard of eight changed', async () => {
    const folder = await corpusOf(8);
    const once = await planBuild(await startBuild({ folder, recipe: RECIPE, buildId: 'a' }));
    expect(once).toMatchObject({ made: 24, reused: 0 });
    const twice = await planBuild(await startBuild({ folder, recipe: RECIPE, buildId: 'b' }));
    expect(twice).toMatchObject({ made: 0, reused: 24 });
    expect(twice.planRef).toEqual(once.planRef);
    await appendFile(
      join(folder, 'data/found-part-4.jsonl'),
      '{"key":"new","topic":"law","body":"one more"}\n',
    );
    const changed = await planBuild(await startBuild({ folder, recipe: RECIPE, buildId: 'c' }));
    expect(changed).toMatchObject({ made: 1, reused: 23 });
    for (const buildId of ['a', 'b', 'c']) await removeScratch(join(folder, 'workspace'), buildId);
    expect(existsSync(join(folder, 'workspace/tmp'))).toBe(false);
  });

  it('leaves nothing in tmp once the scratch of the build is removed', async () => {
    const workspace = join(first, 'other');
    expect(existsSync(join(workspace, 'tmp/test'))).toBe(true);
    await removeScratch(workspace, 'test');
    expect((await readdir(workspace)).sort()).toEqual(['cache']);
  });
});

describe('provenance.json', () => {
  it('counts every document once by source and label, and what was written by group, as SQL does', async () => {
    const record = provenanceRecord.parse(readJson(join(built.staging, 'provenance.json')));
    const labels = `read_parquet('${built.staging}/labels/*.parquet')`;
    const tallies = record.sources.flatMap(({ labels: byLabel }) => Object.values(byLabel));
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
    const [documents, tokens] = await numbers(`select count(*), sum(tokens) from ${labels}`);
    expect(sum(tallies.map((tally) => tally.documents))).toBe(documents);
    expect(sum(tallies.map((tally) => tally.tokens))).toBe(tokens);
    for (const axis of ['domain', 'language'] as const) {
      const rows = record.losses.filter((row) => row.axis === axis);
      expect(sum(rows.map((row) => row.tokens))).toBe(tokens);
      expect(sum(rows.map((row) => row.written))).toBe(manifest.tokensWritten);
    }
    const [conflicts] = await numbers(
      `select count(*) from ${labels} where unknown_reason = 'conflict'`,
    );
    expect(record.conflictCount).toBe(conflicts);
    const quarters = record.losses.filter((row) => row.axis === 'lexical_variety');
    expect(quarters.map(({ group }) => group.slice(0, 11))).toEqual([
      ...['1st quarter', '2nd quarter', '3rd quarter', '4th quarter'],
    ]);
  });
});
