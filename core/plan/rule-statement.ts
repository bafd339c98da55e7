/**
 * Rules in plain words, with the figures that matter: what is asked for, and how much text there is
 * for it.
 */
import type { Inventory } from '../schema/plan.js';
import {
  ANCHOR_CAP,
  BUDGET_CAP,
  BUDGET_FLOOR,
  type CapRow,
  CHURN_CAP,
  FAMILIES_CAP,
  LICENCE_CAP,
  REPETITION_CAP,
  weightsOf,
} from './cap-rows.js';
import { WHOLE_WEIGHT } from './cap-weights.js';
import type { Instance } from './instance.js';
import { familiesPresentable } from './mix-model.js';
import { budgetLeast } from './rule-usages.js';
import { byCode } from './stratum.js';
import { sumAt } from './sums.js';

/** What a rule of the recipe asks for; `scope` is a domain or `all`. */
export function ruleStatement(instance: Instance, capId: string, scope: string): string {
  const { recipe, caps } = instance;
  const row = caps.find((r) => r.capId === capId && r.scope === scope);
  if (row !== undefined) return capStatement(instance, row);
  if (capId === BUDGET_CAP) return `at most ${count(recipe.tokenBudget)} tokens in all`;
  if (capId === BUDGET_FLOOR) return budgetStatement(instance);
  if (capId === LICENCE_CAP) {
    const { amount, currency } = recipe.licenceBudget!;
    return `licences may cost at most ${amount} ${currency}`;
  }
  if (capId === FAMILIES_CAP) return familiesStatement(instance);
  if (capId === ANCHOR_CAP) return anchorStatement(instance);
  if (capId === CHURN_CAP) {
    const share = percent(recipe.churnMax!);
    return `at most ${share} of the mix elsewhere than in ${instance.inventory.previous!.version}`;
  }
  return repetitionStatement(instance, capId);
}

function anchorStatement({ inventory, anchor }: Instance): string {
  const { least, whole, usable } = anchor!;
  const kept = `at least ${count(least)} of ${count(whole)} human tokens of ${inventory.previous!.anchor!.version}`;
  return `${kept}; usable: ${count(usable)}, absent: ${count(whole - usable)}`;
}

function budgetStatement({ recipe, writable }: Instance): string {
  const least = `at least ${count(budgetLeast(recipe))} tokens in all`;
  const usable = writable.reduce((sum, tokens) => sum + tokens, 0);
  return `${least} (${percent(recipe.minBudgetShare)} of the budget); usable: ${count(usable)} tokens`;
}

function familiesStatement(instance: Instance): string {
  const { minCount, maxShare } = instance.recipe.modelFamilies!;
  const scopes = new Set(instance.families.map(({ scope }) => scope));
  const counts = [...scopes]
    .filter((scope) => scope !== 'all')
    .map((scope) => familiesPresentable(instance, scope).size);
  const found =
    counts.length === 0
      ? 'no synthetic text'
      : Math.min(...counts) === Math.max(...counts)
        ? `text of ${counts[0]} families`
        : `text of ${Math.min(...counts)} to ${Math.max(...counts)} families a domain`;
  const least = minCount === 1 ? '1 model family' : `${minCount} model families`;
  const most = maxShare < 1 ? `, each at most ${percent(maxShare)} of it` : '';
  return `synthetic text must be of at least ${least}${most}; usable: ${found}`;
}

function repetitionStatement({ recipe, strata, writable }: Instance, capId: string): string {
  const source = capId === REPETITION_CAP ? null : capId.slice(REPETITION_CAP.length + 1);
  const own = recipe.sources.find(({ name }) => name === source)?.maxRepetitionFactor;
  const factor = own ?? recipe.maxRepetitionFactor;
  const of = source === null ? 'no text may be used' : `no text of source ${source} may be used`;
  const apart = new Set(
    recipe.sources.filter((s) => s.maxRepetitionFactor !== null).map((s) => s.name),
  );
  const isCovered = ({ source: name }: { source: string }) =>
    source === null ? !apart.has(name) : name === source;
  const sum = (values: readonly number[]) =>
    values.reduce((all, tokens, i) => all + (isCovered(strata[i]!) ? tokens : 0), 0);
  const usable = `${count(sum(writable))} of ${count(sum(strata.map(({ tokens }) => tokens)))} tokens`;
  if (factor >= 1) {
    const times = factor === 1 ? 'more than once' : `more than ${factor} times`;
    return `${of} ${times}; usable: ${count(sum(writable))} tokens`;
  }
  return `${of} more than ${factor} times, which is less than once; usable: ${usable}`;
}

