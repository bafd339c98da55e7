/**
 * Tokens of a power law, trained on again and again: each generation draws n tokens, a share alpha from the true law and the
 * others from the counts of the generation before, whose ranks above a cut are never generated.
 */
import { multinomial } from '../../random/samplers.js';
import type { RandomStream } from '../../random/stream.js';

export interface ZipfLoop {
  readonly shares: Float64Array;
  readonly n: number;
  /** Ranks that a model generates; null: all. */
  readonly cut: number | null;
  readonly humanShare: number;
}

/** g = 0 (human text alone) .. last of one replicate; `seen` gets the counts of each g. Cost: last x types binomials. */
export function zipfChain(
  stream: RandomStream,
  loop: ZipfLoop,
  last: number,
  seen: (g: number, counts: Float64Array) => void,
): void {
  const { shares, n } = loop;
  const counts = new Float64Array(shares.length);
  const rates = Float64Array.from(shares);
  for (let g = 0; g <= last; g++) {
    if (g > 0) mixRates(loop, counts, rates);
    multinomial(stream, n, rates, counts);
    seen(g, counts);
  }
}

/** alpha p_0 + (1 - alpha) counts below the cut, normalised. Where the cut leaves nothing, all text is human. */
function mixRates(
  { shares, cut, humanShare }: ZipfLoop,
  counts: Float64Array,
  rates: Float64Array,
) {
  const kept = Math.min(cut ?? counts.length, counts.length);
  let total = 0;
  for (let i = 0; i < kept; i++) total += counts[i]!;
  const synthetic = total === 0 ? 0 : (1 - humanShare) / total;
  const human = total === 0 ? 1 : humanShare;
  for (let i = 0; i < rates.length; i++) {
    rates[i] = human * shares[i]! + (i < kept ? synthetic * counts[i]! : 0);
  }
}

/** True mass of the types from rank `from` (0: all) on that the counts miss, and the number of types they hold. */
export function missedBy(
  shares: Float64Array,
  counts: Float64Array,
  from: number,
): { mass: number; distinct: number } {
  let [mass, distinct] = [0, 0];
  for (let i = counts.length - 1; i >= from; i--) {
    if (counts[i]! > 0) distinct++;
    else mass += shares[i]!;
  }
  return { mass, distinct };
}
