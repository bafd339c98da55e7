/**
 * Heterozygosity of types under resampling (W1, W4-W8). H = 1 - sum of squared shares, S = 1 - H. t = 0 is the law,
 * t = 1 the first sample of n tokens. Results are H_t / H_0 unless they say Simpson index. `multinomial`: each
 * token is human with chance alpha; `quota`: exactly round(alpha n) are. Absorption: `absorption.ts`.
 */
import { assertInRange, quotaShare, type Range, SHARE, TIME } from './formula.js';
import { accumulatedVariance } from './gaussian.js';

export const TOKENS: Range = { min: 1, max: 1e12, whole: true };

/** W1: H_t / H_0 = (1 - 1/n)^t without human data. `n` >= 1 tokens. E. Errors: `USAGE`. Source: Seddik 2024, theorem 1. */
export function driftRatio(n: number, t: number): number {
  assertInRange('W1', 'n', n, TOKENS);
  assertInRange('W1', 't', t, TIME);
  return n === 1 ? (t === 0 ? 1 : 0) : Math.exp(t * Math.log1p(-1 / n));
}

export interface HumanDraw {
  /** Tokens of a generation. */
  readonly n: number;
  readonly humanShare: number;
  readonly draw: 'multinomial' | 'quota';
}

/** H_{t+1} = shift H_0 + factor H_t of one corpus drawn from alpha p_0 + b p_t. */
export function renewal(
  form: string,
  { n, humanShare, draw }: HumanDraw,
): [shift: number, factor: number] {
  assertInRange(form, 'n', n, TOKENS);
  assertInRange(form, 'alpha', humanShare, SHARE);
  const alpha = draw === 'quota' ? quotaShare(n, humanShare) : humanShare;
  const b = 1 - alpha;
  const rest = alpha * (2 - alpha);
  if (draw === 'quota') return [rest - alpha / n, b * b - b / n];
  return [(1 - 1 / n) * rest, (1 - 1 / n) * b * b];
}

/**
 * W5 at t: H_t / H_0 with fresh human tokens, replace.
 *
 * x + (1 - x) f^t, x = W5 in the long run, f = (1 - 1/n) b^2 (multinomial) or b^2 - b/n (quota). `n` >= 1, alpha in [0, 1].
 * E. Errors: `USAGE`.
 */
export function freshRatio(human: HumanDraw, t: number): number {
  const [shift, factor] = renewal('W5', human);
  assertInRange('W5', 't', t, TIME);
  if (shift === 0) return factor ** t;
  const limit = shift / (1 - factor);
  return limit + (1 - limit) * factor ** t;
}

/**
 * W5: H* / H_0 in the long run.
 *
 * multinomial (1 - 1/n)(1 - b^2) / (1 - (1 - 1/n) b^2); quota (1 - b^2 - alpha/n) / (1 - b^2 + b/n). E. Errors: `USAGE`.
 */
export function freshRatioLimit(human: HumanDraw): number {
  const [shift, factor] = renewal('W5', human);
  return shift / (1 - factor);
}

/** W5: about theta / (1 + theta), theta = 2 n alpha. A for small alpha. Errors: `USAGE`. */
export function freshRatioApproximation(n: number, humanShare: number): number {
  assertInRange('W5', 'n', n, TOKENS);
  assertInRange('W5', 'alpha', humanShare, SHARE);
  const theta = 2 * n * humanShare;
  return theta / (1 + theta);
}

export interface FixedHuman {
  /** Tokens of the human sample that every generation holds, and synthetic tokens beside it; each at least 1. */
  readonly humanTokens: number;
  readonly syntheticTokens: number;
  /** Simpson index S_0 of the law in [0, 1]. */
  readonly simpson: number;
}

function assertFixed({ humanTokens, syntheticTokens, simpson }: FixedHuman): void {
  assertInRange('W4', 'n_h', humanTokens, TOKENS);
  assertInRange('W4', 'n', syntheticTokens, TOKENS);
  assertInRange('W4', 'S_0', simpson, SHARE);
}

/** S of a sample of n from a law with Simpson index S. */
function sampled(n: number, simpson: number): number {
  return simpson + (1 - simpson) / n;
}

/**
 * W4 in the long run: Simpson index of the corpus of one fixed human sample and n synthetic tokens.
 *
 * a = n / (n_h + n), S_1 = 1/n_h + (1 - 1/n_h) S_0, S* = [(1 - a^2) S_1 + a^2 / n] / [1 - a^2 (1 - 1/n)]. E. Errors: `USAGE`.
 */
export function fixedSimpsonLimit(fixed: FixedHuman): number {
  assertFixed(fixed);
  const { humanTokens, syntheticTokens: n } = fixed;
  const a = n / (humanTokens + n);
  const own = sampled(humanTokens, fixed.simpson);
  return ((1 - a * a) * own + (a * a) / n) / (1 - a * a * (1 - 1 / n));
}

