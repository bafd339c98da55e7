/**
 * What an infeasible plan claims, checked without a solver: it allocates nothing, its members are rules of the recipe with
 * the figures of the inventory, and its ways start from the recipe as it is and lead elsewhere. That the
 * members exclude each other, and that a way frees, is shown by solving alone.
 */
import type { InfeasiblePlan, Inventory, WayOut } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import {
  ANCHOR_CAP,
  BUDGET_CAP,
  BUDGET_FLOOR,
  CHURN_CAP,
  FAMILIES_CAP,
  LICENCE_CAP,
  REPETITION_CAP,
} from './cap-rows.js';
import { type Instance, instanceOf } from './instance.js';
import { limitsOf } from './knobs.js';
import { ruleStatement } from './rule-statement.js';

export function certifyInfeasible(
  recipe: Recipe,
  inventory: Inventory,
  plan: InfeasiblePlan,
): string[] {
  const complaints: string[] = [];
  if ('allocations' in plan) complaints.push('an infeasible plan carries an allocation');
  if (plan.tokenBudget !== recipe.tokenBudget) {
    complaints.push(`plan: budget ${plan.tokenBudget}, the recipe says ${recipe.tokenBudget}`);
  }
  const instance = instanceOf(recipe, inventory);
  return [
    ...complaints,
    ...checkMembers(instance, [plan.conflict, ...plan.further].flat()),
    ...plan.waysOut.flatMap((way, i) =>
      checkWay(recipe, way).map((say) => `waysOut[${i}]: ${say}`),
    ),
    ...checkOrder(plan.waysOut),
  ];
}

function checkMembers(instance: Instance, conflict: InfeasiblePlan['conflict']): string[] {
  const seen = new Set<string>();
  return conflict.flatMap(({ capId, scope, statement, without }) => {
    const name = `conflict: ${capId} in ${scope}`;
    const key = JSON.stringify([capId, scope]);
    if (seen.has(key)) return [`${name} stands twice`];
    seen.add(key);
    if (!isRule(instance, capId, scope)) return [`${name} is no rule of the recipe`];
    const complaints: string[] = [];
    if (statement !== ruleStatement(instance, capId, scope)) {
      complaints.push(`${name}: not what recipe and inventory say`);
    }
    if (!Number.isSafeInteger(without) || without < 1) {
      complaints.push(`${name}: ${without} tokens prove nothing`);
    }
    return complaints;
  });
}

function isRule({ recipe, caps }: Instance, capId: string, scope: string): boolean {
  if (caps.some((row) => row.capId === capId && row.scope === scope)) return true;
  if (scope !== 'all') return false;
  switch (capId) {
    case BUDGET_CAP:
    case REPETITION_CAP:
      return true;
    case BUDGET_FLOOR:
      return recipe.minBudgetShare > 0;
    case FAMILIES_CAP:
      return recipe.modelFamilies !== null;
    case LICENCE_CAP:
      return recipe.licenceBudget !== null;
    case ANCHOR_CAP:
      return recipe.anchor !== null;
    case CHURN_CAP:
      return recipe.churnMax !== null;
    default:
      return recipe.sources.some(
        (s) => s.maxRepetitionFactor !== null && capId === `${REPETITION_CAP}:${s.name}`,
      );
  }
}

/** A limit starts from the recipe's own value, and its setting says where it leads. */
function checkWay(recipe: Recipe, { changes, kind }: WayOut): string[] {
  return changes.flatMap(({ capId, setting, from, to, amount }) => {
    const complaints: string[] = [];
    if (from === to || Math.abs(Math.abs(to - from) - amount) > 1e-9 * Math.max(from, to)) {
      complaints.push(`${amount} is not the way from ${from} to ${to}`);
    }
    if (setting === null) {
      const isText = kind === 'text' || kind === 'label';
      return isText ? complaints : [...complaints, 'no setting'];
    }
    const [key, value] = [
      setting.slice(0, setting.lastIndexOf('=')),
      Number(setting.split('=').at(-1)),
    ];
    const known = limitsOf(recipe, capId).find((limit) => limit.key === key);
    if (known === undefined) complaints.push(`${key} is no limit of ${capId}`);
    else if (known.from !== from) complaints.push(`${key} is ${known.from}, not ${from}`);
    if (value !== to) complaints.push(`${setting} does not lead to ${to}`);
    return complaints;
  });
}

function checkOrder(ways: readonly WayOut[]): string[] {
  const isSorted = ways.every((way, i) => i === 0 || ways[i - 1]!.cost <= way.cost);
  return isSorted ? [] : ['waysOut: not in order of cost'];
}
