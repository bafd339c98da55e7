/**
 * Files in buckets as sources: a real S3 server behind a road that can be made bad. The same files on a
 * disk are what every answer is compared with: names that patterns find, artifacts that builds make.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BuildContext } from '../activities/build-context.js';
import { run as checkArrivals } from '../activities/tasks/check-arrivals.js';
import { assertSourcesUnchanged } from '../activities/tasks/sources-unchanged.js';
import { termLists } from '../activities/term-lists.js';
import { lookAt } from '../client/watch-source/look.js';
import { Failure } from '../core/schema/failure.js';
import { sha256 } from '../storage/digest.js';
import type { ObjectStore } from '../storage/remote/object-store.js';
import { openObjectStore } from '../storage/remote/s3-store.js';
import { fixedPrefix } from '../storage/source/s3-sources.js';
import { storeFor } from '../storage/source/store.js';
import { readJson } from '../storage/workspace.js';
import { type FaultProxy, startFaultProxy } from './fault-proxy.js';
import { outputText, rewriteOf } from './own-output-texts.js';
import { type Planned, planBuild, profileAll, startBuild, writeMixOf } from './pipeline-run.js';
import { environmentOf, type S3Server, startS3, weedPath } from './s3-server.js';
import {
  arrowBytes,
  failureOf,
  makeTempFolder,
  readFixture,
  removeFolder,
  sql,
  writeInto,
  writeParquetRows,
} from './source-profile.js';

const binary = await weedPath();
const reason = binary === null ? ' (skipped: no SeaweedFS, and none could be fetched)' : '';

describe('what stands before the first wildcard', () => {
  it.each([
    ['web/a.jsonl', 'web/a.jsonl'],
    ['web/*.jsonl', 'web/'],
    ['web/part-?.jsonl', 'web/part-'],
    ['web/{a,b}/*', 'web/'],
    ['we[bd]/*', 'we'],
    ['web/+(a|b).jsonl', 'web/'],
    ['a+b@c/*', 'a+b@c/'],
    ['web/(a|b)*', 'web/'],
    [String.raw`we\*b/*`, 'we'],
    ['**/a', ''],
  ])('of %s is %s', (pattern, prefix) => {
    expect(fixedPrefix(pattern)).toBe(prefix);
  });
});

const PATTERNS = [
  'web/a.jsonl',
  'web/none.jsonl',
  'web/*',
  'web/*.jsonl',
  'web/**/*.jsonl',
  '**/*.jsonl',
  'web/{a,c}.jsonl',
  'web/[ab].jsonl',
  'web/[!a].jsonl',
  'web/?.jsonl',
  'web/part-{1..3}.jsonl',
  'web/@(a|c).jsonl',
  'web/!(a).jsonl',
  'web/deep/*/*.jsonl',
  'web/.*',
  'WEB/*.jsonl',
  'web',
  'web/',
] as const;

const NAMES = [
  ...['web/a.jsonl', 'web/b.jsonl', 'web/c.jsonl', 'web/é ü.jsonl', 'web/.hidden.jsonl'],
  ...['web/part-1.jsonl', 'web/part-2.jsonl', 'web/part-10.jsonl', 'web/.dot/x.jsonl'],
  ...['web/deep/a.jsonl', 'web/deep/er/a.jsonl', 'web/note.txt', 'website/a.jsonl', 'top.jsonl'],
];

/** A build in which files of every kind lie at `at`: on the disk, or in the bucket. */
const recipeAt = (at: string) => `name: same
version: 2026.11.23
tokenizer: {file: ${at}tokenizer.json}
token_budget: 20_000
sources:
  - {name: web, paths: ["${at}web/*.jsonl*", "${at}web/*.{parquet,arrow}"], domain: d, provenance: {declared: human_authored, by: publisher}, grant: open}
own_outputs:
  - {name: logs, paths: ["${at}own/*"], model_family: aster, trained_on: []}
benchmarks:
  - {name: exam, path: "${at}exam.jsonl", fields: [question]}
grants:
  - {grant_id: open, spdx: CC-BY-4.0}
risk: {sample_words: 20000, terms: [{name: places, path: "${at}terms.txt"}]}
output: {formats: [parquet], holdout_share: 0.05}
`;

