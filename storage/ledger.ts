/**
 * The ledger: `ledger.jsonl` of a workspace, one line per published version or decision. Each line
 * carries the hash of the line before, so that a changed, missing or inserted line shows. Lines are
 * idempotent by key: a retried activity finds its line and adds none. This is the one file with a clock.
 */
import { randomUUID } from 'node:crypto';
import { appendFile, link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../core/schema/canonical.js';
import { Failure } from '../core/schema/failure.js';
import { type LedgerEntry, ledgerEntry } from '../core/schema/ledger.js';
import { sha256 } from './digest.js';
import { guardIo, hasCode } from './io-failure.js';
import { type Mirrored, mirrored } from './remote/mirror.js';

export type { LedgerEntry };

export const LEDGER_FILE = 'ledger.jsonl';
const GENESIS = '0'.repeat(64);
const LOCK_WAIT_MS = 20;
/** A lock older than this belongs to a process that died between two file operations. */
const LOCK_STALE_MS = 10_000;

export function entryHash(entry: Omit<LedgerEntry, 'hash'>): string {
  return sha256(canonicalJson(entry));
}

function broken(where: string, expected: string, found: string): Failure {
  return new Failure('LEDGER_BROKEN', {
    subject: 'ledger',
    expected,
    found,
    where,
    remedy: 'restore ledger.jsonl from a copy; published versions are not touched by this',
  });
}

/** All lines, with every link of the chain checked. An absent file is an empty ledger. */
export async function readLedger(workspace: string): Promise<LedgerEntry[]> {
  const path = join(workspace, LEDGER_FILE);
  const there = mirrored(path);
  if (there !== null) return parseLedger((await readShared(there)).text);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  });
  return parseLedger(text);
}

function parseLedger(text: string): LedgerEntry[] {
  const lines = text.split('\n');
  if (lines.pop() !== '')
    throw broken(`${LEDGER_FILE}:${lines.length + 1}`, 'a line feed at the end', 'half a line');
  const entries: LedgerEntry[] = [];
  lines.forEach((line, i) => {
    const where = `${LEDGER_FILE}:${i + 1}`;
    const entry = parseLine(line, where);
    const { hash, ...rest } = entry;
    const previous = entries.at(-1)?.hash ?? GENESIS;
    if (entry.sequence !== i + 1) throw broken(where, `sequence ${i + 1}`, String(entry.sequence));
    if (entry.previous !== previous)
      throw broken(
        where,
        `previous ${previous.slice(0, 12)}..`,
        `${entry.previous.slice(0, 12)}..`,
      );
    if (hash !== entryHash(rest))
      throw broken(where, `hash ${entryHash(rest).slice(0, 12)}..`, `${hash.slice(0, 12)}..`);
    entries.push(entry);
  });
  return entries;
}

function parseLine(line: string, where: string): LedgerEntry {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw broken(where, 'one ledger entry as JSON', (error as Error).message.split('\n')[0]!);
  }
  const { success, data, error } = ledgerEntry.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  throw broken(where, 'a whole ledger entry', `${issue?.path.join('.')}: ${issue?.message}`);
}

async function ageOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  return found === null ? 0 : Date.now() - found.mtimeMs;
}

/**
 * Takes a dead process's lock away. The rename decides between two that want to; one that finds it
 * took a living lock (made since it looked) puts it back.
 */
async function breakStaleLock(path: string): Promise<void> {
  if ((await ageOf(path)) <= LOCK_STALE_MS) return;
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  if ((await ageOf(aside)) <= LOCK_STALE_MS) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

async function withLock<T>(workspace: string, act: () => Promise<T>): Promise<T> {
  const path = join(workspace, `${LEDGER_FILE}.lock`);
  for (;;) {
    try {
      await (await open(path, 'wx')).close();
      break;
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
      await breakStaleLock(path);
      await new Promise((resolve) => setTimeout(resolve, LOCK_WAIT_MS));
    }
  }
  return act().finally(() => rm(path, { force: true }));
}

/**
 * Removes half a line that a crash left at the end: it was never acknowledged, so nothing is lost.
 */
async function mendTail(path: string): Promise<void> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  if (bytes.length === 0 || bytes[bytes.length - 1] === 10) return;
  const handle = await open(path, 'r+');
  await handle.truncate(bytes.lastIndexOf(10) + 1).finally(() => handle.close());
}

