/**
 * What schedules start, on a real server: real schedules, triggers, lines and activities; only the
 * builds answer from a script, so that one can wait as for a reviewer. At the end the server is down for a while.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNotifyActivities } from '../activities/notify.js';
import { createScheduleActivities } from '../activities/schedule-activities.js';
import { findSchedules } from '../client/schedule/find-schedules.js';
import { wantedSchedule } from '../client/schedule/schedule-options.js';
import { createSchedule } from '../client/schedule/sync-schedules.js';
import { triggerNow } from '../client/schedule/trigger-now.js';
import { findCli } from '../client/server/find-cli.js';
import { reachEmbedded } from '../client/server/reach.js';
import { spawnServer } from '../client/server/spawn-server.js';
import { readServerRecord, stateFolder } from '../client/server/state.js';
import { dayOf, isoOfDay } from '../core/schema/calendar.js';
import type { NotifyEvent } from '../core/schema/notify.js';
import type { ScheduleSettings } from '../core/schema/operations.js';
import { readLedger } from '../storage/ledger.js';
import { lineWorkflowId, tickSignal } from '../workflows/messages.js';
import type { TriggerLineResult, triggerLine } from '../workflows/trigger-line.js';
import { keepHistory } from './keep-history.js';
import { Gate, ScriptedLines, status } from './scripted-line.js';

const lines = new ScriptedLines();
const { builds } = lines;
/** What the notified side got, and what it answers: status codes to come, 200 after them. */
const posted: { event: NotifyEvent; key: unknown }[] = [];
const answers: number[] = [];
let receiver: Server;
let revived: ReturnType<typeof spawnServer> | null = null;

async function bodyOf(request: IncomingMessage): Promise<NotifyEvent> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text) as NotifyEvent;
}

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    posted.push({ event: await bodyOf(request), key: request.headers['idempotency-key'] });
    response.writeHead(answers.shift() ?? 200).end();
  });
  await new Promise<void>((ready) => receiver.listen(0, '127.0.0.1', ready));
  const { port } = receiver.address() as AddressInfo;
  process.env.BALLAST_NOTIFY_URL = `http://127.0.0.1:${port}/hook?token=secret`;
  await lines.start({ ...createScheduleActivities(), ...createNotifyActivities() });
}, 120_000);

afterAll(async () => {
  await lines.stop();
  revived?.child.kill('SIGTERM');
  receiver.close();
}, 60_000);

const eventually = <T>(look: () => Promise<T>) =>
  expect.poll(look, { timeout: 40_000, interval: 100 });
const today = () => new Date().toISOString().slice(0, 10);
const version = (n = 1) => `${today().replaceAll('-', '.')}${n === 1 ? '' : `.${n}`}`;
/** Never due by itself: ticks alone start builds. */
const BY_TICK = { quietSeconds: 1_000, maxWaitSeconds: 1_000 };
const YEARLY = { cron: '0 2 1 1 *', everySeconds: null };

async function schedule(mix: string, settings: Partial<ScheduleSettings>, grants: object[] = []) {
  const line = lines.input(mix, BY_TICK);
  const recipe = { ...line.recipe, grants: [...line.recipe.grants, ...grants] as never };
  const whole: ScheduleSettings = {
    ...{ name: 'nightly', act: 'build-always', ...YEARLY, timezone: 'UTC', jitterSeconds: 0 },
    ...{ overlap: 'skip', catchupSeconds: 3600, note: null, ...settings },
  };
  const wanted = wantedSchedule(whole, { ...line, recipe });
  await createSchedule(builds.client, wanted);
  const handle = builds.client.schedule.getHandle(wanted.id);
  return { id: wanted.id, wanted, handle };
}

const lineOf = (mix: string) => builds.client.workflow.getHandle(lineWorkflowId(mix));

function resultOf({ workflowId, runId }: { workflowId: string | null; runId: string | null }) {
  return builds.client.workflow.getHandle<typeof triggerLine>(workflowId!, runId!).result();
}

