/**
 * The one function by which caps are judged: on planned tokens, after rounding to whole documents,
 * and on tokens counted from the written files. Integers only: a share is a decimal fraction, so
 * `part <= share x whole` is decided exactly. A cap at a confidence counts a token by its weight in
 * millionths (`cap-weights.ts`), decided as exactly. A cap on nothing (part and whole 0) is kept.
 */
import { assert } from '../schema/failure.js';
import type { CapUsage, Inventory, Stratum, StratumKey } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import { anchorUsages } from './anchor.js';
import {
  capRows,
  domainsOf,
  FAMILIES_CAP,
  type FamilyRow,
  familyRows,
  LICENCE_CAP,
  REPETITION_CAP,
} from './cap-rows.js';
import { capUsage } from './cap-usage.js';
import { truthsOf } from './cap-weights.js';
import { churnUsages } from './churn.js';
import { licenceCost, licenceTerms } from './licence.js';
import { floorShare } from './rational.js';
import { budgetUsages } from './rule-usages.js';
import { byCode, keyText, nameParts, repetitionFactors, tokensWritable } from './stratum.js';
import { sumAt, sumOf } from './sums.js';

/** Tokens and documents of one stratum, every pass counted. */
export interface TallyRow {
  readonly key: StratumKey;
  readonly tokens: number;
  readonly documents: number;
}

/**
 * Every cap of the recipe on a tally. The inventory says which domains `each` means though nothing of
 * them was written, what each stratum really is (for caps at a confidence), what may be repeated and
 * what licences cost. Order: caps by id and scope, families, repetition by source, licence budget, least budget, anchor, churn.
 * Cost: caps x strata.
 */
export function capUsages(
  recipe: Recipe,
  tally: readonly TallyRow[],
  inventory: Inventory,
): CapUsage[] {
  const keys = tally.map((row) => row.key);
  const tokens = tally.map((row) => row.tokens);
  tokens.forEach((n) => {
    assert(Number.isSafeInteger(n) && n >= 0, `tokens ${n}`);
  });
  const { strata } = inventory;
  const usable = strata.filter((stratum) => stratum.tokens > 0);
  const domains = domainsOf([...keys, ...usable]);
  const rows = capRows(recipe, { keys, domains, truthOf: truthsOf(inventory) });
  return [
    ...rows.map((row) => capUsage(row, tokens)),
    ...familyUsages(recipe, familyRows(keys), tokens),
    ...repetitionUsages(recipe, strata, tally),
    ...licenceUsages(recipe, strata, tally),
    ...budgetUsages(recipe, sumOf(tokens)),
    ...anchorUsages(
      recipe,
      inventory,
      byStratum(tally, (row) => row.tokens),
    ),
    ...churnUsages(recipe, inventory, tally),
  ];
}

/** Per scope with synthetic text: the largest family against the share, the number of families. */
function familyUsages(
  recipe: Recipe,
  rows: readonly FamilyRow[],
  tokens: readonly number[],
): CapUsage[] {
  const rule = recipe.modelFamilies;
  if (rule === null) return [];
  const scopes = new Map<string, { family: string; tokens: number }[]>();
  for (const row of rows) {
    const family = { family: row.family, tokens: sumAt(tokens, row.part) };
    if (family.tokens === 0) continue;
    scopes.set(row.scope, [...(scopes.get(row.scope) ?? []), family]);
  }
  return [...scopes].flatMap(([scope, families]) => {
    const whole = families.reduce((sum, f) => sum + f.tokens, 0);
    const largest = families.reduce((a, b) => (b.tokens > a.tokens ? b : a));
    const limitTokens = floorShare(rule.maxShare, whole);
    const slack = limitTokens - largest.tokens;
    const spare = families.length - rule.minCount;
    const common = { capId: FAMILIES_CAP, scope };
    return [
      {
        ...{ ...common, kind: 'families_max_share', limit: rule.maxShare, limitTokens },
        confidence: null,
        ...{ part: largest.tokens, whole, used: largest.tokens / whole, slack, kept: slack >= 0 },
        reason: `largest family of the synthetic text: ${largest.family}`,
      },
      {
        ...{ ...common, kind: 'families_min_count', limit: rule.minCount, confidence: null },
        ...{ limitTokens: rule.minCount, part: families.length, whole: families.length },
        ...{ used: families.length, slack: spare, kept: spare >= 0 },
        reason: `families of the synthetic text: ${families.map((f) => f.family).join(', ')}`,
      },
    ];
  });
}

