/**
 * Stages that settle tokens per domain. Without tolerances: as near to the targets as can be, what is left
 * free by evenness and keyed weights, and then the domains stand before any taste. With tolerances only
 * the distance outside the band |tokens - target x total| <= tolerance x total counts; each domain may
 * then move inside its band and no farther outside it, until `settleNear` brings it back towards its target.
 */
import { groupBy } from './instance.js';
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
