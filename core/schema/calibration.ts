/** How the text statistics of each domain are calibrated, and what reviews say of each source. */
import { z } from 'zod';
import { baseRateRow, calibrationRow } from './provenance.js';

/** `too_few_reviews`: under the policy's minimum; `one_class`: hardly any of one class among them. */
export const CALIBRATION_STATES = ['calibrated', 'too_few_reviews', 'one_class'] as const;

/** k of n documents that a weighted sample is worth. */
const effectiveShare = z.strictObject({ k: z.number().min(0), n: z.number().min(0) });

export const domainCalibration = z.strictObject({
  domain: z.string(),
  state: z.enum(CALIBRATION_STATES),
  /** Random reviews with a truth class and a score. */
  reviews: z.int().min(0),
  /** Language tags with enough reviews, sorted; '' stands for documents whose language nobody states. */
  languages: z.array(z.string()),
  /** P(synthetic | s) = 1 / (1 + exp(-(slope s + intercept))); null where not calibrated. */
  slope: z.number().nullable(),
  intercept: z.number().nullable(),
  /** Log odds of synthetic in the sample that the step was fitted on; taken off to get a likelihood ratio. */
  priorLogOdds: z.number().nullable(),
  brier: z.number().nullable(),
  auroc: z.number().nullable(),
  /** Share of synthetic text found where 1 % of the other text is flagged. */
  truePositivesAt1: z.number().nullable(),
  /** Of synthetic text, and of other text, what is flagged. */
  sensitivity: effectiveShare.nullable(),
  falsePositives: effectiveShare.nullable(),
});
export type DomainCalibration = z.infer<typeof domainCalibration>;

/** Natural logs of the shares of human_authored, human_edited and synthetic text of a source. */
export const sourcePrior = z.strictObject({
  source: z.string(),
  reviews: z.int().min(1),
  logs: z.tuple([z.number(), z.number(), z.number()]),
});

export const calibration = z.strictObject({
  schemaVersion: z.literal(1),
  policy: z.string(),
  /** Documents with a truth class: those the model learned from, and all. */
  trained: z.int().min(0),
  reviewed: z.int().min(0),
  domains: z.array(domainCalibration),
  priors: z.array(sourcePrior),
  /** As they stand in `provenance.json`. */
  calibrationRows: z.array(calibrationRow),
  baseRates: z.array(baseRateRow),
});
export type Calibration = z.infer<typeof calibration>;

/** Raw cross-fitted scores of the reviewed texts, by digest of the text: no model that made one saw its review. */
export const reviewedScores = z.record(z.string(), z.number());
