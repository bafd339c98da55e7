/**
 * Maps of a law of types by a decoder, without sampling noise: p_{g+1} = alpha p_0 + (1 - alpha) decode(p_g). Temperature
 * works on logarithms, so a law without human text may sharpen far past the smallest double. Laws descend by
 * rank and both maps keep that order, so a head is a range of ranks.
 */

/** Logarithms stop here: a type this rare has long been gone. */
const LOG_FLOOR = -1e300;
/** A head whose running sum reaches p up to this rounding is whole. */
const MASS_ROUNDING = 1e-12;

/** p^(1/tau), normalised, in place on logarithms. */
export function temperLogs(logs: Float64Array, temperature: number): void {
  for (let i = 0; i < logs.length; i++) logs[i] = Math.max(LOG_FLOOR, logs[i]! / temperature);
  const top = logs[0]!;
  let sum = 0;
  for (let i = logs.length - 1; i >= 0; i--) sum += Math.exp(logs[i]! - top);
  const shift = top + Math.log(sum);
  for (let i = 0; i < logs.length; i++) logs[i] = Math.max(LOG_FLOOR, logs[i]! - shift);
}

/** Mixes human text in: logs of alpha p_0 + (1 - alpha) p. */
export function mixLogs(logs: Float64Array, human: Float64Array, share: number): void {
  if (share === 0) return;
  for (let i = 0; i < logs.length; i++) {
    logs[i] = Math.log(share * human[i]! + (1 - share) * Math.exp(logs[i]!));
  }
}

/** Ranks of the smallest head of mass >= p of a descending law. */
export function headRanks(law: Float64Array, topP: number): number {
  let mass = 0;
  for (let i = 0; i < law.length; i++) {
    mass += law[i]!;
    if (mass >= topP - MASS_ROUNDING) return i + 1;
  }
  return law.length;
}

/** One generation of top-p in place: alpha p_0 + (1 - alpha) head / mass. Result: ranks of the head. */
export function cutMap(
  law: Float64Array,
  human: Float64Array,
  topP: number,
  share: number,
): number {
  const ranks = headRanks(law, topP);
  let mass = 0;
  for (let i = ranks - 1; i >= 0; i--) mass += law[i]!;
  for (let i = 0; i < law.length; i++) {
    law[i] = share * human[i]! + (i < ranks ? ((1 - share) * law[i]!) / mass : 0);
  }
  return ranks;
}

/** Entropy in nats of a law given by its logarithms. */
export function entropyOfLogs(logs: Float64Array): number {
  let sum = 0;
  for (let i = logs.length - 1; i >= 0; i--) {
    const share = Math.exp(logs[i]!);
    if (share > 0) sum -= share * logs[i]!;
  }
  return sum;
}
