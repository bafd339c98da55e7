/** What the simulation does not model, and what it assumed of this mix: one sentence each, for risk.json. */
import type { DomainRisk } from '../../schema/risk.js';
import type { RiskSettings } from '../../schema/risk-settings.js';

const NOT_MODELLED = [
  'Hallucinated data is not simulated: words and n-grams are counted, not whether they are true.',
  'Semantics is not modelled: a text may keep its words and lose its meaning.',
  'Reinforcement learning and preference tuning are not modelled.',
  'Transformer capacity and optimisation are not modelled: an n-gram loop shows statistical error only.',
  'Curriculum, order and weighting of the training data are not modelled.',
  'A generation is one full retrain on the last model’s output, not a year; fine-tuning is not pre-training.',
];

const ASSUMED = [
  'Thresholds are a choice of people, written with author and date; they are not a result.',
  'One measured suppression curve, capped at 1, is applied in every generation.',
  'Human text of the domain stands for the human law: every usable document once, chosen or not.',
  'The floor takes all synthetic text to lack the tail (w = 0) and is provable; the optimistic bound is drift alone (w = 1).',
  'Under the risk budget each domain and each definition is judged by itself; P(collapse) counts the uncertainty of labels and of w besides drift.',
  'The n-gram loop runs at the point of the human share, so its P(collapse) counts chance alone; with few runs its bounds take the metric as normal.',
  'Text labelled as written by people alone is the human reference; edited text and text of unknown origin are in neither side of w. Labels are not certain, and no correction is made for synthetic text among the reference.',
  'Rewrites of documents whose words set the bins raise w; documents are split by their own id, for nobody says what they rewrite.',
  'Twice the runs after an open verdict are a second look at the same confidence; the risk budget counts attempts, not looks.',
  'No verification of synthetic text (keep rates of right and wrong) is in w; families that agree count by their measured correlation, at its point.',
];

/** The eight meanings of collapse of Schaeffer et al. (2025), and what of them is here. */
const PROFILE = [
  'Catastrophic, any and diverging rise of risk: held-out perplexity of the n-gram loop by generation.',
  'Scaling change: the unique-equivalent tokens of the repetition that is planned.',
  'Variance: document lengths; variety of words (heterozygosity, effective vocabulary).',
  'Mode entanglement: not judged; lengths tell of spread alone.',
  'Loss of the tail: tail coverage, survival by copies, subgroups.',
  'Hallucinated data: not simulated.',
];

const POLICY_LINES: Readonly<Record<RiskSettings['policy'], string>> = {
  replace: 'Later generations train on the newest corpus alone.',
  accumulate:
    'Later generations train on all corpora since the planned mix; what was read before it is not in the pool.',
  'accumulate-subsample':
    'Later generations train on as many words as planned, drawn from all corpora since the planned mix.',
};

/** Sentences in a fixed order; domains named in code order. */
export function disclosureOf(
  domains: readonly DomainRisk[],
  settings: Pick<RiskSettings, 'policy' | 'human' | 'horizonGenerations'>,
): string[] {
  const named = [...domains].sort((a, b) => (a.domain < b.domain ? -1 : 1));
  return [
    ...NOT_MODELLED,
    ...PROFILE,
    ...ASSUMED,
    POLICY_LINES[settings.policy],
    settings.human === 'fixed'
      ? 'Human text of later generations is the set of this mix again.'
      : 'Human text of later generations is taken to be new each time, of the same law; nobody has it yet.',
    ...named.flatMap(assumptionsOf),
  ];
}

function assumptionsOf(risk: DomainRisk): string[] {
  const { domain, mix, suppression, families, extrapolation } = risk;
  const planned = mix.families.filter(({ share }) => share > 0).map(({ family }) => family);
  const basisOf = (family: string) =>
    suppression.find((row) => row.family === family && row.bin === 0)?.basis ?? 'unknown';
  const unmeasured = planned.filter((family) => basisOf(family) !== 'measured');
  return [
    ...(mix.basis === 'measured'
      ? []
      : [`${domain}: the human share is ${mix.basis}, not measured.`]),
    ...(unmeasured.length === 0
      ? []
      : [`${domain}: suppression of ${unmeasured.join(', ')} is not measured.`]),
    ...(families.rho === null && families.count > 1
      ? [`${domain}: the overlap of its families is unknown; they count as one.`]
      : []),
    ...(extrapolation === '' ? [] : [`${domain}: ${extrapolation}.`]),
  ];
}
