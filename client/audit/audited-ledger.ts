/**
 * The ledger as an audit reads it: with every link checked where the chain holds; where it does not, the
 * broken link is named and what can still be parsed is used for the other checks.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LedgerEntry, ledgerEntry } from '../../core/schema/ledger.js';
import type { LedgerHead } from '../../core/schema/sealed-history.js';
import { LEDGER_FILE, readLedger } from '../../storage/ledger.js';
import type { Findings } from './findings.js';

function parsedLines(workspace: string): LedgerEntry[] {
  const path = join(workspace, LEDGER_FILE);
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [ledgerEntry.parse(JSON.parse(line))];
      } catch {
        return [];
      }
    });
}

export async function auditedLedger(workspace: string, findings: Findings): Promise<LedgerEntry[]> {
  let entries: LedgerEntry[] | null = null;
  await findings.guard('ledger.jsonl', async () => {
    entries = await readLedger(workspace);
  });
  return entries ?? parsedLines(workspace);
}

export function lineName({ sequence, kind, key }: LedgerEntry): string {
  return `line ${sequence} of the ledger (${kind}, ${key})`;
}

/** The ledger holds, at that number, the line with that hash. */
export function checkHead(
  entries: readonly LedgerEntry[],
  { sequence, hash }: LedgerHead,
  says: string,
  findings: Findings,
): void {
  if (sequence === 0) return;
  const entry = entries.find((candidate) => candidate.sequence === sequence);
  if (entry?.hash === hash) return;
  findings.audit({
    subject: entry === undefined ? 'the end of the ledger' : lineName(entry),
    expected: `line ${sequence} with hash ${hash.slice(0, 16)}.., as ${says} says`,
    found:
      entry === undefined
        ? `${entries.length} lines: the last ones were cut off`
        : `hash ${entry.hash.slice(0, 16)}..: this line or one before it was rewritten`,
    where: `${LEDGER_FILE}:${sequence}`,
    remedy: 'restore ledger.jsonl from a copy that holds that line',
  });
}
