/**
 * Lexicographic planning: each stage optimises one wish and leaves its optimum, less a tolerance, as
 * a row for all later stages.
 *   budget            most tokens, up to the budget
 *   untargeted        where targets are given: fewest tokens of domains without one
 *   targets           least sum over domains of |tokens - target x total|, beyond the domain's tolerance
 *  without tolerances
 *   domains_widest    where targets leave domains free: least largest excess and shortfall, relative to the targets
 *   domains_even      as above: as even as possible against their targets
 *   domains_tie       keyed weights decide what is left; then tokens per domain stand
 *  with tolerances
 *   targets_widest    where bands are missed: least largest excess and shortfall beyond them, relative to the targets
 *   targets_even      as above: the misses as even as possible against the targets
 *   targets_tie       keyed weights decide what is left; then no domain leaves its band any farther
 *  tastes
 *   value             most value x tokens; moves domains inside their bands only
 *   cost              where text has a fee: least licence money
 *   stability         where churn_max is given: least churn against the previous version
 *   labels_even       labels of a domain in proportion to what is available
 *   families_spread   where asked for: least tokens of the largest model family, summed over domains
 *   sources_spread    where asked for: least tokens of the largest source, summed over domains
 *  with tolerances
 *   targets_near      as near to the targets as the tastes leave free
 *   domains_tie       keyed weights decide what is left; then tokens per domain stand
 *  always
 *   strata_even       strata of one domain, label and family in proportion to what is available
 *   tie_break         keyed weights make the answer unique
 * A stage that cannot change anything is left out. Integers of families (which are present) vary in the
 * stages up to `targets`, those of fees (grants used, passes begun) up to `cost`; then they are fixed, and
 * later wishes choose within that pattern only. Where no budget limits the money, integers of fees
 * forbid nothing before `cost`.
 */
import type { MixModel } from './mix-model.js';
import type { Solver } from './model.js';
import { type Optimal, type StageDuals, StageRun } from './stage-run.js';
import { keyText } from './stratum.js';
import { hasBands, settleBands, settleDomains, settleNear, targetStages } from './target-stages.js';
import {
  familiesObjective,
  labelsObjective,
  sourcesObjective,
  strataObjective,
  valueObjective,
} from './tastes.js';
import { maximise, minimise, weight } from './wish.js';

export interface Staged {
  /** Tokens per stratum, not yet whole. */
  readonly tokens: readonly number[];
  /** Value of each integer column, by column. */
  readonly integers: ReadonlyMap<number, number>;
  /** Objectives in tokens; that of `cost` in minor units of money. */
  readonly stages: readonly { readonly name: string; readonly objective: number }[];
  /** The first stage's solution with integers fixed. */
  readonly first: Optimal;
  /** Duals of every stage, in order. */
  readonly duals: readonly StageDuals[];
  /** Stages that the solver could not finish; the plan stands as the stage before left it. */
  readonly unfinished: readonly string[];
}

export interface StageOptions {
  /** The first stage alone: what the rules allow, without the wishes. */
  readonly isRulesOnly?: boolean;
}

/** All stages; null when not even the first has an answer. */
export async function solveStages(
  model: MixModel,
  solver: Solver,
  { isRulesOnly = false }: StageOptions = {},
): Promise<Staged | null> {
  const run = new StageRun(model, solver);
  const { licence } = model;
  if (licence !== null && licence.row === null) run.hold(licence.integers);
  const first = await run.stage('budget', maximise([[model.total, 1]]));
  if (first === null) return null;
  if (isRulesOnly) return stagedOf(run, first);
  run.releaseIntegers();
  const outside = await targetStages(run);
  const isBanded = hasBands(run);
  run.keepIntegers((column) => licence?.integers.has(column) !== true);
  if (isBanded) await settleBands(run, outside);
  else await settleDomains(run);
  await run.stage('value', valueObjective(model, isBanded));
  await costStage(run);
  await run.stage('stability', minimise(model.rules.moved.map((column) => [column, 1])));
  await run.stage('labels_even', labelsObjective(model));
  await run.stage('families_spread', familiesObjective(model));
  await run.stage('sources_spread', sourcesObjective(model));
  if (isBanded) await settleNear(run);
  await run.stage('strata_even', strataObjective(model));
  const { strata } = model.instance;
  const ties = model.x.map((x, i) => [x, weight(keyText(strata[i]!))] as const);
  await run.stage('tie_break', minimise(ties));
  return stagedOf(run, first);
}

function stagedOf(run: StageRun, first: Optimal): Staged {
  const { model, integers, stages, unfinished, values } = run;
  const { tokensPerUnit } = model.instance;
  return {
    tokens: model.x.map((x) => Math.max(0, values[x]! * tokensPerUnit)),
    ...{ integers, stages, first, duals: run.duals, unfinished },
  };
}

/** Least licence money; then the integers of fees stand. */
async function costStage(run: StageRun): Promise<void> {
  const { licence } = run.model;
  run.letGo();
  if (licence !== null) {
    const costs = licence.costs.map((cost) => [cost, 1] as const);
    await run.stage('cost', minimise(costs), licence.minorPerUnit);
  }
  run.keepIntegers();
}
