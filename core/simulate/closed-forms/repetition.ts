/**
 * What repeated tokens are worth (V3): a token that is read again counts less each time. Tokens and parameters are
 * counts; the loss is in nats per token of the corpus that the constants were fitted on. Source: Muennighoff et
 * al. 2023, NeurIPS (Scaling Data-Constrained Language Models), and the authors' code.
 */
import { assertInRange, type Range } from './formula.js';

/** Repetitions after which tokens, and spare parameters, have lost 1 - 1/e of their worth. */
export const REPEATED_TOKENS = 15.387_756;
export const SPARE_PARAMETERS = 5.309_743;

const EXPONENT = 0.352_659_6;
const A = Math.exp(6.255_414);
const B = Math.exp(7.304_997_4);
const E = Math.exp(0.625_480_4);
/** G of the optimal allocation: parameters for U tokens are U G^2. */
const G = (A / B) ** (1 / (2 * EXPONENT));

const COUNT: Range = { above: 0, max: 1e18 };

/** R (1 - e^{-x / R}): worth of x repetitions. */
function worth(repeats: number, decay: number): number {
  return -decay * Math.expm1(-repeats / decay);
}

/**
 * V3: passes that e epochs of the same data are worth, 1 + R (1 - e^{-(e - 1)/R}), R = 15.387756.
 *
 * `epochs` e >= 1; below 1 the data is not even read once, and the answer is e. At most 1 + R. E. Errors: `USAGE`.
 */
export function uniqueEquivalentEpochs(epochs: number): number {
  assertInRange('V3', 'e', epochs, { min: 0, max: 1e12 });
  return epochs <= 1 ? epochs : 1 + worth(epochs - 1, REPEATED_TOKENS);
}

/** V3: unique tokens that `tokens` from a store of `unique` are worth. Tokens. E. Errors: `USAGE`. */
export function uniqueEquivalentTokens(tokens: number, unique: number): number {
  assertInRange('V3', 'D', tokens, { min: 0, max: 1e18 });
  assertInRange('V3', 'U', unique, COUNT);
  return unique * uniqueEquivalentEpochs(tokens / unique);
}

export interface Training {
  /** Parameters N, tokens read D, unique tokens U; each > 0. */
  readonly params: number;
  readonly tokens: number;
  readonly unique: number;
}

/**
 * V3: loss L = E + A / N'^a + B / D'^a of a model of N parameters on D tokens of which U are unique.
 *
 * U_N = min(N, U G^2), N' = U_N + U_N R_N (1 - e^{-(N/U_N - 1)/R_N}), D' = U + U R_D (1 - e^{-max(D/U - 1, 0)/R_D}); as the authors have it,
 * D' is at least U, so U is at most D in a fair question. Nats per token. A, a fit. Errors: `USAGE`.
 */
export function repeatedLoss({ params, tokens, unique }: Training): number {
  assertInRange('V3', 'N', params, COUNT);
  assertInRange('V3', 'D', tokens, COUNT);
  assertInRange('V3', 'U', unique, COUNT);
  const base = Math.min(params, unique * G * G);
  const model = base + base * worth(Math.max(params / base - 1, 0), SPARE_PARAMETERS);
  const data = unique + unique * worth(Math.max(tokens / unique - 1, 0), REPEATED_TOKENS);
  return E + A / model ** EXPONENT + B / data ** EXPONENT;
}
