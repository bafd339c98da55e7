/** What reviewers did, in numbers: decisions, reviewers, and how far they agree. */
import type { ProvenanceRecord } from '../schema/provenance.js';
import type { ReviewDecision } from '../schema/review.js';
import { cohensKappa, type Kappa } from '../stats/kappa.js';

/** Null where nobody has decided anything. The order of the decisions does not matter. */
export function reviewSummaryOf(decisions: readonly ReviewDecision[]): ProvenanceRecord['review'] {
  if (decisions.length === 0) return null;
  const { kappa, low, high, pairs } = agreementOf(decisions);
  return {
    decisions: decisions.length,
    reviewers: new Set(decisions.map(({ reviewer }) => reviewer)).size,
    ...{ kappa, kappaLow: low, kappaHigh: high, pairs },
  };
}

/**
 * Agreement of the first two people, by name, who decided on one text; of one reviewer the last
 * decision counts. Whoever cannot tell takes no side, so such a pair is left out.
 */
export function agreementOf(decisions: readonly ReviewDecision[]): Kappa {
  const byText = new Map<string, Map<string, ReviewDecision>>();
  for (const decision of decisions) {
    const known = byText.get(decision.textSha256) ?? new Map<string, ReviewDecision>();
    byText.set(decision.textSha256, known.set(decision.reviewer, decision));
  }
  const pairs: [string, string][] = [];
  for (const text of [...byText.keys()].sort()) {
    const sides = [...byText.get(text)!.values()].filter(({ label }) => label !== 'unknown');
    sides.sort((a, b) => (a.reviewer < b.reviewer ? -1 : 1));
    const [first, second] = sides;
    if (first !== undefined && second !== undefined) pairs.push([first.label, second.label]);
  }
  return cohensKappa(
    pairs.map(([first]) => first),
    pairs.map(([, second]) => second),
  );
}
