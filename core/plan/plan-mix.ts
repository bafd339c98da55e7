/**
 * Recipe and inventory in, plan out. Stages (`stages.ts`) give fractions, `whole-tokens.ts` integers
 * that keep every cap exactly. The number of model families is stated with integers only in domains
 * where the answer without them falls short: an answer that keeps the rule by itself is optimal under
 * it too. Nothing to write, floors that cannot be met, or less than the least budget is `infeasible`; a
 * budget not reached is a note.
 */
import { assert } from '../schema/failure.js';
import type { Allocation, Inventory, OptimalPlan, Plan } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import { capUsages, licenceOf, type TallyRow } from './cap-usages.js';
import { certify } from './certificate.js';
import type { Changed } from './found-text.js';
import { type Explain, explainInfeasible } from './infeasible.js';
import { type Instance, instanceOf } from './instance.js';
import { mixModel } from './mix-model.js';
import type { Solver } from './model.js';
import { planNotes, recipeNotes } from './notes.js';
import { planPrices } from './shadow-prices.js';
import { ALL_MONEY, type Found, solveWithRoom } from './solve-whole.js';
import { solveStages } from './stages.js';
import { byCode, documentsPlanned, stratumKeyFrom } from './stratum.js';
import { sumOf } from './sums.js';

/**
 * Up to this many strata a way out is verified by a plan in full; above it by one without the wishes, which
 * decide between mixes that all keep the rules.
 */
const WISHED_STRATA_MAX = 500;

export interface PlanOptions {
  /** How much of an infeasible problem is explained: the ways out cost most. Default: `ways`. */
  readonly explain?: Explain;
}

/**
 * The plan of a recipe on an inventory. The same for any order of sources, strata and caps. Throws
 * `NOTHING_USABLE` on an inventory without usable text, `GRANTS_INVALID` on mixed currencies.
 */
export async function planMix(
  recipe: Recipe,
  inventory: Inventory,
  recipeFingerprint: string,
  solver: Solver,
  { explain = 'ways' }: PlanOptions = {},
): Promise<Plan> {
  const instance = instanceOf(recipe, inventory);
  const { name, version } = solver;
  const shared = { schemaVersion: 1, recipeFingerprint, solver: { name, version } } as const;
  const found = await solveWithRoom(instance, solver);
  if (found.status === 'infeasible') {
    const replan = async (changed: Changed) => {
      const again = instanceOf(changed.recipe, changed.inventory);
      const isRulesOnly = again.strata.length > WISHED_STRATA_MAX;
      const solved = await solveWithRoom(again, solver, { isRulesOnly });
      if (solved.status === 'infeasible') return null;
      const plan = { ...shared, ...(await optimalPart(again, solved, null)) };
      const complaints = certify(changed.recipe, changed.inventory, plan);
      return complaints.length === 0 ? plan.tokensAllocated : null;
    };
    const explained = await explainInfeasible(
      { instance, options: found.options, solver, replan },
      explain,
    );
    const { tokenBudget } = recipe;
    const notes = [...explained.notes, ...recipeNotes(instance)];
    return { ...shared, status: 'infeasible', tokenBudget, ...explained, notes };
  }
  return { ...shared, ...(await optimalPart(instance, found, solver)) };
}

function tallyOf(instance: Instance, tokens: readonly number[]): TallyRow[] {
  return instance.strata.map((key, i) => {
    return { key, tokens: tokens[i]!, documents: documentsPlanned(key, tokens[i]!) };
  });
}

/** Prices cost solves: without a solver there are none. */
async function optimalPart(
  instance: Instance,
  found: Found,
  solver: Solver | null,
): Promise<Omit<OptimalPlan, 'schemaVersion' | 'recipeFingerprint' | 'solver'>> {
  const { recipe, inventory, strata } = instance;
  const tally = tallyOf(instance, found.tokens);
  const usages = capUsages(recipe, tally, inventory);
  const priced = solver === null ? null : await inFractions(instance, found, solver);
  const prices =
    solver === null || priced === null
      ? null
      : await planPrices(priced.model, priced.staged, usages, solver);
  const caps = usages.map((usage, i) => {
    const price = prices?.caps[i] ?? null;
    return { ...usage, shadowPrice: price?.tokens ?? null, price };
  });
  const broken = caps.find((usage) => !usage.kept);
  assert(
    broken === undefined,
    `plan breaks ${broken?.capId} (${broken?.kind}) in ${broken?.scope}`,
  );
  const tokensAllocated = sumOf(found.tokens);
  const targets = targetsOf(instance, found.tokens, tokensAllocated);
  const part = { status: 'optimal', tokenBudget: recipe.tokenBudget, tokensAllocated } as const;
  const plan = {
    ...part,
    targets,
    allocations: strata.map((_, i) => allocationOf(instance, i, found)),
    budgetPrice: prices?.budget ?? null,
    caps,
    licenceCost: licenceOf(recipe, strata, tally),
    stages: [...found.staged.stages],
  };
  return { ...plan, notes: planNotes(instance, plan, found.staged.unfinished) };
}

/** What prices are taken from: whole documents have none of their own, so the program in fractions has them. */
async function inFractions(
  instance: Instance,
  { options, model, staged }: Found,
  solver: Solver,
): Promise<Pick<Found, 'model' | 'staged'>> {
  if (options.inDocuments !== true) return { model, staged };
  const fractions = mixModel(instance, { ...options, ...ALL_MONEY });
  const solved = await solveStages(fractions, solver);
  return solved === null ? { model, staged } : { model: fractions, staged: solved };
}

/** Thousandths of a token: finer is the solver's noise. */
const REQUEST_STEPS = 1e3;

function allocationOf(instance: Instance, i: number, { tokens: whole, staged }: Found): Allocation {
  const stratum = instance.strata[i]!;
  const { tokens } = stratum;
  const tokensAllocated = whole[i]!;
  return {
    ...stratumKeyFrom(stratum),
    tokensAvailable: tokens,
    tokensRequested: Math.round(staged.tokens[i]! * REQUEST_STEPS) / REQUEST_STEPS,
    tokensAllocated,
    epochs: tokensAllocated / tokens,
  };
}

/** Per domain with a target, in code order, also where the domain has no usable text. */
function targetsOf(
  { recipe, strata }: Instance,
  tokens: readonly number[],
  total: number,
): OptimalPlan['targets'] {
  return Object.keys(recipe.targetShares)
    .sort(byCode)
    .map((domain) => {
      const reached = sumOf(strata.map((s, i) => (s.domain === domain ? tokens[i]! : 0)));
      const planned = total === 0 ? 0 : reached / total;
      return { domain, target: recipe.targetShares[domain]!, planned, tokens: reached };
    });
}
