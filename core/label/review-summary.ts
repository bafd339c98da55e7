/** What reviewers did, in numbers: decisions, reviewers, and how far they agree. */
import type { ProvenanceRecord } from '../schema/provenance.js';
import type { ReviewDecision } from '../schema/review.js';
import { cohensKappa } from '../stats/kappa.js';

/** Null where nobody has decided anything. The order of the decisions does not matter. */
export function reviewSummaryOf(decisions: readonly ReviewDecision[]): ProvenanceRecord['review'] {
  if (decisions.length === 0) return null;
  const pairs = answeredTwice(decisions);
  const { kappa, low, high } = cohensKappa(
    pairs.map(([first]) => first),
    pairs.map(([, second]) => second),
  );
  return {
    decisions: decisions.length,
    reviewers: new Set(decisions.map(({ reviewer }) => reviewer)).size,
    ...{ kappa, kappaLow: low, kappaHigh: high, pairs: pairs.length },
  };
}

/** The answers of the first two reviewers, by name, to each text that two people saw. */
export function answeredTwice(decisions: readonly ReviewDecision[]): [string, string][] {
  const byText = new Map<string, ReviewDecision[]>();
  for (const decision of decisions) {
    const known = byText.get(decision.textSha256);
    if (known === undefined) byText.set(decision.textSha256, [decision]);
    else known.push(decision);
  }
  const texts = [...byText.keys()].sort();
  return texts.flatMap((text): [string, string][] => {
    const answers = byText.get(text)!.sort((a, b) => (a.reviewer < b.reviewer ? -1 : 1));
    return answers.length < 2 ? [] : [[answers[0]!.label, answers[1]!.label]];
  });
}
