/**
 * Depth of the chain behind a text (F2): 0 for human text, 1 + the depth of its model's text for synthetic text. A
 * synthetic text of g follows one text of its model's corpus, chosen at random.
 */
import { assertInRange, SHARE, TIME } from './formula.js';

/** s + s^2 + .. + s^g. */
function powers(share: number, g: number): number {
  if (share === 1) return g;
  if (share === 0 || g === 0) return 0;
  return (share * -Math.expm1(g * Math.log(share))) / (1 - share);
}

/** F2, replace: mean depth at g with a synthetic share s in each generation from g = 1 on, s + .. + s^g; s = 1: g. E. Errors: `USAGE`. */
export function meanDepth(syntheticShare: number, generations: number): number {
  assertInRange('F2', 's', syntheticShare, SHARE);
  assertInRange('F2', 'g', generations, TIME);
  return powers(syntheticShare, generations);
}

/** F2 in the long run: s / (1 - s), s < 1. E. Errors: `USAGE`. */
export function meanDepthLimit(syntheticShare: number): number {
  assertInRange('F2', 's', syntheticShare, { min: 0, below: 1 });
  return syntheticShare / (1 - syntheticShare);
}

/** F2, replace: share of text of depth k or more at g, s^k for k <= g, 0 above. E. Errors: `USAGE`. */
export function depthTail(syntheticShare: number, depth: number, generations: number): number {
  assertInRange('F2', 's', syntheticShare, SHARE);
  assertInRange('F2', 'k', depth, TIME);
  assertInRange('F2', 'g', generations, TIME);
  return depth > generations ? 0 : syntheticShare ** depth;
}

/**
 * F2, accumulate: mean depth of the block of g, where its model has all blocks before: s (1 + mean of blocks 0 .. g - 1).
 *
 * d_0 = 0, and at s = 1 it is 1 + 1/2 + .. + 1/g. E. Errors: `USAGE`. Cost: g steps.
 */
export function accumulatedDepth(syntheticShare: number, generations: number): number {
  assertInRange('F2', 's', syntheticShare, SHARE);
  assertInRange('F2', 'g', generations, TIME);
  let [depth, sum] = [0, 0];
  for (let g = 1; g <= generations; g++) {
    depth = syntheticShare * (1 + sum / g);
    sum += depth;
  }
  return depth;
}
