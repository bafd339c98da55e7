/** The recipe's `risk`: what is simulated, and what its gate does. */
import { z } from 'zod';
import { LIMITS } from './limits.js';

/** What a later generation trains on: only the newest corpus, all of them, or as many words drawn from all. */
export const RISK_POLICIES = ['replace', 'accumulate', 'accumulate-subsample'] as const;
/** Human text of later generations: new each time, or the one set of the mix again. */
export const HUMAN_REFRESH = ['fixed', 'fresh'] as const;

export const riskSettings = z.strictObject({
  policy: z.enum(RISK_POLICIES),
  human: z.enum(HUMAN_REFRESH),
  horizonGenerations: z.int().min(1).max(LIMITS.riskGenerations),
  thresholds: z.literal('collapse-v1'),
  onFail: z.enum(['replan', 'stop']),
  onInconclusive: z.enum(['stop', 'publish']),
  /** Plans that may follow a FAIL. */
  maxReplans: z.int().min(0).max(LIMITS.riskReplans),
  /** Added to the critical human share when caps are tightened. */
  margin: z.number().min(0).max(0.5),
  /** Words of human text in the n-gram loop, over all domains. */
  sampleWords: z.int().min(10_000).max(LIMITS.riskSampleWords),
  /** Runs of the n-gram loop and of the drift simulation. */
  loopRuns: z.int().min(5).max(LIMITS.riskRuns),
  driftRuns: z.int().min(60).max(LIMITS.riskRuns),
  /** Temperature that later generations are declared to sample at; null: not declared, the loop takes 1. */
  temperature: z.number().min(0.1).max(2).nullable(),
  /** Lists of terms whose survival is watched, one term a line. */
  terms: z.array(z.strictObject({ name: z.string().min(1), path: z.string() })).max(100),
  /** Whether the table of synthetic shares by generations is computed too. */
  table: z.boolean(),
});
export type RiskSettings = z.infer<typeof riskSettings>;
