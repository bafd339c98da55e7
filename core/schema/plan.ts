/**
 * Inventory (measured) and plan (decided), as plain data. A stratum is
 * source x domain x label x model family x grant x lineage depth, and where a cap or the anchor asks for
 * it, site, language and whether the previous version held it: the LP's variable.
 */
import { z } from 'zod';
import { label } from './label.js';
import { truthShares } from './truth-shares.js';

export const stratumKey = z.strictObject({
  source: z.string(),
  domain: z.string(),
  label,
  /** '' where there is none (text that is not synthetic, or a family that nobody stated: `unstated`). */
  modelFamily: z.string(),
  grantId: z.string(),
  /** Own models between its text and human text; 0 where it was traced to none. */
  lineageDepth: z.int().min(0),
  /** The most specific site that a cap of the recipe names and that its url lies in; '' for any other. */
  site: z.string(),
  /** The most specific language that a cap of the recipe names and that its text is in; '' for any other. */
  language: z.string(),
  /** Human text that the previous version held, where the recipe has an `anchor`. */
  anchored: z.boolean(),
});
export type StratumKey = z.infer<typeof stratumKey>;

export const stratum = z.strictObject({
  ...stratumKey.shape,
  documents: z.int().min(0),
  tokens: z.int().min(0),
  /** Tokens of its largest and smallest document. */
  tokensMax: z.int().min(0),
  tokensMin: z.int().min(0),
  /** What its text really is; caps at a confidence count by these shares. */
  truth: truthShares,
});
export type Stratum = z.infer<typeof stratum>;

/** What was read but cannot be chosen, by source and reason. */
export const leftOut = z.strictObject({
  source: z.string(),
  domain: z.string(),
  /** `duplicate`, `holdout`, a grant refusal such as `no_grant`, or a label reason. */
  reason: z.string(),
  documents: z.int().min(0),
  tokens: z.int().min(0),
});
export type LeftOut = z.infer<typeof leftOut>;

export const sourceTally = z.strictObject({
  source: z.string(),
  shards: z.int(),
  rowsRead: z.int(),
  rowsKept: z.int(),
  rowsRejected: z.int(),
  rejectedByReason: z.record(z.string(), z.int()),
  tokens: z.int(),
  /** Bytes of text in UTF-8. */
  textBytes: z.int(),
});
export type SourceTally = z.infer<typeof sourceTally>;

/** Why human text of an anchor is no longer there: a grant refusal, `duplicate`, a label, ... */
const anchorLoss = z.strictObject({
  reason: z.string(),
  documents: z.int().min(0),
  tokens: z.int().min(0),
});

/** What the version before this one held, as far as the plan looks back. */
export const previousMix = z.strictObject({
  version: z.string(),
  /** Tokens written, by the key of a stratum (`anchored` false). */
  strata: z.array(z.strictObject({ ...stratumKey.shape, tokens: z.int().min(0) })),
  /** The human text that is to stay; null where the recipe has no `anchor`. */
  anchor: z
    .strictObject({
      /** The version whose human text stays. */
      version: z.string(),
      /** Human documents that it held, each counted once. */
      documents: z.int().min(0),
      tokens: z.int().min(0),
      /** Tokens of them that may still be used: those of the anchored strata. */
      tokensUsable: z.int().min(0),
      /** In no source any more, yet under no grant that was withdrawn: they count as missing. */
      absent: z.strictObject({ documents: z.int().min(0), tokens: z.int().min(0) }),
      /** Read, but left out or no longer human: they are not asked for. */
      lost: z.array(anchorLoss),
    })
    .nullable(),
});
export type PreviousMix = z.infer<typeof previousMix>;

export const inventory = z.strictObject({
  schemaVersion: z.literal(1),
  /** Sorted by source, domain, label, modelFamily, grantId, lineageDepth, site, language, anchored (code-unit order). */
  strata: z.array(stratum),
  leftOut: z.array(leftOut),
  sources: z.array(sourceTally),
  /** The version before; null where there is none, or nothing in the recipe looks back. */
  previous: previousMix.nullable(),
});
export type Inventory = z.infer<typeof inventory>;

/** One cap (or one expansion of an `each` cap) as it stands on given tokens. */
export const capUsage = z.strictObject({
  capId: z.string(),
  /** The domain, or `all`. */
  scope: z.string(),
  /**
   * max_share, min_share, max_tokens, min_tokens, families_max_share, families_min_count, repetition,
   * licence_budget, min_budget, anchor, churn
   */
  kind: z.string(),
  /** Share in [0,1], tokens, count, or minor units of money. */
  limit: z.number(),
  /** Confidence at which it holds over the uncertainty of labels; null where labels count as they are. */
  confidence: z.number().nullable().default(null),
  /** The integer that the limit comes to on these tokens (divFloor for max, divCeil for min). */
  limitTokens: z.number(),
  /**
   * Tokens (or count, money) in the part that the cap limits, and of the whole it is a share of. At a
   * confidence the part is the sum of bounds x tokens, rounded against us, but never past a limit
   * that the exact sum keeps.
   */
  part: z.number(),
  whole: z.number(),
  /** part / whole for shares and repetition (0 when whole is 0), else part. */
  used: z.number(),
  /** limitTokens - part for a maximum, part - limitTokens for a minimum; >= 0 means kept. */
  slack: z.number(),
  kept: z.boolean(),
  reason: z.string(),
});
export type CapUsage = z.infer<typeof capUsage>;

/**
 * What a right-hand side is worth, per unit of it: a token of slack, a token of a limit, a minor unit of
 * money. More of it is room under a maximum, but a stricter minimum, whose price is at most 0.
 */