function byStratum(
  tally: readonly TallyRow[],
  amount: (row: TallyRow) => number,
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const row of tally) {
    const key = keyText(row.key);
    sums.set(key, (sums.get(key) ?? 0) + amount(row));
  }
  return sums;
}

/**
 * One row per source that is used: its most repeated stratum. `limit` is the factor, `limitTokens`
 * what the factor allows of that stratum, `whole` what it holds. Tokens of a stratum that the
 * inventory does not know are a breach, for nothing is available there.
 */
function repetitionUsages(
  recipe: Recipe,
  strata: readonly Stratum[],
  tally: readonly TallyRow[],
): CapUsage[] {
  const factorOf = repetitionFactors(recipe);
  const available = new Map(strata.map((stratum) => [keyText(stratum), stratum.tokens]));
  const keys = new Map(tally.map((row) => [keyText(row.key), row.key]));
  const written = byStratum(tally, (row) => row.tokens);
  const worst = new Map<string, CapUsage>();
  for (const [text, part] of [...written].sort(([a], [b]) => byCode(a, b))) {
    if (part === 0) continue;
    const key = keys.get(text)!;
    const [source = '', ...place] = nameParts(key);
    const whole = available.get(text) ?? 0;
    const limit = factorOf(source);
    const limitTokens = tokensWritable(limit, whole);
    const slack = limitTokens - part;
    const usage: CapUsage = {
      ...{ capId: `${REPETITION_CAP}:${source}`, scope: 'all', kind: 'repetition' },
      ...{ limit, confidence: null, limitTokens, part, whole },
      ...{ used: whole === 0 ? 0 : part / whole, slack, kept: slack >= 0 },
      reason: `most repeated: ${place.join(' / ')}`,
    };
    const before = worst.get(source);
    if (before === undefined || isTighter(usage, before)) worst.set(source, usage);
  }
  return [...worst.keys()].sort(byCode).map((source) => worst.get(source)!);
}

/** More of its limit taken; a breach beats everything. Compared exactly. */
function isTighter(a: CapUsage, b: CapUsage): boolean {
  if (a.kept !== b.kept) return !a.kept;
  if (a.limitTokens === 0 || b.limitTokens === 0) return a.limitTokens < b.limitTokens;
  return BigInt(a.part) * BigInt(b.limitTokens) > BigInt(b.part) * BigInt(a.limitTokens);
}

/** The licence budget on a tally; nothing where there is none. */
export function licenceUsages(
  recipe: Recipe,
  strata: readonly Stratum[],
  tally: readonly TallyRow[],
): CapUsage[] {
  if (recipe.licenceBudget === null) return [];
  const cost = licenceOf(recipe, strata, tally)?.minorUnits ?? 0;
  const terms = licenceTerms(recipe, strata);
  return [licenceUsage(cost, terms?.budgetMinorUnits ?? 0)];
}

/** What is paid against what may be paid, in minor units. */
export function licenceUsage(cost: number, limit: number): CapUsage {
  const slack = limit - cost;
  return {
    ...{ capId: LICENCE_CAP, scope: 'all', kind: 'licence_budget', limit, confidence: null },
    limitTokens: limit,
    ...{ part: cost, whole: cost, used: cost, slack, kept: slack >= 0, reason: '' },
  };
}

/** What the grants of a tally cost; null where the recipe has neither fees nor a licence budget. */
export function licenceOf(
  recipe: Recipe,
  strata: readonly Stratum[],
  tally: readonly TallyRow[],
): { currency: string; minorUnits: number } | null {
  const terms = licenceTerms(recipe, strata);
  if (terms === null) return null;
  const tokens = byStratum(tally, (row) => row.tokens);
  const documents = byStratum(tally, (row) => row.documents);
  const used = {
    tokens: strata.map((stratum) => tokens.get(keyText(stratum)) ?? 0),
    documents: strata.map((stratum) => documents.get(keyText(stratum)) ?? 0),
  };
  return { currency: terms.currency, minorUnits: licenceCost(terms, strata, used) };
}
