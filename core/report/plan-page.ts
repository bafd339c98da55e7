/** The page of a plan without a mix: the conflict first where there is one, else allocation and caps. */
import type { Inventory, Plan } from '../schema/plan.js';
import { formatCount, plural } from './format.js';
import { renderHead, renderPage } from './html.js';
import { renderList, renderTable } from './markup.js';
import {
  conflictTable,
  funnelsTable,
  leftOutTable,
  plannedStrata,
  planTables,
  strataTable,
} from './tables.js';
import { tightnessOf } from './view-caps.js';
import { funnelsOf } from './view-funnel.js';

/** @returns a complete HTML page; the same plan and inventory give the same bytes */
export function renderPlanReport(plan: Plan, inventory: Inventory): string {
  const body = [
    headOf(plan),
    '<main>',
    plan.status === 'optimal' ? optimalOf(plan, inventory) : conflictOf(plan),
    renderList('Notes of the plan', plan.notes),
    inventoryOf(plan, inventory),
    '</main>',
    '<footer>Nothing was written for this plan.</footer>',
  ];
  return renderPage(`Plan ${plan.recipeFingerprint.slice(0, 12)}`, body.join('\n'));
}

function headOf(plan: Plan): string {
  const facts: [string, string][] = [
    ['recipe', plan.recipeFingerprint],
    ['solver', `${plan.solver.name} ${plan.solver.version}`],
  ];
  const verdict =
    plan.status === 'optimal'
      ? {
          good: true,
          strong: `${formatCount(plan.tokensAllocated)} of ${formatCount(plan.tokenBudget)} tokens planned`,
          rest: `All ${formatCount(plan.caps.length)} caps hold on the plan.`,
        }
      : {
          good: false,
          strong: `No mix can keep ${plan.conflict.length === 1 ? 'this cap' : `these ${plural(plan.conflict.length, 'cap')} at once`}`,
          rest: 'An infeasible plan allocates nothing. Change one of the caps below, or add text.',
        };
  return renderHead('Mix plan', { name: 'Plan', version: null }, facts, verdict);
}

function conflictOf(plan: Extract<Plan, { status: 'infeasible' }>): string {
  return `<h2>The conflict</h2>
<p class="lead">Each line may hold by itself; together they leave no mix.</p>
${renderTable(conflictTable(plan))}`;
}

function optimalOf(plan: Extract<Plan, { status: 'optimal' }>, inventory: Inventory): string {
  const [domains, caps] = planTables(plan, inventory);
  const column = caps!.columns.findIndex(({ name }) => name === 'used');
  const lengths = plan.caps.map(tightnessOf).sort((a, b) => b - a);
  return `<h2>The plan</h2>
${renderTable(domains!)}
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
