/**
 * What would change a verdict: for each lever the least change at which, by the closed forms (S0), the lower
 * bound of the human share reaches the upper bound of the critical one. The interval of alpha* is moved along with
 * its point. Priced in tokens that somebody must label, write or generate; cheapest first, and what does not
 * suffice by itself last, with how far it goes. Where the human share is enough and another definition is in doubt, more
 * human text is the lever, by the chord of that definition. S1 confirms a lever when the next build simulates it.
 */
import type { DomainMeasure, DomainMix, DomainRisk, RiskLever } from '../../schema/risk.js';
import type { RiskSettings } from '../../schema/risk-settings.js';
import { LEVERS } from './lever-list.js';
import type { LeverState } from './lever-state.js';
import { chordShare } from './needed-share.js';
import { suppressionOf } from './suppression.js';

export interface LeverOptions {
  readonly measure: DomainMeasure;
  readonly mix: DomainMix;
  /** What the domain was judged to be. */
  readonly risk: DomainRisk;
  readonly settings: RiskSettings;
}

/** Levers of a domain that does not pass, cheapest first; [] where it does. */
export function riskLevers({ measure, mix, risk, settings }: LeverOptions): RiskLever[] {
  if (risk.decision === 'PASS') return [];
  if (mix.humanShare.low >= risk.critical.estimate.high) return otherLevers(mix, risk);
  const state: LeverState = { measure, mix, risk, settings, known: suppressionOf(measure, mix) };
  const price = ({ cost }: RiskLever) => cost ?? Number.POSITIVE_INFINITY;
  return LEVERS.flatMap((lever) => lever(state) ?? []).sort(
    (a, b) =>
      Number(b.suffices) - Number(a.suffices) ||
      compare(price(a), price(b)) ||
      (a.lever < b.lever ? -1 : 1),
  );
}

/** For each deciding definition in doubt: human text up to the share at which its chord meets the threshold. */
function otherLevers({ domain, tokens, humanShare }: DomainMix, risk: DomainRisk): RiskLever[] {
  return risk.definitions
    .filter(({ gates, outcome }) => gates && outcome !== 'holds')
    .map((row) => {
      const share = row.value === null ? 1 : chordShare(risk, row);
      const missing = share < 1 ? (tokens * (share - humanShare.point)) / (1 - share) : null;
      const amount = missing === null ? null : Math.max(0, Math.ceil(missing));
      const percent = `${(100 * share).toFixed(1)} %`;
      return {
        ...{ domain, lever: 'add human text', amount, unit: 'tokens', cost: amount },
        change: `raise the human share to about ${percent}, where ${row.definition} would hold, or add runs (risk.drift_runs, risk.loop_runs) if chance alone is in doubt`,
        suffices: false,
      };
    });
}

/** Two infinite prices are equal. */
const compare = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);
