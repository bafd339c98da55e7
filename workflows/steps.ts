/** The activities as the workflows call them, by class of cost, and how long each may take. */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';

/**
 * Work in the thread pool. It heartbeats every second, so a dead worker is noticed within seconds;
 * an expected failure is never retried, anything else a few times. Cancelled work is waited for:
 * what still runs could write into the scratch folder after it was removed.
 */
export const heavy = proxyActivities<Activities>({
  taskQueue: 'ballast-cpu',
  startToCloseTimeout: '12h',
  heartbeatTimeout: '10s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: {
    initialInterval: '500ms',
    backoffCoefficient: 2,
    maximumInterval: '10s',
    maximumAttempts: 12,
  },
});

/** A folder moved, a line appended, a scratch removed. */
export const light = proxyActivities<Activities>({
  taskQueue: 'ballast',
  startToCloseTimeout: '60s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '500ms', maximumInterval: '10s', maximumAttempts: 12 },
});

/** A line in the ledger that a person waits for: the death of its worker is noticed within seconds. */
export const brief = proxyActivities<Activities>({
  taskQueue: 'ballast',
  startToCloseTimeout: '20s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '500ms', maximumInterval: '10s', maximumAttempts: 12 },
});

/** Long work beside the thread pool: publishes, waits for the end of a run, writes histories down. */
export const sealing = proxyActivities<Activities>({
  taskQueue: 'ballast',
  startToCloseTimeout: '6h',
  heartbeatTimeout: '20s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '500ms', maximumInterval: '1m' },
});

/** Activities of one kind under way at once. */
export const WIDTH = 16;

/** Waits for something that may take weeks; a dead worker is noticed within seconds. */
export const patient = proxyActivities<Activities>({
  taskQueue: 'ballast',
  startToCloseTimeout: '365d',
  heartbeatTimeout: '10s',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '500ms', maximumInterval: '10s' },
});
