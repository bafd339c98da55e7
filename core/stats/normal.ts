/** The standard normal distribution: its quantile and its distribution function. */

const CENTRAL_A = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227,
];
const CENTRAL_B = [
  1.0, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597,
  39307.89580009271, 28729.085735721943, 5226.495278852854,
];
const MIDDLE_A = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
];
const MIDDLE_B = [
  1.0, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008,
  0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-9,
];
const TAIL_A = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487,
  0.026532189526576124, 0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
];
const TAIL_B = [
  1.0, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
  0.000018463183175100548, 1.421511758316446e-7, 2.0442631033899397e-15,
];

function ratio(above: readonly number[], below: readonly number[], x: number): number {
  let [top, bottom] = [0, 0];
  for (let i = above.length - 1; i >= 0; i--) {
    top = top * x + above[i]!;
    bottom = bottom * x + below[i]!;
  }
  return top / bottom;
}

/**
 * Quantile of the standard normal distribution.
 *
 * `p`: in (0, 1). Error: relative 1e-15. Source: M. J. Wichura, algorithm AS 241 (PPND16), Applied
 * Statistics 37, 1988.
 */
export function normalQuantile(p: number): number {
  const centred = p - 0.5;
  if (Math.abs(centred) <= 0.425) {
    return centred * ratio(CENTRAL_A, CENTRAL_B, 0.180625 - centred * centred);
  }
  const r = Math.sqrt(-Math.log(centred < 0 ? p : 1 - p));
  const size = r <= 5 ? ratio(MIDDLE_A, MIDDLE_B, r - 1.6) : ratio(TAIL_A, TAIL_B, r - 5);
  return centred < 0 ? -size : size;
}

/**
 * P(Z <= x) of a standard normal Z. Error: absolute 1e-15; below x = -8 the answer is 0, above 8 it is 1.
 *
 * Formula: 1/2 + phi(x) (x + x^3/3 + x^5/15 + ..). Source: Marsaglia, J. Stat. Softw. 11(4), 2004.
 */
export function normalCdf(x: number): number {
  if (Math.abs(x) > 8) return x > 0 ? 1 : 0;
  let [sum, term] = [x, x];
  for (let i = 3; ; i += 2) {
    term *= (x * x) / i;
    const next = sum + term;
    if (next === sum) break;
    sum = next;
  }
  const away = (sum * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
  return Math.min(1, Math.max(0, 0.5 + away));
}
