/**
 * Heterozygosity of F families that hold fresh human tokens (W5 with W6). Each family has n tokens, a share alpha of them from
 * the law p_0, the others from its own text (isolated) or from the text of all (pooled). t = 0 is the law. Derived from
 * E p_t = p_0: two isolated families meet on one type with chance S_0 at every t.
 */
import { assertInRange, type Range, TIME } from './formula.js';
import { freshRatio, type HumanDraw, renewal } from './wright-fisher.js';

const FAMILIES: Range = { min: 1, max: 10_000, whole: true };

export interface HumanFamilies extends HumanDraw {
  readonly families: number;
  readonly structure: 'pooled' | 'isolated';
}

/** The text of all families as one draw: a quota of F round(alpha n) of F n tokens. */
function drawOfAll({ families, n, humanShare, draw }: HumanFamilies): HumanDraw {
  const share = draw === 'quota' ? Math.round(humanShare * n) / n : humanShare;
  return { n: n * families, humanShare: share, draw };
}

/**
 * H_t / H_0 of the text of all families.
 *
 * pooled: W5 at F n tokens; isolated: (1 - 1/F) + W5 at n / F. `families` F >= 1, `n` >= 1 tokens each, alpha in [0, 1]; at
 * alpha = 0 it is W6. E. Errors: `USAGE`. Source: derived.
 */
export function humanFamilyRatio(families: HumanFamilies, t: number): number {
  assertInRange('W6', 'F', families.families, FAMILIES);
  if (families.structure === 'pooled') return freshRatio(drawOfAll(families), t);
  return 1 - 1 / families.families + freshRatio(families, t) / families.families;
}

/**
 * H_t / H_0 within one family.
 *
 * isolated: W5 at n; pooled: x + y (ratio of the pool at t - 1), where W5 steps by H_t = x H_0 + y H_{t-1}: a sample of n from
 * alpha p_0 + b pool. 1 at t = 0. Parameters as `humanFamilyRatio`. E. Errors: `USAGE`. Source: derived.
 */
export function humanFamilyWithinRatio(families: HumanFamilies, t: number): number {
  assertInRange('W6', 't', t, TIME);
  if (families.structure === 'isolated' || t === 0) return freshRatio(families, t);
  const [shift, factor] = renewal('W6', families);
  return shift + factor * humanFamilyRatio(families, t - 1);
}
