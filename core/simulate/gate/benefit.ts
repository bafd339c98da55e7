/** The benefit beside the risk: what repeated tokens are worth, V3 (Muennighoff et al., NeurIPS 2023). */
import type {
  DefinitionOutcome,
  DomainMeasure,
  DomainMix,
  Interval,
  RiskReport,
} from '../../schema/risk.js';
import { uniqueEquivalentTokens } from '../closed-forms/repetition.js';
import { COLLAPSE_V1, UNIQUE_EQUIVALENT } from './policy.js';

/** `tokens` planned out of `unique` distinct ones. */
export function benefitOf(tokens: number, unique: number): RiskReport['benefit'] {
  const distinct = Math.min(tokens, unique);
  if (distinct <= 0) return { tokens, uniqueEquivalent: 0, epochs: 0 };
  const epochs = tokens / distinct;
  return { tokens, uniqueEquivalent: uniqueEquivalentTokens(tokens, distinct), epochs };
}

/**
 * Human tokens that are left after repetition, over those that the critical share asks for. The passes are at
 * least the planned human tokens over all that were measured; a plan that leaves some out repeats more.
 */
export function uniqueEquivalentOutcome(
  { humanTokens }: Pick<DomainMeasure, 'humanTokens'>,
  { tokens, humanShare }: Pick<DomainMix, 'tokens' | 'humanShare'>,
  critical: Interval,
): DefinitionOutcome {
  const definition = COLLAPSE_V1.definitions.find((row) => row.definition === UNIQUE_EQUIVALENT)!;
  const { simulator, threshold, gates } = definition;
  const written = { definition: UNIQUE_EQUIVALENT, simulator, threshold, gates };
  const ratio = (share: number, needed: number) =>
    benefitOf(tokens * share, humanTokens).uniqueEquivalent / Math.max(1, tokens * needed);
  const value = {
    point: ratio(humanShare.point, critical.point),
    low: ratio(humanShare.low, critical.high),
    high: ratio(humanShare.high, critical.low),
  };
  const outcome =
    value.low >= threshold ? 'holds' : value.high < threshold ? 'collapses' : 'unclear';
  const passes = humanTokens > 0 ? (tokens * humanShare.point) / humanTokens : 0;
  const why = `${Math.max(1, passes).toFixed(2)} passes at least over ${humanTokens} human tokens`;
  return { ...written, value, probability: null, outcome, why };
}
