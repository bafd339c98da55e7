/**
 * Where a continuous function crosses a level.
 */

const STEPS = 200;

/**
 * Upper end of an interval no wider than `width` in which `f` passes from below 0 to 0 or above.
 *
 * `f(low) < 0 <= f(high)`; f need not rise, one crossing is found. Result: x with f(x) >= 0 and a point within `width`
 * below it where f < 0. Cost: about 10 calls where f is smooth, never much more than bisection's. Source: T. R.
 * Chandrupatla, Advances in Engineering Software 28, 1997 (inverse quadratic steps, guarded by halving).
 */
export function crossing(
  f: (x: number) => number,
  bracket: { readonly low: number; readonly high: number; readonly width: number },
): number {
  // a: newest point; b: the other end of the bracket; c: the point before.
  let [a, b] = [bracket.high, bracket.low];
  let [fa, fb] = [f(a), f(b)];
  let t = 0.5;
  for (let i = 0; i < STEPS && Math.abs(a - b) > bracket.width; i++) {
    const x = a + t * (b - a);
    const fx = f(x);
    const isSameSide = fx >= 0 === fa >= 0;
    const [c, fc] = isSameSide ? [a, fa] : [b, fb];
    if (!isSameSide) [b, fb] = [a, fa];
    [a, fa] = [x, fx];
    t = nextStep({ a, fa, b, fb, c, fc });
    const least = Math.min(0.5, (0.4 * bracket.width) / Math.abs(b - a));
    t = Math.min(1 - least, Math.max(least, t));
  }
  return fa >= 0 ? a : b;
}

interface Points {
  readonly a: number;
  readonly fa: number;
  readonly b: number;
  readonly fb: number;
  readonly c: number;
  readonly fc: number;
}

/** Part of the way from a to b: inverse quadratic where that is safe, else half. */
function nextStep({ a, fa, b, fb, c, fc }: Points): number {
  const xi = (a - b) / (c - b);
  const phi = (fa - fb) / (fc - fb);
  if (!(phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi)) return 0.5;
  const first = (fa / (fb - fa)) * (fc / (fb - fc));
  return first + ((c - a) / (b - a)) * (fa / (fc - fa)) * (fb / (fc - fb));
}
