/**
 * Starts the sealing of this workflow's history beside it, or asks the one that is under way. A seal that
 * cannot be started fails nobody: `ballast audit seal` makes it later.
 */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  getExternalWorkflowHandle,
  log,
  ParentClosePolicy,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { SealAuditInput } from '../core/schema/sealed-history.js';
import { childAttributes } from './child-attributes.js';
import { sealAlsoSignal, sealWorkflowId } from './messages.js';
import { sealAudit } from './seal-audit.js';

/** Each other sealing between a start and a signal closes one: so many in a row do not happen. */
const ROUNDS = 5;

export interface SealOrder {
  readonly workspace: string;
  /** The mix that this workflow builds; null where it builds none itself. */
  readonly mix: { readonly name: string; readonly version: string } | null;
}

export async function startSeal(order: SealOrder): Promise<void> {
  const { workflowId, runId } = workflowInfo();
  const subject = order.mix === null ? workflowId : `${order.mix.name}@${order.mix.version}`;
  const { workspace } = order;
  const input: SealAuditInput = {
    ...{ schemaVersion: 1, workspace, subject, workflowId, runId, waits: true },
  };
  try {
    for (let round = 0; round < ROUNDS; round++)
      if ((await started(input, order)) || (await joined(input))) return;
    log.warn('the history is not sealed', { workflowId, error: 'its sealing came and went' });
  } catch (error) {
    log.warn('the history is not sealed', { workflowId, error: String(error) });
  }
}

/** False where the sealing that was under way has closed in between: then its id is free. */
async function joined({ workflowId, runId }: SealAuditInput): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(sealWorkflowId(workflowId)).signal(sealAlsoSignal, runId);
    return true;
  } catch {
    return false;
  }
}

/** False where a sealing of this workflow is under way. */
async function started(input: SealAuditInput, { mix }: SealOrder): Promise<boolean> {
  try {
    await startChild(sealAudit, {
      workflowId: sealWorkflowId(input.workflowId),
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      typedSearchAttributes: childAttributes(mix ?? undefined),
      memo: { workspace: input.workspace },
      staticSummary: `seal the history of ${input.subject}`.slice(0, 150),
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}
