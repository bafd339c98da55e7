/**
 * Advice: changes of a planned problem, each with what a full re-plan makes of it. A change is data
 * that can be applied again, so every figure can be checked by solving.
 */
import { z } from 'zod';
import { label } from './label.js';
import { price, wayOut } from './plan.js';
import { SHARE_BASES } from './truth-shares.js';

const tokens = z.int().min(0);

/** One value of the recipe file, as `--set key=value` would change it. */
const setChange = z.strictObject({
  kind: z.literal('set'),
  /** Key of the recipe file: `caps.synthetic-each.max_share`. */
  key: z.string(),
  from: z.union([z.number(), z.string(), z.null()]),
  to: z.union([z.number(), z.string(), z.null()]),
});

/**
 * Text that is not there yet: of a source of its own, free and under a commercial licence, of no named site
 * or language, its truth as the thresholds of the labels promise it, its documents of the domain's mean size.
 */
const addTextChange = z.strictObject({
  kind: z.literal('add_text'),
  domain: z.string(),
  label,
  /** '' where it is not synthetic; else a family that a cap asks for, or one that the inventory does not have. */
  modelFamily: z.string(),
  tokens,
});

/** Text of unknown label that people label, of every such stratum in proportion to its tokens. */
const labelTextChange = z.strictObject({
  kind: z.literal('label_text'),
  domain: z.string(),
  basis: z.enum(SHARE_BASES),
  tokens,
  /** What it turns out to be: all of it one label, or sample `draw` of the strata's truth shares. */
  outcome: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('all'), label: z.enum(['human_authored', 'synthetic']) }),
    z.strictObject({ kind: z.literal('draw'), draw: z.int().min(0) }),
  ]),
});

export const adviceChange = z.discriminatedUnion('kind', [
  setChange,
  addTextChange,
  labelTextChange,
]);
export type AdviceChange = z.infer<typeof adviceChange>;
export type AddTextChange = z.infer<typeof addTextChange>;
export type LabelTextChange = z.infer<typeof labelTextChange>;
export type SetChange = z.infer<typeof setChange>;

/** A plan in the three figures that advice is about. */
export const planFigures = z.strictObject({
  status: z.enum(['optimal', 'infeasible']),
  /** Tokens of the mix; 0 where it is infeasible. */
  tokens,
  /** Sum over domains of |tokens - target x total|; 0 without targets. */
  deviationTokens: z.number().min(0),
  /** Licence cost in minor units; 0 where nothing costs. */
  minorUnits: z.int(),
});
export type PlanFigures = z.infer<typeof planFigures>;

/** A change and what the re-plan with it gives, against the plan as it is. */
export const tried = z.strictObject({
  change: adviceChange,
  figures: planFigures,
  /** Tokens of the mix that it adds. */
  gainTokens: z.int(),
  /** Tokens by which the deviation from the targets falls. */
  gainDeviation: z.number(),
  /** Minor units by which licences cost more. */
  changeMinorUnits: z.int(),
});
export type Tried = z.infer<typeof tried>;

/** What a line gains first of all: tokens of the budget, else nearness to the targets, else money. */
export const adviceGain = z.enum(['tokens', 'deviation', 'money', 'none']);
export type AdviceGain = z.infer<typeof adviceGain>;

export const textLine = z.strictObject({
  domain: z.string(),
  label,
  modelFamily: z.string(),
  gain: adviceGain,
  /** Of the first step, per million tokens of such text: tokens of the mix, of deviation. */
  worthTokens: z.number(),
  worthDeviation: z.number(),
  /**
   * Minor units per million tokens: money saved; where a licence budget binds at least what the same
   * gain costs in licences. Null without fees.
   */
  worthMinorUnits: z.number().nullable(),
  /** Every size tried, ascending. */
  tried: z.array(tried).min(1),
  /** With this many tokens the whole gain is reached; more add nothing. Null where nothing is gained. */
  tokensUseful: tokens.nullable(),
  /** The worth of the first step holds up to `tokensUseful`; false: it falls before. */
  holds: z.boolean(),
});
export type TextLine = z.infer<typeof textLine>;

