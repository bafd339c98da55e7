/** `provenance.json` of a version: what the labels of all documents come to, and what they rest on. */
import { z } from 'zod';
import { label } from './label.js';
import { labelPolicy } from './recipe.js';
import { shareEstimate } from './truth-shares.js';

const tally = z.strictObject({ documents: z.int().min(0), tokens: z.int().min(0) });

/** Documents of one source and domain, by label. */
export const sourceLabels = z.strictObject({
  source: z.string(),
  domain: z.string(),
  labels: z.record(label, tally),
  /** Documents by reason for `unknown`. */
  unknownReasons: z.record(z.string(), z.int()),
});

/** Documents on which a kind of evidence weighs. */
export const evidenceTally = z.strictObject({
  source: z.string(),
  family: z.string(),
  tier: z.string(),
  reason: z.string(),
  /** The label that it speaks for; `not-` before one that it speaks against. */
  says: z.string(),
  ...tally.shape,
});

export const conflictRow = z.strictObject({
  source: z.string(),
  id: z.string(),
  domain: z.string(),
  /** Conflict K of the evidence, in [0, 1]. */
  conflict: z.number(),
  reasons: z.string(),
  tokens: z.int(),
});

/** Axes along which a mix can lose tokens unevenly. */
export const LOSS_AXES = ['domain', 'language', 'lexical_variety'] as const;

/** What became of the tokens of one group. */
export const lossRow = z.strictObject({
  axis: z.enum(LOSS_AXES),
  group: z.string(),
  documents: z.int(),
  tokens: z.int(),
  /** Tokens labelled so. */
  human: z.int(),
  synthetic: z.int(),
  unknown: z.int(),
  /** Tokens of the written mix, each pass counted. */
  written: z.int(),
});

export const lineageRow = z.strictObject({
  modelFamily: z.string(),
  lineageDepth: z.int().min(1),
  /** Mix version that the family was trained on, where that is this mix: a loop. */
  loop: z.string().nullable(),
  ...tally.shape,
  written: z.int(),
});

/** One bin of a calibration plot: mean of what was predicted, share that was so. */
export const calibrationBin = z.strictObject({
  predicted: z.number().min(0).max(1),
  observed: z.number().min(0).max(1),
  documents: z.int().min(1),
});

/** How well the text statistics of a domain are calibrated; before and after its own reviews. */
export const calibrationRow = z.strictObject({
  domain: z.string(),
  reviews: z.int(),
  inUse: z.boolean(),
  /** Expected calibration error, 15 equal-mass bins; null with too few reviews. */
  errorBefore: z.number().nullable(),
  errorAfter: z.number().nullable(),
  bins: z.array(calibrationBin),
});

/** What a flag `synthetic` of the text statistics is worth at the source's own base rate. */
export const baseRateRow = z.strictObject({
  source: z.string(),
  domain: z.string(),
  reviews: z.int(),
  rate: shareEstimate,
  sensitivity: z.number().nullable(),
  falsePositiveRate: z.number().nullable(),
  precision: z.number().nullable(),
});

export const reviewSummary = z.strictObject({
  decisions: z.int(),
  reviewers: z.int(),
  /** Cohen's kappa over documents that two people saw; null where there are none. */
  kappa: z.number().nullable(),
  kappaLow: z.number().nullable(),
  kappaHigh: z.number().nullable(),
  pairs: z.int(),
});

export const provenanceRecord = z.strictObject({
  schemaVersion: z.literal(1),
  policy: labelPolicy,
  sources: z.array(sourceLabels),
  evidence: z.array(evidenceTally),
  /** Largest first; at most `CONFLICTS_LISTED`. */
  conflicts: z.array(conflictRow),
  conflictCount: z.int(),
  losses: z.array(lossRow),
  lineages: z.array(lineageRow),
  calibration: z.array(calibrationRow),
  baseRates: z.array(baseRateRow),
  review: reviewSummary.nullable(),
});
export type ProvenanceRecord = z.infer<typeof provenanceRecord>;

export const CONFLICTS_LISTED = 100;