describe('a trigger', () => {
  test('starts the line where none runs, and gives it its word', async () => {
    builds.script('build-mix/fresh@', {});
    const { id } = await schedule('fresh', {});
    const triggered = await triggerNow(builds.client, id, 'ALLOW_ALL');
    expect(triggered.workflowId).toMatch(/^trigger\/fresh\/nightly-\d{4}-\d\d-\d\dT/);
    expect(triggered.sentence).toContain(
      'mix-line/fresh was started and told to build in any case',
    );
    await eventually(async () => (await status(lineOf('fresh') as never)).lastPublished).toBe(
      version(),
    );
    const { memo, typedSearchAttributes } = await lineOf('fresh').describe();
    expect(memo).toMatchObject({ workspace: lines.workspace('fresh') });
    expect(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value])).toEqual(
      expect.arrayContaining([
        ['TriggerKind', 'schedule'],
        ['MixName', 'fresh'],
      ]),
    );
    await keepHistory(builds.client, triggered.workflowId!, 'trigger-line-starts');
  });

  test('never waits for a build: the line keeps its word until a reviewer has answered', async () => {
    const gate = new Gate();
    builds.script('build-mix/busy@', { pin: () => gate.passed });
    const { id, handle } = await schedule('busy', {});
    await triggerNow(builds.client, id, 'SKIP');
    await eventually(async () => (await status(lineOf('busy') as never)).building).toBe(version());
    for (let night = 0; night < 2; night++) {
      const { workflowId, skipped, sentence } = await triggerNow(builds.client, id, 'SKIP');
      expect([skipped, sentence]).toEqual([
        false,
        expect.stringContaining('mix-line/busy was told'),
      ]);
      if (night === 0) await keepHistory(builds.client, workflowId!, 'trigger-line-busy');
    }
    const { info } = await handle.describe();
    expect(info).toMatchObject({ numActionsTaken: 3, numActionsSkippedOverlap: 0 });
    expect(info.runningActions).toEqual([]);
    expect(await status(lineOf('busy') as never)).toMatchObject({
      ...{ building: version(), lastPublished: null },
    });
    gate.open();
    // One build follows, for the nights that came meanwhile.
    await eventually(async () => (await status(lineOf('busy') as never)).lastPublished).toBe(
      version(2),
    );
    expect((await status(lineOf('busy') as never)).building).toBeNull();
  });

  test('takes the time that it was due as its date', async () => {
    const { handle } = await schedule('due', {
      act: 'build-new',
      everySeconds: 86_400,
      cron: null,
    });
    const start = new Date('2026-01-05T00:00:00Z');
    await handle.backfill({ start, end: new Date('2026-01-06T00:00:00Z'), overlap: 'ALLOW_ALL' });
    await eventually(async () => (await handle.describe()).info.numActionsTaken).toBe(2);
    const { info } = await handle.describe();
    const results = await Promise.all(
      info.recentActions.map(({ action: { workflow } }) =>
        resultOf({ ...workflow, runId: workflow.firstExecutionRunId }),
      ),
    );
    expect(results.map(({ scheduledAt }) => scheduledAt).sort()).toEqual([
      ...['2026-01-05T00:00:00.000Z', '2026-01-06T00:00:00.000Z'],
    ]);
    const history = await lineOf('due').fetchHistory();
    const signals = (history.events ?? []).flatMap(
      ({ workflowExecutionSignaledEventAttributes: signal }) =>
        signal?.signalName === tickSignal.name
          ? [JSON.parse(Buffer.from(signal.input!.payloads![0]!.data!).toString())]
          : [],
    );
    expect(signals.map(({ atMs }) => atMs).sort()).toEqual([+start, +start + 86_400_000]);
  });

  test('that anyone starts with half an input fails at once', async () => {
    const started = builds.client.workflow.execute('triggerLine', {
      ...{ workflowId: 'trigger/half', taskQueue: 'ballast', args: [{ schemaVersion: 1 }] },
    });
    await expect(started).rejects.toThrow(WorkflowFailedError);
  });
});

