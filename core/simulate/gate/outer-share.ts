/** The human share of one outer run: a draw of what the labels leave open, moved to the point of a sweep. */
import type { DomainMix, Scenario } from '../../schema/risk.js';

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