export const price = z.strictObject({
  /** Tokens of the mix per unit; where less and more have different prices, one between them. */
  tokens: z.number(),
  /** The price of less and of more is the same. */
  unique: z.boolean(),
  /** Tokens lost per unit less and gained per unit more; null where the mix would become infeasible. */
  less: z.number().nullable(),
  more: z.number().nullable(),
  /** Change of the right-hand side, in its unit, in which these prices hold; null: without end. */
  range: z.strictObject({ from: z.number().max(0).nullable(), to: z.number().min(0).nullable() }),
  /** Change of sum of abs(tokens - target x total) per unit more, in tokens; null without targets. */
  deviation: z.number().nullable(),
  /** Minor units of licence money saved per unit more, at the plan's tokens and targets; null where nothing costs. */
  money: z.number().nullable(),
});
export type Price = z.infer<typeof price>;

export const allocation = z.strictObject({
  ...stratumKey.shape,
  tokensAvailable: z.int().min(0),
  /** What the wishes come to before whole tokens, in thousandths of a token. */
  tokensRequested: z.number().min(0),
  /** The quota: whole tokens, every pass counted. */
  tokensAllocated: z.int().min(0),
  /** tokensAllocated / tokensAvailable */
  epochs: z.number().min(0),
});
export type Allocation = z.infer<typeof allocation>;

const shared = {
  schemaVersion: z.literal(1),
  recipeFingerprint: z.string(),
  solver: z.strictObject({ name: z.string(), version: z.string() }),
};

export const optimalPlan = z.strictObject({
  ...shared,
  status: z.literal('optimal'),
  tokenBudget: z.int(),
  tokensAllocated: z.int(),
  /** Per domain with a target: target share and share reached. */
  targets: z.array(
    z.strictObject({
      domain: z.string(),
      target: z.number(),
      planned: z.number(),
      tokens: z.int(),
    }),
  ),
  allocations: z.array(allocation),
  /** Price of a token more of budget. */
  budgetPrice: price.nullable(),
  caps: z.array(
    z.strictObject({
      ...capUsage.shape,
      /** d(tokens of stage 1) / d(limit): tokens of budget per unit of the right-hand side; null where not defined. */
      shadowPrice: z.number().nullable(),
      price: price.nullable(),
    }),
  ),
  /** Licence money in minor units. */
  licenceCost: z.strictObject({ currency: z.string(), minorUnits: z.int() }).nullable(),
  /** Value of each lexicographic stage, in order. */
  stages: z.array(z.strictObject({ name: z.string(), objective: z.number() })),
  /** Sentences about what was not reached, e.g. the budget or a target, and which caps bind. */
  notes: z.array(z.string()),
});
export type OptimalPlan = z.infer<typeof optimalPlan>;

/** What a way out changes: a limit of the recipe, text, or labels. */
export const WAY_KINDS = [
  ...(['cap', 'token_budget', 'min_budget_share', 'licence_budget', 'families_max_share'] as const),
  ...(['families_min_count', 'repetition', 'anchor', 'churn_max'] as const),
  ...(['text', 'label', 'combination'] as const),
] as const;

const wayChange = z.strictObject({
  /** The rule that it loosens, or that asks for the text. */
  capId: z.string(),
  /** `key=value` for --set; null where no recipe key does it. */
  setting: z.string().nullable(),
  from: z.number(),
  to: z.number(),
  /** abs(to - from). */
  amount: z.number(),
  /** `share`, `tokens`, `passes`, `families`, or a currency. */
  unit: z.string(),
});

/** A change that frees the whole problem: planned again with it, and certified. */
export const wayOut = z.strictObject({
  kind: z.enum(WAY_KINDS),
  /** One; several in a combination. */
  changes: z.array(wayChange).min(1),
  /**
   * By which ways are ordered: the part changed. A limit: abs(to - from) / max(from, to). Text and labels: their
   * least tokens, as stated / token budget. A combination: the sum.
   */
  cost: z.number().min(0),
  verified: z.literal(true),
  /** Tokens of the plan with the change. */
  tokensAllocated: z.int().min(1),
  /** Text and labels: what the most of the budget needs, where that is more. */
  forBudget: z.strictObject({ amount: z.int().min(0), tokensAllocated: z.int().min(1) }).nullable(),
  statement: z.string(),
});
export type WayOut = z.infer<typeof wayOut>;

/** A rule (id with scope) of a conflict. */
const conflictMember = z.strictObject({
  capId: z.string(),
  scope: z.string(),
  statement: z.string(),
  /** Tokens that can be written under the other members of its conflict alone: the proof that this one is needed. */
  without: z.int().min(1),
});

export const infeasiblePlan = z.strictObject({
  ...shared,
  status: z.literal('infeasible'),
  tokenBudget: z.int(),
  /** The rules that cannot hold together: irreducible, in the order of the model. */
  conflict: z.array(conflictMember),
  /** Whether it is proven that no conflict has fewer members. */
  smallest: z.enum(['proven', 'not_proven']),
  /** Where no single limit frees: conflicts among the other rules, disjoint, each irreducible. */
  further: z.array(z.array(conflictMember).min(1)).default([]),
  /** Cheapest first; each verified. */
  waysOut: z.array(wayOut),
  /** Programs solved for conflict and ways out, and plans made to verify ways. */
  search: z.strictObject({ solves: z.int(), plans: z.int() }),
  notes: z.array(z.string()),
});
export type InfeasiblePlan = z.infer<typeof infeasiblePlan>;

export const plan = z.discriminatedUnion('status', [optimalPlan, infeasiblePlan]);
export type Plan = z.infer<typeof plan>;
