/**
 * Stages that settle tokens per domain. Without tolerances: as near to the targets as can be, what is left
 * free by evenness and keyed weights, and then the domains stand before any taste. With tolerances only
 * the distance outside the band |tokens - target x total| <= tolerance x total counts; each domain may
 * then move inside its band and no farther outside it, until `settleNear` brings it back towards its target.
 */
import { groupBy } from './group-by.js';
import { STAGE_TOLERANCE, type StageRun } from './stage-run.js';
import {
  addDistance,
  addDistanceOutside,
  evenTerms,
  minimise,
  type Terms,
  weight,
} from './wish.js';

/** Whether domains may move inside a band after `targets`. */
export function hasBands({ model }: StageRun): boolean {
  const { targetShares, targetTolerances } = model.instance.recipe;
  return (
    Object.keys(targetShares).length > 0 &&
    [...model.domains.keys()].some((domain) => ownOr(targetTolerances, domain, 0) > 0)
  );
}

function ownOr(values: Readonly<Record<string, number>>, key: string, other: number): number {
  return Object.hasOwn(values, key) ? values[key]! : other;
}

/** Distance from a domain's target beyond its tolerance: a column per domain. */
export async function targetStages(run: StageRun): Promise<ReadonlyMap<string, number>> {
  const { model } = run;
  const { targetShares, targetTolerances } = model.instance.recipe;
  const outside = new Map<string, number>();
  if (Object.keys(targetShares).length === 0) return outside;
  const others = [...model.domains].filter(([domain]) => ownOr(targetShares, domain, 0) === 0);
  await run.stage('untargeted', minimise(others.map(([, column]) => [column, 1])));
  run.releaseIntegers();
  for (const [domain, column] of model.domains) {
    const terms = distanceTerms(run, domain, column);
    const tolerance = ownOr(targetTolerances, domain, 0);
    const room: Terms = tolerance > 0 ? [[model.total, tolerance]] : [];
    outside.set(domain, addDistanceOutside(model, terms, room));
  }
  await run.stage('targets', minimise([...outside.values()].map((column) => [column, 1])));
  return outside;
}

/** tokens of the domain - target x total; domains without a target only help to reach the budget. */
function distanceTerms({ model }: StageRun, domain: string, column: number): Terms {
  const target = ownOr(model.instance.recipe.targetShares, domain, 0);
  return [
    [column, 1],
    [model.total, -target],
  ];
}

/** Without tolerances: settles tokens per domain before `value`, a preference inside a domain only. */
export async function settleDomains(run: StageRun): Promise<void> {
  const { model } = run;
  if (!isMet(run) && model.domains.size > 1) {
    await widestStage(run, 'domains_widest');
    await run.stage('domains_even', minimise(evenTerms(model, sizesOf(run, model.domains))));
    run.releaseIntegers();
    await tieStage(run, 'domains_tie', model.domains);
    run.releaseIntegers();
  }
  pin(run, model.domains);
}

/** With tolerances: no domain may leave its band farther than `targets` left it. */
export async function settleBands(
  run: StageRun,
  outside: ReadonlyMap<string, number>,
): Promise<void> {
  if (!isMet(run) && outside.size > 1) {
    await widestStage(run, 'targets_widest');
    await run.stage('targets_even', minimise(evenTerms(run.model, sizesOf(run, outside))));
    run.releaseIntegers();
    await tieStage(run, 'targets_tie', outside);
    run.releaseIntegers();
  }
  pin(run, outside);
}

/** With tolerances, after the tastes: as near to the targets as they leave free; then domains stand. */
export async function settleNear(run: StageRun): Promise<void> {
  const { model } = run;
  const distances = [...model.domains].map(([domain, column]) =>
    addDistance(model, distanceTerms(run, domain, column)),
  );
  await run.stage('targets_near', minimise(distances.map((column) => [column, 1])));
  if (model.domains.size > 1) await tieStage(run, 'domains_tie', model.domains);
  pin(run, model.domains);
}

/**
 * What is missing is spread: with s a domain's share of the sizes, W the total and r its tolerance, the least A + B with
 *   x <= (s + r) W + s A   and   x >= (s - r) W - s B   in every domain,
 * so that A / W is the largest excess and B / W the largest shortfall, relative to what is wanted. They are two, for
 * a domain that has hardly any text must not allow every other one as large an excess.
 */
async function widestStage(run: StageRun, name: string): Promise<void> {
  const { model } = run;
  const { targetTolerances } = model.instance.recipe;
  const sizes = widestSizes(run);
  if (sizes.size < 2) return;
  const over = model.draft.addColumn('widest:over', 0, Infinity);
  const under = model.draft.addColumn('widest:under', 0, Infinity);
  for (const [domain, share] of sizes) {
    const column = model.domains.get(domain)!;
    const tolerance = ownOr(targetTolerances, domain, 0);
    const bound = (edge: number): Terms => [
      [column, 1],
      [model.total, -edge],
    ];
    model.draft.addRow([...bound(share + tolerance), [over, -share]], { upper: 0 });
    const least = Math.max(0, share - tolerance);
    if (least > 0) model.draft.addRow([...bound(least), [under, share]], { lower: 0 });
  }
  const wish: Terms = [
    [over, 1],
    [under, 1],
  ];
  await run.stage(name, minimise(wish));
  run.releaseIntegers();
}

/** Share that each domain is to have: its target; without any targets its part of what is available. */
function widestSizes(run: StageRun): Map<string, number> {
  const { targetShares, tokenBudget } = run.model.instance.recipe;
  const names = [...run.model.domains.keys()];
  const sizes = sizesOf(run, run.model.domains).map(({ size }) => size);
  const isTargeted = Object.keys(targetShares).length > 0;
  const whole = isTargeted ? tokenBudget : sizes.reduce((sum, size) => sum + size, 0);
  return new Map(
    names.flatMap((domain, i) => {
      const isWanted = !isTargeted || ownOr(targetShares, domain, 0) > 0;
      // Less than a token is rounding.
      const share = sizes[i]! / whole;
      return isWanted && share * tokenBudget >= 1 ? [[domain, share] as const] : [];
    }),
  );
}

function isMet({ stages, model }: StageRun): boolean {
  const met = stages.find((stage) => stage.name === 'targets')?.objective ?? Infinity;
  return met <= STAGE_TOLERANCE * model.instance.tokensPerUnit;
}

/** Columns of domains with the size by which they share: the target, or what is available. */
function sizesOf({ model }: StageRun, columns: ReadonlyMap<string, number>) {
  const { strata, recipe } = model.instance;
  const available = groupBy(strata, (s) => s.domain);
  return [...columns].map(([domain, column]) => {
    const tokens = available.get(domain)!.reduce((sum, i) => sum + strata[i]!.tokens, 0);
    const target = ownOr(recipe.targetShares, domain, 0);
    return { column, size: target > 0 ? target * recipe.tokenBudget : tokens };
  });
}

async function tieStage(run: StageRun, name: string, columns: ReadonlyMap<string, number>) {
  await run.stage(name, minimise([...columns].map(([domain, column]) => [column, weight(domain)])));
}

/** Holds columns at the answer so far. */
function pin(run: StageRun, columns: ReadonlyMap<string, number>): void {
  for (const column of columns.values()) {
    const at = run.values[column]!;
    const bounds = { lower: at - STAGE_TOLERANCE, upper: at + STAGE_TOLERANCE };
    run.model.draft.addRow([[column, 1]], bounds);
  }
}
