/**
 * Sealed histories against their records: the index against the ledger's seal line, each file against the
 * index, no file that no index lists, and no sealed folder without its line.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SEAL_LINE } from '../../activities/seal-history.js';
import type { LedgerEntry } from '../../core/schema/ledger.js';
import { type HistoryIndex, type SealLine, sealLine } from '../../core/schema/sealed-history.js';
import { type FoundIndex, INDEX_FILE, readIndexes } from '../../storage/sealed-folder.js';
import { lineName } from './audited-ledger.js';
import { digestAt, HISTORY_FOLDER } from './check-published.js';
import type { Findings } from './findings.js';

/** One line of the ledger with the index that it seals. */
export interface AuditedSeal {
  readonly entry: LedgerEntry;
  readonly line: SealLine;
  readonly index: HistoryIndex;
  /** False where a later seal of the same folder holds the same runs and more. */
  readonly isNewest: boolean;
}

const RESTORE = 'restore the folder from a copy: what it holds is not what was sealed';

/** Seal lines by folder, oldest first. */
export function sealLines(
  entries: readonly LedgerEntry[],
): Map<string, { entry: LedgerEntry; line: SealLine }[]> {
  const seals = new Map<string, { entry: LedgerEntry; line: SealLine }[]>();
  for (const entry of entries) {
    if (entry.kind !== SEAL_LINE) continue;
    const { success, data } = sealLine.safeParse(entry.body);
    if (!success) continue;
    seals.set(data.path, [...(seals.get(data.path) ?? []), { entry, line: data }]);
  }
  return seals;
}

export async function checkSeals(
  workspace: string,
  path: string,
  lines: readonly { entry: LedgerEntry; line: SealLine }[],
  onFile: (path: string) => void,
  findings: Findings,
): Promise<AuditedSeal[]> {
  const found = await readIndexes(join(workspace, path));
  const seals = lines.flatMap(({ entry, line }, i) => {
    const isNewest = i === lines.length - 1;
    const index = indexOf(found, { entry, line, isNewest }, findings);
    return index === null ? [] : [{ entry, line, index, isNewest }];
  });
  await checkFiles(workspace, path, seals, onFile, findings);
  const listed = new Set(
    seals.flatMap(({ index }) =>
      index.runs.flatMap(({ history, readable }) => [history.path, readable.path]),
    ),
  );
  const sealedIndexes = new Set(lines.map(({ line }) => line.indexSha256));
  for (const { name, sha256 } of found) if (sealedIndexes.has(sha256)) listed.add(name);
  listed.add(INDEX_FILE);
  await checkExtras(workspace, path, listed, findings);
  return seals;
}

/** The index with the digest of the line; the newest seal's is `index.json`. */
function indexOf(
  found: readonly FoundIndex[],
  { entry, line, isNewest }: Omit<AuditedSeal, 'index'>,
  findings: Findings,
): HistoryIndex | null {
  const match = found.find(({ sha256 }) => sha256 === line.indexSha256);
  const isInPlace = match !== undefined && (!isNewest || match.name === INDEX_FILE);
  if (isInPlace && match.index !== null) return match.index;
  const standing = found.find(({ name }) => name === INDEX_FILE);
  findings.audit({
    subject: `sealed history of ${line.subject}`,
    expected: `an index with sha256 ${line.indexSha256}, as ${lineName(entry)} says`,
    found: standing === undefined ? 'no such file' : `sha256 ${standing.sha256}`,
    where: `${line.path}/${INDEX_FILE}`,
    remedy: RESTORE,
  });
  return null;
}

async function checkFiles(
  workspace: string,
  path: string,
  seals: readonly AuditedSeal[],
  onFile: (path: string) => void,
  findings: Findings,
): Promise<void> {
  const checked = new Set<string>();
  for (const { index } of seals)
    for (const run of index.runs)
      for (const file of [run.history, run.readable]) {
        const name = `${file.path} ${file.sha256}`;
        if (checked.has(name)) continue;
        checked.add(name);
        onFile(`${path}/${file.path}`);
        const digest = await digestAt(join(workspace, path, file.path));
        if (digest === file.sha256) continue;
        findings.audit({
          subject: `history of ${run.workflowId}`,
          expected: `sha256 ${file.sha256}, as in ${INDEX_FILE}`,
          found: digest,
          where: `${path}/${file.path}`,
          remedy: RESTORE,
        });
      }
}

async function checkExtras(
  workspace: string,
  path: string,
  listed: ReadonlySet<string>,
  findings: Findings,
): Promise<void> {
  const folder = join(workspace, path);
  if (!existsSync(folder)) return;
  for (const name of await readdir(folder)) {
    if (listed.has(name)) continue;
    findings.audit({
      subject: 'sealed history',
      expected: 'only files that a sealed index lists',
      found: 'one more',
      where: `${path}/${name}`,
      remedy: 'move it away: it was not sealed',
    });
  }
}

/** Folders of seals without a line in the ledger: their lines were cut off. */
export async function checkUnsealed(
  workspace: string,
  sealed: ReadonlySet<string>,
  findings: Findings,
): Promise<void> {
  for (const path of await sealFolders(workspace)) {
    if (sealed.has(path)) continue;
    findings.audit({
      subject: 'sealed history',
      expected: 'a seal line in the ledger',
      found: 'none',
      where: path,
      remedy:
        'restore ledger.jsonl from a copy that holds the line: its end was cut off; or, where a sealing was cut short: ballast audit seal',
    });
  }
}

async function sealFolders(workspace: string): Promise<string[]> {
  const list = async (path: string): Promise<string[]> => {
    const entries = await readdir(join(workspace, path), { withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => `${path}/${name}`);
  };
  const names = await list('mixes');
  const versions = (await Promise.all(names.map(list))).flat();
  const beside = versions.map((version) => `${version}/${HISTORY_FOLDER}`);
  return [
    ...beside.filter((path) => existsSync(join(workspace, path))),
    ...(await list('audit')),
  ].sort();
}
