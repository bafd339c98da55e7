/** Figures of a plan that several pages and tables share; zero or null for an infeasible one. */
import type { Label } from '../schema/label.js';
import type { OptimalPlan, Plan } from '../schema/plan.js';
import { formatPrice, NONE, plural } from './format.js';
import { byText, shareOf, sumBy } from './tally.js';

export type PlannedCap = OptimalPlan['caps'][number];

/** Share of the planned tokens with one of the labels, in [0, 1]; null where nothing is planned. */
export function labelShare(plan: Plan, labels: readonly Label[]): number | null {
  if (plan.status === 'infeasible') return null;
  const rows = plan.allocations.filter(({ label }) => labels.includes(label));
  return shareOf(
    sumBy(rows, (row) => row.tokensAllocated),
    plan.tokensAllocated,
  );
}

/**
 * How far the domains are from their targets: half the sum over domains of abs(planned - target), in
 * [0, 1], where domains without a target count as wanted at 0. Null without targets or allocation.
 */
export function targetDeviation(plan: Plan): number | null {
  if (plan.status === 'infeasible' || plan.targets.length === 0) return null;
  const off = sumBy(plan.targets, ({ planned, target }) => Math.abs(planned - target));
  const other = Math.max(0, 1 - sumBy(plan.targets, ({ planned }) => planned));
  return (off + other) / 2;
}

/** Caps with a price other than 0, dearest first. */
export function bindingCaps(plan: Plan): PlannedCap[] {
  if (plan.status === 'infeasible') return [];
  const size = (cap: PlannedCap) => Math.abs(cap.shadowPrice ?? 0);
  return plan.caps
    .filter((cap) => size(cap) > 0)
    .sort((a, b) => size(b) - size(a) || byText(a.capId, b.capId) || byText(a.scope, b.scope));
}

const NAMES_SHOWN = 3;

/** `synthetic-each in health, unknown-each in law and 4 more`; `-` where nothing binds. */
export function bindingText(plan: Plan, shown = NAMES_SHOWN): string {
  const names = bindingCaps(plan).map(({ capId, scope }) =>
    scope === 'all' ? capId : `${capId} in ${scope}`,
  );
  if (names.length === 0) return NONE;
  const more = names.length - shown;
  return `${names.slice(0, shown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What a price means: `1.11 tokens of mix per token of room`. */
export function priceText(cap: PlannedCap): string {
  const price = cap.shadowPrice;
  if (price === null) return 'no price';
  if (price === 0) return 'costs nothing';
  const unit = cap.kind === 'licence_budget' ? 'minor unit of money' : 'token of room';
  return `${formatPrice(Math.abs(price))} tokens of mix per ${unit}`;
}

/** One line on what the plan says. */
export function verdictText(plan: Plan): string {
  if (plan.status === 'optimal') return 'optimal';
  return `infeasible: ${plural(plan.conflict.length, 'rule')} cannot hold together`;
}
