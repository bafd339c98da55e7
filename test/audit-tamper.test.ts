/**
 * Tampering with a workspace that a real build, real reviewers and real seals wrote: each way is found, and
 * named in words. The audit runs in this process, over a copy of what was published; no server is asked.
 */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type VerifyOptions, verifyWorkspace } from '../client/audit/verify-workspace.js';
import { derive, draw } from '../core/random/draw.js';
import type { FailureParts } from '../core/schema/failure.js';
import type { HistoryIndex } from '../core/schema/sealed-history.js';
import { sha256 } from '../storage/digest.js';
import { entryHash, type LedgerEntry, readLedger } from '../storage/ledger.js';
import { type Answer, Ballast } from './ballast-runner.js';
import { keepHistory } from './keep-history.js';
import { RECIPE, writeCorpus } from './pipeline-corpus.js';
import { untilSealed } from './until-sealed.js';

const ballast = new Ballast();
const workspace = join(ballast.folder, 'workspace');
const copy = join(ballast.folder, 'copy');
const MIX = 'test-mix@2026.11.23';
const VERSION = 'mixes/test-mix/2026.11.23';
const HISTORY = `${VERSION}/history`;
const REVIEW =
  'review: {documents: 8, packet_size: 4, double_share: 0, reviewers: [anna, ben], deadline: 72h}\n';

const run = (...args: string[]) => ballast.run(...args, '--workspace', workspace, '--json');

function json<T>({ code, stdout, stderr }: Answer, expected = 0): T {
  if (code !== expected)
    throw new Error(`exit ${code}: ${stdout.slice(-1500)}${stderr.slice(-1500)}`);
  return JSON.parse(stdout) as T;
}

const kindsOf = (entries: readonly LedgerEntry[]) => entries.map(({ kind }) => kind);

beforeAll(async () => {
  await writeCorpus(ballast.folder, 1);
  const recipe = join(ballast.folder, 'recipe.yaml');
  writeFileSync(recipe, `${RECIPE}${REVIEW}`);
  json(await run('build', '-c', recipe));
  await untilSealed(workspace, 1);
  expect(kindsOf(await readLedger(workspace))).toEqual(['review-opened', 'publish', 'seal']);
  const { reviews } = json<{
    reviews: { packets: { packet: string; documents: number }[] }[];
  }>(await run('review', 'list', MIX));
  for (const [i, { packet, documents }] of reviews[0]!.packets.slice(0, 2).entries()) {
    const answers = Array.from({ length: documents }, (_, n) => ['--answer', `${n + 1}=synthetic`]);
    const reviewer = ['anna', 'ben'][i]!;
    json(await run('review', 'decide', packet, '--reviewer', reviewer, ...answers.flat()));
  }
  const sealed = json<{ runs: number; isNew: boolean }>(await run('audit', 'seal', MIX));
  expect(sealed).toMatchObject({ runs: 5, isNew: true });
  const connection = await Connection.connect({ address: ballast.address() });
  const client = new Client({ connection, namespace: 'ballast' });
  await keepHistory(client, `build-mix/${MIX}`, 'build-mix-published');
  await connection.close();
  cpSync(join(workspace, 'mixes'), join(copy, 'mixes'), { recursive: true });
  cpSync(join(workspace, 'ledger.jsonl'), join(copy, 'ledger.jsonl'));
}, 240_000);

afterEach(() => {
  rmSync(copy, { recursive: true, force: true });
  cpSync(join(workspace, 'mixes'), join(copy, 'mixes'), { recursive: true });
  cpSync(join(workspace, 'ledger.jsonl'), join(copy, 'ledger.jsonl'));
});

afterAll(async () => {
  await ballast.run('down');
  rmSync(ballast.folder, { recursive: true, force: true });
}, 60_000);

const read = (path: string) => readFileSync(join(copy, path), 'utf8');
const write = (path: string, text: string) => writeFileSync(join(copy, path), text);
function edit(path: string, change: (text: string) => string): void {
  const before = read(path);
  const after = change(before);
  expect(after).not.toBe(before);
  write(path, after);
}

const verify = (part: Partial<VerifyOptions> = {}) =>
  verifyWorkspace(copy, { replays: false, ...part });

/** The first broken link, in words. */
async function firstBroken(part: Partial<VerifyOptions> = {}): Promise<FailureParts> {
  const { failure } = await verify(part);
  expect(failure).not.toBeNull();
  return failure!.parts;
}

