/**
 * Signed decisions: the signature holds over what the line says now, and a line that says it is signed has
 * one, made with the key that the recipe names for that person: the recipe of the sealed run that wrote the line, else
 * that of the published mix. The private keys lie outside of Temporal and of the workspace, so a forged decision needs
 * a stolen key. Before a build is sealed or published no recipe of it is kept: until then any key counts.
 */
import { verifySignedLine } from '../../activities/signed-lines.js';
import type { LedgerEntry } from '../../core/schema/ledger.js';
import { LEDGER_FILE } from '../../storage/ledger.js';
import { lineName } from './audited-ledger.js';
import type { Keys } from './check-approved.js';
import type { Findings } from './findings.js';

/** Lines that hold a signature which is good. */
export function checkSignatures(
  entries: readonly LedgerEntry[],
  keysOf: ReadonlyMap<string, Keys>,
  findings: Findings,
): number {
  let good = 0;
  for (const entry of entries) {
    const state = lineSignature(entry, keysOf);
    if (state === 'good') good++;
    if (state !== 'bad' && !(state === 'none' && saysSigned(entry.body))) continue;
    findings.audit({
      subject: lineName(entry),
      expected: 'a signature over what this line says, by the key that the recipe names',
      found: state === 'none' ? 'none, though it says that it is signed' : 'one that does not hold',
      where: `${LEDGER_FILE}:${entry.sequence}`,
      remedy:
        'restore ledger.jsonl from a copy, and ask the person: what is written here was not signed',
    });
  }
  return good;
}

/** Whether the signature of a line holds; a line that cannot be read holds no good one. */
export function lineSignature(
  entry: LedgerEntry,
  keysOf: ReadonlyMap<string, Keys>,
): ReturnType<typeof verifySignedLine> {
  const { mix } = (entry.body ?? {}) as { mix?: unknown };
  try {
    return verifySignedLine(entry, keysOf.get(entry.by) ?? keysOf.get(String(mix)) ?? null);
  } catch {
    return 'bad';
  }
}

function saysSigned(body: unknown): boolean {
  const { authMethod, decisions } = (body ?? {}) as Record<string, unknown>;
  if (authMethod === 'signed') return true;
  return Array.isArray(decisions) && decisions.some((one) => one?.authMethod === 'signed');
}
