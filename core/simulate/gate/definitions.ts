/**
 * Each definition of collapse, judged on the runs of one domain. A run collapses when, in some generation up
 * to the horizon, every metric of the definition is past its threshold at once; its excess is the largest over
 * generations of the smallest relative distance past a threshold.
 */
import type { DefinitionOutcome, Interval } from '../../schema/risk.js';
import { clopperPearson } from '../../stats/intervals.js';
import { momentsOf, studentQuantile } from '../../stats/moments.js';
import type { RunValues } from './curves.js';
import type { CollapseDefinition } from './policy.js';
import { collapseChance } from './probability.js';

type Side = CollapseDefinition['metrics'][number];

/** (v - threshold) / threshold on the side of collapse; above 0 it is past. */
function excessOf({ threshold, collapsesWhen }: Side, value: number): number {
  return (collapsesWhen === 'above' ? value - threshold : threshold - value) / threshold;
}

/** Per run and generation 1..G a side's value; the worst of a group where its name ends in a colon. */
function rowsOf({ metric }: Side, values: RunValues, leftOut: ReadonlySet<string>) {
  if (!metric.endsWith(':')) return values[metric] ?? [];
  const groups = Object.keys(values).filter(
    (name) => name.startsWith(metric) && !leftOut.has(name),
  );
  const [first] = groups;
  if (first === undefined) return [];
  return values[first]!.map((row, run) =>
    row.map((_, g) => {
      const all = groups.map((name) => values[name]![run]?.[g] ?? null).filter((v) => v !== null);
      return all.length === 0 ? null : Math.min(...all);
    }),
  );
}

export interface JudgedRuns {
  readonly values: RunValues;
  readonly confidence: number;
  readonly riskBudget: number;
  /** Metrics that are shown but do not count: subgroups of too few types. */
  readonly leftOut: ReadonlySet<string>;
  /** Positions of the runs that the lower bound rests on; null: all. */
  readonly favourable: ReadonlySet<number> | null;
}

/** Excess by run; empty where the simulator gave nothing. */
export function runExcess(
  definition: CollapseDefinition,
  judged: Pick<JudgedRuns, 'values' | 'leftOut'>,
): number[] {
  const sides = definition.metrics.map((side) => ({
    side,
    rows: rowsOf(side, judged.values, judged.leftOut),
  }));
  const runs = Math.min(...sides.map(({ rows }) => rows.length));
  const excess: number[] = [];
  for (let run = 0; run < runs; run++) {
    const generations = sides[0]!.rows[run]!.length;
    let worst = Number.NEGATIVE_INFINITY;
    for (let g = 1; g < generations; g++) {
      const both = sides.map(({ side, rows }) => {
        const value = rows[run]![g] ?? null;
        return value === null ? Number.NEGATIVE_INFINITY : excessOf(side, value);
      });
      worst = Math.max(worst, Math.min(...both));
    }
    if (worst > Number.NEGATIVE_INFINITY) excess.push(worst);
  }
  return excess;
}

/** Outcome of a definition by its chance against the budget. */
export function judgeDefinition(
  definition: CollapseDefinition,
  judged: JudgedRuns,
): DefinitionOutcome {
  const { definition: name, simulator, threshold, gates, metrics } = definition;
  const excess = runExcess(definition, judged);
  const written = { definition: name, simulator, threshold, gates };
  if (excess.length === 0) {
    return {
      ...{ ...written, value: null, probability: null, outcome: 'not_simulated' },
      why: `no run of ${simulator} gave it`,
    };
  }
  const probability = chanceOf(definition, excess, judged);
  const value = metrics.length === 1 ? horizonValue(metrics[0]!, judged) : spread(excess);
  const outcome = outcomeOf(probability, judged.riskBudget);
  return {
    ...written,
    value,
    probability,
    outcome,
    why: whyOf(definition, excess, probability, judged),
  };
}

/** P over all runs; its lower bound over the favourable ones where that is lower. */
function chanceOf(definition: CollapseDefinition, excess: readonly number[], judged: JudgedRuns) {
  const { values, leftOut, confidence, favourable } = judged;
  const all = collapseChance(excess, confidence);
  if (favourable === null) return all;
  const kept = Object.fromEntries(
    Object.entries(values).map(([metric, rows]) => [
      metric,
      rows.filter((_, at) => favourable.has(at)),
    ]),
  );
  const kindest = runExcess(definition, { values: kept, leftOut });
  const events = kindest.filter((value) => value > 0).length;
  return { ...all, low: Math.min(all.low, clopperPearson(events, kindest.length, confidence).low) };
}

export function outcomeOf(
  { low, high }: Interval,
  riskBudget: number,
): DefinitionOutcome['outcome'] {
  if (high <= riskBudget) return 'holds';
  return low > riskBudget ? 'collapses' : 'unclear';
}

/** The metric at the horizon: mean over runs, and the range that 95 % of runs lie in. */
function horizonValue(side: Side, { values, leftOut }: JudgedRuns): Interval | null {
  const last = rowsOf(side, values, leftOut).map((row) => row.at(-1) ?? null);
  const known = last.filter((value) => value !== null);
  return known.length === 0 ? null : spread(known);
}

/** Middle 95 % of many values; of few, mean and 95 % prediction range by Student's t. */
function spread(values: readonly number[]): Interval {
  const { runs, mean, sd } = momentsOf(values);
  if (runs >= 40) {
    const sorted = [...values].sort((a, b) => a - b);
    const at = (p: number) => sorted[Math.min(runs - 1, Math.floor(p * runs))]!;
    return { point: mean, low: Math.min(mean, at(0.025)), high: Math.max(mean, at(0.975)) };
  }
  const half = runs < 2 ? 0 : studentQuantile(0.95, runs - 1) * sd * Math.sqrt(1 + 1 / runs);
  return { point: mean, low: mean - half, high: mean + half };
}

const percent = (value: number) => `${(100 * value).toFixed(2)} %`;

function whyOf(
  { metrics }: CollapseDefinition,
  excess: readonly number[],
  { low, high }: Interval,
  { riskBudget }: JudgedRuns,
): string {
  const events = excess.filter((value) => value > 0).length;
  const past =
    metrics.length > 1 ? 'had both metrics past their thresholds' : 'passed the threshold';
  return `${events} of ${excess.length} runs ${past}; P is between ${percent(low)} and ${percent(high)}, the budget is ${percent(riskBudget)}`;
}