/**
 * W4 at t >= 1, the first model on the human sample alone: S_t = S* + (a^2 (1 - 1/n))^{t-1} (S_1 - S*). E. Errors: `USAGE`.
 * Source: Seddik et al. 2024, theorem 2.
 */
export function fixedSimpson(fixed: FixedHuman, t: number): number {
  assertInRange('W4', 't', t, { ...TIME, min: 1 });
  const limit = fixedSimpsonLimit(fixed);
  const { humanTokens, syntheticTokens: n } = fixed;
  const a = n / (humanTokens + n);
  return limit + (a * a * (1 - 1 / n)) ** (t - 1) * (sampled(humanTokens, fixed.simpson) - limit);
}

/**
 * W4 where the first corpus is human throughout: n_h tokens stay, the others are drawn anew from the corpus before.
 *
 * X_t = alpha S_1 + b X_{t-1} (expected overlap of block and corpus), X_0 = S_0; S_t = alpha^2 S_1 + 2 alpha b X_{t-1} + b^2 (S_{t-1} +
 * (1 - S_{t-1}) / n), n synthetic tokens, alpha = n_h / (n_h + n). t >= 0; the limit is that of W4. E. Errors: `USAGE`.
 */
export function fixedBlockSimpson(fixed: FixedHuman, t: number): number {
  assertFixed(fixed);
  assertInRange('W4', 't', t, TIME);
  const { humanTokens, syntheticTokens: n, simpson } = fixed;
  const alpha = humanTokens / (humanTokens + n);
  const b = 1 - alpha;
  const own = sampled(humanTokens, simpson);
  let [s, x] = [simpson, simpson];
  for (let i = 0; i < t; i++) {
    s = alpha * alpha * own + 2 * alpha * b * x + b * b * sampled(n, s);
    x = alpha * own + b * x;
  }
  return s;
}

export interface FamilyPool {
  readonly families: number;
  /** Tokens of each family (W6); of all together for a `total` budget (W7). */
  readonly n: number;
  readonly structure: 'pooled' | 'isolated';
  readonly budget: 'each' | 'total';
}

/**
 * W6, W7: H_t / H_0 of the text of F families taken together, no human data.
 *
 * pooled: (1 - 1/N)^t, N tokens in all; isolated: (1 - 1/F) + (1 - 1/k)^t / F, k tokens each. `families` F >= 1;
 * with a `total` budget F must divide n. E. Errors: `USAGE`.
 */
export function familyRatio(pool: FamilyPool, t: number): number {
  const each = familyTokens(pool);
  const { families, structure } = pool;
  if (structure === 'pooled') return driftRatio(each * families, t);
  return 1 - 1 / families + driftRatio(each, t) / families;
}

/**
 * W6: H_t / H_0 within one family of k tokens.
 *
 * isolated: (1 - 1/k)^t; pooled: (1 - 1/k)(1 - 1/N)^{t-1}, a sample of k from the pool of N = F k. 1 at t = 0. E. Errors: `USAGE`.
 */
export function familyWithinRatio(pool: FamilyPool, t: number): number {
  const each = familyTokens(pool);
  if (pool.structure === 'isolated' || t === 0) return driftRatio(each, t);
  return driftRatio(each, 1) * familyRatio(pool, t - 1);
}

function familyTokens({ families, n, budget }: FamilyPool): number {
  assertInRange('W6', 'F', families, { min: 1, max: 10_000, whole: true });
  const each = budget === 'each' ? n : n / families;
  assertInRange('W7', 'n / F', each, TOKENS);
  return each;
}

/**
 * W8: H_t / H_0 of an accumulated pool of t blocks of n tokens, fresh human share alpha in each.
 *
 * H_{t+1} = 1 - [t^2 S_t + 2t (alpha S_0 + b S_t) + S_block] / (t+1)^2, S_block of a corpus from alpha p_0 + b p_t; at alpha = 0
 * the product of G7. The ratio does not depend on S_0. t >= 0. E. Errors: `USAGE`. Cost: t steps.
 */
export function accumulatedRatio(human: HumanDraw, t: number): number {
  assertInRange('W8', 't', t, TIME);
  const [shift, factor] = renewal('W8', human);
  if (human.humanShare === 0) return accumulatedVariance(human.n, t);
  const alpha = human.draw === 'quota' ? quotaShare(human.n, human.humanShare) : human.humanShare;
  let ratio = 1;
  for (let k = 0; k < t; k++) {
    const overlap = alpha + (1 - alpha) * ratio;
    ratio = (k * k * ratio + 2 * k * overlap + shift + factor * ratio) / (k + 1) ** 2;
  }
  return ratio;
}
