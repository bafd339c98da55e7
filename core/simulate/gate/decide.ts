/**
 * The verdict on a domain from intervals on both sides. PASS: the human share is surely enough and every
 * deciding P(collapse) is surely within the budget. FAIL: the share is surely too small, or one P surely above.
 * Anything else is INCONCLUSIVE, also what was not simulated; nothing turns that into a PASS.
 */
import type { DefinitionOutcome, Interval, RiskDecision } from '../../schema/risk.js';

export interface Judged {
  /** Planned human share, and the critical one. */
  readonly humanShare: Interval;
  readonly critical: Interval;
  readonly definitions: readonly DefinitionOutcome[];
  readonly riskBudget: number;
  /** The plan holds nothing but text labelled as written by people alone here; it is not simulated. */
  readonly isAllHuman: boolean;
}

export interface Verdict {
  readonly decision: RiskDecision;
  readonly why: string;
}

const share = (value: number) => `${(100 * value).toFixed(1)} %`;

export function decideDomain(judged: Judged): Verdict {
  if (judged.isAllHuman && judged.humanShare.low >= judged.critical.high) {
    return { decision: 'PASS', why: 'all text is labelled as written by people alone' };
  }
  const failures = failuresOf(judged);
  if (failures.length > 0) return { decision: 'FAIL', why: failures.join('; ') };
  const doubts = doubtsOf(judged);
  if (doubts.length > 0) return { decision: 'INCONCLUSIVE', why: doubts.join('; ') };
  const { humanShare, critical } = judged;
  return {
    decision: 'PASS',
    why: `human share of at least ${share(humanShare.low)} where at most ${share(critical.high)} is needed, and every definition holds`,
  };
}

const deciding = ({ definitions }: Judged) => definitions.filter(({ gates }) => gates);

function failuresOf(judged: Judged): string[] {
  const { humanShare, critical, riskBudget } = judged;
  const tooLow =
    humanShare.high < critical.low
      ? [
          `human share of at most ${share(humanShare.high)} where at least ${share(critical.low)} is needed`,
        ]
      : [];
  const collapsed = deciding(judged)
    .filter(({ probability }) => probability !== null && probability.low > riskBudget)
    .map(
      ({ definition, probability }) =>
        `${definition} collapses with a chance of at least ${share(probability!.low)}`,
    );
  return [...tooLow, ...collapsed];
}

function doubtsOf(judged: Judged): string[] {
  const { humanShare, critical, riskBudget } = judged;
  const between =
    humanShare.low >= critical.high
      ? []
      : [
          `human share of ${share(humanShare.low)} to ${share(humanShare.high)}, needed are ${share(critical.low)} to ${share(critical.high)}`,
        ];
  const unclear = deciding(judged).flatMap(({ definition, probability }) => {
    if (probability === null) return [`${definition} was not simulated`];
    if (probability.high <= riskBudget) return [];
    return [`${definition} collapses with a chance of up to ${share(probability.high)}`];
  });
  return [...between, ...unclear, ...(deciding(judged).length === 0 ? ['nothing was judged'] : [])];
}

/** Whether chance alone is in the way of a PASS: the share is enough, and no P is above the budget as far as was seen. */
export function isOnlyMonteCarlo(judged: Judged): boolean {
  const rows = deciding(judged);
  if (judged.isAllHuman || judged.humanShare.low < judged.critical.high) return false;
  if (rows.some(({ probability }) => probability === null)) return false;
  const open = rows.filter(({ probability }) => probability!.high > judged.riskBudget);
  return (
    open.length > 0 && open.every(({ probability }) => probability!.point <= judged.riskBudget)
  );
}
