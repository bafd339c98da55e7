/**
 * Drafts the packet that people approve: what would be written, from plan, inventory and risk. Same plan, same
 * packet, byte for byte, so that an approval holds for a build that is run again.
 */
import { dirname } from 'node:path/posix';
import type { ApprovalPacket } from '../../core/schema/approval.js';
import { approvalPacket } from '../../core/schema/approval.js';
import type { ArtifactRef } from '../../core/schema/artifact.js';
import { assert } from '../../core/schema/failure.js';
import { LABELS } from '../../core/schema/label.js';
import { type OptimalPlan, plan as planSchema } from '../../core/schema/plan.js';
import { riskReport } from '../../core/schema/risk.js';
import { readJsonArtifact, writeJsonArtifact } from '../../storage/artifact.js';
import type { BuildContext } from '../build-context.js';
import { capsAddedBy, RISK_PAGE } from '../risk-report.js';

export interface DraftApprovalInput {
  readonly context: BuildContext;
  /** name@version. */
  readonly mix: string;
  readonly requestedBy: string;
  readonly plan: ArtifactRef;
  readonly inventory: ArtifactRef;
  readonly risk: ArtifactRef | null;
  readonly review: ApprovalPacket['review'];
  readonly previousVersion: string | null;
}

function tokensBy<K extends string>(
  { allocations }: OptimalPlan,
  keyOf: (allocation: OptimalPlan['allocations'][number]) => K,
): Map<K, number> {
  const tokens = new Map<K, number>();
  for (const allocation of allocations) {
    const key = keyOf(allocation);
    tokens.set(key, (tokens.get(key) ?? 0) + allocation.tokensAllocated);
  }
  return tokens;
}

async function riskOf({ context, risk }: DraftApprovalInput) {
  if (risk === null) return { risk, riskDecision: null, riskPage: null, capsAdded: [] };
  const { decision, rounds } = await readJsonArtifact(context.workspace, risk, riskReport);
  return {
    risk,
    riskDecision: decision,
    riskPage: `${dirname(risk.path)}/${RISK_PAGE}`,
    capsAdded: capsAddedBy(rounds).map(({ id }) => id),
  };
}

export async function run(input: DraftApprovalInput): Promise<ArtifactRef> {
  const { context, mix, requestedBy, inventory, review, previousVersion } = input;
  const { workspace, buildId, recipeFingerprint } = context;
  const plan = await readJsonArtifact(workspace, input.plan, planSchema);
  assert(plan.status === 'optimal', 'an infeasible plan is shown to nobody');
  const domains = tokensBy(plan, ({ domain }) => domain);
  const labels = tokensBy(plan, ({ label }) => label);
  const packet: ApprovalPacket = {
    ...{ schemaVersion: 1, mix, recipeFingerprint, requestedBy },
    ...{ plan: input.plan, inventory, ...(await riskOf(input)) },
    tokensAllocated: plan.tokensAllocated,
    domains: [...domains.keys()].sort().map((domain) => ({ domain, tokens: domains.get(domain)! })),
    provenance: LABELS.map((label) => ({ label, tokens: labels.get(label) ?? 0 })),
    ...{ review, previousVersion },
  };
  const address = { workspace, buildId, kind: 'approval-packet', rows: 1 };
  return writeJsonArtifact(address, approvalPacket.parse(packet));
}
