/**
 * Risk of collapse, as plain data: what is asked for (settings), what is measured per domain, what is
 * simulated (scenario -> curves), and what is concluded (`risk.json`). Generation g = 0 is the measured
 * human text, g = 1 the planned mix; shares are in [0, 1], sizes in words unless they say tokens.
 */
import { z } from 'zod';
import { LIMITS } from './limits.js';
import { cap } from './recipe.js';
import { riskSettings } from './risk-settings.js';

const share = z.number().min(0).max(1);
const count = z.int().min(0);

/** A value with its two-sided interval. */
export const interval = z.strictObject({ point: z.number(), low: z.number(), high: z.number() });
export type Interval = z.infer<typeof interval>;

/** How a figure was found: from the mix's own text or reviews, from the policy or a declaration, or not at all. */
const RISK_BASES = ['measured', 'assumed', 'unknown'] as const;
export const riskBasis = z.enum(RISK_BASES);
export type RiskBasis = z.infer<typeof riskBasis>;

/** How many types occur how often: `types[i]` types occur `counts[i]` times; counts ascend. */
export const spectrum = z.strictObject({
  counts: z.array(z.number().min(0)),
  types: z.array(z.number().min(0)),
  /** Sum of counts x types. */
  words: z.number().min(0),
});
export type Spectrum = z.infer<typeof spectrum>;

/** Bins of the suppression curve, by copies in half A of the human text: 1, 2-5, 6-20, 21-100, over 100. */
export const COUNT_BINS = [1, 5, 20, 100, Number.POSITIVE_INFINITY] as const;

/** Rate of a bin's types in one family's text over their rate in human text (half B): w. */
export const suppressionRow = z.strictObject({
  family: z.string(),
  /** Position in COUNT_BINS. */
  bin: z.int().min(0).max(4),
  types: count,
  syntheticCount: count,
  syntheticWords: count,
  humanCount: count,
  humanWords: count,
  /** As measured, not capped at 1; the gate caps it. */
  w: interval,
  basis: riskBasis,
});
export type SuppressionRow = z.infer<typeof suppressionRow>;

/** Types of a language or of a list of terms, whose survival is watched by itself. */
export const subgroup = z.strictObject({
  name: z.string(),
  kind: z.enum(['language', 'terms']),
  spectrum,
});
export type Subgroup = z.infer<typeof subgroup>;

const moments = z.strictObject({ documents: count, mean: z.number(), variance: z.number() });

/** What is measured of one domain on its usable texts; `measure.json` of the artifact `domain-measure`. */
export const domainMeasure = z.strictObject({
  schemaVersion: z.literal(1),
  domain: z.string(),
  humanDocuments: count,
  humanWords: count,
  humanTokens: count,
  syntheticDocuments: count,
  syntheticWords: count,
  /** Words of all usable text over its tokens. */
  wordsPerToken: z.number().min(0),
  /** Human text, each document once. */
  spectrum,
  /** The same without one of 20 random groups of documents, by group. */
  jackknife: z.array(spectrum),
  /** Mass of unseen types (Good-Turing) and number of types (Chao1). */
  goodTuring: share,
  chao1: z.number(),
  /** Exponent of the frequency law, p_rank ~ rank^-beta; null where there is too little text. */
  zipfBeta: z.number().nullable(),
  suppression: z.array(suppressionRow),
  /** Families with synthetic text here, and the mean correlation of log w over types between them. */
  families: z.array(z.strictObject({ family: z.string(), words: count, documents: count })),
  overlap: z.strictObject({ rho: z.number().nullable(), types: count, basis: riskBasis }),
  /** Natural logarithm of words per document. */
  lengths: z.strictObject({ human: moments, synthetic: moments.nullable() }),
  /** Words of human_edited text by the direction of its edits. */
  editDirections: z.record(z.string(), count).optional(),
  subgroups: z.array(subgroup),
  /** Human documents for the n-gram loop: words and documents of `sample.json`. */
  sample: z.strictObject({ documents: count, words: count, rate: share }),
});
export type DomainMeasure = z.infer<typeof domainMeasure>;

