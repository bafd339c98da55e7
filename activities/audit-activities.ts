/** Activities of the audit trail: wait for the end of a build, then seal what Temporal recorded of it. */
import { Context } from '@temporalio/activity';
import type { Sealed } from '../core/schema/sealed-history.js';
import type { RunName } from './history-pages.js';
import type { Dependencies } from './index.js';
import { guardActivity } from './run-task.js';
import { type SealRequest, sealHistory } from './seal-history.js';

const HEARTBEAT_MS = 2_000;

/** Heartbeats while `body` runs, with how far it is. */
async function beating<T>(body: (say: (done: number, known: number) => void) => Promise<T>) {
  const context = Context.current();
  let state = { done: 0, total: 0 };
  const timer = setInterval(() => context.heartbeat(state), HEARTBEAT_MS);
  try {
    return await body((done, total) => {
      state = { done, total };
    });
  } finally {
    clearInterval(timer);
  }
}

export function createAuditActivities(_: Dependencies) {
  return {
    /** Ends when the run has: the server answers when its last event is there. */
    async awaitClosed({ workflowId, runId }: RunName): Promise<{ closed: true }> {
      const { client, cancellationSignal } = Context.current();
      const handle = client.workflow.getHandle(workflowId, runId, { followRuns: false });
      const ended = handle.result().catch(() => undefined);
      const cancelled = new Promise<never>((_, reject) => {
        cancellationSignal.addEventListener('abort', () => reject(cancellationSignal.reason));
      });
      await beating(() => Promise.race([ended, cancelled]));
      const { status } = await handle.describe();
      // How it ended is in its history; a call that was cut off is tried again.
      if (status.name === 'RUNNING') throw new Error(`${workflowId} is still running`);
      return { closed: true };
    },

    /** Exports the histories, and says so in the ledger. */
    sealHistory: (request: SealRequest): Promise<Sealed> =>
      guardActivity(request.workspace, () =>
        beating((onRun) => {
          const { client, info } = Context.current();
          const { workflowNamespace: namespace } = info;
          return sealHistory(request, { client, namespace: namespace!, onRun });
        }),
      ),
  };
}
