/**
 * Policy `labels-v2`: how strong each tier of evidence can be. A change of any number here is another
 * policy with another name, since it changes what mixes hold. What a label needs (thresholds) stands
 * in the recipe.
 */
import type { EvidenceTier } from '../schema/evidence.js';

export const LABEL_POLICY = 'labels-v2';

/** Largest |sum of log-likelihood ratios| of one family (T1, T2), of all families together (T3). */
export const CLAMP: Readonly<Record<EvidenceTier, number>> = {
  T1: 9.0,
  T2: Math.log(100),
  T3: Math.log(20),
};

/** Log-likelihood ratio of one decisive, one strong, and one weak witness. */
export const STRENGTH_T1 = CLAMP.T1;
export const STRENGTH_T2 = CLAMP.T2;
export const STRENGTH_T3 = Math.log(3);

/** Log prior of human_authored, human_edited, synthetic: even until a source's rate is reviewed. */
export const EVEN_PRIOR: readonly [number, number, number] = [0, 0, 0];
