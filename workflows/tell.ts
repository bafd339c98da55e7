/**
 * Word to people outside, beside what goes on: it holds nothing up, and a word that does not get through ends
 * nothing. The ledger has what was told.
 */
import { log, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { NotifyEvent } from '../core/schema/notify.js';

const outside = proxyActivities<Activities>({
  taskQueue: 'ballast',
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '30s', maximumAttempts: 6 },
});

export function tellOutside(event: NotifyEvent): void {
  const summary = `tell outside: ${event.sentence}`.slice(0, 150);
  outside.notify.executeWithOptions({ summary }, [event]).catch((error: unknown) => {
    log.warn('word to people outside did not get through', { error: String(error) });
  });
}
