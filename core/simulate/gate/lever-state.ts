/** What a lever starts from, and whether the closed forms would let a changed state pass. */
import type { DomainMeasure, DomainMix, DomainRisk } from '../../schema/risk.js';
import type { RiskSettings } from '../../schema/risk-settings.js';
import { criticalUntil, type Loop } from './critical-estimate.js';
import { plannedSpectrum } from './planned-spectrum.js';
import { tailThreshold } from './policy.js';
import { curveAt, pointCurve, type Suppression } from './suppression.js';

export interface LeverState {
  readonly measure: DomainMeasure;
  readonly mix: DomainMix;
  /** What the domain was judged to be. */
  readonly risk: Pick<DomainRisk, 'critical' | 'suppression' | 'mix'>;
  readonly settings: Pick<RiskSettings, 'policy' | 'human' | 'horizonGenerations'>;
  readonly known: Suppression;
}

/** A changed state: what is not named stays. */
export interface Change {
  /** Lower bound of the human share. */
  readonly humanShareLow?: number;
  /** Planned words. */
  readonly words?: number;
  readonly loop?: Partial<Loop>;
  readonly known?: Suppression;
  /** w of the changed text, from w as it is. */
  readonly w?: (w: number) => number;
}

/** Upper bound of alpha* after a change: its point by S0, and above it the distance that the estimate has now. */
export function criticalHighAfter(state: LeverState, change: Change): number {
  const { measure, mix, risk, settings } = state;
  const words = change.words ?? mix.words;
  const known = change.known ?? state.known;
  const scaled = { ...known, scale: words > 0 ? measure.humanWords / 2 / words : 0 };
  const wOf = curveAt(pointCurve(known), scaled);
  const changed = change.w ?? ((w: number) => w);
  const point = criticalUntil(
    {
      spectrum: plannedSpectrum(measure, words),
      suppression: (copies) => changed(wOf(copies)),
      loop: { ...settings, ...change.loop },
    },
    tailThreshold(),
  );
  const { estimate } = risk.critical;
  return Math.min(1, point + Math.max(0, estimate.high - estimate.point));
}

/** Whether lower(alpha) >= upper(alpha*) after a change. */
export function wouldHold(state: LeverState, change: Change): boolean {
  const low = change.humanShareLow ?? state.mix.humanShare.low;
  return low >= criticalHighAfter(state, change);
}

const HALVINGS = 40;

/**
 * Least amount of [0, most] that holds, given that more is better; null where `most` itself does not. The
 * answer holds: it is the upper end of the last bracket.
 */
export function leastThat(most: number, holds: (amount: number) => boolean): number | null {
  if (!holds(most)) return null;
  let [below, above] = [0, most];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (below + above) / 2;
    if (holds(middle)) above = middle;
    else below = middle;
  }
  return above;
}