/**
 * Refuses a broken ledger before anything is built or published on top of it. Adds no line; half a
 * line that a crash left goes, as it would before the next one.
 */
export async function checkLedger(workspace: string): Promise<void> {
  const path = join(workspace, LEDGER_FILE);
  if (mirrored(path) !== null) {
    await readLedger(workspace);
    return;
  }
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  await guardIo(path, () =>
    withLock(workspace, async () => {
      await mendTail(path);
      await readLedger(workspace);
    }),
  );
}

export interface LedgerDraft {
  readonly key: string;
  readonly kind: string;
  readonly by: string;
  readonly body: unknown;
}

function nextEntry(entries: readonly LedgerEntry[], draft: LedgerDraft): LedgerEntry {
  const open = {
    sequence: entries.length + 1,
    previous: entries.at(-1)?.hash ?? GENESIS,
    ...draft,
    at: new Date().toISOString(),
  };
  return { ...open, hash: entryHash(open) };
}

/** Beyond this somebody else writes without end, or the store does not honour conditions. */
const SWAPS_MAX = 100;

function contended({ store, key }: Mirrored): Failure {
  return new Failure('STORAGE_UNREACHABLE', {
    subject: 'ledger',
    expected: `one of ${SWAPS_MAX} conditional puts to hold`,
    found: 'none',
    where: `${store.url}/${key}`,
    remedy: 'use a store that honours If-Match and If-None-Match; then run the same command',
  });
}

/** The ledger of a store with the tag of what was read; '' and null where none stands yet. */
async function readShared({
  store,
  key,
}: Mirrored): Promise<{ text: string; etag: string | null }> {
  const found = await store.read(key);
  if (found === null) return { text: '', etag: null };
  return { text: Buffer.from(found.body).toString('utf8'), etag: found.etag };
}

/** Whether a line may still be added, by the ledger before it: nobody else adds one meanwhile. */
export type LedgerCondition = (entries: readonly LedgerEntry[]) => Promise<boolean>;

/** On a store there is no lock: the whole file is replaced, if it is still what was read. */
async function appendShared(
  there: Mirrored,
  draft: LedgerDraft,
  holds: LedgerCondition,
): Promise<LedgerEntry | null> {
  for (let attempt = 0; ; attempt++) {
    const { text, etag } = await readShared(there);
    const entries = parseLedger(text);
    const known = entries.find((entry) => entry.key === draft.key);
    if (known !== undefined) return known;
    if (!(await holds(entries))) return null;
    const entry = nextEntry(entries, draft);
    const whole = `${text}${canonicalJson(entry)}\n`;
    const condition = etag === null ? ({ ifNoneMatch: '*' } as const) : { ifMatch: etag };
    if ((await there.store.put(there.key, whole, condition)) !== null) return entry;
    if (attempt > SWAPS_MAX) throw contended(there);
    const wait = Math.random() * Math.min(2_000, LOCK_WAIT_MS * 2 ** attempt);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** Appends a line where `holds`, or returns the one that already has this key; null where it does not hold. */
export async function appendLedgerIf(
  workspace: string,
  draft: LedgerDraft,
  holds: LedgerCondition,
): Promise<LedgerEntry | null> {
  const path = join(workspace, LEDGER_FILE);
  const there = mirrored(path);
  if (there !== null) return appendShared(there, draft, holds);
  return guardIo(path, async () => {
    await mkdir(workspace, { recursive: true });
    return withLock(workspace, async () => {
      await mendTail(path);
      const entries = await readLedger(workspace);
      const known = entries.find((entry) => entry.key === draft.key);
      if (known !== undefined) return known;
      if (!(await holds(entries))) return null;
      const entry = nextEntry(entries, draft);
      await appendFile(path, `${canonicalJson(entry)}\n`, { flush: true } as { flush: boolean });
      return entry;
    });
  });
}

/** Appends a line, or returns the one that already has this key. */
export async function appendLedger(workspace: string, draft: LedgerDraft): Promise<LedgerEntry> {
  const entry = await appendLedgerIf(workspace, draft, () => Promise.resolve(true));
  return entry!;
}
