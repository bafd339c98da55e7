/** Starts a retraction, or attaches to it, and shows its steps until it ends or the user leaves. */
import { type Client, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import type { RetractInput } from '../../core/schema/retraction.js';
import type { RetractStep, RetractStepProgress } from '../../workflows/messages.js';
import type { RetractResult } from '../../workflows/retract.js';
import { CodeVersion, TriggerKind } from '../build/search-attribute-keys.js';
import type { Session } from '../build/session.js';
import { Trouble } from '../build/trouble.js';
import type { Output } from '../terminal/output.js';
import { createProgress } from '../terminal/progress.js';

const POLL_MS = 250;
const POLL_TIMEOUT_MS = 5_000;

const LABELS: readonly (readonly [RetractStep, string])[] = [
  ['impact', 'find impact'],
  ['record', 'record'],
  ['rebuild', 'build anew'],
  ['close', 'close'],
];

type Retract = (input: RetractInput) => Promise<RetractResult>;

export interface StartedRetraction {
  readonly workflowId: string;
  readonly runId: string;
}

export async function startRetraction(
  { client, runtime }: Session,
  input: RetractInput,
): Promise<StartedRetraction> {
  const workflowId = `retract/${input.key}/${input.asOf}`;
  const handle = await client.workflow.start<Retract>('retract', {
    ...{ workflowId, taskQueue: 'ballast', args: [input] },
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    memo: { workspace: input.workspace, key: input.key },
    typedSearchAttributes: [
      { key: TriggerKind, value: 'retraction' },
      { key: CodeVersion, value: runtime.worker.codeVersion.slice(0, 12) },
    ],
    staticSummary:
      `retraction ${input.key}${input.reason === '' ? '' : ` · ${input.reason}`}`.slice(
        ...[0, 150],
      ),
  });
  return { workflowId, runId: handle.firstExecutionRunId };
}

/** The result; null where the user left with Ctrl-C: the retraction itself goes on. */
export async function followRetraction(
  session: Session,
  started: StartedRetraction,
  output: Output,
): Promise<RetractResult | null> {
  const progress = createProgress(LABELS.map(([name, label]) => ({ name, label })));
  const leave = new AbortController();
  const onInterrupt = () => leave.abort();
  process.once('SIGINT', onInterrupt);
  const url = session.runUrl(started.workflowId, started.runId);
  if (url !== null) output.progress(`follow it in the Temporal UI: ${url}`);
  const trouble = new Trouble({
    ...{ say: output.progress, now: Date.now },
    revive: () => session.revive(),
  });
  try {
    while (!leave.signal.aborted) {
      const result = await look(session.client, started, { trouble, show: showSteps(progress) });
      if (result !== null) return result;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return null;
  } finally {
    process.removeListener('SIGINT', onInterrupt);
    progress.stop();
  }
}

function showSteps(progress: ReturnType<typeof createProgress>) {
  return (steps: readonly RetractStepProgress[]) => {
    for (const { step, done, total, note } of steps)
      if (total > 0) progress.update(step, done, total, note);
  };
}

interface Looking {
  readonly trouble: Trouble;
  readonly show: (steps: readonly RetractStepProgress[]) => void;
}

/** The result where it has ended; else null, after showing how far it is. */
async function look(
  client: Client,
  { workflowId, runId }: StartedRetraction,
  { trouble, show }: Looking,
): Promise<RetractResult | null> {
  const handle = client.workflow.getHandle<Retract>(workflowId, runId);
  const soon = () => Date.now() + POLL_TIMEOUT_MS;
  try {
    const description = await client.withDeadline(soon(), () => handle.describe());
    trouble.serverAnswered();
    if (description.closeTime !== undefined)
      return await client.withDeadline(soon(), () => handle.result());
    show(
      await client.withDeadline(soon(), () => handle.query<RetractStepProgress[]>('retraction')),
    );
    trouble.allWell();
  } catch (error) {
    const isFinal = error instanceof WorkflowNotFoundError || error instanceof WorkflowFailedError;
    if (isFinal) throw error;
    await trouble.met(error);
  }
  return null;
}
