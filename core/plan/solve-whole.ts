/**
 * From an instance to whole tokens that keep the rules and the money: stages give fractions, `whole-tokens.ts`
 * integers; families are stated with integers where they fall short, and money is looked for again
 * (`money-search.ts`) where whole documents overspend.
 */
import { Failure } from '../schema/failure.js';
import type { Instance } from './instance.js';
import { licenceCost } from './licence.js';
import {
  domainsShortOfFamilies,
  type MixModel,
  type MixModelOptions,
  mixModel,
} from './mix-model.js';
import type { Solver } from './model.js';
import { MONEY_ROUNDS_MAX, MoneySearch } from './money-search.js';
import { documentsFewer, filledTokens, trimmedTokens, type Whole } from './money-tokens.js';
import { tokensLeast } from './relaxed-model.js';
import { churnRoom } from './rule-rows.js';
import { budgetLeast } from './rule-usages.js';
import { type StageOptions, solveStages } from './stages.js';
import { documentsPlanned } from './stratum.js';
import { sumOf } from './sums.js';
import { tokensMost, wholeTokens } from './whole-tokens.js';

/**
 * A plan trimmed to the money by more than this share of its tokens is made again in whole documents: below it,
 * integers cost more time than their tokens are worth.
 */
const LOST_SHARE = 1e-4;

export interface Found extends Whole {
  readonly status: 'optimal';
  readonly options: MixModelOptions;
}

export type Outcome = Found | { readonly status: 'infeasible'; readonly options: MixModelOptions };

/** Room for whole tokens and documents is kept where it can be; what the rules ask for counts. */
export async function solveWithRoom(
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
      const found = { status: 'optimal', options, model, staged, tokens: affordable } as const;
      const lost = overspent > 0 ? sumOf(tokens) - sumOf(affordable) : 0;
      const isLess = lost > LOST_SHARE * sumOf(tokens);
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

/** The whole budget, in fractions of documents: what is said of the rules is said with it. */
export const ALL_MONEY = { marginMinor: 0, inDocuments: false } as const;

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
function within(whole: Whole, fillUpTo: number | null): readonly number[] | null {
  const { model, tokens } = whole;
  const { instance } = model;
  if (moneyOver(instance, tokens) === 0)
    return fillUpTo === null ? tokens : filledTokens(whole, fillUpTo);
  const trimmed = trimmedTokens(whole) ?? documentsFewer(whole);
  if (trimmed === null || sumOf(trimmed) < Math.max(1, budgetLeast(instance.recipe))) return null;
  if (domainsShortOfFamilies(instance, trimmed).length > 0) return null;
  const filled = filledTokens({ ...whole, tokens: trimmed }, sumOf(tokens));
  return sumOf(filled) < Math.max(1, budgetLeast(instance.recipe)) ? null : filled;
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
