/**
 * Policy `labels-v1`: how strong each tier of evidence can be, and what a label needs. A change of
 * any number here is another policy with another name, since it changes what mixes hold.
 */
import type { EvidenceTier } from '../schema/evidence.js';

export const LABEL_POLICY = 'labels-v1';

/** Largest |sum of log-likelihood ratios| of one family (T1, T2), of all families together (T3). */
export const CLAMP: Readonly<Record<EvidenceTier, number>> = {
  T1: 9.0,
  T2: Math.log(100),
  T3: Math.log(20),
};

/** Log-likelihood ratio of one strong witness. */
export const STRENGTH_T2 = CLAMP.T2;

/** Posterior that a label needs. */
export const POSTERIOR_MIN = 0.95;

/** Log prior of human_authored, human_edited, synthetic: even until a source's rate is reviewed. */
export const EVEN_PRIOR: readonly [number, number, number] = [0, 0, 0];
