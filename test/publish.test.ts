/** Publishing and what a crash, a retry or a cancellation leaves of it: the gaps one by one. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { publishMix, recordPublished } from '../activities/publish-mix.js';
import { assertSameInputs, readManifest } from '../activities/published-version.js';
import { verifyWorkspace } from '../client/audit/verify-workspace.js';
import type { Pins } from '../core/schema/pins.js';
import { sha256File } from '../storage/digest.js';
import { appendLedger, readLedger } from '../storage/ledger.js';
import { RECIPE, writeCorpus } from './pipeline-corpus.js';
import { buildMix } from './pipeline-run.js';
import { failureOf } from './source-profile.js';

let folder: string;
let workspace: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ballast-publish-'));
  workspace = join(folder, 'workspace');
  await writeCorpus(folder, 1);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const NEXT = RECIPE.replace('version: 2026.11.23', 'version: 2026.11.24');

/** A version that is assembled and not yet published. */
async function ready(recipe = RECIPE, buildId = 'test') {
  const { context, assembled } = await buildMix({ folder, workspace, recipe, buildId });
  return { context, assembled, workflowId: 'build-mix/test' };
}

const version = () => join(workspace, 'mixes/test-mix/2026.11.23');

describe('publishing', () => {
  test('again after it was done gives the same answer and one line', async () => {
    const input = await ready();
    const first = await publishMix(input);
    expect(await publishMix(input)).toEqual(first);
    expect(await readLedger(workspace)).toHaveLength(1);
    expect(await verifyWorkspace(workspace)).toMatchObject({ mixes: [{}], failure: null });
  });

  test('that died between the rename and the ledger is healed by the next build of it', async () => {
    const input = await ready();
    await publishMix(input);
    await rm(join(workspace, 'ledger.jsonl'));
    const found = readManifest(workspace, 'test-mix', '2026.11.23');
    await recordPublished(workspace, found!, 'build-mix/test');
    await recordPublished(workspace, found!, 'build-mix/test');
    expect(await readLedger(workspace)).toHaveLength(1);
    expect(await verifyWorkspace(workspace)).toMatchObject({ mixes: [{}], failure: null });
  });

  test('of files that are gone fails, and writes no line for a version that does not stand', async () => {
    const input = await ready();
    await rm(join(workspace, 'tmp'), { recursive: true });
    expect(await failureOf(publishMix(input))).toMatchObject({ code: 'STORAGE_UNREACHABLE' });
    expect(await readLedger(workspace)).toEqual([]);
    expect(existsSync(version())).toBe(false);
  });

  test('over a version that another build published meanwhile is refused without a line', async () => {
    const input = await ready();
    const other = { ...input, assembled: { ...input.assembled, manifestSha256: '0'.repeat(64) } };
    await publishMix(input);
    expect(await failureOf(publishMix(other))).toMatchObject({ code: 'VERSION_EXISTS' });
    expect(await readLedger(workspace)).toHaveLength(1);
  });

  test('of a plan that nobody approved, though its recipe asks, writes no line; nor for a copy of it', async () => {
    const asks = 'review: {approval: required, approvers: [ann], approvals: 1}\n';
    const input = await ready(`${RECIPE}${asks}`);
    const refused = { code: 'LEDGER_BROKEN', parts: { found: 'none' } };
    expect(await failureOf(publishMix(input))).toMatchObject(refused);
    const found = readManifest(workspace, 'test-mix', '2026.11.23')!;
    expect(await failureOf(recordPublished(workspace, found, 'build-mix/test'))).toMatchObject(
      refused,
    );
    expect(await readLedger(workspace)).toEqual([]);
    // By a line that somebody wrote there all the same:
    const [mix, path] = ['test-mix@2026.11.23', 'mixes/test-mix/2026.11.23'];
    const { sha256: manifestSha256 } = await sha256File(join(version(), 'mix.json'));
    const body = { mix, path, manifestSha256 };
    await appendLedger(workspace, { key: 'forged', kind: 'publish', by: 'nobody/1', body });
    const { failure } = await verifyWorkspace(workspace);
    expect(failure!.parts.expected).toBe(
      'an approval of its plan in the ledger, as its recipe asks',
    );
  });

  test('a version whose manifest was changed since is not recorded as another one', async () => {
    await publishMix(await ready());
    const path = join(version(), 'mix.json');
    const text = await readFile(path, 'utf8');
    expect(text).toContain('"seed": 7');
    await writeFile(path, text.replace('"seed": 7', '"seed": 8'));
    const found = readManifest(workspace, 'test-mix', '2026.11.23')!;
    expect(await failureOf(recordPublished(workspace, found, 'build-mix/test'))).toMatchObject({
      code: 'LEDGER_BROKEN',
      parts: { expected: expect.stringContaining('as in the ledger') },
    });
    expect(await readLedger(workspace)).toHaveLength(1);
  });

  test('dev again after it was done keeps it', async () => {
    const input = await ready(RECIPE.replace('version: 2026.11.23', 'version: dev'));
    await publishMix(input);
    await publishMix(input);
    expect(readdirSync(join(workspace, 'dev/test-mix'))).toContain('mix.json');
    expect(await readLedger(workspace)).toEqual([]);
  });
});

describe('a published version', () => {
  test('is not the wanted one where the tokenizer file has other bytes', async () => {
    await publishMix(await ready());
    const found = readManifest(workspace, 'test-mix', '2026.11.23')!;
    const sources = found.inputs.map(({ source, path, sha256, bytes }) => ({
      name: source,
      shards: [{ file: path, sha256, bytes, modifiedMs: 0, etag: null, format: '.jsonl' }],
    }));
    const pins: Pins = {
      schemaVersion: 1,
      recipeFingerprint: found.recipeFingerprint,
      tokenizer: { name: found.tokenizer, sha256: null, file: null },
      sources,
      ...{ ownOutputs: [], benchmarks: [], terms: [], lineages: [], previous: null },
    };
    assertSameInputs(found, pins);
    const changed = { ...pins, tokenizer: { ...pins.tokenizer, name: 'file:t.json@0123456789ab' } };
    await expect(async () => assertSameInputs(found, changed)).rejects.toMatchObject({
      code: 'VERSION_EXISTS',
    });
  });

  test('whose manifest is damaged is named, not taken for absent', async () => {
    await publishMix(await ready());
    await writeFile(join(version(), 'mix.json'), '{"half');
    expect(() => readManifest(workspace, 'test-mix', '2026.11.23')).toThrow(/mix\.json/);
  });
});

describe('a cached artifact', () => {
  test('with one changed byte is made again when it is reused', async () => {
    const first = await ready();
    const profiles = readdirSync(join(workspace, 'cache/profile'), { recursive: true }).map(String);
    const path = join(
      workspace,
      'cache/profile',
      profiles.find((name) => name.endsWith('texts.bin'))!,
    );
    const file = await open(path, 'r+');
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 5);
    await file.write(Buffer.from([buffer[0]! ^ 1]), 0, 1, 5);
    await file.close();
    const again = await ready(NEXT, 'next');
    expect(again.assembled.tokens).toBe(first.assembled.tokens);
  });

  test('whose record is cut short is made again', async () => {
    await ready();
    const profiles = readdirSync(join(workspace, 'cache/profile'), { recursive: true }).map(String);
    await writeFile(
      join(workspace, 'cache/profile', profiles.find((name) => name.endsWith('record.json'))!),
      '',
    );
    const again = await ready(NEXT, 'next');
    expect(again.assembled.documents).toBeGreaterThan(0);
  });
});
