/** The outer (epistemic) draw of one run: what labels leave open of alpha, and what counts leave open of w. */
import { derive } from '../../random/draw.js';
import { RandomStream } from '../../random/stream.js';
import type { DomainMix, Scenario } from '../../schema/risk.js';
import { type BinCurve, drawCurve, type Suppression } from './suppression.js';

/** draws[run] at the planned mix; elsewhere as far from the scenario's share as the draw is from the plan's. */
export function outerShare(
  { draws, humanShare }: Pick<DomainMix, 'draws' | 'humanShare'>,
  scenario: Pick<Scenario, 'humanShare'>,
  run: number,
): number {
  if (draws.length === 0) return scenario.humanShare;
  const drawn = draws[run % draws.length]!;
  if (scenario.humanShare === humanShare.point) return drawn;
  return Math.min(1, Math.max(0, scenario.humanShare + drawn - humanShare.point));
}

/** The curve of w of a run; the same whatever the scenario's share and policy. */
export function outerCurve(
  known: Suppression,
  { seed, domain, run }: { readonly seed: number; readonly domain: string; readonly run: number },
): BinCurve {
  return drawCurve(known, new RandomStream(derive(seed, 'drift-suppression', domain, run)));
}
