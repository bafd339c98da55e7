/**
 * Several families of generators (F1): how a cut of some dilutes, and how many families they are worth.
 */
import { absentStationary } from './branching.js';
import { assertInRange, type Range } from './formula.js';

const FAMILIES: Range = { min: 1, max: 1e6, whole: true };

/** F1: suppression w of a type that j of F families with equal shares cut, 1 - j/F. E. Errors: `USAGE`. */
export function familySuppression(families: number, cut: number): number {
  assertInRange('F1', 'F', families, FAMILIES);
  assertInRange('F1', 'j', cut, { min: 0, max: families, whole: true });
  return 1 - cut / families;
}

/**
 * F1: chance that a type is absent in the long run where j of F families cut it, B4 at w = 1 - j/F.
 *
 * `freshCopies` h = n alpha p >= 0, `humanShare` alpha in [1e-6, 1]. E for Poisson offspring. Errors: `USAGE`.
 */
export function absentWithFamilies(line: {
  readonly families: number;
  readonly cut: number;
  readonly humanShare: number;
  readonly freshCopies: number;
}): number {
  const suppression = familySuppression(line.families, line.cut);
  return absentStationary({ ...line, suppression });
}

/**
 * F1: families that F correlated ones are worth, K_eff = F / (1 + (F - 1) rho).
 *
 * `rho` in (-1/(F - 1), 1]: mean correlation of log w over types between families, not of vendor names. A: the factor
 * by which the variance of a mean of F equally correlated values falls. Errors: `USAGE`. Source: Kish, Survey
 * Sampling, 1965, 5.4.
 */
export function effectiveFamilies(families: number, rho: number): number {
  assertInRange('F1', 'F', families, FAMILIES);
  const least: Range = families === 1 ? { min: -1 } : { above: -1 / (families - 1) };
  assertInRange('F1', 'rho', rho, { ...least, max: 1 });
  return families / (1 + (families - 1) * rho);
}
