/**
 * A mean w of a bin hides types that synthetic text never writes. The two-point mix is the other extreme of
 * the same mean: in each bin a share w of the types is not suppressed at all, the rest is cut to 0.
 */
import type { DefinitionOutcome } from '../../schema/risk.js';
import { type CriticalInputs, coverageUntil, hasTail } from './critical-estimate.js';
import { TAIL_COPIES } from './critical-share.js';
import { TWO_POINT } from './policy.js';

/** Least tail coverage up to the horizon at a human share, were w of each bin two-point. */
export function twoPointCoverage(inputs: CriticalInputs, humanShare: number): number {
  const { spectrum, suppression } = inputs;
  let [kept, whole] = [0, 0];
  spectrum.counts.forEach((copies, i) => {
    const types = spectrum.types[i]!;
    if (copies <= 0 || copies > TAIL_COPIES || types <= 0) return;
    const expected = -types * Math.expm1(-copies);
    const own = { counts: [copies], types: [types], words: copies * types };
    const at = (w: number) =>
      coverageUntil({ ...inputs, spectrum: own, suppression: () => w }, humanShare);
    const w = suppression(copies);
    kept += expected * (w * at(1) + (1 - w) * at(0));
    whole += expected;
  });
  return kept / whole;
}

/** Shown beside the verdict, never deciding; nothing where the text has no tail. */
export function twoPointOutcome(
  inputs: CriticalInputs,
  humanShare: number,
  threshold: number,
): DefinitionOutcome[] {
  if (!hasTail(inputs.spectrum)) return [];
  const point = twoPointCoverage(inputs, humanShare);
  return [
    {
      ...{ definition: TWO_POINT, simulator: 'forms', threshold, gates: false },
      ...{ value: { point, low: point, high: point }, probability: null },
      outcome: point >= threshold ? 'holds' : 'collapses',
      why: 'tail coverage by the closed forms, were a share w of the rare types written as often as people do and the rest never',
    },
  ];
}
