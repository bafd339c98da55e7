/**
 * Lexicographic planning: each stage optimises one wish and leaves its optimum, less a tolerance, as
 * a row for all later stages.
 *   budget            most tokens, up to the budget
 *   untargeted        where targets are given: fewest tokens of domains without one
 *   targets           least sum over domains of |tokens - target x total|
 *   domains_even      where that leaves domains free: as even as possible against their targets
 *   domains_tie       keyed weights decide what is left; then tokens per domain stand
 *   value             most value x tokens, inside each domain
 *   labels_even       labels of a domain in proportion to what is available
 *   families_spread   least tokens of the largest model family, summed over domains
 *   strata_even       strata of one domain, label and family in proportion to what is available
 *   tie_break         keyed weights make the answer unique
 * A stage that cannot change anything is left out. Integers (families present, grants used) vary in
 * the stages up to `targets` and are then fixed: later wishes choose within that pattern only.
 */
import { derive, draw } from '../random/draw.js';
import { evenTerms, type Wanted } from './even-terms.js';
import { groupBy } from './instance.js';
import { addSum, type MixModel } from './mix-model.js';
import type { Objective, Solver } from './model.js';
import { type Optimal, STAGE_TOLERANCE, type StageDuals, StageRun } from './stage-run.js';
import { familyOf, keyText } from './stratum.js';

export interface Staged {
  /** Tokens per stratum, not yet whole. */
  readonly tokens: readonly number[];
  /** Value of each integer column, by column. */
  readonly integers: ReadonlyMap<number, number>;
  readonly stages: readonly { readonly name: string; readonly objective: number }[];
  /** The first stage's solution with integers fixed. */
  readonly first: Optimal;
  /** Duals of every stage, in order. */
  readonly duals: readonly StageDuals[];
  /** Stages that the solver could not finish; the plan stands as the stage before left it. */
  readonly unfinished: readonly string[];
}

/** All stages; null when not even the first has an answer. */
export async function solveStages(model: MixModel, solver: Solver): Promise<Staged | null> {
  const run = new StageRun(model, solver);
  const first = await run.stage('budget', maximise([[model.total, 1]]));
  if (first === null) return null;
  run.releaseIntegers();
  await targetStages(run);
  run.keepIntegers();
  await domainStages(run);
  await run.stage('value', valueObjective(model));
  await run.stage('labels_even', evenWithin(model, 'labels_even'));
  await run.stage('families_spread', familiesObjective(model));
  await run.stage('strata_even', evenWithin(model, 'strata_even'));
  await run.stage('tie_break', minimise(model.x.map((x, i) => [x, weight(keyOf(model, i))])));
  const { tokensPerUnit } = model.instance;
  return {
    tokens: model.x.map((x) => Math.max(0, run.values[x]! * tokensPerUnit)),
    integers: run.integers,
    stages: run.stages,
    first,
    duals: run.duals,
    unfinished: run.unfinished,
  };
}

type Terms = readonly (readonly [column: number, value: number])[];

const objective = (sense: Objective['sense'], terms: Terms): Objective => ({
  sense,
  indices: terms.map(([column]) => column),
  values: terms.map(([, value]) => value),
});
const maximise = (terms: Terms) => objective('maximise', terms);
const minimise = (terms: Terms) => objective('minimise', terms);

/** Generic weight in [1, 2) of a key: the same in every recipe, whatever the seed. */
function weight(key: string): number {
  return 1 + draw(derive(0, 'plan-tie-break'), key);
}

const keyOf = (model: MixModel, i: number) => keyText(model.instance.strata[i]!);

/** |tokens of the domain - target x total|; domains without a target only help to reach the budget. */
async function targetStages(run: StageRun): Promise<void> {
  const { model } = run;
  const targets = model.instance.recipe.targetShares;
  if (Object.keys(targets).length === 0) return;
  const shareOf = (domain: string) => (Object.hasOwn(targets, domain) ? targets[domain]! : 0);
  const others = [...model.domains].filter(([domain]) => shareOf(domain) === 0);
  const fewest = others.map(([, column]) => [column, 1] as const);
  await run.stage('untargeted', minimise(fewest));
  run.releaseIntegers();
  const terms = [...model.domains].map(([domain, column]) => {
    const distance = [
      [column, 1],
      [model.total, -shareOf(domain)],
    ] as const;
    return [addDistance(model, distance), 1] as const;
  });
  await run.stage('targets', minimise(terms));
}

