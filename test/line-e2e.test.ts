/**
 * A line through the real command, server and worker: files arrive before, during and after builds,
 * twice, changed and broken, a worker dies in the middle, and every one is in one version or told why not.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readManifest } from '../activities/published-version.js';
import type { ArrivedFile, LineStatus } from '../core/schema/arrival.js';
import { readLedger } from '../storage/ledger.js';
import { lineQuery, lineWorkflowId } from '../workflows/messages.js';
import { type Answer, Ballast } from './ballast-runner.js';
import { keepHistory } from './keep-history.js';
import { writeInto } from './source-profile.js';

const ballast = new Ballast();
const workspace = join(ballast.folder, 'workspace');
const recipe = join(ballast.folder, 'recipe.yaml');
const RECIPE = `name: small
version: dev
seed: 1
tokenizer: bytes
token_budget: 1_000_000
target_shares: {health: 1}
sources:
  - {name: web, paths: [base.jsonl, "inbox/*.jsonl"], domain: health, provenance: {declared: human_authored, by: publisher}, grant: ours}
  - {name: own, paths: [own.jsonl], domain: health, provenance: {declared: human_authored, by: publisher}, grant: ours}
grants:
  - {grant_id: ours, kind: own_content, uses: {pretrain: allow}}
use: {purposes: [pretrain], territory: EU}
line: {quiet_period: 1s, max_wait: 10m}
`;

/** Rows that no other file has: words by number, so that no two are near copies. */
function rows(first: number, count: number): string {
  const word = (row: number, i: number) => ((row * 7919 + i * 104_729) % 99_991).toString(36);
  const text = (row: number) => Array.from({ length: 40 }, (_, i) => word(row, i)).join(' ');
  return Array.from({ length: count }, (_, i) =>
    JSON.stringify({ id: `d${first + i}`, text: text(first + i) }),
  ).join('\n');
}

const write = (file: string, text: string) => writeInto(ballast.folder, file, text);

function json<T>({ code, stdout, stderr }: Answer, expected = 0): T {
  if (code !== expected)
    throw new Error(`exit ${code}: ${stdout.slice(-1500)}${stderr.slice(-1500)}`);
  return JSON.parse(stdout) as T;
}

interface Sent {
  readonly arrivals: readonly (ArrivedFile & { source: string })[];
}
interface Failed {
  readonly error: { code: string; found: string; expected: string };
}

const arrive = async (...words: string[]) =>
  json<Sent>(await ballast.run('arrive', 'small', ...words, '--json')).arrivals;
const line = async (...words: string[]) =>
  json<LineStatus>(await ballast.run('line', ...words, '--json'));
const status = () => line('status', 'small');
const eventually = <T>(look: () => Promise<T>) =>
  expect.poll(look, { timeout: 120_000, interval: 300 });

/** Files of a version by path, with how often each is in it. */
function filesOf(version: string): string[] {
  return readManifest(workspace, 'small', version)!.inputs.map(({ path }) => path);
}

const today = new Date().toISOString().slice(0, 10).replaceAll('-', '.');
let client: Client;

beforeAll(async () => {
  await write('recipe.yaml', RECIPE);
  await write('base.jsonl', rows(0, 20));
  await write('own.jsonl', rows(100, 20));
  for (const [i, name] of ['a', 'b', 'c', 'd', 'e'].entries())
    await write(`${name === 'd' ? 'elsewhere' : 'inbox'}/${name}.jsonl`, rows(1_000 * (i + 1), 20));
});

afterAll(async () => {
  await client?.connection.close();
  await ballast.run('down');
  rmSync(ballast.folder, { recursive: true, force: true });
}, 60_000);

test('without a line a recipe is asked for, and files that are not there are named', async () => {
  const none = json<Failed>(await ballast.run('arrive', 'small', 'inbox/a.jsonl', '--json'), 2);
  expect([none.error.code, none.error.expected]).toEqual([
    'ARRIVAL_INVALID',
    'one that runs, or a recipe to start it by',
  ]);
  const missing = await ballast.run('arrive', 'small', 'nothing/*.jsonl', '--json');
  expect(json<Failed>(missing, 2).error.expected).toBe('at least one file');
}, 120_000);

