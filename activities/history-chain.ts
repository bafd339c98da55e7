/**
 * Which runs belong to a workflow's story: its own runs (continue-as-new, resets, later starts under the
 * same id), and every run of every child, found in the events themselves. Children that are sealed on
 * their own, and the sealing itself, are left out.
 */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { SealedRun } from '../core/schema/sealed-history.js';
import { attributesOf, type EventJson, typeOf } from './decoded-history.js';
import type { RunName } from './history-pages.js';

/** A run that is to be exported. */
export interface ChainRun extends RunName {
  readonly parent: SealedRun['parent'];
}

/** Workflows that are sealed by themselves where another one starts them. */
const SEALED_APART: readonly string[] = ['buildMix', 'mixLine', 'retract', 'sealAudit'];

interface Execution {
  readonly workflowId?: string;
  readonly runId?: string;
}

/** Runs that an event points to: children, and the next or the earlier runs of the same workflow. */
export function runsNamedBy(event: EventJson, run: ChainRun): ChainRun[] {
  const attributes = attributesOf(event);
  const { workflowId, parent } = run;
  const type = typeOf(event);
  if (type === 'CHILD_WORKFLOW_EXECUTION_STARTED') {
    const child = attributes.workflowExecution as Execution;
    const { name } = attributes.workflowType as { name: string };
    if (SEALED_APART.includes(name)) return [];
    const started = { workflowId, runId: run.runId };
    return [{ workflowId: child.workflowId!, runId: child.runId!, parent: started }];
  }
  const keys: Readonly<Record<string, readonly string[]>> = {
    WORKFLOW_EXECUTION_STARTED: ['continuedExecutionRunId'],
    WORKFLOW_TASK_FAILED: ['baseRunId'],
  };
  const names = keys[type] ?? ['newExecutionRunId'];
  return names.flatMap((key) => {
    const runId = attributes[key];
    const known = typeof runId === 'string' && runId !== '' && runId !== run.runId;
    return known ? [{ workflowId, runId, parent }] : [];
  });
}

/** Workspace that a build was started for; null where its input names none. */
function workspaceIn(memo: Readonly<Record<string, unknown>> | undefined): string | null {
  return typeof memo?.workspace === 'string' ? memo.workspace : null;
}

/** Closed runs under one id, for this workspace, that the server lists; the run that asked among them. */
export async function rootRuns(
  client: Client,
  root: RunName,
  workspace: string,
): Promise<ChainRun[]> {
  const runs = new Set([root.runId]);
  const query = `WorkflowId = ${JSON.stringify(root.workflowId)}`;
  for await (const { runId, status, memo } of client.workflow.list({ query })) {
    const isOther = (workspaceIn(memo) ?? workspace) !== workspace;
    if (status.name !== 'RUNNING' && !isOther) runs.add(runId);
  }
  return [...runs].sort().map((runId) => ({ workflowId: root.workflowId, runId, parent: null }));
}

/** True for a run that the server no longer keeps. */
export function isForgotten(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return true;
  return (error as { code?: unknown } | null)?.code === 5;
}
