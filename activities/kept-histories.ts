/**
 * Closed runs that were sealed before keep the files that stand: a later release may word a sentence otherwise, or
 * write a field more, and the bytes under one name never change. That the server still tells the same is checked
 * event by event: as many of them, and the same value in every field that both have.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../core/schema/failure.js';
import type { SealedFile, SealedRun } from '../core/schema/sealed-history.js';
import { sha256File } from '../storage/digest.js';
import { readIndexes } from '../storage/sealed-folder.js';
import { isThere } from '../storage/workspace.js';

interface Folders {
  /** Of the seal, absolute. */
  readonly folder: string;
  /** With the files that were exported now. */
  readonly scratch: string;
}

/** The runs with the files that they were sealed with before; what was exported of those again is removed. */
export async function keepStanding(
  folders: Folders,
  exported: readonly SealedRun[],
): Promise<SealedRun[]> {
  const indexes = await readIndexes(folders.folder);
  const sealed = indexes.flatMap(({ index }) => index?.runs ?? []);
  const runs: SealedRun[] = [];
  for (const run of exported) {
    const standing = await standingOf(folders.folder, run, sealed);
    if (standing !== null) await assertSame(folders, standing, run);
    for (const { path } of standing === null ? [] : [run.history, run.readable])
      await rm(join(folders.scratch, path), { force: true });
    const { history, readable } = standing ?? run;
    runs.push({ ...run, history, readable });
  }
  return runs;
}

/** Null for a run that goes on, that was not sealed, or whose files are not what an index says. */
async function standingOf(
  folder: string,
  { workflowId, runId, state }: SealedRun,
  sealed: readonly SealedRun[],
): Promise<SealedRun | null> {
  if (state === 'open') return null;
  for (const run of sealed) {
    if (run.workflowId !== workflowId || run.runId !== runId || run.state !== state) continue;
    if ((await stands(folder, run.history)) && (await stands(folder, run.readable))) return run;
  }
  return null;
}

async function stands(folder: string, { path, sha256 }: SealedFile): Promise<boolean> {
  const whole = join(folder, path);
  return isThere(whole) && (await sha256File(whole)).sha256 === sha256;
}

/** @throws Failure AUDIT_BROKEN where the server tells another history */
async function assertSame(
  { folder, scratch }: Folders,
  standing: SealedRun,
  run: SealedRun,
): Promise<void> {
  if (standing.history.sha256 === run.history.sha256) return;
  const [was, is] = [await eventsAt(folder, standing), await eventsAt(scratch, run)];
  const at = was.findIndex((event, i) => !agrees(event, is[i]));
  if (was.length === is.length && at === -1) return;
  const counts = was.length === is.length ? null : `${was.length} events`;
  throw new Failure('AUDIT_BROKEN', {
    subject: 'a history that was sealed before',
    expected: `${is.length} events, as the server has them`,
    found: counts ?? `another event ${at + 1}`,
    where: standing.history.path,
    remedy: 'restore the file from a copy, or find out who changed it; then seal again',
  });
}

async function eventsAt(folder: string, { history }: SealedRun): Promise<unknown[]> {
  const text = await readFile(join(folder, history.path), 'utf8');
  return (JSON.parse(text) as { events: unknown[] }).events;
}

/** The same value wherever both have one. */
function agrees(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && a.length !== (b as unknown[]).length) return false;
  const other = b as Record<string, unknown>;
  return Object.entries(a).every(([key, value]) => !(key in other) || agrees(value, other[key]));
}
