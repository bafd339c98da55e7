/** The line of a mix on the server: asked, or started together with its first message. */
import {
  WithStartWorkflowOperation,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { MixLineInput } from '../../core/schema/arrival.js';
import { Failure } from '../../core/schema/failure.js';
import { lineWorkflowId } from '../../workflows/messages.js';
import type { mixLine } from '../../workflows/mix-line.js';
import { MixName } from '../build/search-attribute-keys.js';
import type { Session } from '../build/session.js';

export function handleOf({ client }: Session, name: string): WorkflowHandle<typeof mixLine> {
  return client.workflow.getHandle(lineWorkflowId(name));
}

export function noLine(name: string): Failure {
  return new Failure('ARRIVAL_INVALID', {
    subject: `line of ${name}`,
    expected: 'one that runs, or a recipe to start it by',
    found: 'neither',
    where: lineWorkflowId(name),
    remedy: `name the recipe: -c recipe.yaml, or start it with: ballast line start -c recipe.yaml`,
  });
}

/** What the line answers; null where none runs. */
export async function askLine<T>(
  session: Session,
  name: string,
  ask: (handle: WorkflowHandle<typeof mixLine>) => Promise<T>,
): Promise<T | null> {
  const handle = handleOf(session, name);
  try {
    if ((await handle.describe()).status.name !== 'RUNNING') return null;
    return await ask(handle);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/**
 * First run of the line that runs: another one where it was started anew. Null where it is closed, or the server does
 * not tell; '' where the server knows of no line.
 */
export async function firstRunOf(session: Session, name: string): Promise<string | null> {
  try {
    const { status, raw } = await handleOf(session, name).describe();
    if (status.name !== 'RUNNING') return null;
    return raw.workflowExecutionInfo?.firstRunId || null;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return '';
    throw error;
  }
}

/** Starts the line with an update, or gives the update to the one that runs. */
export function startOf(name: string, input: MixLineInput) {
  return new WithStartWorkflowOperation<typeof mixLine>('mixLine', {
    workflowId: lineWorkflowId(name),
    taskQueue: 'ballast',
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: `line of ${name}: builds of what arrives`,
    memo: { workspace: input.execution.workspace },
    typedSearchAttributes: [{ key: MixName, value: name }],
  });
}
