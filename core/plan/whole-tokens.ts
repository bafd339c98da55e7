/**
 * From the LP's fractions to whole tokens under every cap, exactly. First floors, repair and largest
 * remainder (`apportion`); where that finds nothing or loses tokens, an integer program over
 * steps of a few tokens around the floors, whose answer is checked with the same exact rows.
 */
import { anchorLower, anchorRule } from './anchor.js';
import { apportion, floorsOf } from './apportion.js';
import { churnRule } from './churn-rule.js';
import { ExactRows } from './exact-rows.js';
import type { Instance } from './instance.js';
import { tokensWithin } from './licence.js';
import { anchoredOf, type MixModel } from './mix-model.js';
import { ModelDraft, type Solver } from './model.js';
import { budgetLeast } from './rule-usages.js';
import { STAGE_TOLERANCE } from './stage-run.js';
import type { Staged } from './stages.js';

/** Fractions of a token below which a value counts as whole: the solver's noise, at most a quarter. */
const snapOf = (tokenBudget: number) => Math.min(0.25, Math.max(1e-4, tokenBudget * 1e-10));
/** Steps of the integer program to either side of the floor. */
const STEPS = 4;
/** Above this many strata a few tokens are not worth an integer program. */
const STRATA_MAX = 64;

/** Whole tokens per stratum; null when no whole amounts near the fractions keep every cap. */
export async function wholeTokens(
  model: MixModel,
  staged: Staged,
  solver: Solver,
): Promise<number[] | null> {
  const { instance } = model;
  const snap = snapOf(instance.recipe.tokenBudget);
  const total = tokensMost(model, staged);
  const wanted = { ideal: staged.tokens, total, ...limitsOf(model, staged) };
  const floors = floorsOf(wanted, snap);
  const anchored = anchoredOf(instance, model);
  const found = apportion(wanted, exactRows(instance, floors, anchored));
  const reached = found?.reduce((total, n) => total + n, 0) ?? -1;
  if (reached === wanted.total) return found;
  const isEnough = reached >= budgetLeast(instance.recipe);
  if (found !== null && isEnough && floors.length > STRATA_MAX) return found;
  const stepped = await stepProgram({ instance, anchored, floors, ...wanted }, solver);
  const better = stepped !== null && stepped.reduce((total, n) => total + n, 0) > reached;
  return better ? stepped : found;
}

/** The most whole tokens that the first stage could stand for. */
export function tokensMost({ instance }: MixModel, { first }: Staged): number {
  const { tokenBudget } = instance.recipe;
  const most = first.objective * instance.tokensPerUnit;
  const isFull = most >= tokenBudget - STAGE_TOLERANCE * instance.tokensPerUnit;
  return isFull ? tokenBudget : Math.floor(most + snapOf(tokenBudget));
}

/** Limits per stratum that the integers of the LP imply: documents present, grants and passes paid for. */
export function limitsOf(model: MixModel, staged: Staged): { lower: number[]; upper: number[] } {
  const { strata, writable } = model.instance;
  const lower = writable.map(() => 0);
  const upper = [...writable];
  for (const { column, position, tokens, part } of model.presence) {
    if (staged.integers.get(column) === 1) lower[position] = tokens;
    else if (staged.integers.get(column) === 0) for (const i of part) upper[i] = 0;
  }
  const { anchor } = model.instance;
  if (anchor !== null) {
    const least = anchorLower(anchor, anchoredOf(model.instance, model)!);
    for (const [i, tokens] of least) lower[i] = Math.max(lower[i]!, tokens);
  }
  for (const i of model.barred) upper[i] = 0;
  for (const [i, columns] of model.licence?.used ?? []) {
    if (columns.some((column) => staged.integers.get(column) === 0)) upper[i] = 0;
  }
  for (const [i, columns] of model.licence?.passes ?? []) {
    for (const column of columns) {
      const passes = staged.integers.get(column);
      if (passes !== undefined) upper[i] = Math.min(upper[i]!, passes * strata[i]!.tokens);
    }
  }
  for (const [i, columns] of model.licence?.documents ?? []) {
    for (const { column, isOncePaid } of columns) {
      const documents = staged.integers.get(column);
      if (documents === undefined || strata[i]!.documents === 0) continue;
      if (isOncePaid && documents >= strata[i]!.documents) continue;
      upper[i] = Math.min(upper[i]!, tokensWithin(strata[i]!, documents));
    }
  }
  return { lower, upper };
}

/** Every cap and rule of the instance on whole tokens, `anchored` of the anchor kept. */
export function exactRows(
  instance: Instance,
  tokens: readonly number[],
  anchored: number | null,
): ExactRows {
  const rows = new ExactRows(tokens);
  if (instance.anchor !== null) rows.addRule(anchorRule(instance.anchor, anchored ?? 0));
  if (instance.churn !== null) rows.addRule(churnRule(instance.churn));
  for (const cap of instance.caps) rows.addCap(cap);
  const rule = instance.recipe.modelFamilies;
  if (rule === null) return rows;
  for (const family of instance.families) rows.addFamily(family, rule.maxShare);
  return rows;
}

interface StepProblem {
  readonly instance: Instance;
  readonly anchored: number | null;
  readonly floors: readonly number[];
  readonly ideal: readonly number[];
  readonly total: number;
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/** Most tokens over integer steps; a nearer amount breaks ties by less than one token in all. */
async function stepProgram(problem: StepProblem, solver: Solver): Promise<number[] | null> {
  const { instance, anchored, floors, ideal, total, lower, upper } = problem;
  const rows = exactRows(instance, floors, anchored);
  const draft = new ModelDraft();
  const steps = floors.map((at, i) =>
    draft.addColumn(
      `d${i}`,
      Math.max(lower[i]! - at, -STEPS),
      Math.min(upper[i]! - at, STEPS),
      true,
    ),
  );
  const sum = floors.reduce((a, b) => a + b, 0);
  draft.addRow(
    steps.map((step) => [step, 1] as const),
    { upper: total - sum },
  );
  for (let row = 0; row < rows.count; row++) {
    const effects = rows.effects(row);
    const scale = Math.max(1, ...effects.map(({ effect }) => Math.abs(Number(effect))));
    const terms = effects.map((e) => [steps[e.stratum]!, Number(e.effect) / scale] as const);
    draft.addRow(terms, { upper: -Number(rows.excess(row)) / scale });
  }
  for (const rule of rows.rules) rule.addSteps(draft, steps);
  const nearness = 1 / (4 * STEPS * floors.length);
  const values = floors.map((at, i) => 1 + nearness * Math.tanh(ideal[i]! - at));
  const solution = await solver.solve({
    columns: draft.columns,
    rows: draft.rows,
    objective: { sense: 'maximise', indices: steps, values },
  });
  if (solution.status !== 'optimal') return null;
  const whole = floors.map((at, i) => at + Math.round(solution.values[steps[i]!]!));
  return exactRows(instance, whole, anchored).broken() === -1 ? whole : null;
}
