/**
 * The page of a plan without a mix: verdict, the conflict first where there is one, pictures (where the
 * text goes, what the caps cost, the frontier of a sweep), what a change moved, then every table.
 */
import type { InfeasiblePlan, Inventory, Plan } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import type { ChartSpec } from './charts.js';
import { formatCompact, formatCount, formatMoney, formatShare, NONE, plural } from './format.js';
import type { Frontier } from './frontier.js';
import { frontierTable } from './frontier-tables.js';
import { renderCharts, renderFigures, renderHead, renderPage } from './html.js';
import { infeasibleLines } from './infeasible-lines.js';
import { escapeHtml, renderList, renderTable } from './markup.js';
import { frontierChart, planCharts } from './plan-charts.js';
import type { PlanSide } from './plan-diff.js';
import { planDiffTables } from './plan-diff-tables.js';
import { bindingCaps, labelShare, targetDeviation } from './plan-figures.js';
import { budgetPriceText, PRICES_READ } from './price-cells.js';
import {
  funnelsTable,
  leftOutTable,
  planLines,
  plannedStrata,
  planTables,
  strataTable,
  type Table,
} from './tables.js';
import { shareOf } from './tally.js';
import { tightnessOf } from './view-caps.js';
import { funnelsOf } from './view-funnel.js';

export interface PlanPage {
  readonly plan: Plan;
  readonly inventory: Inventory;
  /** Null where only the plan is known. */
  readonly recipe: Recipe | null;
  /** The frontier of a sweep, where one was made. */
  readonly frontier?: Frontier | null;
  /** The plan that this one is a change of, where two were compared. */
  readonly before?: PlanSide | null;
}

/** The pictures of the page, to be drawn by `engines/plot`. */
export function planPageCharts({ plan, inventory, frontier }: PlanPage): ChartSpec[] {
  const sweep = frontier == null ? [] : [frontierChart(frontier)];
  return [...planCharts(plan, inventory), ...sweep];
}

/**
 * @param charts SVG by chart id, as `engines/plot` draws them; trusted markup
 * @returns a complete HTML page; the same plan and inventory give the same bytes
 */
export function renderPlanReport(page: PlanPage, charts: Readonly<Record<string, string>>): string {
  const { plan, inventory, recipe } = page;
  const body = [
    headOf(page),
    '<main>',
    plan.status === 'optimal' ? figuresOf(plan) : conflictOf(plan, inventory),
    renderList('Notes of the plan', plan.notes),
    picturesOf(page, charts),
    changeOf(page),
    frontierOf(page),
    plan.status === 'optimal' ? optimalOf(plan, inventory) : '',
    inventoryOf(plan, inventory),
    '</main>',
    `<footer>Nothing was written for this plan. Recipe fingerprint ${escapeHtml(plan.recipeFingerprint)}.</footer>`,
  ];
  const name = recipe === null ? '' : ` of ${recipe.name}@${recipe.version}`;
  return renderPage(`Plan ${plan.recipeFingerprint.slice(0, 12)}${name}`, body.join('\n'));
}

function headOf({ plan, recipe }: PlanPage): string {
  const facts: [string, string][] = [
    ['recipe', plan.recipeFingerprint.slice(0, 12)],
    ['solver', `${plan.solver.name} ${plan.solver.version}`],
  ];
  const verdict =
    plan.status === 'optimal'
      ? {
          good: true,
          strong: `${formatCount(plan.tokensAllocated)} of ${formatCount(plan.tokenBudget)} tokens planned`,
          rest: [`All ${formatCount(plan.caps.length)} caps hold on the plan.`],
        }
      : { good: false, ...infeasibleVerdict(plan) };
  const name = { name: recipe?.name ?? 'Plan', version: recipe?.version ?? null };
  return renderHead('Mix plan', name, facts, verdict);
}

/** The first lines of the terminal. */
function infeasibleVerdict(plan: InfeasiblePlan) {
  const lines = infeasibleLines(plan);
  return {
    strong: `infeasible: ${lines.wrong}`,
    rest: [...lines.further, ...lines.ways, 'An infeasible plan allocates nothing.'],
  };
}