/** `at least 60 % of health text must be human_authored; usable: 0 of 120,000 tokens`. */
export function capStatement(instance: Instance, row: CapRow): string {
  const { part, whole } = amountsOf(row, instance.writable);
  const lost = part > 0 ? null : lostOf(instance.inventory, row.scope);
  const usable = `${count(part)} of ${count(whole)} tokens${lost === null ? '' : `; ${lost}`}`;
  const asked = askedFor(instance, row);
  if (row.confidence === null) return `${asked}; usable: ${usable}`;
  const bound = row.kind.startsWith('max') ? 'it may be' : 'it surely is';
  return `${asked}, at ${percent(row.confidence)} confidence; of usable text ${bound}: ${usable}`;
}

function askedFor({ recipe }: Instance, row: CapRow): string {
  const cap = recipe.caps.find((c) => c.id === row.capId)!;
  const filters = [
    cap.provenance === null ? '' : cap.provenance.join(' or '),
    cap.source === null ? '' : `from source ${cap.source}`,
    cap.modelFamily === null ? '' : `by model family ${cap.modelFamily}`,
    cap.site === null ? '' : `of site ${cap.site}`,
    cap.language === null ? '' : `in language ${cap.language}`,
    cap.licenceTier === null ? '' : `under ${cap.licenceTier.join(' or ')} licences`,
    cap.licensed === true ? 'under a grant' : '',
    cap.lineageDepth === null ? '' : `of lineage depth ${cap.lineageDepth} or more`,
  ].filter((text) => text !== '');
  const isMaximum = row.kind.startsWith('max');
  const amount = row.kind.endsWith('share') ? percent(row.limit) : `${count(row.limit)} tokens`;
  const place = row.scope === 'all' ? 'the mix' : `${row.scope} text`;
  const asked = `${isMaximum ? 'at most' : 'at least'} ${amount} of ${place}`;
  return filters.length === 0
    ? asked
    : `${asked} ${isMaximum ? 'may' : 'must'} be ${filters.join(', ')}`;
}

/** Reasons for which text can be had back by no rule of the plan. */
const GONE = ['duplicate', 'holdout'];

/** Why text of a domain (or of `all`) is not there, where that is known: the reason that took the most. */
function lostOf(inventory: Inventory, domain: string): string | null {
  const contaminated = contaminatedOf(inventory, domain);
  if (contaminated !== null) return contaminated;
  const sums = new Map<string, number>();
  for (const row of inventory.leftOut) {
    if (GONE.includes(row.reason) || (domain !== 'all' && row.domain !== domain)) continue;
    sums.set(row.reason, (sums.get(row.reason) ?? 0) + row.tokens);
  }
  const [most] = [...sums].sort(([a, x], [b, y]) => y - x || byCode(a, b));
  if (most === undefined) return null;
  return `${count(most[1])} tokens were left out: ${most[0].replaceAll('_', ' ')}`;
}

/** Tokens that a cap counts of an amount per stratum, and those of its scope. */
export function amountsOf(
  row: CapRow,
  tokens: readonly number[],
): { readonly part: number; readonly whole: number } {
  const weights = weightsOf(row);
  let part = 0;
  for (const [i, weight] of weights) part += (weight / WHOLE_WEIGHT) * tokens[i]!;
  return { part, whole: sumAt(tokens, row.whole) };
}

/** Outcome of documents that hold benchmark items. */
const CONTAMINATED = 'contaminated';

/**
 * `456 documents with benchmark items (81,234 tokens) were left out as contaminated`, of a domain or of
 * `all`; null where there are none.
 */
export function contaminatedOf({ leftOut }: Inventory, domain: string): string | null {
  const rows = leftOut.filter(
    (row) => row.reason === CONTAMINATED && (domain === 'all' || row.domain === domain),
  );
  if (rows.length === 0) return null;
  const documents = rows.reduce((sum, row) => sum + row.documents, 0);
  const tokens = rows.reduce((sum, row) => sum + row.tokens, 0);
  return `${count(documents)} documents with benchmark items (${count(tokens)} tokens) were left out as contaminated`;
}

/** `12345` -> `12,345`. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `0.3` -> `30 %`, without float dust. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}
