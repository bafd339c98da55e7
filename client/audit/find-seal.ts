/** The newest seal of a mix or workflow, checked against the ledger before anything is told from it. */
import type { LedgerEntry } from '../../core/schema/ledger.js';
import { type AuditedSeal, checkSeals, sealLines } from './check-seals.js';
import { Findings } from './findings.js';

/** Null where nothing of it was sealed; throws `AUDIT_BROKEN` where the folder is not what was sealed. */
export async function findSeal(
  workspace: string,
  subject: string,
  entries: readonly LedgerEntry[],
): Promise<AuditedSeal | null> {
  const own = [...sealLines(entries)].filter(([, lines]) =>
    lines.some(({ line }) => line.subject === subject || line.workflowId === subject),
  );
  const newest = own.sort(([, a], [, b]) => b.at(-1)!.entry.sequence - a.at(-1)!.entry.sequence)[0];
  if (newest === undefined) return null;
  const findings = new Findings();
  const [path, lines] = newest;
  const seals = await checkSeals(workspace, path, lines, () => undefined, findings);
  const failure = findings.failure();
  if (failure !== null) throw failure;
  return seals.at(-1) ?? null;
}
