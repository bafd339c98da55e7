/** The last run of a workflow that a command names: a mix stands for its build. */
import type { Client } from '@temporalio/client';
import { isForgotten } from '../../activities/history-chain.js';
import { Failure } from '../../core/schema/failure.js';
import { buildWorkflowId } from '../build/start-build.js';

export interface FoundRun {
  readonly workflowId: string;
  readonly runId: string;
  /** name@version, or the id of the workflow. */
  readonly subject: string;
  readonly isOpen: boolean;
  readonly workspace: string | null;
}

/** `name@version` is the build of it; text with a slash is the id of a workflow. */
export function workflowIdOf(text: string): string {
  const at = text.lastIndexOf('@');
  if (text.includes('/')) return text;
  return buildWorkflowId(text.slice(0, at), text.slice(at + 1));
}

/** Null where the server knows none. */
export async function findRun(client: Client, text: string): Promise<FoundRun | null> {
  const workflowId = workflowIdOf(text);
  try {
    const { runId, status, memo } = await client.workflow.getHandle(workflowId).describe();
    const workspace = typeof memo?.workspace === 'string' ? memo.workspace : null;
    const subject = workflowId.replace(/^build-mix\//, '');
    return { workflowId, runId, subject, isOpen: status.name === 'RUNNING', workspace };
  } catch (error) {
    if (isForgotten(error)) return null;
    throw error;
  }
}

export function noRun(text: string, where: string): Failure {
  return new Failure('USAGE', {
    subject: `build of ${text}`,
    expected: 'a sealed history, or a run that the server remembers',
    found: 'neither',
    where,
    remedy: 'look at `ballast status` and at the folder mixes of the workspace',
  });
}