const entriesOf = () =>
  read('ledger.jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LedgerEntry);

/** Writes entries with a chain that holds, as one who may write the ledger could. */
function rechain(entries: readonly LedgerEntry[]): void {
  let previous = '0'.repeat(64);
  const lines = entries.map(({ hash: _hash, ...entry }, i) => {
    const open = { ...entry, sequence: i + 1, previous };
    previous = entryHash(open);
    return JSON.stringify({ ...open, hash: previous });
  });
  write('ledger.jsonl', `${lines.join('\n')}\n`);
}

const isOf = (kind: string) => (entry: LedgerEntry) => entry.kind === kind;
const index = () => JSON.parse(read(`${HISTORY}/index.json`)) as HistoryIndex;
const historyOf = (workflowId: string) =>
  index().runs.find((one) => one.workflowId === workflowId)!.history.path;

describe('what nobody touched', () => {
  test('holds, twice with the same answer, and every history replays', async () => {
    const first = await verify({ replays: true });
    expect(first.failure?.parts ?? null).toBeNull();
    expect(first).toMatchObject({
      ledgerEntries: 6,
      replayed: 5,
      mixes: [{ mix: MIX, histories: 5 }],
    });
    expect(await verify({ replays: true })).toEqual(first);
  });

  test('is told by the command: who decided, how, from what, in which steps', async () => {
    const story = json<{ from: string; decisions: object[]; steps: object[]; ledger: object[] }>(
      await run('audit', 'show', MIX, '--out', join(ballast.folder, 'story.html')),
    );
    expect(story.from).toBe('seal');
    expect(story.decisions).toMatchObject([
      { who: 'anna', authMethod: 'self-declared', kind: 'review' },
      { who: 'ben', authMethod: 'self-declared', kind: 'review' },
    ]);
    expect(story.steps).toContainEqual(
      expect.objectContaining({ outcome: 'done', attempts: 1, activity: 'publishMix' }),
    );
    expect(story.ledger).toHaveLength(6);
    const page = readFileSync(join(ballast.folder, 'story.html'), 'utf8');
    expect(page).toContain('anna answered packet');
  });

  test('holds a head that was kept elsewhere, and not another', async () => {
    const { sequence, hash } = json<{ sequence: number; hash: string }>(await run('audit', 'head'));
    const keep = ['audit', 'verify', '--no-replay', '--head'];
    json(await run(...keep, `${sequence}:${hash}`));
    const { error } = json<{ error: { code: string; found: string } }>(
      await run(...keep, `${sequence}:${'0'.repeat(64)}`),
      5,
    );
    expect([error.code, error.found]).toEqual([
      'AUDIT_BROKEN',
      expect.stringContaining('this line or one before it was rewritten'),
    ]);
  });
});

describe('in the files of a version', () => {
  test('one byte of a data file', async () => {
    const name = readdirSync(join(copy, VERSION, 'data')).find((n) => n.endsWith('.parquet'))!;
    const path = join(copy, VERSION, 'data', name);
    const bytes = readFileSync(path);
    bytes[1000]! ^= 1;
    writeFileSync(path, bytes);
    const { where, expected, found } = await firstBroken();
    expect(where).toBe(`${VERSION}/data/${name}`);
    expect(expected).toContain('as in the manifest');
    expect(found).toBe(sha256(bytes));
  });

  test('the manifest', async () => {
    edit(`${VERSION}/mix.json`, (text) => text.replace('"seed": 7', '"seed": 8'));
    const { where, expected } = await firstBroken();
    expect([where, expected.includes('as in the ledger')]).toEqual([`${VERSION}/mix.json`, true]);
  });

  test('the manifest, and its line in a ledger whose chain was made anew', async () => {
    edit(`${VERSION}/mix.json`, (text) => text.replace('"seed": 7', '"seed": 8'));
    const forged = sha256(read(`${VERSION}/mix.json`));
    const entries = entriesOf();
    const publish = entries.find(isOf('publish'))!;
    (publish.body as { manifestSha256: string }).manifestSha256 = forged;
    rechain(entries);
    const { subject, expected, where } = await firstBroken();
    expect(subject).toBe(`published version ${VERSION}`);
    expect(expected).toContain('the manifest that the build published');
    expect(where).toContain(historyOf(`build-mix/${MIX}`));
  });

  test.each([
    [`${VERSION}/notes.txt`, 'only files that the manifest lists'],
    [`${HISTORY}/notes.json`, 'only files that a sealed index lists'],
  ])('a file more: %s', async (path, words) => {
    write(path, 'left behind');
    expect(await firstBroken()).toMatchObject({ where: path, expected: words, found: 'one more' });
  });
});

describe('in the ledger', () => {
  test('a line in the middle is gone', async () => {
    edit('ledger.jsonl', (text) => text.split('\n').toSpliced(3, 1).join('\n'));
    const { where, expected, found } = await firstBroken();
    expect([where, expected, found]).toEqual(['ledger.jsonl:4', 'sequence 4', '5']);
  });

  test('a line in the middle is gone, and the chain made anew', async () => {
    rechain(entriesOf().toSpliced(3, 1));
    const { subject, found } = await firstBroken();
    expect(subject).toMatch(/^decision of anna on packet/);
    expect(found).toBe('a decision of ben');
  });

  test('the last line is gone', async () => {
    edit('ledger.jsonl', (text) => `${text.trimEnd().split('\n').slice(0, -1).join('\n')}\n`);
    const { subject, where } = await firstBroken();
    expect(subject).toBe(`sealed history of ${MIX}`);
    expect(where).toContain(HISTORY);
  });

  test('the last five lines are gone', async () => {
    edit('ledger.jsonl', (text) => `${text.split('\n')[0]}\n`);
    expect(await firstBroken()).toMatchObject({
      where: VERSION,
      expected: 'a ledger entry for every published version',
      remedy: expect.stringContaining('lines were cut off'),
    });
  });

  test('a line is edited', async () => {
    edit('ledger.jsonl', (text) => text.replace('"reviewer":"anna"', '"reviewer":"otto"'));
    expect(await firstBroken()).toMatchObject({
      where: 'ledger.jsonl:4',
      expected: expect.stringMatching(/^hash /),
    });
  });

  test('a decision is forged, and the chain made anew', async () => {
    const entries = entriesOf();
    const review = entries.find(isOf('review'))!;
    const { decisions } = review.body as { decisions: { label: string; id: string }[] };
    decisions[0]!.label = 'human_authored';
    rechain(entries);
    const { subject, found, where } = await firstBroken();
    expect(subject).toMatch(/^decision of anna on packet [0-9a-f]{12}$/);
    expect(found).toContain('is human_authored in the ledger, the reviewer said synthetic');
    expect(where).toContain('ledger.jsonl:4');
  });

  test('a decision that nobody made is put in, and the chain made anew', async () => {
    const entries = entriesOf();
    const review = entries.find(isOf('review'))!;
    const body = { ...(review.body as object), reviewer: 'otto' };
    rechain(entries.toSpliced(4, 0, { ...review, key: `${review.key}/otto`, body }));
    const { failure } = await verify();
    const { findings } = failure!.details as { findings: FailureParts[] };
    expect(findings.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^decision of ben on packet/)]),
    );
    expect(findings[0]!.found).toBe('a decision of otto');
  });

  test('a decision is put in behind the last seal, by a run that nobody sealed', async () => {
    const entries = entriesOf();
    const review = entries.find(isOf('review'))!;
    const body = { ...(review.body as object), reviewer: 'otto' };
    const by = `build-mix/${MIX}/00000000-0000-4000-8000-000000000000`;
    rechain([...entries, { ...review, key: `${review.key}/otto`, by, body }]);
    const { subject, found, where } = await firstBroken();
    expect([subject, found, where]).toEqual([
      ...[expect.stringContaining('line 7 of the ledger (review'), by, 'ledger.jsonl:7'],
    ]);
    // The review was open when it was sealed: what it wrote since is no finding.
    rechain([...entries, { ...review, key: `${review.key}/otto`, body }]);
    expect((await verify()).failure?.parts ?? null).toBeNull();
  });

  test('a decision says that it is signed, and the chain made anew', async () => {
    const entries = entriesOf();
    const review = entries.find(isOf('review'))!;
    const { decisions } = review.body as { decisions: { authMethod: string }[] };
    decisions[0]!.authMethod = 'signed';
    rechain(entries);
    const { subject, found } = await firstBroken();
    expect(subject).toContain('line 4 of the ledger (review');
    expect(found).toBe('none, though it says that it is signed');
  });

  test('when a line was written is edited, and the chain made anew', async () => {
    const entries = entriesOf();
    rechain(entries.with(1, { ...entries[1]!, at: '2020-01-01T00:00:00.000Z' }));
    const { subject, found } = await firstBroken();
    expect(subject).toContain('line 2 of the ledger (publish');
    expect(found).toContain('this line or one before it was rewritten');
  });
});

