/**
 * Solves the mix plan with HiGHS and re-checks the answer without it. The plan is addressed by its
 * question (recipe less name and version, inventory), so the next version reads it back.
 */
import { certify } from '../../core/plan/certificate.js';
import { planMix } from '../../core/plan/plan-mix.js';
import { infeasibleLines } from '../../core/report/infeasible-lines.js';
import type { ArtifactRef } from '../../core/schema/artifact.js';
import { assert } from '../../core/schema/failure.js';
import {
  type InfeasiblePlan,
  inventory as inventorySchema,
  type Plan,
} from '../../core/schema/plan.js';
import type { Recipe } from '../../core/schema/recipe.js';
import { createHighs } from '../../engines/highs.js';
import { makeJsonArtifact, readJsonArtifact } from '../../storage/artifact.js';
import { digestOf } from '../../storage/digest.js';
import { type BuildContext, openBuild } from '../build-context.js';

export interface SolveInput {
  readonly context: BuildContext;
  readonly inventory: ArtifactRef;
}

export interface Solved {
  readonly ref: ArtifactRef;
  readonly status: Plan['status'];
  readonly tokensAllocated: number;
  readonly notes: readonly string[];
  readonly conflict: readonly string[];
  /** Of an infeasible plan: what is wrong, and the cheapest ways out. */
  readonly wrong: string;
  readonly todo: readonly string[];
}

/** Changes whenever the same recipe and inventory may get another plan. */
const PLAN_VERSION = 'plan@8';

const FREE = { conflict: [], wrong: '', todo: [] } as const;

function explained(plan: InfeasiblePlan): Pick<Solved, 'conflict' | 'wrong' | 'todo'> {
  const { wrong, further, todo, why } = infeasibleLines(plan);
  return { conflict: why, wrong: [wrong, ...further].join('; '), todo };
}

/** That of the recipe as it is planned: with the caps that a gate added, it is no longer the written one's. */
function fingerprintOf({ name: _name, version: _version, ...identity }: Recipe): string {
  return digestOf(identity);
}

async function solve({ context, inventory: ref }: SolveInput, recipe: Recipe, fingerprint: string) {
  const inventory = await readJsonArtifact(context.workspace, ref, inventorySchema);
  const plan = await planMix(recipe, inventory, fingerprint, await createHighs());
  const violations = certify(recipe, inventory, plan);
  assert(violations.length === 0, `the certificate refuses the plan: ${violations.join('; ')}`);
  const rows = plan.status === 'optimal' ? plan.allocations.length : plan.conflict.length;
  const summary: Omit<Solved, 'ref'> = {
    status: plan.status,
    tokensAllocated: plan.status === 'optimal' ? plan.tokensAllocated : 0,
    notes: plan.notes,
    ...(plan.status === 'optimal' ? FREE : explained(plan)),
  };
  return { value: plan, rows, summary };
}

export async function run(input: SolveInput): Promise<Solved> {
  const { workspace, buildId } = input.context;
  const { recipe } = await openBuild(input.context);
  const recipeFingerprint = fingerprintOf(recipe);
  const madeOf = { activity: PLAN_VERSION, inventory: input.inventory.sha256, recipeFingerprint };
  const made = await makeJsonArtifact({ workspace, buildId, kind: 'plan', madeOf }, () =>
    solve(input, recipe, recipeFingerprint),
  );
  return { ref: made.ref, ...(made.summary as Omit<Solved, 'ref'>) };
}
