/**
 * Workflows that take updates leave no workflow task empty: where what came in leads to no command, the number of
 * the task is written into the memo. Two tasks in a row of which the first is empty are one to a replay, and
 * an update of the second may then be handled before what the first was about (temporalio/sdk-rust issue
 * 1146): such a history did not replay, and a restarted worker could not go on with it.
 */
import { defaultPayloadConverter } from '@temporalio/common';
import { type WorkflowInterceptorsFactory, workflowInfo } from '@temporalio/workflow';

const TAKE_UPDATES = ['buildMix', 'mixLine', 'reviewMix'];

/** Jobs that leave no event of their own: a rejected update, a question, an eviction. */
const WITHOUT_EVENT = ['doUpdate', 'queryWorkflow', 'removeFromCache', 'updateRandomSeed'];

export const interceptors: WorkflowInterceptorsFactory = () => {
  if (!TAKE_UPDATES.includes(workflowInfo().workflowType)) return {};
  let isAboutEvents = false;
  let tasks = 0;
  return {
    internals: [
      {
        activate(input, next) {
          isAboutEvents = (input.activation.jobs ?? []).some((job) =>
            Object.entries(job).some(
              ([kind, body]) => body != null && !WITHOUT_EVENT.includes(kind),
            ),
          );
          next(input);
        },
        concludeActivation(input, next) {
          const { commands } = next(input);
          // A rejection is a command that leaves no event.
          const isEmpty = commands.every(({ updateResponse }) => updateResponse?.rejected != null);
          if (!isAboutEvents || !isEmpty) return { commands };
          const fields = { taskWithoutCommand: defaultPayloadConverter.toPayload(++tasks) };
          return {
            commands: [...commands, { modifyWorkflowProperties: { upsertedMemo: { fields } } }],
          };
        },
      },
    ],
  };
};