/** Gain over the draws of what the text may turn out to be. */
export const expectedGain = z.strictObject({
  draws: z.int().min(1),
  mean: z.number(),
  /** 5 % and 95 % of the draws. */
  low: z.number(),
  high: z.number(),
});

export const labelSize = z.strictObject({
  tokens,
  /** Documents that people would look at, pro rata. */
  documents: z.int().min(0),
  allHuman: tried,
  noneHuman: tried,
  /** Null where nothing is known of the truth: then only the range stands. */
  expectedTokens: expectedGain.nullable(),
  expectedDeviation: expectedGain.nullable(),
});
export type LabelSize = z.infer<typeof labelSize>;

export const labelLine = z.strictObject({
  domain: z.string(),
  basis: z.enum(SHARE_BASES),
  /** All unknown text of this domain and basis. */
  tokensUnknown: tokens,
  documentsUnknown: z.int().min(0),
  gain: adviceGain,
  /** Sizes tried, ascending. */
  sizes: z.array(labelSize).min(1),
  /** The least size tried that reaches 95 % of the gain of labelling all; null where nothing is gained. */
  tokensFirst: tokens.nullable(),
});
export type LabelLine = z.infer<typeof labelLine>;

export const limitLine = z.strictObject({
  /** Id of the cap or rule. */
  capId: z.string(),
  /** Kind of its usages. */
  kind: z.string(),
  /** Scopes in which it binds. */
  scopes: z.array(z.string()),
  /** The shadow price that made it worth a try; null where it has none. */
  shadowPrice: z.number().nullable(),
  /** The same with the range in which it holds, where it binds dearest. */
  price: price.nullable(),
  reason: z.string(),
  gain: adviceGain,
  /** Loosened by the small step. */
  step: tried,
  /** Taken away, or loosened by a large step where it cannot be; null where there is no such change. */
  without: tried.nullable(),
});
export type LimitLine = z.infer<typeof limitLine>;

export const grantLine = z.strictObject({
  grantId: z.string(),
  /** Tokens that the plan takes under it, and what they cost. */
  tokens,
  minorUnits: z.int(),
  /** How both change with the money of the step. */
  changeTokens: z.int(),
  changeMinorUnits: z.int(),
});
export type GrantLine = z.infer<typeof grantLine>;

export const moneyAdvice = z.strictObject({
  currency: z.string(),
  binds: z.boolean(),
  /** More money: 1 % of the budget, and 100 units. */
  tried: z.array(tried),
  /** Tokens of the mix per minor unit, of the first step. */
  tokensPerMinorUnit: z.number(),
  /** Where the money of the second step goes; most tokens first. */
  grants: z.array(grantLine),
});
export type MoneyAdvice = z.infer<typeof moneyAdvice>;

export const advice = z.strictObject({
  schemaVersion: z.literal(1),
  recipeFingerprint: z.string(),
  tokenBudget: z.int(),
  currency: z.string().nullable(),
  now: planFigures,
  /** The single best thing to do. */
  headline: z.string(),
  /** The limit that costs most, in a sentence; null where none costs anything. */
  dearestLimit: z.string().nullable(),
  /** Best first; lines without any gain last. */
  text: z.array(textLine),
  labels: z.array(labelLine),
  limits: z.array(limitLine),
  money: moneyAdvice.nullable(),
  /** Of an infeasible recipe: the plan's own ways out, cheapest first, and no other line. Else none. */
  waysOut: z.array(wayOut),
  /** What gains nothing, what was not tried, how the figures are to be read. */
  notes: z.array(z.string()),
  /** Gains of at most so many tokens are rounding to whole tokens, and count as none. */
  roundingTokens: z.int(),
  /** Full re-plans that it took. */
  replans: z.int(),
});
export type Advice = z.infer<typeof advice>;
