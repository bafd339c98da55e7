/** Lists the domains that a plan gives tokens to: each is measured and simulated by itself. */
import { plannedDomains } from '../../core/simulate/measure/domain-mix.js';
import { openPlan, type PlannedInput } from '../simulation.js';

export async function run(input: PlannedInput): Promise<string[]> {
  return plannedDomains((await openPlan(input)).plan);
}
