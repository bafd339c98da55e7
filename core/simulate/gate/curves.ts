/** Blocks of runs of the planned mix, joined: values per run, and curves with 95 % intervals of the mean. */
import type { CurvePoint, DomainMix, Scenario, SimulationBlock } from '../../schema/risk.js';
import { momentsOf, studentQuantile } from '../../stats/moments.js';
import type { Loop } from './critical-estimate.js';

/** Values of one simulator: metric -> run -> g. */
export type RunValues = Readonly<Record<string, readonly (readonly (number | null)[])[]>>;

export interface JoinedRuns {
  readonly values: RunValues;
  /** Number of each run, by position. */
  readonly runs: readonly number[];
}

/** Runs of one simulator at the planned mix under the gate's own policy, by ascending run; nothing where there is none. */
export function joinedRuns(
  blocks: readonly SimulationBlock[],
  simulator: Scenario['simulator'],
  { mix, loop }: { readonly mix: DomainMix; readonly loop: Loop },
): JoinedRuns {
  const own = blocks
    .filter(({ scenario }) => scenario.simulator === simulator && isPlanned(scenario, mix, loop))
    .sort((a, b) => a.firstRun - b.firstRun);
  const unique = own.filter((block, i) => i === 0 || block.firstRun !== own[i - 1]!.firstRun);
  const metrics = [...new Set(unique.flatMap(({ values }) => Object.keys(values)))].sort();
  return {
    values: Object.fromEntries(
      metrics.map((metric) => [metric, unique.flatMap(({ values }) => values[metric] ?? [])]),
    ),
    runs: unique.flatMap(({ firstRun, runs }) =>
      Array.from({ length: runs }, (_, i) => firstRun + i),
    ),
  };
}

function isPlanned(scenario: Scenario, mix: DomainMix, loop: Loop): boolean {
  return (
    scenario.domain === mix.domain &&
    scenario.policy === loop.policy &&
    scenario.human === loop.human &&
    scenario.generations === loop.horizonGenerations &&
    Math.abs(scenario.humanShare - mix.humanShare.point) < 1e-9
  );
}

/** Mean, spread and interval of every metric in every generation; metrics of one name in two simulators are told apart. */
export function curvesOf(bySimulator: Readonly<Record<string, RunValues>>): CurvePoint[] {
  const seen = new Set<string>();
  return Object.entries(bySimulator).flatMap(([simulator, values]) =>
    Object.entries(values).flatMap(([metric, runs]) => {
      const name = seen.has(metric) ? `${simulator}:${metric}` : metric;
      seen.add(metric);
      return curveOf(name, runs);
    }),
  );
}

function curveOf(metric: string, runs: RunValues[string]): CurvePoint[] {
  const generations = Math.max(0, ...runs.map((row) => row.length));
  return Array.from({ length: generations }, (_, g) => {
    const values = runs.map((row) => row[g] ?? null).filter((value) => value !== null);
    return { values, g };
  })
    .filter(({ values }) => values.length > 0)
    .map(({ values, g }) => {
      const { runs: count, mean, sd } = momentsOf(values);
      const half = count < 2 ? 0 : (studentQuantile(0.95, count - 1) * sd) / Math.sqrt(count);
      return { metric, g, mean, sd, low: mean - half, high: mean + half, runs: count };
    });
}
