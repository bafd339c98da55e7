/**
 * Two plans beside each other: verdicts, where tokens moved, caps with their prices, targets, money,
 * notes. Either side may be infeasible: it then plans no token, and its conflict is shown.
 */
import type { Label } from '../schema/label.js';
import type { Allocation, Plan } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import {
  formatChange,
  formatCount,
  formatMoney,
  formatPoints,
  formatPrice,
  formatShare,
  formatWord,
  NONE,
} from './format.js';
import { type Moved, movedOnlyTable, movedShare, movedTokens } from './moved.js';
import { labelShare, type PlannedCap, targetDeviation, verdictText } from './plan-figures.js';
import { type RecipeChange, recipeChanges, recipeChangesTable } from './recipe-changes.js';
import { capAmount, capSlack, conflictTable, left, right, type Table } from './tables.js';
import { byText } from './tally.js';
import { tightnessOf } from './view-caps.js';

/** One of the two plans, with the name that people know it by. */
export interface PlanSide {
  readonly name: string;
  readonly plan: Plan;
  /** Null where only the plan is known. */
  readonly recipe: Recipe | null;
}

export interface CapChange {
  readonly capId: string;
  readonly scope: string;
  readonly kind: string;
  /** Null where that side has no such cap, or no plan. */
  readonly before: PlannedCap | null;
  readonly after: PlannedCap | null;
}

/** What differs, as data: the JSON of `diff` and `plan --compare`. */
export interface PlanDifference {
  readonly recipe: readonly RecipeChange[] | null;
  readonly status: { readonly before: Plan['status']; readonly after: Plan['status'] };
  readonly tokens: { readonly before: number; readonly after: number; readonly change: number };
  /** Part of the mix that moved between strata, in [0, 1]; null where one side has no mix. */
  readonly movedShare: number | null;
  readonly domains: readonly Moved[];
  readonly labels: readonly Moved[];
  readonly families: readonly Moved[];
  readonly sources: readonly Moved[];
  /** Strata that moved, by the parts of their key. */
  readonly strata: readonly Moved[];
  /** Caps whose limit, use, slack or price changed. */
  readonly caps: readonly CapChange[];
  readonly targets: readonly TargetChange[];
  readonly licenceCost: { readonly before: string | null; readonly after: string | null };
  readonly notes: { readonly gone: readonly string[]; readonly new: readonly string[] };
}

export interface TargetChange {
  readonly domain: string;
  readonly targetBefore: number | null;
  readonly targetAfter: number | null;
  readonly plannedBefore: number | null;
  readonly plannedAfter: number | null;
}

const allocationsOf = (plan: Plan): readonly Allocation[] =>
  plan.status === 'optimal' ? plan.allocations : [];
const tokensOf = (plan: Plan) => (plan.status === 'optimal' ? plan.tokensAllocated : 0);

export function planDifference(a: PlanSide, b: PlanSide): PlanDifference {
  const by = (name: (row: Allocation) => string) => {
    const side = ({ plan }: PlanSide) => {
      return { rows: allocationsOf(plan), name, tokens: (row: Allocation) => row.tokensAllocated };
    };
    return movedTokens(side(a), side(b));
  };
  const strata = by(stratumName);
  const [before, after] = [tokensOf(a.plan), tokensOf(b.plan)];
  const bothPlan = before > 0 && after > 0;
  return {
    recipe: a.recipe === null || b.recipe === null ? null : recipeChanges(a.recipe, b.recipe),
    status: { before: a.plan.status, after: b.plan.status },
    tokens: { before, after, change: after - before },
    movedShare: bothPlan ? movedShare(strata) : null,
    domains: by((row) => row.domain),
    labels: by((row) => row.label),
    families: by((row) => (row.label === 'synthetic' ? row.modelFamily || 'unstated' : '')),
    sources: by((row) => row.source),
    strata: strata.filter((row) => row.before !== row.after),
    caps: capChanges(a.plan, b.plan),
    targets: targetChanges(a.plan, b.plan),
    licenceCost: { before: moneyOf(a.plan), after: moneyOf(b.plan) },
    notes: {
      gone: a.plan.notes.filter((note) => !b.plan.notes.includes(note)),
      new: b.plan.notes.filter((note) => !a.plan.notes.includes(note)),
    },
  };
}

