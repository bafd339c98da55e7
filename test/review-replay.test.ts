/**
 * Replay gate of the review: histories that a release wrote (see keepHistory in review-e2e.test.ts) run
 * through the workflow of today. A change that breaks one needs a patch; no history is edited.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './tree-files.js';

const FOLDER = join(ROOT, 'test/histories');
const FILES = readdirSync(FOLDER).filter((file) => file.startsWith('review-'));
const workflowBundle = { codePath: join(ROOT, 'dist/worker/workflow-bundle.js') };

beforeAll(() => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
});

interface Event {
  readonly eventType: string;
  activityTaskScheduledEventAttributes?: { activityType: { name: string } };
}

const read = (file: string) =>
  JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as { events: Event[] };

describe('a review of an earlier release', () => {
  it('was kept in each of its stories', () => {
    expect(FILES).toEqual(
      expect.arrayContaining([
        ...['review-answers.json', 'review-continues.json', 'review-expires.json'],
        'review-redrafted.json',
      ]),
    );
  });

  it.each(FILES)('replays: %s', async (file) => {
    await Worker.runReplayHistory({ workflowBundle }, read(file), 'review/replayed');
  });

  it('would not replay had the workflow done something else', async () => {
    const history = read('review-answers.json');
    const scheduled = history.events.find(
      ({ activityTaskScheduledEventAttributes: found }) =>
        found?.activityType.name === 'recordReview',
    )!;
    scheduled.activityTaskScheduledEventAttributes!.activityType.name = 'publishMix';
    await expect(
      Worker.runReplayHistory({ workflowBundle }, history, 'review/replayed'),
    ).rejects.toMatchObject({ name: 'DeterminismViolationError' });
  });
});
