/**
 * `ballast schedule`, `ballast watch-source` and `ballast audit grants` as people run them: the built
 * command, a server and a worker of their own. Builds never start: the line waits for an hour of quiet.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { existingSchedule } from '../client/schedule/find-schedules.js';
import { schedulesOf } from '../client/schedule/schedule-args.js';
import { type ShownSchedule, shownSchedule } from '../client/schedule/shown-schedule.js';
import { type SyncedSchedule, syncSchedules } from '../client/schedule/sync-schedules.js';
import type { Triggered } from '../client/schedule/trigger-now.js';
import { type ClockChange, clockChanges, zoneTime } from '../client/schedule/zone-time.js';
import { sha256 } from '../storage/digest.js';
import { type Answer, Ballast } from './ballast-runner.js';
import { ROOT } from './tree-files.js';

const ballast = new Ballast();
const workspace = join(ballast.folder, 'workspace');
const recipe = join(ballast.folder, 'recipe.yaml');
let client: Client;

const NIGHTLY =
  '{name: nightly, cron: "30 2 * * *", timezone: Europe/Berlin, jitter: 5m, overlap: buffer-one, catchup_window: 2h, note: builds what is new}';
const WATCH = '{name: grants, act: watch-grants, every: 24h}';

/** The recipe with these schedules; without a word about them where there are none. */
function writeRecipe(...schedules: string[]): void {
  writeFileSync(
    recipe,
    `name: clinic
version: dev
seed: 1
tokenizer: bytes
token_budget: 1_000_000
target_shares: {health: 1}
sources:
  - {name: web, paths: ["in/*"], domain: health, provenance: {declared: human_authored, by: publisher}, grant: ours}
grants:
  - {grant_id: ours, kind: own_content, uses: {pretrain: allow}}
  - {grant_id: over, valid_until: 2025-01-01, uses: {pretrain: allow}}
use: {purposes: [pretrain], territory: EU}
line: {quiet_period: 1h, max_wait: 24h}
${schedules.length === 0 ? '' : `schedules:\n${schedules.map((each) => `  - ${each}\n`).join('')}`}`,
  );
}

function json<T>({ code, stdout, stderr }: Answer, expected = 0): T {
  if (code !== expected)
    throw new Error(`exit ${code}: ${stdout.slice(-1500)}${stderr.slice(-1500)}`);
  return JSON.parse(stdout) as T;
}
const place = ['--workspace', workspace, '--json'];
const run = (...args: string[]) => ballast.run('schedule', ...args, '-c', recipe, ...place);
const failed = async (code: number, ...args: string[]) =>
  json<{ error: { code: string; remedy: string } }>(await run(...args), code).error;
/** As the command does it; each command stands below once. */
async function synced(prune = false): Promise<(string | boolean)[][]> {
  const found = await schedulesOf({ config: recipe, workspace }, []);
  const changes = await syncSchedules(client, { ...found!, prune });
  return changes.map(({ id, change }) => [id, change]);
}
const described = async (name: string): Promise<ShownSchedule> =>
  shownSchedule(await existingSchedule(client, `clinic/${name}`));
const eventually = <T>(look: () => Promise<T>) =>
  expect.poll(look, { timeout: 30_000, interval: 100 });

beforeAll(async () => {
  mkdirSync(join(ballast.folder, 'in'));
  writeRecipe(NIGHTLY, WATCH);
  json(await ballast.run('up', '--json'));
  const connection = await Connection.connect({ address: ballast.address() });
  client = new Client({ connection, namespace: 'ballast' });
}, 120_000);

afterAll(async () => {
  await client?.connection.close();
  await ballast.run('down');
  rmSync(ballast.folder, { recursive: true, force: true });
}, 60_000);

