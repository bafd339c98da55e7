/**
 * Exact samplers of continuous laws on a RandomStream: the normal by the ziggurat, the gamma by Marsaglia and
 * Tsang. Exact up to the 53 bits of a uniform; a chain that shrinks to nothing is kept in logs (`logGammaDraw`).
 */
import { assert } from '../schema/failure.js';
import type { RandomStream } from './stream.js';

/** Layers of the ziggurat, right edge of the lowest one, area of each (density exp(-x^2/2)). Source: Doornik, 2005. */
const LAYERS = 128;
const EDGE = 3.442619855899;
const AREA = 9.91256303526217e-3;
const { edges: EDGES, ratios: RATIOS } = ziggurat();

function ziggurat(): { edges: Float64Array; ratios: Float64Array } {
  const edges = new Float64Array(LAYERS + 1);
  let height = Math.exp(-0.5 * EDGE * EDGE);
  edges[0] = AREA / height;
  edges[1] = EDGE;
  for (let i = 2; i < LAYERS; i++) {
    const edge = Math.sqrt(-2 * Math.log(AREA / (edges[i - 1] ?? 0) + height));
    edges[i] = edge;
    height = Math.exp(-0.5 * edge * edge);
  }
  const ratios = new Float64Array(LAYERS);
  for (let i = 0; i < LAYERS; i++) ratios[i] = (edges[i + 1] ?? 0) / (edges[i] ?? 1);
  return { edges, ratios };
}

/** Uniform on (0, 1], so that its logarithm is finite. */
function positiveUniform(stream: RandomStream): number {
  return 1 - stream.uniform();
}

/**
 * One draw of N(0, 1).
 *
 * Cost: one uniform and one word in 98.8 % of draws. Error: exact in law up to the 53 bits of a uniform.
 * Source: Marsaglia & Tsang, J. Stat. Softw. 5(8), 2000, in the form of Doornik, 2005 (layer and place from
 * separate words).
 */
export function normal(stream: RandomStream): number {
  for (;;) {
    const u = 2 * stream.uniform() - 1;
    const layer = stream.uint32() % LAYERS;
    const edge = EDGES[layer] ?? 0;
    if (Math.abs(u) < (RATIOS[layer] ?? 0)) return u * edge;
    if (layer === 0) return normalTail(stream, u < 0);
    const x = u * edge;
    const above = EDGES[layer + 1] ?? 0;
    const low = Math.exp(-0.5 * (edge * edge - x * x));
    const high = Math.exp(-0.5 * (above * above - x * x));
    if (high + stream.uniform() * (low - high) < 1) return x;
  }
}

/** A draw beyond the edge of the lowest layer. Source: Marsaglia, Technometrics 6, 1964. */
function normalTail(stream: RandomStream, negative: boolean): number {
  for (;;) {
    const x = Math.log(positiveUniform(stream)) / EDGE;
    const y = Math.log(positiveUniform(stream));
    if (-2 * y >= x * x) return negative ? x - EDGE : EDGE - x;
  }
}

/**
 * One draw of Gamma(shape, 1), shape > 0. For shape < 1 a draw may underflow to 0: take `logGammaDraw` there.
 *
 * Cost: about 1.05 normals and uniforms. Error: exact in law. Source: Marsaglia & Tsang, ACM TOMS 26, 2000.
 */
export function gamma(stream: RandomStream, shape: number): number {
  if (!(shape > 0 && shape < Infinity))
    assert(false, `gamma: shape ${shape} is no positive number`);
  return shape < 1 ? Math.exp(logGammaDraw(stream, shape)) : gammaFromOne(stream, shape);
}

/** The logarithm of a draw of Gamma(shape, 1), shape > 0; Gamma(a) = Gamma(a + 1) U^(1/a). Exact in law. */
export function logGammaDraw(stream: RandomStream, shape: number): number {
  if (shape >= 1) return Math.log(gamma(stream, shape));
  const above = Math.log(gammaFromOne(stream, shape + 1));
  return above + Math.log(positiveUniform(stream)) / shape;
}

function gammaFromOne(stream: RandomStream, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(stream);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = positiveUniform(stream);
    if (u < 1 - 0.0331 * x * x * x * x) return d * v;
    if (Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
  }
}

/** One draw of chi-square with `df` > 0 degrees of freedom: 2 Gamma(df / 2). Exact in law. */
export function chiSquare(stream: RandomStream, df: number): number {
  return 2 * gamma(stream, df / 2);
}

/** The logarithm of a draw of chi-square with `df` > 0 degrees of freedom; does not underflow. */
export function logChiSquare(stream: RandomStream, df: number): number {
  return Math.LN2 + logGammaDraw(stream, df / 2);
}
