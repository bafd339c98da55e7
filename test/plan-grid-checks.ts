/** One problem of the grid, planned and enumerated: what differs, in words; none means equal. */
import { certify } from '../core/plan/certificate.js';
import type { Solver } from '../core/plan/model.js';
import { planMix } from '../core/plan/plan-mix.js';
import { keyText } from '../core/plan/stratum.js';
import type { OptimalPlan } from '../core/schema/plan.js';
import { type Case, type Choice, caseOf, PAIRS, pair, SINGLES, single } from './plan-grid.js';
import { domainsIn, dot, usable, wholeMixes } from './plan-oracle.js';
import { mostValue, optimumOf } from './plan-patterns.js';

/** Every `step`-th problem with one cap, and with two. */
export function* gridChoices(step: number): Generator<Choice> {
  for (let n = 0; n < SINGLES; n += step) yield single(n);
  for (let n = 0; n < PAIRS; n += step) yield pair(n);
}

export interface Comparison {
  readonly isFeasible: boolean;
  readonly differences: readonly string[];
  /** One token fewer than possible, under a licence budget: rounding moves one stratum to mend money. */
  readonly isTokenLost?: boolean;
}

/** Whole tokens: infeasible exactly where the walk over all allocations finds none, else as many tokens. */
export async function compareWhole(choice: Choice, solver: Solver): Promise<Comparison> {
  const { name, recipe, inventory } = caseOf(choice, 1);
  let best = 0;
  for (const x of wholeMixes(recipe, inventory)) best = Math.max(best, sumOf(x));
  const plan = await planMix(recipe, inventory, 'f', solver, { explain: 'nothing' });
  const found = plan.status === 'optimal' ? plan.tokensAllocated : 0;
  const differences = certify(recipe, inventory, plan);
  const isTokenLost = recipe.licenceBudget !== null && found === best - 1 && found > 0;
  if (found !== best && !isTokenLost)
    differences.push(`${name}: ${found} tokens planned, ${best} possible`);
  return { isFeasible: best > 0, differences, isTokenLost };
}

/** Tokens of a problem per token of its layout, where fractions are compared. */
export const UNIT = 1_000_000;
/** Whole tokens of four strata, cents of the licence budget (2e-5 of it), a document (1e-4) of each paid stratum. */
const TOLERANCE = 5e-4;

/** Fractions: total, tokens without a target, distance from the targets, and value, stage by stage. */
export async function compareStages(choice: Choice, solver: Solver): Promise<Comparison> {
  return compareOptimum(caseOf(choice, UNIT), solver);
}

export async function compareOptimum(of: Case, solver: Solver): Promise<Comparison> {
  const { name, recipe, inventory } = of;
  const best = optimumOf(recipe, inventory, UNIT);
  const isFeasible = best.total > 1e-6;
  const plan = await planMix(recipe, inventory, 'f', solver, { explain: 'nothing' });
  if (plan.status === 'infeasible' || !isFeasible) {
    const same = (plan.status === 'infeasible') === !isFeasible;
    return { isFeasible, differences: same ? [] : [`${name}: ${plan.status}, most ${best.total}`] };
  }
  const reached = reachedBy(of, plan);
  const differences = certify(recipe, inventory, plan);
  for (const stage of ['total', 'untargeted', 'deviation'] as const) {
    if (Math.abs(reached[stage] - best[stage]) <= TOLERANCE) continue;
    differences.push(`${name}: ${stage} ${reached[stage]}, best ${best[stage]}`);
  }
  if (best.isLinear) {
    const most = mostValue(recipe, inventory, { unit: UNIT, x: reached.x });
    if (Math.abs(most - reached.value) > 4 * TOLERANCE)
      differences.push(`${name}: value ${reached.value}, most ${most}`);
  }
  return { isFeasible, differences };
}

/** The stages' wishes on the allocations themselves, not on what the plan says of its stages. */
function reachedBy({ recipe, inventory }: Case, plan: OptimalPlan) {
  const strata = usable(inventory);
  const tokens = new Map(plan.allocations.map((a) => [keyText(a), a.tokensAllocated / UNIT]));
  const x = strata.map((s) => tokens.get(keyText(s))!);
  const targets = recipe.targetShares;
  const of = (domain: string) => (Object.hasOwn(targets, domain) ? targets[domain]! : 0);
  const distance = (domain: string) =>
    Math.abs(
      dot(
        strata.map((s) => (s.domain === domain ? 1 : 0) - of(domain)),
        x,
      ),
    );
  const isTargeted = Object.keys(targets).length > 0;
  const other = strata.map((s) => (isTargeted && of(s.domain) === 0 ? 1 : 0));
  const value = strata.map((s) => recipe.sources.find(({ name }) => name === s.source)!.value);
  const deviation = isTargeted ? sumOf(domainsIn(strata).map(distance)) : 0;
  return { x, total: sumOf(x), untargeted: dot(other, x), deviation, value: dot(value, x) };
}

const sumOf = (values: readonly number[]) => values.reduce((sum, n) => sum + n, 0);

/** All comparisons: how many, how many of them feasible, and every difference. */
export async function compareAll(
  choices: Iterable<Choice>,
  compare: (choice: Choice, solver: Solver) => Promise<Comparison>,
  solver: Solver,
) {
  const all = { count: 0, feasible: 0, tokenLost: 0, differences: [] as string[] };
  for (const choice of choices) {
    const { isFeasible, differences, isTokenLost } = await compare(choice, solver);
    all.tokenLost += isTokenLost === true ? 1 : 0;
    all.count += 1;
    all.feasible += isFeasible ? 1 : 0;
    all.differences.push(...differences);
  }
  return all;
}