describe('schedules of a recipe', () => {
  test('are made once: create refuses what stands, sync brings it up to date and then does nothing', async () => {
    expect(json<{ schedules: object[] }>(await run('create', 'nightly')).schedules).toEqual([
      { id: 'clinic/nightly', change: 'created', paused: false },
    ]);
    expect(await failed(7, 'create', 'nightly')).toMatchObject({ code: 'SCHEDULE_EXISTS' });
    expect(await failed(2, 'create', 'nihgtly')).toMatchObject({
      ...{ code: 'SCHEDULE_MISSING', remedy: 'did you mean "nightly"?' },
    });
    expect(json<{ schedules: SyncedSchedule[] }>(await run('sync')).schedules).toEqual([
      { id: 'clinic/nightly', change: 'unchanged', paused: false },
      { id: 'clinic/grants', change: 'created', paused: false },
    ]);
    // Another day, another person: none of that is a change.
    expect(new Set((await synced()).map(([, change]) => change))).toEqual(new Set(['unchanged']));
  });

  test('say all of themselves, by their own clocks and by UTC', async () => {
    const shown = await described('nightly');
    expect(shown).toMatchObject({
      ...{ id: 'clinic/nightly', act: 'build-new', cron: '30 2 * * *', timezone: 'Europe/Berlin' },
      ...{ jitterSeconds: 300, overlap: 'buffer-one', catchupSeconds: 7200, paused: false },
      ...{ note: 'builds what is new', workspace, taken: 0, skippedOverlap: 0, missedCatchup: 0 },
    });
    expect(shown.next.length).toBe(5);
    for (const { utc, local } of shown.next) {
      expect(local).toBe(zoneTime(new Date(utc), 'Europe/Berlin'));
      // Up to five minutes of jitter behind 02:30.
      expect(local).toMatch(/ 02:3[0-5]:\d\d GMT\+[12]$/);
    }
    const words = await ballast.run('schedule', 'describe', 'clinic/nightly');
    expect(words.stdout).toContain('30 2 * * * (Europe/Berlin)');
    expect(words.stdout).toContain('runs missed up to 2h ago are made up, older ones not');
    expect(words.stdout).toMatch(
      /the clocks go from 02:00 to 03:00: a run between them is left out/,
    );
  });

  test('keep their pause and its note when the recipe changes; a note of the recipe follows it', async () => {
    json(await run('pause', 'nightly', '--note', 'until the audit is over'));
    expect((await described('nightly')).next).toEqual([]);
    writeRecipe(NIGHTLY.replace('30 2', '15 3'), WATCH);
    expect(await synced()).toEqual([
      ['clinic/nightly', 'updated'],
      ['clinic/grants', 'unchanged'],
    ]);
    expect(await described('nightly')).toMatchObject({
      ...{ cron: '15 3 * * *', paused: true, note: 'until the audit is over' },
    });
    json(await run('resume', 'nightly', '--note', 'audit done'));
    expect(await described('nightly')).toMatchObject({ paused: false, note: 'audit done' });
    writeRecipe(NIGHTLY.replace('30 2', '15 3'), `${WATCH.slice(0, -1)}, note: one}`);
    await synced();
    writeRecipe(NIGHTLY.replace('30 2', '15 3'), `${WATCH.slice(0, -1)}, note: two}`);
    await synced();
    expect(await described('grants')).toMatchObject({ note: 'two', everySeconds: 86_400 });
  });

  test('are put right where somebody changed them in the Temporal UI', async () => {
    await client.schedule.getHandle('clinic/nightly').update((found) => ({
      ...{ spec: found.spec as never, action: found.action as never, state: found.state },
      policies: { ...found.policies, overlap: 'ALLOW_ALL' },
    }));
    expect((await described('nightly')).overlap).toBe('allow-all');
    expect(await synced()).toContainEqual(['clinic/nightly', 'updated']);
    expect((await described('nightly')).overlap).toBe('buffer-one');
  });

  test('that the recipe no longer has are told of, and go with --prune', async () => {
    writeRecipe(WATCH);
    await eventually(() => synced()).toContainEqual(['clinic/nightly', 'not in the recipe']);
    expect(json<{ schedules: SyncedSchedule[] }>(await run('sync', '--prune')).schedules).toEqual([
      { id: 'clinic/grants', change: 'unchanged', paused: false },
      { id: 'clinic/nightly', change: 'removed', paused: false },
    ]);
    expect(await failed(2, 'describe', 'nightly')).toMatchObject({ code: 'SCHEDULE_MISSING' });
    await eventually(() => synced()).toEqual([['clinic/grants', 'unchanged']]);
    writeRecipe();
    expect(await failed(2, 'create')).toMatchObject({ code: 'SCHEDULE_MISSING' });
  });

  test('with a time that no clock has are refused by the server, in our words', async () => {
    writeRecipe(NIGHTLY.replace('30 2', '30 25'));
    const error = await failed(2, 'sync');
    expect(error).toMatchObject({ code: 'RECIPE_INVALID', remedy: 'correct cron or timezone' });
    writeRecipe(NIGHTLY, WATCH);
    await synced();
  });
});

