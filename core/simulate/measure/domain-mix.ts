/**
 * What a plan holds of one domain, in the terms of the simulation: its size in words, and its human share
 *
 *   alpha_r = sum over strata (tokens_s / tokens) u_{s,r},   r = 0 .. runs - 1
 *
 * with u_{s,r} a draw of the human part of stratum s. Strata with equal truth shares rest on the same
 * evidence, so they share their draws. Intervals are the 2.5 and 97.5 percentiles of 2,000 draws.
 */
import { familyOf, keyText } from '../../plan/stratum.js';
import { derive } from '../../random/draw.js';
import { canonicalJson } from '../../schema/canonical.js';
import { assert } from '../../schema/failure.js';
import type { Label } from '../../schema/label.js';
import type { Allocation, Inventory, OptimalPlan, Stratum } from '../../schema/plan.js';
import type { Recipe } from '../../schema/recipe.js';
import type { DomainMeasure, DomainMix, Interval, RiskBasis } from '../../schema/risk.js';
import { drawBeta } from '../../stats/draw-beta.js';
import { drawTruthShares, truthKey } from '../../stats/truth-shares.js';
import { drawEditedPart, humanPartOf, isTruthUnknown, UNKNOWN_PRIOR } from './human-lineage.js';

export interface DomainMixOptions {
  readonly recipe: Pick<Recipe, 'seed'>;
  readonly inventory: Inventory;
  readonly plan: OptimalPlan;
  readonly measure: DomainMeasure;
  /** Samples of the human share that the answer holds. */
  readonly runs: number;
}

/** Draws behind an interval. */
const INTERVAL_DRAWS = 2_000;

interface PlannedStratum {
  readonly stratum: Stratum;
  readonly tokens: number;
}

/** Domains that a plan holds tokens of, in code order. */
export function plannedDomains({ allocations }: Pick<OptimalPlan, 'allocations'>): string[] {
  const planned = allocations.filter(({ tokensAllocated }) => tokensAllocated > 0);
  return [...new Set(planned.map(({ domain }) => domain))].sort();
}

/** The domain of `measure`, which the plan must hold. Pure: same arguments, same draws. */
export function domainMixOf(options: DomainMixOptions): DomainMix {
  const { measure, runs } = options;
  const { domain, wordsPerToken } = measure;
  const planned = plannedStrata(options);
  const tokens = planned.reduce((sum, one) => sum + one.tokens, 0);
  assert(tokens > 0, `the plan holds text of domain ${domain}`);
  const draws = Math.max(runs, INTERVAL_DRAWS);
  const parts = humanParts(options, planned, draws);
  const shares = (isUnknownSynthetic: boolean) =>
    Float64Array.from({ length: draws }, (_, run) =>
      planned.reduce((sum, { stratum, tokens: its }, s) => {
        const isOut = isUnknownSynthetic && stratum.label === 'unknown';
        return sum + (isOut ? 0 : (its / tokens) * parts[s]![run]!);
      }, 0),
    ).map((share) => Math.min(1, share));
  const human = shares(false);
  return {
    ...{ domain, tokens, words: tokens * wordsPerToken },
    humanShare: intervalOf(human),
    draws: [...human.subarray(0, runs)],
    humanShareUnknownSynthetic: intervalOf(shares(true)),
    labels: labelShares(planned, tokens),
    families: familyShares(planned),
    basis: basisOf(planned),
  };
}

function plannedStrata({ inventory, plan, measure }: DomainMixOptions): PlannedStratum[] {
  const strata = new Map(inventory.strata.map((stratum) => [keyText(stratum), stratum]));
  return plan.allocations
    .filter(({ domain, tokensAllocated }) => domain === measure.domain && tokensAllocated > 0)
    .map((allocation: Allocation) => {
      const stratum = strata.get(keyText(allocation));
      assert(stratum !== undefined, 'every allocation has its stratum in the inventory');
      return { stratum, tokens: allocation.tokensAllocated };
    });
}

/** Per stratum the draws of its human part. */
function humanParts(
  { recipe: { seed }, measure }: DomainMixOptions,
  planned: readonly PlannedStratum[],
  draws: number,
): readonly (readonly number[])[] {
  const { domain, editDirections = {} } = measure;
  const edited = drawEditedPart(derive(seed, 'risk-edited', domain), editDirections, draws);
  const known = new Map<string, number[]>();
  return planned.map(({ stratum: { label, truth } }) => {
    const evidence = `${domain}\u001f${label}\u001f${canonicalJson(truth)}`;
    const before = known.get(evidence);
    if (before !== undefined) return before;
    const key = truthKey(seed, evidence);
    const made = isTruthUnknown(truth)
      ? Array.from({ length: draws }, (_, run) => drawBeta(key, `${run}`, ...UNKNOWN_PRIOR))
      : drawTruthShares(truth, key, draws).map((drawn, run) => humanPartOf(drawn, edited[run]!));
    known.set(evidence, made);
    return made;
  });
}

/** Mean, and the middle 95 %. */
function intervalOf(draws: Float64Array): Interval {
  const sorted = Float64Array.from(draws).sort();
  const at = (p: number) => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))]!;
  const point = draws.reduce((sum, share) => sum + share, 0) / draws.length;
  return { point, low: Math.min(point, at(0.025)), high: Math.max(point, at(0.975)) };
}

function labelShares(planned: readonly PlannedStratum[], tokens: number): Record<string, number> {
  const shares: Partial<Record<Label, number>> = {};
  for (const { stratum, tokens: its } of planned)
    shares[stratum.label] = (shares[stratum.label] ?? 0) + its;
  return Object.fromEntries(
    Object.entries(shares)
      .map(([label, its]) => [label, its / tokens] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function familyShares(planned: readonly PlannedStratum[]): DomainMix['families'] {
  const tokens = new Map<string, number>();
  for (const { stratum, tokens: its } of planned) {
    if (stratum.label !== 'synthetic') continue;
    const family = familyOf(stratum);
    tokens.set(family, (tokens.get(family) ?? 0) + its);
  }
  const all = [...tokens.values()].reduce((sum, its) => sum + its, 0);
  return [...tokens]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([family, its]) => ({ family, share: its / all }));
}

/** Measured where every share is, unknown where none is known, else assumed. */
function basisOf(planned: readonly PlannedStratum[]): RiskBasis {
  const bases = planned.map(({ stratum: { truth } }) => truthBasis(truth));
  if (bases.every((basis) => basis === 'measured')) return 'measured';
  return bases.every((basis) => basis === 'unknown') ? 'unknown' : 'assumed';
}

function truthBasis(truth: Stratum['truth']): RiskBasis {
  if (isTruthUnknown(truth)) return 'unknown';
  return Object.values(truth).every(({ basis }) => basis === 'measured') ? 'measured' : 'assumed';
}
