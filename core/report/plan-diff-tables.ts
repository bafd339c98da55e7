/** The difference of two plans as tables: what was changed first, then verdicts, tokens, caps, targets, notes. */
import type { Label } from '../schema/label.js';
import type { Plan } from '../schema/plan.js';
import {
  currencyOf,
  formatChange,
  formatCount,
  formatMoney,
  formatPoints,
  formatShare,
  formatWord,
  NONE,
} from './format.js';
import { movedOnlyTable } from './moved.js';
import { type CapChange, type PlanDifference, type PlanSide, planDifference } from './plan-diff.js';
import { labelShare, type PlannedCap, targetDeviation, verdictText } from './plan-figures.js';
import { priceCell, rangeCell } from './price-cells.js';
import { recipeChangesTable } from './recipe-changes.js';
import { capAmount, capSlack, conflictTable, left, right, type Table } from './tables.js';
import { tightnessOf } from './view-caps.js';

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
      ...budgetPriceRows(difference),
      ['part of the mix that moved', '', '', formatShare(moved)],
    ],
  };
}

/** What a token more of budget gives, and for how large a change. */
function budgetPriceRows({ budgetPrice: { before, after } }: PlanDifference): string[][] {
  if (before === null && after === null) return [];
  const [x, y] = [before, after].map((price) => ({ kind: 'token_budget', price }));
  const cells = (name: string, of: typeof priceCell) => {
    const [p, q] = [of(x!, ''), of(y!, '')];
    return [name, p, q, sameOr(p, q)];
  };
  return [cells('price of a token of budget', priceCell), cells('.. holds for', rangeCell)];
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
    currencyOf(plan.status === 'optimal' ? plan.licenceCost : null);
  const tightest = [...caps].sort((p, q) => weightOf(q) - weightOf(p));
  const range = (cap: PlannedCap | null, side: PlanSide) =>
    cap === null ? NONE : rangeCell(cap, currency(side));
  const isRanged = caps.some((cap) => [range(cap.before, a), range(cap.after, b)].some(isSaid));
  const cells = (cap: PlannedCap | null, side: PlanSide) => {
    const held = isRanged ? [range(cap, side)] : [];
    if (cap === null) return [NONE, NONE, NONE, NONE, ...held];
    return [
      capAmount(cap, cap.limit, currency(side)),
      capAmount(cap, cap.used, currency(side)),
      capSlack(cap, currency(side)),
      priceCell(cap, currency(side)),
      ...held,
    ];
  };
  const names = ['used', 'slack', 'price', ...(isRanged ? ['holds for'] : [])];
  return {
    title: 'Caps that changed',
    columns: [
      ...left('cap', 'scope', 'kind'),
      ...right('limit before', ...names, 'limit after', ...names),
    ],
    rows: tightest.map((cap) => [
      ...[cap.capId, cap.scope, formatWord(cap.kind)],
      ...[...cells(cap.before, a), ...cells(cap.after, b)],
    ]),
  };
}

const isSaid = (cell: string) => cell !== NONE;

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
