/**
 * Selection by preference (D4) and by a verifier (V1): one-line forms. Rates and accuracies are shares in [0, 1].
 */
import { assertInRange, SHARE, TIME } from './formula.js';

/**
 * D4: variance of a standard normal law after t rounds of selection p_t ~ p_0 e^{t r}, r = -x^2 / (2 kappa^2).
 *
 * 1 / (1 + t / kappa^2). `kappaSquared` > 0: width of the preference, in units of the variance. E in the limit of
 * many candidates. Errors: `USAGE`. Source: Ferbach et al. 2024, arXiv 2407.09499.
 */
export function curatedVariance(kappaSquared: number, t: number): number {
  assertInRange('D4', 'kappa^2', kappaSquared, { above: 0 });
  assertInRange('D4', 't', t, TIME);
  return 1 / (1 + t / kappaSquared);
}

export interface Verifier {
  /** Share of labels that are right, p. */
  readonly accuracy: number;
  /** Chance that a right label is kept, phi, and a wrong one, psi. */
  readonly keepRight: number;
  readonly keepWrong: number;
}

function assertVerifier({ accuracy, keepRight, keepWrong }: Verifier): void {
  assertInRange('V1', 'p', accuracy, SHARE);
  assertInRange('V1', 'phi', keepRight, SHARE);
  assertInRange('V1', 'psi', keepWrong, SHARE);
  assertInRange('V1', 'kept share', keptShare({ accuracy, keepRight, keepWrong }), { above: 0 });
}

/** V1: share of labels that are kept, p phi + (1 - p) psi. E. */
export function keptShare({ accuracy, keepRight, keepWrong }: Verifier): number {
  return accuracy * keepRight + (1 - accuracy) * keepWrong;
}

/** V1: share of right labels among those kept, q = p phi / (p phi + (1 - p) psi). E. Errors: `USAGE` where none is kept. */
export function verifiedPrecision(verifier: Verifier): number {
  assertVerifier(verifier);
  return (verifier.accuracy * verifier.keepRight) / keptShare(verifier);
}

/**
 * V1: accuracy above which training on the kept labels helps, p* = 1 / (1 + phi / psi); there q = 1/2.
 *
 * Binary labels; many of them are then as good as clean ones. E. Errors: `USAGE`. Source: Feng et al. 2025, ICLR.
 */
export function verifierBreakEven({ keepRight, keepWrong }: Omit<Verifier, 'accuracy'>): number {
  assertVerifier({ accuracy: 0.5, keepRight, keepWrong });
  return keepWrong / (keepWrong + keepRight);
}

/** V1: whether the verifier turns these labels to the better side, p > p*. E. Errors: `USAGE`. */
export function verifierHelps(verifier: Verifier): boolean {
  return verifiedPrecision(verifier) > 0.5;
}
