/**
 * Replay gate: the histories that earlier releases wrote run through the workflows of today. A change that
 * breaks one needs `patched` (docs/how-to/change-a-workflow.md); no history is edited. Every workflow has one.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './tree-files.js';

const FOLDER = join(ROOT, 'test/histories');
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
const BYTES_MAX = 300_000;
const workflowBundle = { codePath: join(ROOT, 'dist/worker/workflow-bundle.js') };

interface Event {
  readonly eventType: string;
  workflowExecutionStartedEventAttributes?: {
    workflowType: { name: string };
    workflowId: string;
  };
  workflowExecutionContinuedAsNewEventAttributes?: object;
  activityTaskScheduledEventAttributes?: { activityType: { name: string } };
}

const read = (file: string) =>
  JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as { events: Event[] };
const startOf = (file: string) => read(file).events[0]!.workflowExecutionStartedEventAttributes!;
const typeOf = (file: string) => startOf(file).workflowType.name;
/** Ids of children are made of it. */
const idOf = (file: string) => startOf(file).workflowId;

/** Names under which the bundle exports its workflows. */
function exportedWorkflows(): string[] {
  const text = readFileSync(join(ROOT, 'workflows/index.ts'), 'utf8');
  return [...text.matchAll(/^export \{([^}]+)\} from/gm)].flatMap(([, names]) =>
    names!
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type ')),
  );
}

/** Stories that a workflow has to have been kept in. */
const STORIES: Readonly<Record<string, readonly string[]>> = {
  buildMix: [
    ...['approved', 'delegated', 'expired', 'gate-failed', 'infeasible', 'planned', 'published'],
    ...['rejected', 'replanned'],
  ],
  buildSource: ['continues', 'one-run'],
  eachDomain: ['continues'],
  eachShard: ['continues', 'last-run'],
  mixLine: ['fails', 'long', 'quiet', 'worker-killed'],
  retract: ['rebuilds', 'settled'],
  reviewMix: ['answers', 'continues', 'expires', 'redrafted', 'reminds'],
  sealAudit: ['once'],
  triggerLine: ['busy', 'grants', 'starts'],
};

const PREFIXES: Readonly<Record<string, string>> = { reviewMix: 'review' };
const prefixOf = (name: string) =>
  PREFIXES[name] ?? name.replaceAll(/[A-Z]/g, (sign) => `-${sign.toLowerCase()}`);

beforeAll(() => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
});

describe('golden histories', () => {
  it('cover every workflow that the bundle exports', () => {
    const kept = new Set(FILES.map(typeOf));
    const names = exportedWorkflows();
    expect(names.length).toBeGreaterThan(5);
    const without = names.filter((name) => !kept.has(name));
    expect(without, 'add a story with keepHistory, see docs/how-to/change-a-workflow.md').toEqual(
      [],
    );
  });

  it('hold the stories of each workflow, under its name', () => {
    const wanted = Object.entries(STORIES).flatMap(([name, stories]) =>
      stories.map((story) => `${prefixOf(name)}-${story}.json`),
    );
    expect(wanted.filter((file) => !FILES.includes(file))).toEqual([]);
  });

  it('are small: a long story belongs into a bench', () => {
    const large = FILES.filter((file) => statSync(join(FOLDER, file)).size > BYTES_MAX);
    expect(large).toEqual([]);
  });

  it('of workflows that take updates hold no empty task before another: it would be one with that in a replay', () => {
    const empty = FILES.filter((file) => {
      if (!['buildMix', 'mixLine', 'reviewMix'].includes(typeOf(file))) return false;
      const types = read(file).events.map(({ eventType }) => eventType);
      return types.some(
        (type, i) =>
          type === 'EVENT_TYPE_WORKFLOW_TASK_COMPLETED' &&
          types[i + 1] === 'EVENT_TYPE_WORKFLOW_TASK_SCHEDULED',
      );
    });
    expect(empty).toEqual([]);
  });

  it('hold runs that went on in a next one', () => {
    const continued = FILES.filter(
      (file) => read(file).events.at(-1)!.workflowExecutionContinuedAsNewEventAttributes,
    );
    expect(new Set(continued.map(typeOf)).size).toBeGreaterThanOrEqual(4);
  });
});

describe('a history of an earlier release', () => {
  it.each(FILES)('replays: %s', async (file) => {
    await Worker.runReplayHistory({ workflowBundle }, read(file), idOf(file));
  });

  it.each([
    ['review-answers.json', 'recordReview'],
    ['build-mix-replanned.json', 'judgeRisk'],
    ['each-shard-continues.json', 'labelShard'],
  ])('would not replay had the workflow done something else: %s', async (file, activity) => {
    const history = read(file);
    const scheduled = history.events.find(
      ({ activityTaskScheduledEventAttributes: found }) => found?.activityType.name === activity,
    )!;
    scheduled.activityTaskScheduledEventAttributes!.activityType.name = 'removeScratch';
    await expect(
      Worker.runReplayHistory({ workflowBundle }, history, idOf(file)),
    ).rejects.toMatchObject({ name: 'DeterminismViolationError' });
  });
});
