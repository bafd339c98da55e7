/**
 * Definitions of collapse and their thresholds, `collapse-v1`: a choice of people, not a result of science.
 * Every metric is read against all-human text of equal budget (n words). The name changes with every number
 * in it. Thresholds and the list are those of the method's section on the gate; which of them decide, and
 * why, is written beside each.
 */
import type { RiskReport } from '../../schema/risk.js';

type Written = RiskReport['policy']['definitions'][number];

export interface CollapseDefinition extends Written {
  readonly simulator: 'drift' | 'lengths' | 'loop' | 'forms';
  /** Metrics of the simulator; all must be past their thresholds at once. `subgroup:` stands for the worst of them. */
  readonly metrics: readonly {
    readonly metric: string;
    readonly threshold: number;
    readonly collapsesWhen: 'below' | 'above';
  }[];
}

export interface CollapsePolicy {
  readonly name: string;
  readonly author: string;
  readonly date: string;
  /** P(collapse by the horizon) that is borne over all attempts; confidence of each one-sided bound. */
  readonly riskBudget: number;
  readonly confidence: number;
  readonly definitions: readonly CollapseDefinition[];
}

const below = (metric: string, threshold: number) =>
  ({ metric, threshold, collapsesWhen: 'below' }) as const;
const above = (metric: string, threshold: number) =>
  ({ metric, threshold, collapsesWhen: 'above' }) as const;

const PERPLEXITY = above('perplexityRatio', 1.1);
const DISTINCT = below('distinct2Ratio', 0.85);

export const TAIL_COVERAGE = 'tailCoverage';
export const JOINT_LOOP = 'perplexityWithDistinct2';
export const SUBGROUP_SURVIVAL = 'worstSubgroupSurvival';
export const UNIQUE_EQUIVALENT = 'uniqueEquivalent';
export const TWO_POINT = 'tailCoverageTwoPoint';

/**
 * A subgroup with fewer types expected in all-human text is shown but does not decide: with E types, each
 * kept with chance p = 1 - 1/e, chance alone moves the ratio by sqrt((1 - p) / (E p)); three of these are .20,
 * the distance of the threshold from 1, at E = 131.
 */
export const SUBGROUP_TYPES_MIN = 131;

export const COLLAPSE_V1: CollapsePolicy = {
  name: 'collapse-v1',
  author: 'Ballast',
  date: '2026-11-25',
  riskBudget: 0.05,
  confidence: 0.95,
  definitions: [
    {
      ...{ definition: TAIL_COVERAGE, simulator: 'drift', threshold: 0.9, gates: true },
      metrics: [below('tailCoverage', 0.9)],
      reason:
        'Rare types go first and never come back under replacement; the critical human share is found from it. One in ten of them is the loss that is borne.',
    },
    {
      ...{ definition: 'heterozygosity', simulator: 'drift', threshold: 0.9, gates: true },
      metrics: [below('heterozygosity', 0.9)],
      reason:
        'The chance that two words differ is the whole law in one number; drift alone moves it by 1/n a generation, so a loss of a tenth is a change of the head, not chance.',
    },
    {
      ...{ definition: 'effectiveVocabulary', simulator: 'drift', threshold: 0.8, gates: true },
      metrics: [below('effectiveVocabulary', 0.8)],
      reason:
        'Entropy sees the middle of the law, which neither rare types nor heterozygosity weigh; e^H is wider than they are, hence the wider threshold.',
    },
    {
      ...{ definition: SUBGROUP_SURVIVAL, simulator: 'drift', threshold: 0.8, gates: true },
      metrics: [below('subgroup:', 0.8)],
      reason:
        'A language or a list of terms can go while the domain as a whole keeps its tail; the worst one counts, where it has types enough to tell.',
    },
    {
      ...{ definition: JOINT_LOOP, simulator: 'loop', threshold: 0, gates: true },
      metrics: [PERPLEXITY, DISTINCT],
      reason:
        'Perplexity can improve while diversity dies, and smoothing can invent n-grams while types die; so neither decides alone. Text collapses when held-out perplexity is above 1.10 and distinct-2 below .85 in the same generation. Shown is the smaller of the two relative excesses: above 0, both are past.',
    },
    {
      ...{ definition: 'perplexityRatio', simulator: 'loop', threshold: 1.1, gates: false },
      metrics: [PERPLEXITY],
      reason: 'Shown by itself, decided jointly with distinct-2: it can improve as text dies.',
    },
    {
      ...{ definition: 'distinct2Ratio', simulator: 'loop', threshold: 0.85, gates: true },
      metrics: [DISTINCT],
      reason:
        'Diversity can die while perplexity improves, as under a low temperature; a smoothed model invents pairs, so what is lost all the same is lost.',
    },
    {
      ...{ definition: 'varianceRatio', simulator: 'lengths', threshold: 0.9, gates: false },
      metrics: [below('varianceRatio', 0.9)],
      reason:
        'How long documents are is a choice of form that a decoder or an editor sets; shown, for it tells of mode loss, but no ground to stop a release.',
    },
    {
      ...{ definition: UNIQUE_EQUIVALENT, simulator: 'forms', threshold: 1, gates: false },
      metrics: [below('uniqueEquivalent', 1)],
      reason:
        'Human tokens that repetition leaves, over those that the critical share asks for. The discount was fitted on loss, not on rare types, and the limit of repetition is the planner’s; shown.',
    },
  ],
};

/** The policy as it stands in risk.json. */
export function policyRecord(policy: CollapsePolicy): RiskReport['policy'] {
  const { name, author, date, riskBudget, confidence } = policy;
  const definitions = policy.definitions.map(({ metrics: _, ...written }) => ({ ...written }));
  return { name, author, date, riskBudget, confidence, definitions };
}

/** Threshold of tail coverage, from which the critical human share is found. */
export function tailThreshold(): number {
  return COLLAPSE_V1.definitions.find(({ definition }) => definition === TAIL_COVERAGE)!.threshold;
}