test('files that arrive are in the next version, each once though a glob matches them too', async () => {
  const start = ['-c', recipe, '--workspace', workspace];
  const sent = await arrive('inbox/b.jsonl', 'inbox/a.jsonl', 'inbox/[ab].jsonl', ...start);
  expect(sent.map(({ file, source, state, known }) => [file, source, state, known])).toEqual([
    ['inbox/b.jsonl', 'web', 'waiting', false],
    ['inbox/a.jsonl', 'web', 'waiting', false],
  ]);
  await eventually(async () => (await status()).lastPublished).toBe(today);
  const files = filesOf(today);
  expect(new Set(files).size).toBe(files.length);
  expect(files).toEqual(expect.arrayContaining(['base.jsonl', 'inbox/a.jsonl', 'inbox/b.jsonl']));
  const connection = await Connection.connect({ address: ballast.address() });
  client = new Client({ connection, namespace: 'ballast' });
}, 180_000);

test('a file that arrives during a build is in the next version, though its worker is killed', async () => {
  const strange = await ballast.run('arrive', 'small', 'elsewhere/d.jsonl', '--json');
  expect(json<Failed>(strange, 2).error.expected).toBe('paths of one source that match it');
  await arrive('inbox/c.jsonl');
  // A build of a few rows is short: asked without a command, whose start takes as long.
  const handle = client.workflow.getHandle(lineWorkflowId('small'));
  await expect
    .poll(async () => (await handle.query(lineQuery)).building, { timeout: 120_000, interval: 20 })
    .toBe(`${today}.2`);
  process.kill(ballast.pidOf('worker'), 'SIGKILL');
  const [answer] = await arrive('elsewhere/d.jsonl', '--source', 'own');
  expect(answer).toMatchObject({ state: 'waiting', known: false, source: 'own' });
  await eventually(async () => (await status()).lastPublished).toBe(`${today}.3`);
  expect(filesOf(`${today}.2`)).not.toContain('elsewhere/d.jsonl');
  expect(filesOf(`${today}.3`)).toContain('elsewhere/d.jsonl');
}, 240_000);

test('a file that arrives again is known, with the version that took it', async () => {
  const again = await arrive(
    'inbox/c.jsonl',
    'elsewhere/d.jsonl',
    'inbox/a.jsonl',
    '--source',
    'own',
  );
  expect(again.map(({ known, state, version }) => [known, state, version])).toEqual([
    [true, 'published', `${today}.2`],
    [true, 'published', `${today}.3`],
    [true, 'published', today],
  ]);
  const table = await ballast.run('arrive', 'small', 'inbox/a.jsonl');
  expect(table.stdout).toMatch(/inbox\/a\.jsonl\s+web\s+published, known\s+\d{4}/);
}, 60_000);

test('a changed file is set aside with a reason, and a broken one; the rest is built', async () => {
  await line('freeze', 'small', '--reason', 'files move');
  writeFileSync(join(ballast.folder, 'inbox/broken.jsonl.gz'), 'no gzip');
  await arrive('inbox/e.jsonl', 'inbox/broken.jsonl.gz', '--source', 'web');
  await write('inbox/e.jsonl', rows(9_000, 20));
  await write('inbox/f.jsonl', rows(10_000, 20));
  await arrive('inbox/f.jsonl');
  expect(await status()).toMatchObject({ frozen: 'files move', building: null });
  await line('unfreeze', 'small');
  await eventually(async () => (await status()).lastPublished).toBe(`${today}.4`);
  expect(filesOf(`${today}.4`)).toContain('inbox/f.jsonl');
  expect(filesOf(`${today}.4`)).not.toContain('inbox/e.jsonl');
  const ledger = await readLedger(workspace);
  const reasons = ledger.flatMap(({ kind, body }) =>
    kind === 'arrivals' ? (body as { refused: { file: string; reason: string }[] }).refused : [],
  );
  expect(reasons.map(({ file }) => file).sort()).toEqual([
    'inbox/broken.jsonl.gz',
    'inbox/e.jsonl',
  ]);
  expect(reasons.find(({ file }) => file === 'inbox/e.jsonl')?.reason).toContain('was changed');
}, 180_000);

test('the ledger holds, every version was built once, and the line stops when told to', async () => {
  json(await ballast.run('audit', 'verify', '--workspace', workspace, '--json'));
  const published = (await readLedger(workspace)).filter(({ kind }) => kind === 'publish');
  expect(published.map(({ body }) => (body as { mix: string }).mix)).toEqual(
    ['', '.2', '.3', '.4'].map((n) => `small@${today}${n}`),
  );
  const stopped = json<{ waiting: number }>(await ballast.run('line', 'stop', 'small', '--json'));
  expect(stopped.waiting).toBe(0);
  await keepHistory(client, lineWorkflowId('small'), 'mix-line-worker-killed');
}, 120_000);
