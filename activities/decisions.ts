/**
 * The decisions of reviewers, as the ledger holds them: the newest of each reviewer on each text. An
 * older one is superseded, never deleted.
 */
import { type DecisionList, type ReviewDecision, reviewLine } from '../core/schema/review.js';
import { readLedger } from '../storage/ledger.js';

/** Kind of the ledger lines that hold decisions. */
export const REVIEW_LINE = 'review';

export async function readDecisions(workspace: string): Promise<DecisionList> {
  const newest = new Map<string, ReviewDecision>();
  for (const { kind, body } of await readLedger(workspace)) {
    if (kind !== REVIEW_LINE) continue;
    for (const decision of reviewLine.parse(body).decisions) {
      newest.set(`${decision.textSha256} ${decision.reviewer}`, decision);
    }
  }
  const keys = [...newest.keys()].sort();
  return { schemaVersion: 1, decisions: keys.map((key) => newest.get(key)!) };
}
