/**
 * Differences of gamma functions that lose their digits when each is computed alone: the mean of a chi
 * variable and of its logarithm. Both are steps up to x >= 16 and an asymptotic series there.
 */

/** From here on the series below are exact to a float. */
const SERIES_FROM = 16;

/**
 * ln [Gamma(x + 1/2) / (Gamma(x) sqrt(x))], x > 0. Error: absolute 1e-15. Source: DLMF 5.11.13; Graham, Knuth and
 * Patashnik, Concrete Mathematics, 1994, ex. 9.60.
 */
export function logHalfStep(x: number): number {
  let [steps, z] = [0, x];
  for (; z < SERIES_FROM; z++) steps -= Math.log1p(0.5 / z);
  const y = 1 / (z * z);
  const series =
    (-1 / 8 + y * (1 / 192 + y * (-1 / 640 + y * (17 / 14336 + (y * -31) / 18432)))) / z;
  return z === x ? series : series + steps + 0.5 * Math.log(z / x);
}

/** psi(x) - ln x, psi the digamma function, x > 0. Error: absolute 1e-15. Source: DLMF 5.5.2, 5.11.2. */
export function digammaOffset(x: number): number {
  let [steps, z] = [0, x];
  for (; z < SERIES_FROM; z++) steps -= 1 / z;
  const y = 1 / (z * z);
  const tail = y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y / 132))));
  const series = -0.5 / z - tail;
  return z === x ? series : series + steps + Math.log(z / x);
}