/** Human documents as words: `sample.json` of the artifact `domain-measure`. */
export const wordSample = z.strictObject({
  domain: z.string(),
  vocabulary: z.array(z.string()),
  documents: z.array(
    z.strictObject({ id: z.string(), language: z.string(), words: z.array(count) }),
  ),
});
export type WordSample = z.infer<typeof wordSample>;

/** What the plan holds of one domain, in the terms of the simulation. */
export const domainMix = z.strictObject({
  domain: z.string(),
  tokens: count,
  /** Planned size in words: tokens x words per token. */
  words: z.number(),
  /** Human share alpha with the uncertainty of labels; `draws` are samples of it, one per outer run. */
  humanShare: interval,
  draws: z.array(share),
  /** Human share when everything of unknown origin counts as synthetic. */
  humanShareUnknownSynthetic: interval,
  /** Shares of the domain's tokens by label. */
  labels: z.record(z.string(), share),
  /** Shares of the synthetic tokens by family. */
  families: z.array(z.strictObject({ family: z.string(), share })),
  basis: riskBasis,
});
export type DomainMix = z.infer<typeof domainMix>;

/** Simulators of a build: types under drift (S1), document lengths (S2), the n-gram loop (S3). */
export const SIMULATORS = ['drift', 'lengths', 'loop'] as const;

/** One thing to simulate; with the measure's digest, a block and the version it is the key of its result. */
export const scenario = z.strictObject({
  simulator: z.enum(SIMULATORS),
  /** A domain, or `all` for the table over the whole mix. */
  domain: z.string(),
  policy: z.enum(['replace', 'accumulate', 'accumulate-subsample']),
  human: z.enum(['fresh', 'fixed']),
  generations: z.int().min(1).max(LIMITS.riskGenerations),
  /** New human share of each generation. */
  humanShare: share,
  /** Shares of the synthetic text by family; the loop trains one model for each. */
  families: z.array(z.strictObject({ family: z.string(), share })),
  temperature: z.number().gt(0),
});
export type Scenario = z.infer<typeof scenario>;

/** One metric in one generation over runs. */
export const curvePoint = z.strictObject({
  metric: z.string(),
  g: z.int().min(0),
  mean: z.number(),
  /** Standard deviation over runs, and a two-sided 95 % interval of the mean. */
  sd: z.number(),
  low: z.number(),
  high: z.number(),
  runs: count,
});
export type CurvePoint = z.infer<typeof curvePoint>;

/** A block of runs of one scenario: per metric, run and generation 0..G a value. */
export const simulationBlock = z.strictObject({
  schemaVersion: z.literal(1),
  scenario,
  firstRun: count,
  runs: count,
  /** values[metric][run][g]; null where the metric does not exist there. */
  values: z.record(z.string(), z.array(z.array(z.number().nullable()))),
});
export type SimulationBlock = z.infer<typeof simulationBlock>;

const RISK_DECISIONS = ['PASS', 'FAIL', 'INCONCLUSIVE'] as const;
export const riskDecision = z.enum(RISK_DECISIONS);
export type RiskDecision = z.infer<typeof riskDecision>;

/** One definition of collapse, judged on one domain. */
export const definitionOutcome = z.strictObject({
  definition: z.string(),
  simulator: z.string(),
  threshold: z.number(),
  /** The metric at the horizon against all-human text of equal budget. */
  value: interval.nullable(),
  /** P(collapse by the horizon) with its interval. */
  probability: interval.nullable(),
  /** Whether the decision rests on it. */
  gates: z.boolean(),
  outcome: z.enum(['holds', 'collapses', 'unclear', 'not_simulated']),
  why: z.string(),
});
export type DefinitionOutcome = z.infer<typeof definitionOutcome>;