function stratumName(row: Allocation): string {
  const { source, domain, label, modelFamily, grantId, lineageDepth, site, language } = row;
  const depth = lineageDepth === 0 ? '' : `lineage depth ${lineageDepth}`;
  const parts = [source, domain, formatWord(label), modelFamily, depth, site, language];
  const anchored = row.anchored ? 'anchored' : '';
  return [...parts, anchored, grantId].filter((part) => part !== '').join(' / ');
}

function moneyOf(plan: Plan): string | null {
  const cost = plan.status === 'optimal' ? plan.licenceCost : null;
  return cost === null ? null : formatMoney(cost.minorUnits, cost.currency);
}

/** Caps by id, scope and kind; those that are equal on both sides are left out. */
function capChanges(a: Plan, b: Plan): CapChange[] {
  const keyed = (plan: Plan) => {
    const caps = plan.status === 'optimal' ? plan.caps : [];
    return new Map(caps.map((cap) => [JSON.stringify([cap.capId, cap.scope, cap.kind]), cap]));
  };
  const [x, y] = [keyed(a), keyed(b)];
  const keys = [...new Set([...x.keys(), ...y.keys()])].sort(byText);
  return keys.flatMap((key): CapChange[] => {
    const [before, after] = [x.get(key) ?? null, y.get(key) ?? null];
    const { capId, scope, kind } = (before ?? after)!;
    return isSameCap(before, after) ? [] : [{ capId, scope, kind, before, after }];
  });
}

const MEASURES = ['limit', 'part', 'whole', 'slack', 'shadowPrice', 'kept'] as const;

function isSameCap(a: PlannedCap | null, b: PlannedCap | null): boolean {
  if (a === null || b === null) return false;
  return MEASURES.every((measure) => a[measure] === b[measure]);
}

function targetChanges(a: Plan, b: Plan): TargetChange[] {
  const keyed = (plan: Plan) =>
    new Map((plan.status === 'optimal' ? plan.targets : []).map((row) => [row.domain, row]));
  const [x, y] = [keyed(a), keyed(b)];
  const domains = [...new Set([...x.keys(), ...y.keys()])].sort(byText);
  return domains.flatMap((domain) => {
    const [p, q] = [x.get(domain), y.get(domain)];
    if (p?.target === q?.target && p?.planned === q?.planned) return [];
    const targets = { targetBefore: p?.target ?? null, targetAfter: q?.target ?? null };
    return [
      { domain, ...targets, plannedBefore: p?.planned ?? null, plannedAfter: q?.planned ?? null },
    ];
  });
}

/** How much of long tables a terminal shows. */
export interface Shortened {
  /** Rows of strata and caps; the rest is counted in the title. */
  readonly rowsMost: number;
}

function shortened(table: Table, short: Shortened | null): Table {
  const more = table.rows.length - (short?.rowsMost ?? table.rows.length);
  if (more <= 0) return table;
  const rows = table.rows.slice(0, short!.rowsMost);
  return { ...table, rows, title: `${table.title}, ${formatCount(more)} more in --json` };
}

/** The difference as tables, what was changed first. Empty ones have no rows. */
export function planDiffTables(
  a: PlanSide,
  b: PlanSide,
  difference = planDifference(a, b),
  short: Shortened | null = null,
): Table[] {
  const { recipe, domains, labels, families, sources, strata } = difference;
  return [
    ...(recipe === null ? [] : [recipeChangesTable(recipe)]),
    headTable(a, b, difference),
    ...[a, b].flatMap(conflictOf),
    shortened(movedOnlyTable('Tokens by domain', domains), short),
    movedOnlyTable(
      'Tokens by label',
      labels.map((row) => ({ ...row, name: formatWord(row.name) })),
    ),
    movedOnlyTable('Synthetic tokens by model family', families),
    shortened(movedOnlyTable('Tokens by source', sources), short),
    shortened(movedOnlyTable('Tokens by stratum', strata), short),
    shortened(capChangesTable(a, b, difference), short),
    shortened(targetChangesTable(difference), short),
    notesTable(difference),
  ];
}

function conflictOf({ name, plan }: PlanSide): Table[] {
  if (plan.status === 'optimal') return [];
  return [{ ...conflictTable(plan), title: `These cannot hold together: ${name}` }];
}