const TOKENIZER = JSON.stringify({
  ...{ version: '1.0', added_tokens: [], normalizer: null, post_processor: null, decoder: null },
  pre_tokenizer: { type: 'Whitespace' },
  model: {
    ...{ type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##' },
    max_input_chars_per_word: 100,
    vocab: { '[UNK]': 0, text: 1, '##s': 2 },
  },
});

const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const textsFrom = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `t${from + i}`, text: outputText(from + i) }));

/** Files of all formats, with a copy of an own output, a benchmark item, and a broken row among them. */
async function writeFiles(folder: string): Promise<string[]> {
  const copied = { id: 'copy', text: rewriteOf(900, 0.1) };
  await writeInto(folder, 'web/a.jsonl', `${lines([...textsFrom(0, 30), copied])}{broken\n`);
  await writeInto(folder, 'web/b.jsonl.gz', gzipSync(lines(textsFrom(100, 30))));
  await writeInto(folder, 'web/c.jsonl.zst', await readFixture('zstd/two-frames.jsonl.zst'));
  await writeParquetRows(join(folder, 'web/d[1] e.parquet'), textsFrom(200, 30));
  await writeInto(folder, 'web/e.arrow', arrowBytes([textsFrom(300, 15), textsFrom(320, 15)]));
  await writeInto(folder, 'own/logs.jsonl', lines(textsFrom(900, 20)));
  await writeParquetRows(join(folder, 'own/more.parquet'), textsFrom(920, 20));
  await writeInto(folder, 'exam.jsonl', lines([{ question: outputText(5) }]));
  await writeInto(folder, 'tokenizer.json', TOKENIZER);
  await writeInto(folder, 'terms.txt', 'harbour\n# two words\nold town\n');
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  return all
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
}

interface Kept {
  readonly kind: string;
  readonly key: string;
  readonly files: Readonly<Record<string, { sha256: string; rows: number }>>;
}

/** Every artifact of a workspace: kind, key and digests of the files, and what lies there besides. */
async function artifactsOf(workspace: string): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const entry of await readdir(join(workspace, 'cache'), { recursive: true })) {
    if (!entry.endsWith('record.json')) continue;
    const folder = join(workspace, 'cache', entry, '..');
    const { kind, key, files } = readJson(join(folder, 'record.json')) as Kept;
    const digests = Object.entries(files).map(([name, { sha256, rows }]) => [name, sha256, rows]);
    found.set(`${kind}/${key}`, { digests, names: (await readdir(folder)).sort() });
  }
  return found;
}

/** The rows of the written mix, in order of their ids. */
async function mixOf(context: BuildContext, planned: Planned): Promise<unknown[]> {
  const { staging } = await writeMixOf(context, planned);
  return sql(
    `select id, source, pass, text from read_parquet('${staging}/data/*.parquet') order by source, id, pass`,
  );
}