export const domainRisk = z.strictObject({
  domain: z.string(),
  mix: domainMix.omit({ draws: true }),
  /** Critical human share alpha*: the least at which tail coverage holds. */
  critical: z.strictObject({
    estimate: interval,
    /** All synthetic text without the tail (w = 0), and without suppression (w = 1). */
    floor: share,
    optimistic: share,
    massWeighted: share,
  }),
  /** Tail coverage at the horizon and the planned human share. */
  coverage: z.strictObject({
    estimate: z.number(),
    floor: z.number(),
    optimistic: z.number(),
    /** With everything of unknown origin taken as synthetic, and whether the human share is surely enough then. */
    unknownSynthetic: z.number(),
    holdsUnknownSynthetic: z.boolean(),
  }),
  suppression: z.array(suppressionRow),
  families: z.strictObject({
    count: count,
    effective: z.number(),
    rho: z.number().nullable(),
    basis: riskBasis,
  }),
  chainDepth: z.strictObject({ mean: z.number(), shareOfTwoAndMore: z.number() }),
  /** Effective human corpus T_eff / T_0 at the horizon; generations until half of a type with c copies is lost. */
  effectiveCorpus: z.number(),
  halfLife: z.array(z.strictObject({ copies: count, generations: z.number().nullable() })),
  definitions: z.array(definitionOutcome),
  curves: z.array(curvePoint),
  /** What holds only by extrapolation from measured to planned size; '' where nothing is. */
  extrapolation: z.string(),
  decision: riskDecision,
  why: z.string(),
});
export type DomainRisk = z.infer<typeof domainRisk>;

/** The least change of one thing that would give a PASS, with its price. */
export const riskLever = z.strictObject({
  domain: z.string(),
  lever: z.string(),
  /** In words that a person can act on. */
  change: z.string(),
  amount: z.number().nullable(),
  unit: z.string(),
  /** Tokens to label or add, for the order; null where nobody knows. */
  cost: z.number().nullable(),
  /** Whether the S0 forms with it give a PASS. */
  suffices: z.boolean(),
});
export type RiskLever = z.infer<typeof riskLever>;

/** One attempt: the risk budget it had, what came out, and the caps that it adds for the next. */
export const riskRound = z.strictObject({
  round: z.int().min(1),
  riskBudget: share,
  planSha256: z.string(),
  decision: riskDecision,
  failing: z.array(z.string()),
  capsAdded: z.array(cap),
});
export type RiskRound = z.infer<typeof riskRound>;

/** A row of the table people know. */
export const tableRow = z.strictObject({
  syntheticShare: share,
  policy: z.string(),
  families: z.int().min(1),
  metric: z.string(),
  g: z.int().min(0),
  mean: z.number(),
  low: z.number(),
  high: z.number(),
  runs: count,
});
export type TableRow = z.infer<typeof tableRow>;
export const tableRows = z.array(tableRow);

export const selfTestRow = z.strictObject({
  test: z.int().min(1).max(12),
  what: z.string(),
  theory: z.number(),
  simulated: z.number(),
  se: z.number(),
  z: z.number().nullable(),
  pass: z.boolean(),
});
export type SelfTestRow = z.infer<typeof selfTestRow>;
export const selfTestRows = z.array(selfTestRow);

export const riskReport = z.strictObject({
  schemaVersion: z.literal(1),
  name: z.string(),
  version: z.string(),
  recipeFingerprint: z.string(),
  planSha256: z.string(),
  simulator: z.string(),
  settings: riskSettings,
  policy: z.strictObject({
    name: z.string(),
    author: z.string(),
    date: z.string(),
    riskBudget: share,
    confidence: share,
    definitions: z.array(
      z.strictObject({
        definition: z.string(),
        simulator: z.string(),
        threshold: z.number(),
        gates: z.boolean(),
        reason: z.string(),
      }),
    ),
  }),
  decision: riskDecision,
  why: z.array(z.string()),
  domains: z.array(domainRisk),
  rounds: z.array(riskRound),
  levers: z.array(riskLever),
  table: z.array(tableRow),
  selfTest: z.array(selfTestRow),
  /** Benefit side: unique-equivalent tokens of the repetition that was planned. */
  benefit: z.strictObject({ tokens: z.number(), uniqueEquivalent: z.number(), epochs: z.number() }),
  seeds: z.strictObject({ seed: z.int(), loopRuns: count, driftRuns: count, sampleWords: count }),
  /** What is not modelled, what is assumed; one sentence each. */
  disclosure: z.array(z.string()),
});
export type RiskReport = z.infer<typeof riskReport>;
