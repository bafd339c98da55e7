/**
 * Which caps cannot hold together. A set conflicts when under it no token can be written at all. The
 * conflict is irreducible: without any one of its members, something can be written. Found by
 * QuickXplain (U. Junker, 2004), about k log(n/k) solves for k members of n caps.
 */
import type { InfeasiblePlan, Inventory } from '../schema/plan.js';
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
import { sumAt } from './cap-usage.js';
import { WHOLE_WEIGHT } from './cap-weights.js';
import type { Instance } from './instance.js';
import { type MixModelOptions, mixModel } from './mix-model.js';
import type { Row, Solver } from './model.js';
import { budgetLeast } from './rule-usages.js';

type Conflict = InfeasiblePlan['conflict'];

/** Less than this many tokens is no mix: one token, or the solver's noise on a large budget. */
export function tokensLeast(instance: Instance): number {
  return Math.max(1 - 1e-6, 1e-6 * instance.tokensPerUnit);
}

/** Caps stand or fall by scope, the rules on families and money as a whole. */
const groupOf = (row: Row): string | null =>
  row.capId === null ? null : JSON.stringify([row.capId, isRule(row.capId) ? 'all' : row.scope]);
const isRule = (capId: string) => capId === FAMILIES_CAP || capId === LICENCE_CAP;

/** The members of one irreducible conflict, each with a sentence. */
export async function findConflict(
  instance: Instance,
  options: MixModelOptions,
  solver: Solver,
): Promise<Conflict> {
  const { draft, x, total } = mixModel(instance, options);
  x.forEach((column, i) => {
    draft.columns[column]!.upper = instance.writable[i]! / instance.tokensPerUnit;
  });
  const groups = [...new Set(draft.rows.map(groupOf).filter((group) => group !== null))];
  const objective = { sense: 'maximise', indices: [total], values: [1] } as const;
  const isConflict = async (active: readonly string[]): Promise<boolean> => {
    const kept = new Set(active);
    const rows = draft.rows.filter((row) => {
      const group = groupOf(row);
      return group === null || kept.has(group);
    });
    const solution = await solver.solve({ columns: draft.columns, rows, objective });
    if (solution.status === 'infeasible') return true;
    if (solution.status !== 'optimal') return false;
    return solution.values[total]! * instance.tokensPerUnit < tokensLeast(instance);
  };
  if (await isConflict([])) return [statement(instance, REPETITION_CAP, 'all')];
  if (!(await isConflict(groups))) return [];
  const members = await quickXplain([], false, groups, isConflict);
  return members.map((group) => {
    const [capId, scope] = JSON.parse(group) as [string, string];
    return statement(instance, capId, scope);
  });
}

type Test = (active: readonly string[]) => Promise<boolean>;

async function quickXplain(
  background: readonly string[],
  isGrown: boolean,
  groups: readonly string[],
  test: Test,
): Promise<string[]> {
  if (isGrown && (await test(background))) return [];
  if (groups.length <= 1) return [...groups];
  const half = groups.length >> 1;
  const first = groups.slice(0, half);
  const second = groups.slice(half);
  const needed = await quickXplain([...background, ...first], true, second, test);
  const others = await quickXplain([...background, ...needed], needed.length > 0, first, test);
  return [...others, ...needed];
}

function statement(instance: Instance, capId: string, scope: string): Conflict[number] {
  const { recipe } = instance;
  const say = (text: string) => ({ capId, scope, statement: text });
  if (capId === BUDGET_CAP) return say(`at most ${count(recipe.tokenBudget)} tokens in all`);
  if (capId === BUDGET_FLOOR) {
    const least = `at least ${count(budgetLeast(recipe))} tokens in all`;
    const share = `${percent(recipe.minBudgetShare)} of the budget`;
    return { capId: BUDGET_CAP, scope, statement: `${least} (min_budget_share: ${share})` };
  }
  if (capId === LICENCE_CAP) {
    const { amount, currency } = recipe.licenceBudget!;
    return say(`licences may cost at most ${amount} ${currency}`);
  }
  if (capId === ANCHOR_CAP) return say(anchorStatement(instance));
  if (capId === CHURN_CAP) {
    const share = percent(recipe.churnMax!);
    return say(
      `at most ${share} of the mix elsewhere than in ${instance.inventory.previous!.version}`,
    );
  }
  if (capId === FAMILIES_CAP) {
    const { minCount, maxShare } = recipe.modelFamilies!;
    const share = percent(maxShare);
    return say(
      `synthetic text of at least ${minCount} model families, each at most ${share} of it`,
    );
  }
  if (capId === REPETITION_CAP) {
    return say(`no text may be used: every repetition factor allows less than a token`);
  }
  return say(
    capStatement(instance, instance.caps.find((r) => r.capId === capId && r.scope === scope)!),
  );
}

/** `at least 900 of 1,000 human tokens of 2026.05.01; usable: 800, absent: 200`. */
function anchorStatement({ inventory, anchor }: Instance): string {
  const { least, whole, usable } = anchor!;
  const kept = `at least ${count(least)} of ${count(whole)} human tokens of ${inventory.previous!.anchor!.version}`;
  return `${kept}; usable: ${count(usable)}, absent: ${count(whole - usable)}`;
}

/** `at least 60 % of health text that is human_authored; usable: 0 of 120,000 tokens`. */
export function capStatement(instance: Instance, row: CapRow): string {
  const { recipe, writable } = instance;
  const cap = recipe.caps.find((c) => c.id === row.capId)!;
  const filters = [
    cap.provenance === null ? '' : `that is ${cap.provenance.join(' or ')}`,
    cap.source === null ? '' : `from source ${cap.source}`,
    cap.modelFamily === null ? '' : `by model family ${cap.modelFamily}`,
    cap.site === null ? '' : `of site ${cap.site}`,
    cap.language === null ? '' : `in language ${cap.language}`,
    cap.licenceTier === null ? '' : `under ${cap.licenceTier.join(' or ')} licences`,
    cap.licensed === true ? 'under a grant' : '',
    cap.lineageDepth === null ? '' : `of lineage depth ${cap.lineageDepth} or more`,
  ].filter((text) => text !== '');
  const isShare = row.kind.endsWith('share');
  const most = row.kind.startsWith('max') ? 'at most' : 'at least';
  const amount = isShare ? percent(row.limit) : `${count(row.limit)} tokens`;
  const place = row.scope === 'all' ? "the mix's" : row.scope;
  const of = `${most} ${amount} of ${place} ${['text', ...filters].join(' ')}`;
  const { part, whole } = amountsOf(row, writable);
  const lost = part > 0 ? null : contaminatedOf(instance.inventory, row.scope);
  const why = lost === null ? '' : `; ${lost}`;
  const usable = `${count(part)} of ${count(whole)} tokens${why}`;
  if (row.confidence === null) return `${of}; usable: ${usable}`;
  const bound = row.kind.startsWith('max') ? 'it may be' : 'it surely is';
  return `${of}, at ${percent(row.confidence)} confidence; of usable text ${bound}: ${usable}`;
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
