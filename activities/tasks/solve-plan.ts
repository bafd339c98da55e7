/** Solves the mix plan with HiGHS and re-checks the answer without it. */
import { certify } from '../../core/plan/certificate.js';
import { planMix } from '../../core/plan/plan-mix.js';
import type { ArtifactRef } from '../../core/schema/artifact.js';
import { assert } from '../../core/schema/failure.js';
import { inventory as inventorySchema, type Plan } from '../../core/schema/plan.js';
import { createHighs } from '../../engines/highs.js';
import { readJsonArtifact, writeJsonArtifact } from '../../storage/artifact.js';
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
}

export async function run(input: SolveInput): Promise<Solved> {
  const { context } = input;
  const { recipe } = await openBuild(context);
  const inventory = await readJsonArtifact(context.workspace, input.inventory, inventorySchema);
  const solver = await createHighs();
  const plan = await planMix(recipe, inventory, context.recipeFingerprint, solver);
  const violations = certify(recipe, inventory, plan);
  assert(violations.length === 0, `the certificate refuses the plan: ${violations.join('; ')}`);
  const { workspace, buildId } = context;
  const rows = plan.status === 'optimal' ? plan.allocations.length : plan.conflict.length;
  const ref = await writeJsonArtifact({ workspace, buildId, kind: 'plan', rows }, plan);
  return {
    ref,
    status: plan.status,
    tokensAllocated: plan.status === 'optimal' ? plan.tokensAllocated : 0,
    notes: plan.notes,
    conflict: plan.status === 'optimal' ? [] : plan.conflict.map(({ statement }) => statement),
  };
}