describe('the watch over grants', () => {
  const grantOf = (id: string, days: number) => ({
    ...lines.recipe('x').grants[0]!,
    ...{ grantId: id, validUntil: isoOfDay(dayOf(today()) + days), noticeDays: 30 },
  });

  test('writes what ends, tells the world until it answers, and says it once', async () => {
    const grants = [grantOf('soon', 10), grantOf('later', 300), grantOf('over', -1)];
    const { id } = await schedule('grants', { name: 'watch', act: 'watch-grants' }, grants);
    answers.push(503, 500);
    const first = await triggerNow(builds.client, id, 'ALLOW_ALL');
    const result: TriggerLineResult = await resultOf(first);
    expect(result.grants!.notices.map(({ grantId, stage }) => [grantId, stage])).toEqual([
      ['over', 'expired'],
      ['soon', 'notice'],
    ]);
    expect(result.sentence).toBe(
      `grants of grants as of ${today()}: 4 looked at (published versions: 0), 2 near the end or past it, 2 of them news`,
    );
    expect(posted.map(({ event }) => event.kind)).toEqual(Array(3).fill('grant-notice'));
    expect(new Set(posted.map(({ key }) => key)).size).toBe(1);
    expect(posted[2]!.event).toMatchObject({ mix: 'grants', sentence: result.sentence });
    const again = await resultOf(await triggerNow(builds.client, id, 'ALLOW_ALL'));
    expect(again.grants).toMatchObject({ noticesInAll: 2, noticesNew: 0 });
    expect(posted.length).toBe(3);
    const kinds = (await readLedger(lines.workspace('grants'))).map(({ kind }) => kind);
    expect(kinds).toEqual(['grant-notice', 'grant-notice']);
    await keepHistory(builds.client, first.workflowId!, 'trigger-line-grants');
  });

  test('keeps the address of the receiver out of the history', async () => {
    const { id } = await schedule('secret', { act: 'watch-grants' }, [grantOf('soon', 10)]);
    answers.push(401);
    const { workflowId } = await triggerNow(builds.client, id, 'ALLOW_ALL');
    const history = await builds.client.workflow.getHandle(workflowId!).fetchHistory();
    const text = JSON.stringify(history, (_, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString() : value,
    );
    expect(text).toContain('HTTP 401');
    expect(text).not.toContain('token=secret');
  });
});

describe('a server that was down', () => {
  test('makes up what it missed within the catch-up window, and counts the rest', async () => {
    const seconds = { act: 'watch-grants', cron: null, everySeconds: 1 } as const;
    const { id, handle } = await schedule('down', {
      ...{ ...seconds, catchupSeconds: 10, overlap: 'allow-all' },
    });
    await eventually(async () => (await handle.describe()).info.numActionsTaken > 1).toBe(true);
    const state = stateFolder(lines.folder);
    const { pid, ...ports } = readServerRecord(state)!;
    const before = (await handle.describe()).info.numActionsTaken;
    process.kill(pid, 'SIGTERM');
    const downAt = Date.now();
    await sleep(14_000);
    const upAt = Date.now();
    revived = spawnServer(state, (await findCli(state)).cli!, ports);
    const address = `127.0.0.1:${ports.port}`;
    while ((await reachEmbedded(address, 'ballast', 1_000)) === null) await sleep(50);
    await eventually(async () => {
      const { info } = await handle.describe();
      return info.numActionsTaken - before + info.numActionsMissedCatchupWindow >= 12;
    }).toBe(true);
    await handle.pause('enough');
    const downSeconds = (Date.now() - downAt) / 1000;
    const { info } = await handle.describe();
    const { numActionsTaken: taken, numActionsMissedCatchupWindow: missed } = info;
    // Each second of the outage was either made up or is counted as missed.
    expect(missed).toBeGreaterThan(0);
    expect(taken - before + missed).toBeLessThanOrEqual(downSeconds + 2);
    const since = info.recentActions.filter(({ scheduledAt }) => +scheduledAt > downAt);
    expect(since.length).toBeGreaterThan(0);
    expect(since.every(({ scheduledAt }) => +scheduledAt >= upAt - 10_000)).toBe(true);
    expect((await findSchedules(builds.client, 'down')).map((s) => s.scheduleId)).toEqual([id]);
  });
});
