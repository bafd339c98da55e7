/**
 * Seals what Temporal recorded of a workflow: every run of its story is exported beside the mix (or under
 * `audit/` where none was published), an index lists the files, and a line of the ledger holds the digest
 * of the index. The same histories sealed again find the index and the line that stand.
 */
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { canonicalJson } from '../core/schema/canonical.js';
import { Failure } from '../core/schema/failure.js';
import {
  type HistoryIndex,
  type LedgerHead,
  runName,
  type Sealed,
  type SealedRun,
  type SealLine,
} from '../core/schema/sealed-history.js';
import { sha256, sha256File } from '../storage/digest.js';
import { appendLedger, checkLedger, type LedgerEntry, readLedger } from '../storage/ledger.js';
import { addSealedFiles, INDEX_FILE, readIndexes } from '../storage/sealed-folder.js';
import { fileSafe, isThere, makeScratch, mixPath, removeScratch } from '../storage/workspace.js';
import { readCodeVersion } from './code-version.js';
import type { EventJson } from './decoded-history.js';
import { attributesOf, typeOf } from './decoded-history.js';
import { type ChainRun, isForgotten, rootRuns, runsNamedBy } from './history-chain.js';
import { historyName, historyPages, type RunName, writeHistory } from './history-pages.js';
import { keepStanding } from './kept-histories.js';
import { MANIFEST_FILE } from './published-version.js';
import { TOOL } from './tool.js';

export const SEAL_LINE = 'seal';

export interface SealRequest extends RunName {
  readonly workspace: string;
  /** name@version, or the id of the workflow where it is no build. */
  readonly subject: string;
  /** This run with its children, and no other run of its workflow: each of them asks for itself. */
  readonly isAlone: boolean;
}

export interface SealServer {
  readonly client: Client;
  readonly namespace: string;
  readonly onRun: (done: number, known: number) => void;
}

/** Where the seal of a subject stands: beside its mix where one of these runs published it, else under `audit/`. */
function sealPath(
  request: SealRequest,
  entries: readonly LedgerEntry[],
  { runs, missing }: Pick<HistoryIndex, 'runs' | 'missing'>,
): string {
  const { subject, workflowId, isAlone } = request;
  const own = new Set([...runs, ...missing].map(runName));
  const isOurs = ({ kind, by, body }: LedgerEntry) =>
    kind === 'publish' && own.has(by) && (body as { mix?: unknown }).mix === subject;
  const at = subject.lastIndexOf('@');
  if (at > 0 && entries.some(isOurs))
    return `${mixPath(subject.slice(0, at), subject.slice(at + 1))}/history`;
  return `audit/${fileSafe(isAlone ? runName(request) : workflowId)}`;
}

export function headOf(entries: readonly LedgerEntry[]): LedgerHead {
  const last = entries.at(-1);
  return { sequence: last?.sequence ?? 0, hash: last?.hash ?? '0'.repeat(64) };
}

/** Type and first run, as the first event says them. */
function firstFacts(first: EventJson): Pick<SealedRun, 'workflowType' | 'firstRunId'> {
  const { workflowType, firstExecutionRunId } = attributesOf(first) as {
    workflowType: { name: string };
    firstExecutionRunId: string;
  };
  return { workflowType: workflowType.name, firstRunId: firstExecutionRunId };
}

async function exportRun(server: SealServer, run: ChainRun, folder: string) {
  const named: ChainRun[] = [];
  let first: EventJson | null = null;
  const pages = historyPages(server.client, server.namespace, run);
  const { workflowId, runId } = run;
  const written = await writeHistory(pages, run, folder, (event) => {
    if (typeOf(event) === 'WORKFLOW_EXECUTION_STARTED') first = event;
    named.push(...runsNamedBy(event, run));
  });
  const { state, events } = written;
  const name = historyName({ workflowId, runId }, state === 'open' ? events : null);
  const files = { history: `${name}.json`, readable: `${name}.readable.json` };
  await rename(join(folder, written.history.path), join(folder, files.history));
  await rename(join(folder, written.readable.path), join(folder, files.readable));
  const sealed: SealedRun = {
    ...{ workflowId, runId, ...firstFacts(first!), parent: run.parent, state, events },
    history: { ...written.history, path: files.history },
    readable: { ...written.readable, path: files.readable },
  };
  return { sealed, named };
}

const keyOf = ({ workflowId, runId }: RunName) => `${workflowId}\n${runId}`;