describe.skipIf(binary === null)(`sources in a bucket${reason}`, () => {
  let server: S3Server;
  let road: FaultProxy;
  let store: ObjectStore;
  let folder: string;
  let builds = 0;

  beforeAll(async () => {
    server = await startS3(binary!);
    road = await startFaultProxy(server.endpoint, {});
    Object.assign(process.env, environmentOf(road.endpoint));
    store = openObjectStore('s3://ballast');
    folder = await makeTempFolder();
  }, 90_000);
  beforeEach(() => {
    road.shares = {};
  });
  afterAll(async () => {
    await road?.stop();
    await server?.stop();
    if (folder) await removeFolder(folder);
  });

  const recipeOf = (paths: string) => `name: small
version: 2026.11.23
tokenizer: bytes
token_budget: 1000
sources:
  - {name: web, paths: [${JSON.stringify(paths)}], domain: d, provenance: {declared: human_authored, by: publisher}, grant: open}
grants:
  - {grant_id: open, spdx: CC-BY-4.0}
`;

  async function start(paths: string): Promise<BuildContext> {
    const place = join(folder, `build-${builds++}`);
    return startBuild({ folder: place, recipe: recipeOf(paths) });
  }

  it('are found by patterns as files of a disk are', async () => {
    const disk = join(folder, 'patterns');
    for (const name of NAMES) {
      await writeInto(disk, name, name);
      await store.put(`patterns/${name}`, name, null);
    }
    // Some programs keep folders as empty objects.
    await store.put('patterns/web/deep/', '', null);
    for (const pattern of PATTERNS) {
      const here = await storeFor(pattern, disk).expand(pattern);
      const url = `s3://ballast/patterns/${pattern}`;
      const there = await storeFor(url, disk).expand(url);
      expect([pattern, there]).toEqual([
        pattern,
        here.map((name) => `s3://ballast/patterns/${name}`),
      ]);
    }
    expect(await storeFor('s3://', disk).isFolder('s3://ballast/patterns/web')).toBe(true);
    expect(await storeFor('s3://', disk).isFolder('s3://ballast/patterns/we')).toBe(false);
  });

  it('of every format give the artifacts that files of a disk give, over a road that is bad', async () => {
    const [here, there] = [join(folder, 'here'), join(folder, 'there')];
    for (const name of await writeFiles(here))
      await store.upload(`all/${name}`, join(here, name), null);
    const localContext = await startBuild({ folder: here, recipe: recipeAt('') });
    const local = await planBuild(localContext);
    road.shares = { delay: 0.1, busy: 0.05, reset: 0.05, lost: 0.05, cut: 0.2 };
    const remoteContext = await startBuild({
      folder: there,
      recipe: recipeAt('s3://ballast/all/'),
    });
    const remote = await planBuild(remoteContext);
    expect(road.done.cut).toBeGreaterThan(0);
    road.shares = {};

    expect(remote.build.shards.map(({ pinned }) => pinned.file)).toEqual(
      local.build.shards.map(({ pinned }) => `s3://ballast/all/${pinned.file}`),
    );
    const [ours, theirs] = [
      await artifactsOf(join(here, 'workspace')),
      await artifactsOf(join(there, 'workspace')),
    ];
    const kinds = [...new Set([...ours.keys()].map((name) => name.split('/')[0]))];
    const compared = [...ours].filter(([name]) => theirs.has(name));
    // The plan names its recipe, and the recipe its paths: all else is the same.
    const others = kinds.filter((kind) => !compared.some(([name]) => name.startsWith(`${kind}/`)));
    expect(others.sort()).toEqual(['pins', 'plan', 'recipe']);
    for (const [name, made] of compared) expect([name, theirs.get(name)]).toEqual([name, made]);
    expect(compared.filter(([name]) => name.startsWith('profile/'))).toHaveLength(5);
    expect(await termLists(remote.build)).toEqual(await termLists(local.build));

    await assertSourcesUnchanged(remoteContext);
    const written = await mixOf(remoteContext, remote);
    expect(written.length).toBeGreaterThan(100);
    expect(written).toEqual(await mixOf(localContext, local));
  }, 120_000);

  it('are watched by their marks: a swap of as many bytes within one second is seen', async () => {
    const sources = [{ name: 'web', paths: ['s3://ballast/watched/*.jsonl'] }];
    await store.put('watched/a.jsonl', 'one', null);
    await store.put('watched/b.jsonl', 'two', null);
    await store.put('watched/empty.jsonl', '', null);
    const before = await lookAt(sources, folder);
    expect(before.files.map(({ file }) => file)).toEqual(
      ['a', 'b'].map((name) => `s3://ballast/watched/${name}.jsonl`),
    );
    await store.put('watched/b.jsonl', 'six', null);
    const after = await lookAt(sources, folder);
    expect(after.files[0]).toEqual(before.files[0]);
    expect(after.files[1]!.stamp).not.toBe(before.files[1]!.stamp);
    const [a, b] = ['one', 'two'].map((text, i) => ({
      file: before.files[i]!.file,
      ...{ sha256: sha256(text), bytes: 3 },
    }));
    const checked = await checkArrivals(
      { baseFolder: folder, files: [a!, b!] },
      new Float64Array(2),
    );
    expect(checked).toEqual([null, expect.stringMatching(/was changed: sha256/)]);
  });

  describe('that are not as they were', () => {
    const rows = lines(textsFrom(0, 40));
    const formats = ['a.jsonl', 'a.jsonl.gz', 'a.parquet'] as const;

    async function bytesOf(name: string, text: string): Promise<Uint8Array> {
      if (name.endsWith('.gz')) return gzipSync(text);
      if (!name.endsWith('.parquet')) return Buffer.from(text);
      const path = join(folder, 'made.parquet');
      const parsed = text.trimEnd().split('\n');
      await writeParquetRows(
        path,
        parsed.map((line) => JSON.parse(line)),
      );
      return readFile(path);
    }

    it.each(formats)('fail by name where the bytes changed after the pin: %s', async (name) => {
      const key = `changed/${name}`;
      await store.put(key, await bytesOf(name, rows), null);
      const context = await start(`s3://ballast/${key}`);
      await store.put(key, await bytesOf(name, rows.replace('t7', 'u7')), null);
      expect(await failureOf(profileAll(context))).toMatchObject({
        code: 'SOURCE_CHANGED',
        parts: { where: `s3://ballast/${key}` },
      });
    });

    it.each(formats)('fail by name where the object is gone: %s', async (name) => {
      const key = `gone/${name}`;
      await store.put(key, await bytesOf(name, rows), null);
      const context = await start(`s3://ballast/${key}`);
      await store.delete(key);
      const failure = await failureOf(profileAll(context));
      expect(failure).toMatchObject({ code: 'SOURCE_MISSING' });
      expect(failure.message).toContain(`s3://ballast/${key}`);
    });

    it('fail at the end where one changed after it was profiled, but not where it was put again', async () => {
      await store.put('end/a.jsonl', rows, null);
      const context = await start('s3://ballast/end/*');
      await profileAll(context);
      await store.put('end/a.jsonl', rows, null);
      await assertSourcesUnchanged(context);
      // As many bytes, within the second that the time of an object tells.
      await store.put('end/a.jsonl', rows.replace('t7', 'u7'), null);
      const changed = { code: 'SOURCE_CHANGED', message: expect.stringContaining('end/a.jsonl') };
      expect(await failureOf(assertSourcesUnchanged(context))).toMatchObject(changed);
      await store.delete('end/a.jsonl');
      expect(await failureOf(assertSourcesUnchanged(context))).toMatchObject(changed);
    });

    it('leave no copy behind, whole or in part', async () => {
      await store.put('broken/a.parquet', 'PAR1 and no more', null);
      const context = await start('s3://ballast/broken/a.parquet');
      expect(await failureOf(profileAll(context))).toMatchObject({ code: 'SOURCE_UNREADABLE' });
      const left = (await readdir(context.workspace, { recursive: true })).map(String);
      expect(left.filter((name) => name.includes('copy-'))).toEqual([]);
    });
  });

  describe('that are refused', () => {
    const refused = [
      ['s3://ballast/nothing/*.jsonl', 'SOURCE_MISSING', /none/, /correct the path/],
      ['s3://ballast/nothing/a.jsonl', 'SOURCE_MISSING', /none/, /correct the path/],
      ['s3://ballast/refused', 'SOURCE_MISSING', /a folder/, /s3:\/\/ballast\/refused\/\*/],
      ['s3://ballast', 'SOURCE_MISSING', /a folder/, /s3:\/\/ballast\/\*/],
      ['s3://ballast/refused/*.csv', 'SOURCE_UNREADABLE', /a\.csv/, /convert/],
      ['s3://bal*/a.jsonl', 'USAGE', /bal\*/, /bucket in full/],
      ['s3://UPPER/a.jsonl', 'USAGE', /UPPER/, /lower-case/],
      ['s3://no-such-bucket/*.jsonl', 'STORAGE_UNREACHABLE', /no such bucket/, /create the bucket/],
      ['gs://ballast/a.jsonl', 'NOT_SUPPORTED_YET', /gs:/, /speaks S3/],
    ] as const;

    it.each(refused)('%s: %s', async (paths, code, found, remedy) => {
      await store.put('refused/a.csv', 'id,text', null);
      const failure = await failureOf(start(paths));
      expect(failure).toBeInstanceOf(Failure);
      if (code !== 'STORAGE_UNREACHABLE')
        expect(failure.parts.where).toContain('sources.web.paths');
      expect([failure.code, failure.parts.found, failure.parts.remedy]).toEqual([
        code,
        expect.stringMatching(found),
        expect.stringMatching(remedy),
      ]);
    });

    it('with a tokenizer that is none of the bytes that were pinned', async () => {
      await store.put('tokens/tokenizer.json', TOKENIZER.replace('##s', '##y'), null);
      await store.put('tokens/a.jsonl', lines(textsFrom(0, 5)), null);
      const place = join(folder, 'tokens');
      const recipe = recipeOf('s3://ballast/tokens/a.jsonl');
      const tokenizer = 'tokenizer: {file: "s3://ballast/tokens/tokenizer.json"}';
      const context = await startBuild({
        folder: place,
        recipe: recipe.replace('tokenizer: bytes', tokenizer),
      });
      await store.put('tokens/tokenizer.json', TOKENIZER.replace('##s', '##z'), null);
      expect(await failureOf(profileAll(context))).toMatchObject({ code: 'SOURCE_CHANGED' });
    });
  });
});