function headTable(a: PlanSide, b: PlanSide, difference: PlanDifference): Table {
  const count = (name: string, x: number, y: number) => [
    ...[name, formatCount(x), formatCount(y), formatChange(y - x)],
  ];
  const share = (name: string, of: (plan: Plan) => number | null) => {
    const [x, y] = [of(a.plan), of(b.plan)];
    const change = x === null || y === null ? NONE : formatPoints(y - x);
    return [name, formatShare(x), formatShare(y), change];
  };
  const label = (name: string, ...labels: Label[]) => share(name, (p) => labelShare(p, labels));
  const { tokens, licenceCost, movedShare: moved } = difference;
  const budget = ({ plan, recipe }: PlanSide) =>
    plan.status === 'optimal' ? plan.tokenBudget : (recipe?.tokenBudget ?? 0);
  return {
    title: 'Plans',
    columns: [...left(''), ...right(a.name, b.name, 'change')],
    rows: [
      ['verdict', verdictText(a.plan), verdictText(b.plan), sameOr(a.plan.status, b.plan.status)],
      count('tokens planned', tokens.before, tokens.after),
      count('token budget', budget(a), budget(b)),
      label('written by people', 'human_authored', 'human_edited'),
      label('synthetic', 'synthetic'),
      label('unknown', 'unknown'),
      share('away from targets', targetDeviation),
      ['licence cost', licenceCost.before ?? NONE, licenceCost.after ?? NONE, moneyChange(a, b)],
      ['part of the mix that moved', '', '', formatShare(moved)],
    ],
  };
}

const sameOr = (a: string, b: string) => (a === b ? 'same' : 'changed');

function moneyChange(a: PlanSide, b: PlanSide): string {
  const cost = ({ plan }: PlanSide) => (plan.status === 'optimal' ? plan.licenceCost : null);
  const [x, y] = [cost(a), cost(b)];
  if (x === null || y === null || x.currency !== y.currency) return NONE;
  const change = y.minorUnits - x.minorUnits;
  return change === 0 ? 'same' : formatMoney(change, x.currency);
}

function capChangesTable(a: PlanSide, b: PlanSide, { caps }: PlanDifference): Table {
  const currency = ({ plan }: PlanSide) =>
    (plan.status === 'optimal' ? plan.licenceCost?.currency : null) ?? 'XXX';
  const cells = (cap: PlannedCap | null, side: PlanSide) =>
    cap === null
      ? [NONE, NONE, NONE, NONE]
      : [
          capAmount(cap, cap.limit, currency(side)),
          capAmount(cap, cap.used, currency(side)),
          capSlack(cap, currency(side)),
          formatPrice(cap.shadowPrice),
        ];
  const tightest = [...caps].sort((p, q) => weightOf(q) - weightOf(p));
  return {
    title: 'Caps that changed',
    columns: [
      ...left('cap', 'scope', 'kind'),
      ...right('limit before', 'used', 'slack', 'price', 'limit after', 'used', 'slack', 'price'),
    ],
    rows: tightest.map((cap) => [
      ...[cap.capId, cap.scope, formatWord(cap.kind)],
      ...[...cells(cap.before, a), ...cells(cap.after, b)],
    ]),
  };
}

/** Changed limits first, then by price, then what is full. */
function weightOf({ before, after }: CapChange): number {
  const isOther = before?.limit !== after?.limit;
  const price = Math.max(Math.abs(before?.shadowPrice ?? 0), Math.abs(after?.shadowPrice ?? 0));
  const tight = Math.max(...[before, after].map((cap) => (cap === null ? 0 : tightnessOf(cap))));
  return (isOther ? 1e12 : 0) + 1e3 * price + Math.min(1, tight);
}

function targetChangesTable({ targets }: PlanDifference): Table {
  return {
    title: 'Targets that are reached otherwise',
    columns: [
      ...left('domain'),
      ...right('target before', 'planned before', 'target after', 'planned after'),
    ],
    rows: targets.map((row) => [
      ...[row.domain, formatShare(row.targetBefore, 2), formatShare(row.plannedBefore, 2)],
      ...[formatShare(row.targetAfter, 2), formatShare(row.plannedAfter, 2)],
    ]),
  };
}

/** Notes on targets say what the table of targets shows. */
const TARGET_NOTE = 'target of ';

function notesTable({ notes }: PlanDifference): Table {
  const shown = (list: readonly string[]) => list.filter((note) => !note.startsWith(TARGET_NOTE));
  const gone = shown(notes.gone).map((note) => ['gone', note]);
  const rows = [...gone, ...shown(notes.new).map((note) => ['new', note])];
  return { title: 'Notes', columns: left('', 'note'), rows };
}