describe('clocks', () => {
  test('a time of night that daylight saving skips is left out, one that it doubles may run twice; UTC does neither', async () => {
    // Never the change of these days: its day may have begun.
    const soon = new Date(Date.now() + 3 * 86_400_000);
    const changeOf = (zone: string, effect: ClockChange['effect']) =>
      new Date(clockChanges(soon, zone).find((change) => change.effect === effect)!.at);
    const skip = changeOf('Europe/Berlin', 'skipped');
    const twice = changeOf('America/New_York', 'twice');
    const on = (day: Date, hour: number) =>
      `cron: "30 ${hour} ${day.getUTCDate()} ${day.getUTCMonth() + 1} *"`;
    writeRecipe(
      `{name: skip, ${on(skip, 2)}, timezone: Europe/Berlin}`,
      `{name: skip-utc, ${on(skip, 2)}, timezone: UTC}`,
      `{name: twice, ${on(twice, 1)}, timezone: America/New_York}`,
      `{name: twice-utc, ${on(twice, 1)}, timezone: UTC}`,
    );
    await synced();
    const runs = async (name: string, day: Date) =>
      (await described(name)).next.filter(
        ({ utc }) => utc.slice(0, 10) === day.toISOString().slice(0, 10),
      ).length;
    expect(await runs('skip', skip)).toBe(0);
    expect(await runs('skip-utc', skip)).toBe(1);
    expect(await runs('twice', twice)).toBe(2);
    expect(await runs('twice-utc', twice)).toBe(1);
    writeRecipe(NIGHTLY, WATCH);
    await eventually(async () => (await synced(true)).length).toBe(2);
  });

  test.each([
    [
      'Europe/Berlin',
      '2027-01-01T00:00:00Z',
      ['2027-03-28T01:00:00.000Z 02:00 03:00', '2027-10-31T01:00:00.000Z 03:00 02:00'],
    ],
    [
      'America/New_York',
      '2027-01-01T00:00:00Z',
      ['2027-03-14T07:00:00.000Z 02:00 03:00', '2027-11-07T06:00:00.000Z 02:00 01:00'],
    ],
    [
      'Australia/Lord_Howe',
      '2027-01-01T00:00:00Z',
      ['2027-04-03T15:00:00.000Z 02:00 01:30', '2027-10-02T15:30:00.000Z 02:00 02:30'],
    ],
    ['Asia/Kolkata', '2027-01-01T00:00:00Z', []],
    ['UTC', '2027-01-01T00:00:00Z', []],
  ])('of %s are set when its rules say', (zone, since, expected) => {
    const found = clockChanges(new Date(since), zone);
    expect(found.map(({ at, from, to }) => `${at} ${from} ${to}`)).toEqual(expected);
  });
});

describe('a run by hand', () => {
  test('says what it came to; the look at the grants stands in the ledger', async () => {
    const triggered = json<Triggered>(await run('trigger', 'grants'));
    expect(triggered.sentence).toContain('1 near the end or past it, 1 of them news');
    const { info } = await client.schedule.getHandle('clinic/grants').describe();
    expect(info.numActionsTaken).toBe(1);
    const told = json<{ notices: object[] }>(await ballast.run('audit', 'grants', ...place));
    expect(told.notices).toMatchObject([
      { mix: 'clinic', grantId: 'over', stage: 'expired', endsOn: '2025-01-01', versions: [] },
    ]);
    const { schedules } = json<{ schedules: ShownSchedule[] }>(await run('list'));
    expect(schedules.map(({ id, taken }) => [id, taken])).toEqual([
      ['clinic/grants', 1],
      ['clinic/nightly', 0],
    ]);
    const table = await ballast.run('schedule', 'list');
    expect(table.stdout).toContain('clinic/nightly');
    expect(await failed(2, 'trigger', 'grants', '--overlap', 'never')).toMatchObject({
      code: 'USAGE',
    });
  });

  test('is not there where the schedule is not, and deleting takes it away', async () => {
    expect(json(await run('delete', 'grants'))).toEqual({ id: 'clinic/grants', removed: true });
    expect(await failed(2, 'trigger', 'grants')).toMatchObject({ code: 'SCHEDULE_MISSING' });
    expect(await failed(2, 'delete', 'nightl')).toMatchObject({
      remedy: 'did you mean "clinic/nightly"?',
    });
  });
});

