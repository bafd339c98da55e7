/**
 * Log probabilities of counts without cancellation, for rejection samplers whose answer must stay exact at every
 * mean: ln n! is split into Stirling's series and its small rest, so that no two large terms are subtracted.
 * Source: Loader, Fast and accurate computation of binomial probabilities, 2000 (the method of R's dbinom).
 */

/** ln n! - [(n + 1/2) ln n - n + ln(2 pi)/2], n = 0..15; entry 0 is not used. */
const STIRLING_REST = stirlingRests();

function stirlingRests(): Float64Array {
  const rests = new Float64Array(16);
  let logFactorial = 0;
  for (let n = 1; n < rests.length; n++) {
    logFactorial += Math.log(n);
    rests[n] = logFactorial - (n + 0.5) * Math.log(n) + n - 0.5 * Math.log(2 * Math.PI);
  }
  return rests;
}

/** Rest of Stirling's series for ln n!, n a whole number >= 1. Error: below 2e-14 (series cut at n^-9). */
export function stirlingRest(n: number): number {
  if (n < STIRLING_REST.length) return STIRLING_REST[n] ?? 0;
  const q = 1 / (n * n);
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - q / 1188) * q) * q) * q) / n;
}

/** x ln(x / m) + m - x, x > 0, m > 0, to full relative precision where x is near m. */
export function devianceTerm(x: number, m: number): number {
  const v = (x - m) / (x + m);
  if (Math.abs(v) >= 0.1) return x * Math.log(x / m) + m - x;
  let sum = (x - m) * v;
  let power = 2 * x * v;
  for (let j = 1; j < 60; j++) {
    power *= v * v;
    const next = sum + power / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/** ln P(X = k) of a Poisson count with mean > 0; k a whole number >= 0. */
export function logPoisson(k: number, mean: number): number {
  if (k === 0) return -mean;
  return -stirlingRest(k) - devianceTerm(k, mean) - 0.5 * Math.log(2 * Math.PI * k);
}

/** ln P(X = k) of a binomial count of n trials, 0 < p < 1; k a whole number in 0..n. */
export function logBinomial(k: number, n: number, p: number): number {
  if (k === 0) return n * Math.log1p(-p);
  if (k === n) return n * Math.log(p);
  const rest = stirlingRest(n) - stirlingRest(k) - stirlingRest(n - k);
  const deviance = devianceTerm(k, n * p) + devianceTerm(n - k, n * (1 - p));
  return rest - deviance - 0.5 * Math.log(2 * Math.PI * k * (1 - k / n));
}

/**
 * ln P(X = k) of the marked among `drawn` items, taken without replacement from `marked` + `unmarked`;
 * k within the support. Formula: three binomials of one rate, drawn / all.
 */
export function logHypergeometric(
  k: number,
  { marked, unmarked, drawn }: { marked: number; unmarked: number; drawn: number },
): number {
  const all = marked + unmarked;
  if (drawn === 0 || drawn === all || marked === 0 || unmarked === 0) return 0;
  const p = drawn / all;
  return (
    logBinomial(k, marked, p) + logBinomial(drawn - k, unmarked, p) - logBinomial(drawn, all, p)
  );
}
