/**
 * What would change a verdict: for each lever the least change at which, by the closed forms (S0), the lower
 * bound of the human share reaches the upper bound of the critical one. The interval of alpha* is moved along with
 * its point. Priced in tokens that somebody must label, write or generate; cheapest first, and what does not
 * suffice by itself last, with how far it goes. S1 confirms a lever when the next build simulates it.
 */
import type { DomainMeasure, DomainMix, DomainRisk, RiskLever } from '../../schema/risk.js';
import type { RiskSettings } from '../../schema/risk-settings.js';
import { LEVERS } from './lever-list.js';
import type { LeverState } from './lever-state.js';
import { suppressionOf } from './suppression.js';

export interface LeverOptions {
  readonly measure: DomainMeasure;
  readonly mix: DomainMix;
  /** What the domain was judged to be. */
  readonly risk: DomainRisk;
  readonly settings: RiskSettings;
}

/** Levers of a domain that does not pass, cheapest first; [] where it does, or where its human share is not the matter. */
export function riskLevers({ measure, mix, risk, settings }: LeverOptions): RiskLever[] {
  if (risk.decision === 'PASS' || mix.humanShare.low >= risk.critical.estimate.high) return [];
  const state: LeverState = { measure, mix, risk, settings, known: suppressionOf(measure, mix) };
  const price = ({ cost }: RiskLever) => cost ?? Number.POSITIVE_INFINITY;
  return LEVERS.flatMap((lever) => lever(state) ?? []).sort(
    (a, b) =>
      Number(b.suffices) - Number(a.suffices) ||
      compare(price(a), price(b)) ||
      (a.lever < b.lever ? -1 : 1),
  );
}

/** Two infinite prices are equal. */
const compare = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);