/** A column of at least |sum of terms|. */
function addDistance({ draft }: MixModel, terms: Terms): number {
  const distance = draft.addColumn('distance', 0, Infinity);
  draft.addRow([...terms, [distance, -1]], { upper: 0 });
  draft.addRow([...terms, [distance, 1]], { lower: 0 });
  return distance;
}

/** Settles tokens per domain before `value`, which is a preference inside a domain only. */
async function domainStages(run: StageRun): Promise<void> {
  const { model } = run;
  const { strata, tokensPerUnit, recipe } = model.instance;
  const met = run.stages.find((stage) => stage.name === 'targets')?.objective ?? Infinity;
  const settled = met <= STAGE_TOLERANCE * tokensPerUnit || model.domains.size === 1;
  if (!settled) {
    const available = groupBy(strata, (s) => s.domain);
    const wanted = [...model.domains].map(([domain, column]): Wanted => {
      const tokens = available.get(domain)!.reduce((sum, i) => sum + strata[i]!.tokens, 0);
      const target = Object.hasOwn(recipe.targetShares, domain) ? recipe.targetShares[domain]! : 0;
      return { column, size: target > 0 ? target * recipe.tokenBudget : tokens };
    });
    await run.stage('domains_even', minimise(evenTerms(model.draft, wanted)));
    const ties = [...model.domains].map(([domain, column]) => [column, weight(domain)] as const);
    await run.stage('domains_tie', minimise(ties));
  }
  for (const column of model.domains.values()) {
    const at = run.values[column]!;
    const { draft } = model;
    draft.addRow([[column, 1]], { lower: at - STAGE_TOLERANCE, upper: at + STAGE_TOLERANCE });
  }
}

/** value x tokens, scaled so the largest value is 1; null when no domain has two different values. */
function valueObjective(model: MixModel): Objective | null {
  const { strata, recipe } = model.instance;
  const values = new Map(recipe.sources.map((source) => [source.name, source.value]));
  const valueAt = (i: number) => values.get(strata[i]!.source)!;
  const differs = [...groupBy(strata, (s) => s.domain).values()].some(
    (group) => new Set(group.map(valueAt)).size > 1,
  );
  if (!differs) return null;
  const most = Math.max(...strata.map((_, i) => valueAt(i)));
  return maximise(model.x.map((x, i) => [x, valueAt(i) / most]));
}

/** Even fill of labels inside a domain, or of strata inside a domain, label and family. */
function evenWithin(model: MixModel, stage: 'labels_even' | 'strata_even'): Objective | null {
  const { draft, instance, x } = model;
  const { strata } = instance;
  const terms: (readonly [number, number])[] = [];
  const sizeOf = (list: readonly number[]) => list.reduce((sum, i) => sum + strata[i]!.tokens, 0);
  if (stage === 'strata_even') {
    const groups = groupBy(strata, (s) => [s.domain, s.label, familyOf(s)].join('\u001f'));
    for (const group of groups.values()) {
      terms.push(
        ...evenTerms(
          draft,
          group.map((i) => ({ column: x[i]!, size: sizeOf([i]) })),
        ),
      );
    }
    return minimise(terms);
  }
  for (const group of groupBy(strata, (s) => s.domain).values()) {
    const labels = groupBy(group, (i) => strata[i]!.label);
    if (labels.size < 2) continue;
    const members = [...labels.values()].map((places) => {
      const list = places.map((k) => group[k]!);
      const columns = list.map((i) => x[i]!);
      return { column: addSum(draft, 'label', columns), size: sizeOf(list) };
    });
    terms.push(...evenTerms(draft, members));
  }
  return minimise(terms);
}

/** Sum over domains of the tokens of the largest family. */
function familiesObjective({ draft, instance, x }: MixModel): Objective | null {
  const terms: (readonly [number, number])[] = [];
  const domains = groupBy(instance.families, (row) => (row.scope === 'all' ? null : row.scope));
  for (const [domain, rows] of domains) {
    if (rows.length < 2) continue;
    const largest = draft.addColumn(`largest:${domain}`, 0, Infinity);
    for (const r of rows) {
      const family = instance.families[r]!.part.map((i) => [x[i]!, 1] as const);
      draft.addRow([...family, [largest, -1]], { upper: 0 });
    }
    terms.push([largest, 1]);
  }
  return minimise(terms);
}