/** Exports every run that the root's runs lead to, where it `belongs`. */
async function exportChain(
  server: SealServer,
  { roots, belongs }: { roots: readonly ChainRun[]; belongs: (run: ChainRun) => boolean },
  folder: string,
): Promise<Pick<HistoryIndex, 'runs' | 'missing'>> {
  const known = new Map(roots.map((run) => [keyOf(run), run]));
  const runs: SealedRun[] = [];
  const missing: RunName[] = [];
  let done = 0;
  // The map grows while it is walked: what a history names is exported after it.
  for (const run of known.values()) {
    try {
      const { sealed, named } = await exportRun(server, run, folder);
      runs.push(sealed);
      for (const next of named.filter(belongs))
        if (!known.has(keyOf(next))) known.set(keyOf(next), next);
    } catch (error) {
      if (!isForgotten(error)) throw error;
      await removeParts(folder, run);
      missing.push({ workflowId: run.workflowId, runId: run.runId });
    }
    server.onRun(++done, known.size);
  }
  const byKey = (a: RunName, b: RunName) => (keyOf(a) < keyOf(b) ? -1 : 1);
  return { runs: runs.sort(byKey), missing: missing.sort(byKey) };
}

async function removeParts(folder: string, { runId }: RunName): Promise<void> {
  for (const name of [`${runId}.part`, `${runId}.readable.part`])
    await rm(join(folder, name), { force: true });
}

function nothingLeft({ workflowId }: SealRequest): Failure {
  return new Failure('AUDIT_BROKEN', {
    subject: `history of ${workflowId}`,
    expected: 'at least one run on the server',
    found: 'none: the server has forgotten it',
    where: workflowId,
    remedy: 'seal a build before the retention of the server ends',
  });
}

/** The index that stands, where it holds these very files. */
async function standingIndex(
  folder: string,
  { runs, missing }: Pick<HistoryIndex, 'runs' | 'missing'>,
) {
  const wanted = canonicalJson(runs);
  const indexes = await readIndexes(folder);
  const newest = indexes.find(({ name }) => name === INDEX_FILE);
  if (newest?.index === null || newest === undefined) return null;
  const same = canonicalJson(newest.index.runs) === wanted;
  const isSame = same && canonicalJson(newest.index.missing) === canonicalJson(missing);
  return isSame ? newest.index : null;
}

export async function sealHistory(request: SealRequest, server: SealServer): Promise<Sealed> {
  const { workspace, workflowId } = request;
  await checkLedger(workspace);
  const entries = await readLedger(workspace);
  const ledgerHead = headOf(entries);
  const scratchId = `seal-audit/${workflowId}`;
  let index: HistoryIndex;
  let path: string;
  try {
    const scratch = await makeScratch(workspace, scratchId);
    const { isAlone, runId } = request;
    const roots = isAlone
      ? [{ workflowId, runId, parent: null }]
      : await rootRuns(server.client, request, workspace);
    const belongs = (run: ChainRun) => !isAlone || run.workflowId !== workflowId;
    const chain = await exportChain(server, { roots, belongs }, scratch);
    if (chain.runs.length === 0) throw nothingLeft(request);
    path = sealPath(request, entries, chain);
    const runs = await keepStanding({ folder: join(workspace, path), scratch }, chain.runs);
    index = await putIndex({ request, ledgerHead, chain: { ...chain, runs }, scratch, path });
  } finally {
    await removeScratch(workspace, scratchId);
  }
  return recordSeal(request, index, path);
}

interface Exported {
  readonly request: SealRequest;
  readonly ledgerHead: LedgerHead;
  readonly chain: Pick<HistoryIndex, 'runs' | 'missing'>;
  readonly scratch: string;
  readonly path: string;
}

/** The index of these files: the one that stands, or a new one put in place with them. */
async function putIndex({ request, ledgerHead, chain, scratch, path }: Exported) {
  const { workspace, subject, workflowId } = request;
  const folder = join(workspace, path);
  const standing = await standingIndex(folder, chain);
  if (standing !== null) return standing;
  const index: HistoryIndex = {
    ...{ schemaVersion: 1, subject, workflowId, ledgerHead, tool: TOOL },
    ...(await readCodeVersion()),
    ...chain,
  };
  await writeFile(join(scratch, INDEX_FILE), canonicalJson(index));
  await addSealedFiles(scratch, folder);
  return index;
}

async function recordSeal(
  { workspace, workflowId, runId }: SealRequest,
  index: HistoryIndex,
  path: string,
): Promise<Sealed> {
  const { subject, ledgerHead, codeVersion, runs } = index;
  const files = runs.flatMap(({ history, readable }) => [history, readable]);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const indexSha256 = sha256(canonicalJson(index));
  const manifest = join(workspace, path, '..', MANIFEST_FILE);
  const isMix = path.startsWith('mixes/') && isThere(manifest);
  const body: SealLine = {
    ...{ schemaVersion: 1, subject, workflowId, path, indexSha256, bytes },
    manifestSha256: isMix ? (await sha256File(manifest)).sha256 : null,
    ...{ runs: runs.length, files: files.length, ledgerHead, codeVersion },
  };
  const before = (await readLedger(workspace)).length;
  const key = `seal/${path}/${indexSha256}`;
  const by = `${workflowId}/${runId}`;
  const { sequence } = await appendLedger(workspace, { key, kind: SEAL_LINE, by, body });
  return {
    ...{ path, indexSha256, runs: runs.length, files: files.length, bytes },
    ...{ missing: index.missing.length, isNew: sequence > before, ledgerSequence: sequence },
  };
}