function figuresOf(plan: Extract<Plan, { status: 'optimal' }>): string {
  const { tokensAllocated, tokenBudget, licenceCost } = plan;
  const used = plan.allocations.filter((row) => row.tokensAllocated > 0);
  const count = (of: (row: (typeof used)[number]) => string) => new Set(used.map(of)).size;
  const binding = bindingCaps(plan).length;
  const off = targetDeviation(plan);
  return renderFigures([
    [
      'Tokens planned',
      formatCompact(tokensAllocated),
      `${formatShare(shareOf(tokensAllocated, tokenBudget))} of the budget`,
    ],
    [
      'Written by people',
      formatShare(labelShare(plan, ['human_authored', 'human_edited'])),
      `${plural(
        count((row) => row.domain),
        'domain',
      )}, ${plural(
        count((row) => row.source),
        'source',
      )}`,
    ],
    ['Synthetic', formatShare(labelShare(plan, ['synthetic'])), 'of the planned tokens'],
    ['Unknown provenance', formatShare(labelShare(plan, ['unknown'])), 'of the planned tokens'],
    ['Away from targets', formatShare(off), off === null ? 'no targets' : 'half the sum of misses'],
    ['Caps that cost tokens', formatCount(binding), `of ${plural(plan.caps.length, 'cap')}`],
    [
      'Licence cost',
      licenceCost === null ? NONE : formatMoney(licenceCost.minorUnits, licenceCost.currency),
      'at planned tokens',
    ],
    ['Strata used', formatCount(used.length), `of ${formatCount(plan.allocations.length)}`],
  ]);
}

/** The conflict and whatever else the terminal says of it, before what there is to plan with. */
function conflictOf(plan: InfeasiblePlan, inventory: Inventory): string {
  const tables = planTables(plan, inventory);
  const end = tables.findIndex(({ title }) => title === strataTable([]).title);
  const lead =
    plan.conflict.length === 1
      ? 'This rule alone leaves no mix.'
      : 'Each rule may hold by itself; together those of a table leave no mix.';
  return `<h2>The conflict</h2>
<p class="lead">${lead}</p>
${renderAll(tables.slice(0, end))}`;
}

function picturesOf(page: PlanPage, charts: Readonly<Record<string, string>>): string {
  const specs = planPageCharts(page);
  if (specs.length === 0) return '';
  return `<h2>The plan at a glance</h2>\n${renderCharts(specs, charts)}`;
}

/** What a change moved, as tables; those without rows are left out. */
function changeOf({ before, plan, recipe }: PlanPage): string {
  if (before == null) return '';
  const tables = planDiffTables(before, { name: 'this plan', plan, recipe });
  return `<h2>Against ${escapeHtml(before.name)}</h2>\n${renderAll(tables)}`;
}

const renderAll = (tables: readonly Table[]) =>
  tables
    .filter(({ rows }) => rows.length > 0)
    .map((table) => renderTable(table))
    .join('\n');

function frontierOf({ frontier }: PlanPage): string {
  if (frontier == null) return '';
  return `<h2>The frontier</h2>
<p class="lead">A whole plan at each value. Between two of them nothing is claimed but the edges that were searched.</p>
${renderTable(frontierTable(frontier.swept, frontier.points))}`;
}

function optimalOf(plan: Extract<Plan, { status: 'optimal' }>, inventory: Inventory): string {
  const [domains, caps] = planTables(plan, inventory);
  const column = caps!.columns.findIndex(({ name }) => name === 'used');
  const budget = budgetPriceText(plan.budgetPrice);
  const lengths = planLines(plan)
    .map(tightnessOf)
    .sort((a, b) => b - a);
  return `<h2>The plan</h2>
${renderTable(domains!)}
<p class="lead">${PRICES_READ}${budget === null ? '' : ` ${budget}`}</p>
${renderTable(caps!, { bar: { column, lengths }, badge: 3 })}`;
}

function inventoryOf(plan: Plan, inventory: Inventory): string {
  const strata = plannedStrata(plan, inventory);
  const funnels = funnelsOf({ sources: inventory.sources, leftOut: inventory.leftOut, strata });
  return `<h2>What there is to plan with</h2>
${renderTable(strataTable(strata))}
${inventory.leftOut.length > 0 ? renderTable(leftOutTable(inventory.leftOut)) : ''}
${renderTable(funnelsTable(funnels, 'documents'), { sumFirst: true })}
${renderTable(funnelsTable(funnels, 'tokens'), { sumFirst: true })}`;
}
