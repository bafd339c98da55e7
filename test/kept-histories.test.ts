/** Closed runs that were sealed by an earlier release, exported again by this one. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepStanding } from '../activities/kept-histories.js';
import { canonicalJson } from '../core/schema/canonical.js';
import type { SealedFile, SealedRun } from '../core/schema/sealed-history.js';
import { sha256 } from '../storage/digest.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ballast-kept-'));
  for (const name of ['sealed', 'scratch']) mkdirSync(join(root, name));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const folders = () => ({ folder: join(root, 'sealed'), scratch: join(root, 'scratch') });

function put(folder: string, path: string, content: unknown): SealedFile {
  const text = canonicalJson(content);
  writeFileSync(join(root, folder, path), text);
  return { path, sha256: sha256(text), bytes: Buffer.byteLength(text) };
}

const EVENTS = [
  { eventId: '1', attributes: { queue: 'ballast', attempt: 1 } },
  { eventId: '2', attributes: { result: [1, 2] } },
];

function run(folder: string, events: unknown[], words: string, part: Partial<SealedRun> = {}) {
  const whole: SealedRun = {
    ...{ workflowId: 'build-mix/a@1', runId: 'r1', workflowType: 'buildMix', firstRunId: 'r1' },
    ...{ parent: null, state: 'completed', events: events.length },
    history: put(folder, 'r1.json', { events }),
    readable: put(folder, 'r1.readable.json', { words }),
    ...part,
  };
  return whole;
}

function index(runs: SealedRun[]): void {
  put('sealed', 'index.json', {
    ...{ schemaVersion: 1, subject: 'a@1', workflowId: 'build-mix/a@1' },
    ledgerHead: { sequence: 0, hash: '0'.repeat(64) },
    tool: { name: 'ballast', version: '0.0.1' },
    ...{ codeVersion: 'old', bundleSha256: '0'.repeat(64), runs, missing: [] },
  });
}

describe('a closed run that was sealed before', () => {
  it('keeps its files where this release words a sentence otherwise and exports a field more', async () => {
    const was = run('sealed', EVENTS, 'the shard was labelled');
    index([was]);
    const more = EVENTS.map((event) => ({ ...event, principal: 'worker' }));
    const is = run('scratch', more, 'labelled one shard');
    expect(is.history.sha256).not.toBe(was.history.sha256);
    expect(await keepStanding(folders(), [is])).toEqual([was]);
    expect(existsSync(join(root, 'scratch', 'r1.json'))).toBe(false);
    expect(existsSync(join(root, 'scratch', 'r1.readable.json'))).toBe(false);
  });

  it.each([
    ['a value', [EVENTS[0], { eventId: '2', attributes: { result: [1, 3] } }], 'another event 2'],
    ['a list', [EVENTS[0], { eventId: '2', attributes: { result: [1] } }], 'another event 2'],
    ['the number of events', [EVENTS[0]], '2 events'],
  ])('of which the server now tells otherwise is refused: %s', async (_, events, found) => {
    const was = run('sealed', EVENTS, 'as it was');
    index([was]);
    const is = run('scratch', events, 'as it was');
    await expect(keepStanding(folders(), [is])).rejects.toMatchObject({
      code: 'AUDIT_BROKEN',
      parts: { found, where: was.history.path },
    });
  });

  it('is exported anew where its file is not what the index says', async () => {
    index([run('sealed', EVENTS, 'as it was')]);
    put('sealed', 'r1.json', { events: [] });
    const is = run('scratch', EVENTS, 'as it is');
    expect(await keepStanding(folders(), [is])).toEqual([is]);
    expect(existsSync(join(root, 'scratch', 'r1.json'))).toBe(true);
  });
});

describe('a run that was open when it was sealed', () => {
  it('is exported anew', async () => {
    index([run('sealed', EVENTS, 'as it was', { state: 'open' })]);
    const is = run('scratch', EVENTS, 'as it was, and more', { state: 'open' });
    expect(await keepStanding(folders(), [is])).toEqual([is]);
  });
});