describe('in the sealed histories', () => {
  const build = `build-mix/${MIX}`;
  const forge = (text: string) => text.replaceAll('"verifyMix"', '"removeScratch"');

  test('a history is edited', async () => {
    const path = `${HISTORY}/${historyOf(build)}`;
    edit(path, forge);
    const { subject, where, expected } = await firstBroken();
    expect([subject, where]).toEqual([`history of ${build}`, path]);
    expect(expected).toContain('as in index.json');
  });

  test('a history is edited, and its digest in the index', async () => {
    const path = `${HISTORY}/${historyOf(build)}`;
    const before = sha256(read(path));
    edit(path, forge);
    edit(`${HISTORY}/index.json`, (text) => text.replace(before, sha256(read(path))));
    const { subject, where, expected } = await firstBroken();
    expect([subject, where]).toEqual([`sealed history of ${MIX}`, `${HISTORY}/index.json`]);
    expect(expected).toContain('line 6 of the ledger (seal');
  });

  test('a history is edited, its digest, the only seal line, and the chain made anew: it does not replay', async () => {
    const path = `${HISTORY}/${historyOf(build)}`;
    const before = sha256(read(path));
    edit(path, forge);
    const indexBefore = sha256(read(`${HISTORY}/index.json`));
    edit(`${HISTORY}/index.json`, (text) => text.replace(before, sha256(read(path))));
    const entries = entriesOf();
    const seal = entries.findLast(isOf('seal'))!;
    const body = seal.body as { indexSha256: string };
    expect(body.indexSha256).toBe(indexBefore);
    body.indexSha256 = sha256(read(`${HISTORY}/index.json`));
    // The first seal knows the history as it was: who forges it takes that line and its index away too, and
    // makes the numbers fit, so that only a replay can tell.
    const first = entries.findIndex(isOf('seal'));
    const without = entries.with(first, { ...entries[first]!, kind: 'grant-notice', body: {} });
    for (const name of readdirSync(join(copy, HISTORY)))
      if (/^index-/.test(name)) rmSync(join(copy, HISTORY, name));
    rechain(without);
    const { failure } = await verify({ replays: true });
    const { findings } = failure!.details as { findings: FailureParts[] };
    expect(findings).toContainEqual(
      expect.objectContaining({
        subject: `history of ${build}`,
        expected: 'a history that the workflows of this release replay',
        found: expect.stringMatching(/determinis/i),
        where: path,
      }),
    );
    const unplayed = (await verify()).failure?.details as { findings: FailureParts[] } | undefined;
    expect((unplayed?.findings ?? []).map(({ where }) => where)).not.toContain(path);
  }, 60_000);

  test('a history is gone', async () => {
    const path = `${HISTORY}/${historyOf(`review/${MIX}`)}`;
    rmSync(join(copy, path));
    expect(await firstBroken()).toMatchObject({ where: path, found: 'no such file' });
  });

  test('one byte anywhere of ledger, manifest, index or history: always named, never a fault of ours', async () => {
    const key = derive(7, 'one byte');
    const { history, readable } = index().runs[0]!;
    const files = [
      ...['ledger.jsonl', `mixes/${MIX.replace('@', '/')}/mix.json`, `${HISTORY}/index.json`],
      ...[`${HISTORY}/${history.path}`, `${HISTORY}/${readable.path}`],
    ];
    for (const file of files) {
      const whole = readFileSync(join(copy, file));
      for (let n = 0; n < 5; n++) {
        const at = Math.floor(draw(key, `${file}/${n}`) * (whole.length - 1));
        const changed = Buffer.from(whole);
        changed[at] = changed[at] === 0x78 ? 0x79 : 0x78;
        writeFileSync(join(copy, file), changed);
        const { subject, where } = await firstBroken();
        expect([file, at, subject === '', where === '']).toEqual([file, at, false, false]);
      }
      writeFileSync(join(copy, file), whole);
    }
    expect((await verify()).failure).toBeNull();
  }, 120_000);

  test('a second line publishes the version with other bytes, and the chain is made anew', async () => {
    const entries = entriesOf();
    const first = entries.find(isOf('publish'))!;
    const body = { ...(first.body as object), manifestSha256: 'f'.repeat(64) };
    rechain([...entries, { ...first, key: 'publish/again', body }]);
    const { findings } = (await verify()).failure!.details as { findings: FailureParts[] };
    expect(findings.map(({ expected }) => expected).join()).toContain('one manifest for ever');
  });

  test('a mix that nobody published is no clean audit', async () => {
    await expect(verify({ only: { name: 'nosuch', version: null } })).rejects.toMatchObject({
      code: 'USAGE',
    });
  });

  test('the index of an earlier seal is gone', async () => {
    const kept = readdirSync(join(copy, HISTORY)).find((name) => /^index-/.test(name))!;
    rmSync(join(copy, HISTORY, kept));
    const { subject, expected } = await firstBroken();
    expect(subject).toBe(`sealed history of ${MIX}`);
    expect(expected).toContain('line 3 of the ledger (seal');
  });
});