describe('a watch over folders', () => {
  const file = (name: string) => join(ballast.folder, 'in', name);
  const watch = (...args: string[]) => ballast.run('watch-source', '-c', recipe, ...args, ...place);
  interface Once {
    readonly arrivals: { file: string; sha256: string; state: string; known: boolean }[];
    readonly unsettled: string[];
    readonly unchanged: number;
  }

  test('--once tells the line of what is whole, and of nothing twice', async () => {
    writeFileSync(file('a.jsonl'), '{"id": "1", "text": "one"}\n');
    writeFileSync(file('b.jsonl.part'), '{"id": "2", "te');
    const first = json<Once>(await watch('--once'));
    expect(first).toMatchObject({
      arrivals: [{ file: 'in/a.jsonl', state: 'waiting', known: false }],
      unsettled: [],
    });
    const digest = sha256('{"id": "1", "text": "one"}\n');
    expect(first.arrivals[0]!.sha256).toBe(digest);
    expect(json<Once>(await watch('--once'))).toMatchObject({ arrivals: [], unchanged: 1 });
    const line = json<{ pending: { sha256: string }[] }>(
      await ballast.run('line', 'status', 'clinic', '--json'),
    );
    expect(line.pending.map(({ sha256: pending }) => pending)).toEqual([digest]);
  });

  test('tells a line that was started anew once more, and that knows it by its digest', async () => {
    json(await ballast.run('line', 'stop', 'clinic', '--json'));
    expect(json<Once>(await watch('--once'))).toMatchObject({ arrivals: [], unchanged: 1 });
    json(await ballast.run('line', 'start', '-c', recipe, ...place));
    expect(json<Once>(await watch('--once'))).toMatchObject({
      arrivals: [{ file: 'in/a.jsonl', state: 'waiting', known: true }],
    });
    expect(json<Once>(await watch('--once'))).toMatchObject({ arrivals: [], unchanged: 1 });
  });

  test('goes on until it is told to stop, over a server that dies', async () => {
    const child: ChildProcess = spawn(
      process.execPath,
      [
        join(ROOT, 'dist/client/main.js'),
        'watch-source',
        '-c',
        recipe,
        '--interval',
        '1s',
        ...place,
      ],
      { env: ballast.environment(), cwd: ballast.folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let said = '';
    let shown = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.stdout!.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
    });
    const ended = new Promise<number | null>((end) => child.once('close', end));
    await eventually(async () => said).toContain('watching 1 source of clinic every 1 s');
    writeFileSync(file('b.jsonl.part'), '{"id": "2", "text": "two"}\n');
    renameSync(file('b.jsonl.part'), file('b.jsonl'));
    await eventually(async () => said).toContain('1 file of web sent: 1 new, 0 known');
    process.kill(ballast.pidOf('server'), 'SIGKILL');
    writeFileSync(file('c.jsonl'), '{"id": "3", "text": "three"}\n');
    writeFileSync(file('d.jsonl'), '{"id": "1", "text": "one"}\n');
    await expect
      .poll(() => said, { timeout: 90_000, interval: 200 })
      .toContain('2 files of web sent: 1 new, 1 known');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(JSON.parse(shown)).toMatchObject({ mix: 'clinic', sent: 3, known: 1 });
  }, 150_000);

  test('refuses what is no source, no interval and no recipe', async () => {
    const refusal = async (code: number, ...args: string[]) =>
      json<{ error: { code: string; remedy: string } }>(await watch(...args), code).error;
    expect(await refusal(2, '--source', 'wbe')).toMatchObject({ remedy: 'did you mean "web"?' });
    expect(await refusal(2, '--interval', 'soon')).toMatchObject({ code: 'USAGE' });
    const none = await ballast.run('watch-source', '--json');
    expect(none.code).toBe(2);
  });
});
