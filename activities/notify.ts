/**
 * Word to people outside: one POST of JSON. At least once: a failed attempt is logged and tried
 * again by Temporal; repeats carry the same `idempotency-key`. The address may hold a secret, so it is in no message.
 */
import { ApplicationFailure, Context, log } from '@temporalio/activity';
import { type NotifyEvent, notifyEvent } from '../core/schema/notify.js';

const ANSWER_MS_MAX = 10_000;

export interface Notified {
  /** False where this worker has no BALLAST_NOTIFY_URL. */
  readonly sent: boolean;
}

function failed(found: string): ApplicationFailure {
  const message = `notification: expected an answer of 2xx, found ${found} (BALLAST_NOTIFY_URL)`;
  return ApplicationFailure.create({ message, type: 'NOTIFY_FAILED', nonRetryable: false });
}

function keyOf({ workflowExecution, activityId }: Context['info']): string {
  const { workflowId = '', runId = '' } = workflowExecution ?? {};
  return `${workflowId}/${runId}/${activityId}`;
}

async function post(url: string, event: NotifyEvent): Promise<void> {
  const { info, cancellationSignal } = Context.current();
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': keyOf(info) },
    body: JSON.stringify(event),
    signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MS_MAX), cancellationSignal]),
  }).catch((error: Error & { cause?: { code?: string } }) => {
    throw failed(error.cause?.code ?? error.name);
  });
  await answer.body?.cancel();
  if (!answer.ok) throw failed(`HTTP ${answer.status}`);
}

export function createNotifyActivities() {
  return {
    /** Posts one event; does nothing where nobody is to be told. */
    async notify(event: NotifyEvent): Promise<Notified> {
      const url = process.env.BALLAST_NOTIFY_URL;
      if (url === undefined || url === '') return { sent: false };
      try {
        await post(url, notifyEvent.parse(event));
      } catch (error) {
        log.warn('a notification was not taken', { kind: event.kind, why: String(error) });
        throw error;
      }
      return { sent: true };
    },
  };
}
