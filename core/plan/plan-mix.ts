/**
 * Recipe and inventory in, plan out. Stages (`stages.ts`) give fractions, `whole-tokens.ts` integers
 * that keep every cap exactly. The number of model families is stated with integers only in domains
 * where the answer without them falls short: an answer that keeps the rule by itself is optimal under
 * it too. Nothing to write, floors that cannot be met, or less than the least budget is `infeasible`; a
 * budget not reached is a note.
 */
import { assert, Failure } from '../schema/failure.js';
import type { Allocation, Inventory, OptimalPlan, Plan } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import { capUsages, licenceOf, type TallyRow } from './cap-usages.js';
import { certify } from './certificate.js';
import type { Changed } from './found-text.js';
import { type Explain, explainInfeasible } from './infeasible.js';
import { type Instance, instanceOf } from './instance.js';
import { licenceCost } from './licence.js';
import {
  domainsShortOfFamilies,
  type MixModel,
  type MixModelOptions,
  mixModel,
} from './mix-model.js';
import type { Solver } from './model.js';
import { MONEY_ROUNDS_MAX, MoneySearch } from './money-search.js';
import { filledTokens, trimmedTokens } from './money-tokens.js';
import { planNotes, recipeNotes } from './notes.js';
import { tokensLeast } from './relaxed-model.js';
import { churnRoom } from './rule-rows.js';
import { budgetLeast } from './rule-usages.js';
import { planPrices } from './shadow-prices.js';
import { type Staged, type StageOptions, solveStages } from './stages.js';
import { byCode, documentsPlanned, stratumKeyFrom } from './stratum.js';
import { tokensMost, wholeTokens } from './whole-tokens.js';

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

interface Found {
  readonly status: 'optimal';
  readonly model: MixModel;
  readonly staged: Staged;
  readonly tokens: readonly number[];
}

type Outcome = Found | { readonly status: 'infeasible'; readonly options: MixModelOptions };

/** Room for whole tokens and documents is kept where it can be; what the rules ask for counts. */
async function solveWithRoom(
  instance: Instance,
  solver: Solver,
  how: StageOptions = {},
): Promise<Outcome> {
  const { anchor } = instance;
  const wantsRoom = anchor !== null && anchor.roomy > anchor.least;
  if (wantsRoom || churnRoom(instance) > 0) {
    const roomy = await solveWhole(instance, { hasRoom: true, ...how }, solver);
    if (roomy.status === 'optimal') return roomy;
  }
  return solveWhole(instance, { hasRoom: false, ...how }, solver);
}

/**
 * Rounds: each adds integers for the families of a domain, or takes a step of `MoneySearch`. That a step left no
 * mix is never said of the rules: infeasible is explained with the whole budget.
 */
async function solveWhole(
  instance: Instance,
  { hasRoom, ...how }: StageOptions & { readonly hasRoom: boolean },
  solver: Solver,
): Promise<Outcome> {
  const presence = new Set<string>();
  const money = new MoneySearch(instance);
  const roundsMax = instance.domains.length + MONEY_ROUNDS_MAX;
  let most = Infinity;
  let trimmed: Found | null = null;
  for (let round = 0; round < roundsMax; round++) {
    const options = { presence, ...money.options, hasRoom };
    const infeasible = { status: 'infeasible', options: { ...options, ...ALL_MONEY } } as const;
    const tried = await wholeOf(mixModel(instance, options), how, solver);
    if ('isProven' in tried) {
      if (trimmed === null && money.failed(tried.isProven)) continue;
      return trimmed ?? infeasible;
    }
    const { model, staged, tokens } = tried;
    const short = domainsShortOfFamilies(instance, tokens).filter((d) => !presence.has(d));
    if (money.isFirst) most = tokensMost(model, staged);
    for (const domain of short) presence.add(domain);
    const affordable = within(tried, money.isFirst ? null : most);
    const overspent = moneyOver(instance, tokens);
    if (short.length === 0 && affordable !== null) {
      const found = { status: 'optimal', model, staged, tokens: affordable } as const;
      const isLess = overspent > 0 && sumOf(affordable) < sumOf(tokens);
      if (!isLess || !money.isFirst || !money.canCount) return moreOf(trimmed, found);
      trimmed = found;
    } else if (trimmed !== null) return trimmed;
    if (overspent > 0 && !money.overspent(overspent)) return infeasible;
  }
  throw new Failure('CAP_INFEASIBLE', {
    subject: `${instance.recipe.name}@${instance.recipe.version}`,
    expected: 'whole documents that keep model_families and licence_budget together',
    found: `none in ${roundsMax} rounds of planning`,
    where: 'model_families, licence_budget',
    remedy: 'raise licence_budget.amount a little, or lower model_families.min_count',
  });
}

const moreOf = (first: Found | null, then: Found) =>
  first !== null && sumOf(first.tokens) >= sumOf(then.tokens) ? first : then;

const ALL_MONEY = { marginMinor: 0, inDocuments: false } as const;

type Whole = Pick<Found, 'model' | 'staged' | 'tokens'>;

/** Whole tokens of a program's optimum; `isProven` where the program itself has none. */
async function wholeOf(
  model: MixModel,
  how: StageOptions,
  solver: Solver,
): Promise<Whole | { readonly isProven: boolean }> {
  const { instance } = model;
  const staged = await solveStages(model, solver, how);
  if (staged === null || sumOf(staged.tokens) < tokensLeast(instance)) return { isProven: true };
  const tokens = await wholeTokens(model, staged, solver);
  if (tokens === null || sumOf(tokens) < Math.max(1, budgetLeast(instance.recipe)))
    return { isProven: false };
  return { model, staged, tokens };
}

/** Tokens that the licence budget pays for, a few less where rounding passed it; null: not so few. */
function within(
  { model, staged, tokens }: Whole,
  fillUpTo: number | null,
): readonly number[] | null {
  const { instance } = model;
  const isAffordable = (some: readonly number[]) => moneyOver(instance, some) === 0;
  const whole = { model, staged, tokens, isAffordable };
  if (isAffordable(tokens)) return fillUpTo === null ? tokens : filledTokens(whole, fillUpTo);
  const trimmed = trimmedTokens(whole);
  if (trimmed === null || sumOf(trimmed) < Math.max(1, budgetLeast(instance.recipe))) return null;
  if (domainsShortOfFamilies(instance, trimmed).length > 0) return null;
  const filled = filledTokens({ ...whole, tokens: trimmed }, sumOf(tokens));
  return sumOf(filled) < Math.max(1, budgetLeast(instance.recipe)) ? null : filled;
}

const sumOf = (values: readonly number[]) => values.reduce((sum, n) => sum + n, 0);

function tallyOf(instance: Instance, tokens: readonly number[]): TallyRow[] {
  return instance.strata.map((key, i) => {
    return { key, tokens: tokens[i]!, documents: documentsPlanned(key, tokens[i]!) };
  });
}

function moneyOver(instance: Instance, tokens: readonly number[]): number {
  const limit = instance.licence?.budgetMinorUnits ?? null;
  if (limit === null) return 0;
  const documents = instance.strata.map((key, i) => documentsPlanned(key, tokens[i]!));
  return Math.max(
    0,
    licenceCost(instance.licence!, instance.strata, { tokens, documents }) - limit,
  );
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
  const prices =
    solver === null ? null : await planPrices(found.model, found.staged, usages, solver);
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
