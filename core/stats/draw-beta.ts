/**
 * Keyed draws from gamma, beta and Dirichlet distributions: the same key and id give the same draw,
 * whatever was drawn before.
 */
import { draw, type Key } from '../random/draw.js';
import { normalQuantile } from './normal.js';

const TINY = 2 ** -54;

/** Gamma(shape, 1), shape > 0. Source: Marsaglia and Tsang, ACM TOMS 26, 2000; below 1 by the power of a uniform. */
export function drawGamma(key: Key, id: string, shape: number): number {
  if (shape < 1) {
    const boost = Math.max(TINY, draw(key, `${id}/boost`)) ** (1 / shape);
    return drawGamma(key, id, shape + 1) * boost;
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (let attempt = 0; ; attempt++) {
    const x = normalQuantile(Math.max(TINY, draw(key, `${id}/${attempt}/x`)));
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const u = Math.max(TINY, draw(key, `${id}/${attempt}/u`));
    if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Dirichlet: shares that sum to 1, one per shape > 0. */
export function drawDirichlet(key: Key, id: string, shapes: readonly number[]): number[] {
  const gammas = shapes.map((shape, i) => Math.max(TINY, drawGamma(key, `${id}/${i}`, shape)));
  const all = gammas.reduce((sum, gamma) => sum + gamma, 0);
  return gammas.map((gamma) => gamma / all);
}

/** Beta(a, b), a and b > 0. */
export function drawBeta(key: Key, id: string, a: number, b: number): number {
  return drawDirichlet(key, id, [a, b])[0]!;
}
