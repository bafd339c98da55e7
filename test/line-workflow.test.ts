/**
 * The workflow of a line on a real server, with its real activities and a real ledger; the builds
 * that it starts answer from a script, so that they can wait and fail on demand.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arrivalsOfRecipe, record } from '../activities/arrival-list.js';
import { run as pinSources } from '../activities/tasks/pin-sources.js';
import { applyLine, EMPTY_LIST } from '../core/line/list.js';
import type { LineTick } from '../core/schema/arrival.js';
import type { Recipe } from '../core/schema/recipe.js';
import type { Sealed } from '../core/schema/sealed-history.js';
import { digestOf } from '../storage/digest.js';
import {
  configureUpdate,
  freezeSignal,
  lineWorkflowId,
  sealWorkflowId,
  tickSignal,
  unfreezeSignal,
} from '../workflows/messages.js';
import { keepHistory } from './keep-history.js';
import { failsAt, Gate, linesOf, ScriptedLines, send, status } from './scripted-line.js';

const lines = new ScriptedLines();
const { builds } = lines;

beforeAll(() => lines.start(), 120_000);
afterAll(() => lines.stop(), 60_000);

/** Never due by itself: ticks alone start builds. */
const BY_TICK = { quietSeconds: 1_000, maxWaitSeconds: 1_000 };
const tick = (act: LineTick['act']): LineTick => ({ schedule: 'test', atMs: Date.now(), act });
const row = (n: number) => `{"id": "${n}", "text": "text number ${n}"}\n`;
const today = () => new Date().toISOString().slice(0, 10).replaceAll('-', '.');
const eventually = <T>(look: () => Promise<T>) =>
  expect.poll(look, { timeout: 30_000, interval: 50 });

async function found(query: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of builds.client.workflow.list({ query })) ids.push(workflowId);
  return ids;
}

describe('arrivals', () => {
  test('that come close together are one build, each file once, whoever sends it', async () => {
    builds.script('build-mix/quiet@', {});
    const handle = await lines.line(lines.input('quiet'));
    const [a, b] = [lines.file('q-a.jsonl', row(1), null), lines.file('q-b.jsonl', row(2), null)];
    const [first, second] = await Promise.all([send(handle, a, b), send(handle, b, a)]);
    const known = [...first, ...second].filter((file) => file.known);
    expect(known.length).toBe(2);
    await eventually(async () => (await status(handle)).lastPublished).toBe(today());
    const answers = await send(handle, b, a, a);
    const published = { state: 'published', known: true, version: today(), reason: null };
    expect(answers).toMatchObject([published, published, published]);
    expect(await status(handle)).toMatchObject({ taken: 2, refused: 0, pending: [], listed: 0 });
    const made = await linesOf(lines.workspace('quiet'));
    expect(made.map(({ event }) => event)).toEqual(['composed', 'ended']);
    expect(made[0]!.arrivals.map(({ tokens }) => tokens)).toEqual(
      [16, 16].map(() => expect.any(Number)),
    );
    await keepHistory(builds.client, lineWorkflowId('quiet'), 'mix-line-quiet');
  });

  test('during a build wait for the next one, and two builds never run at once', async () => {
    const gate = new Gate();
    let running = 0;
    let most = 0;
    builds.script('build-mix/busy@', {
      pin: async () => {
        most = Math.max(most, ++running);
        await gate.passed;
        running--;
      },
    });
    const handle = await lines.line(lines.input('busy', { quietSeconds: 0.05 }));
    const [a, b] = [lines.file('b-a.jsonl', row(11)), lines.file('b-b.jsonl', row(12))];
    await send(handle, a);
    await eventually(async () => (await status(handle)).building).toBe(today());
    expect((await send(handle, a))[0]).toMatchObject({ state: 'building', version: today() });
    expect((await send(handle, b))[0]).toMatchObject({ state: 'waiting', known: false });
    await handle.signal(tickSignal, tick('build-new'));
    await sleep(300);
    expect(running).toBe(1);
    gate.open();
    await eventually(async () => (await status(handle)).lastPublished).toBe(`${today()}.2`);
    expect(most).toBe(1);
    const answers = await send(handle, a, b);
    expect(answers.map(({ version }) => version)).toEqual([today(), `${today()}.2`]);
    const query = `WorkflowType = "buildMix" AND MixName = "busy" AND TriggerKind IN ("arrival", "schedule")`;
    await eventually(async () => (await found(query)).length).toBe(2);
  });

  test('that are gone or changed when the build is put together are set aside, and may come again', async () => {
    builds.script('build-mix/gone@', {});
    const handle = await lines.line(lines.input('gone', BY_TICK));
    const [a, b, c] = ['a', 'b', 'c'].map((name, i) => lines.file(`g-${name}.jsonl`, row(20 + i)));
    await send(handle, a!, b!, c!, { ...c!, source: 'nobody', sha256: 'e'.repeat(64) });
    rmSync(join(lines.folder, a!.file));
    const changed = lines.file('g-b.jsonl', row(29));
    await handle.signal(tickSignal, tick('build-new'));
    await eventually(async () => (await status(handle)).lastPublished).toBe(today());
    expect(await status(handle)).toMatchObject({ taken: 1, refused: 3 });
    const answers = await send(handle, b!, { ...c!, sha256: 'e'.repeat(64) }, a!);
    expect(answers.map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting']);
    const [, refused] = await linesOf(lines.workspace('gone'));
    const reasons = (await linesOf(lines.workspace('gone')))[0]!.refused.map(
      ({ reason }) => reason,
    );
    expect(reasons).toEqual([
      'the recipe has no source "nobody"',
      'the file is gone',
      expect.stringContaining('the file was changed'),
    ]);
    expect(refused!.event).toBe('composed');
    expect((await send(handle, changed))[0]).toMatchObject({ state: 'waiting', known: false });
  });

  test('that cannot be read are set aside when they are counted; the others are built', async () => {
    builds.script('build-mix/broken@', {});
    const handle = await lines.line(lines.input('broken'));
    const good = lines.file('c-good.jsonl', row(30), null);
    const bad = lines.file('c-bad.parquet', 'no parquet', null);
    await send(handle, bad, good);
    await eventually(async () => (await status(handle)).lastPublished).toBe(today());
    const [answer] = await send(handle, bad);
    expect(answer).toMatchObject({ state: 'refused', known: true, version: null });
    expect(answer!.reason).toContain('SOURCE_UNREADABLE');
    expect(await status(handle)).toMatchObject({ taken: 1, refused: 1 });
  });
});

describe('ticks and freezes', () => {
  test('a tick builds at once; one for new text does nothing where none is', async () => {
    builds.script('build-mix/tick@', {});
    const handle = await lines.line(lines.input('tick', BY_TICK));
    await handle.signal(tickSignal, tick('build-new'));
    await send(handle, lines.file('t-a.jsonl', row(40)));
    await sleep(200);
    expect((await status(handle)).building).toBeNull();
    expect((await linesOf(lines.workspace('tick'))).length).toBe(0);
    await handle.signal(tickSignal, tick('build-always'));
    await eventually(async () => (await status(handle)).lastPublished).toBe(today());
    await handle.signal(tickSignal, tick('build-always'));
    await eventually(async () => (await status(handle)).lastPublished).toBe(`${today()}.2`);
    expect((await linesOf(lines.workspace('tick'))).map(({ arrivals }) => arrivals.length)).toEqual(
      [1, 0, 0, 0],
    );
  });

  test('a frozen line takes arrivals and builds nothing until it is unfrozen', async () => {
    builds.script('build-mix/frozen@', {});
    const handle = await lines.line(lines.input('frozen', { quietSeconds: 0 }));
    const freeze = { reason: 'a retraction', by: 'retract/x' };
    await handle.signal(freezeSignal, freeze);
    await send(handle, lines.file('f-a.jsonl', row(50)));
    await handle.signal(tickSignal, tick('build-new'));
    await sleep(300);
    expect(await status(handle)).toMatchObject({ frozen: 'a retraction', building: null });
    const query = 'WorkflowType = "mixLine" AND MixPhase = "frozen" AND MixName = "frozen"';
    await eventually(async () => (await found(query)).length).toBe(1);
    await handle.signal(unfreezeSignal, { reason: '', by: 'somebody else' });
    await handle.signal(unfreezeSignal, freeze);
    await eventually(async () => (await status(handle)).lastPublished).toBe(today());
  });
});

describe('a build that fails', () => {
  test('gives its arrivals back, uses up its version, and waits for something new', async () => {
    let isBad = true;
    builds.script('build-mix/fails@', {
      solve: () => (isBad ? { status: 'infeasible', wrong: 'cap x is too tight' } : {}),
    });
    const handle = await lines.line(lines.input('fails', { maxWaitSeconds: 900 }));
    await send(handle, lines.file('x-a.jsonl', row(60)));
    await eventually(async () => (await status(handle)).lastOutcome).toContain('CAP_INFEASIBLE');
    const failed = await status(handle);
    expect(failed).toMatchObject({ lastPublished: null, building: null, listed: 1, taken: 0 });
    expect(failed.dueAtMs! - Date.now()).toBeGreaterThan(800_000);
    isBad = false;
    await send(handle, lines.file('x-b.jsonl', row(61)));
    await eventually(async () => (await status(handle)).lastPublished).toBe(`${today()}.2`);
    expect(await status(handle)).toMatchObject({ taken: 2, listed: 0 });
    expect(
      (await linesOf(lines.workspace('fails'))).map(({ event, outcome }) => outcome ?? event),
    ).toEqual([...['composed', 'failed', 'composed', 'published']]);
    await keepHistory(builds.client, lineWorkflowId('fails'), 'mix-line-fails');
  });

  test('by one new file goes on without it', async () => {
    builds.script('build-mix/blamed@', {
      pin: async (workflowId) => {
        if (workflowId.endsWith(today()))
          throw failsAt('DUPLICATE_ID', 'base.jsonl:1 and in/d-b.jsonl:1');
      },
    });
    const handle = await lines.line(lines.input('blamed', { maxWaitSeconds: 900 }));
    const [a, b] = [lines.file('d-a.jsonl', row(70)), lines.file('d-b.jsonl', row(71))];
    await send(handle, a, b);
    await eventually(async () => (await status(handle)).lastPublished).toBe(`${today()}.2`);
    const answers = await send(handle, a, b);
    expect(answers).toMatchObject([
      { state: 'published', version: `${today()}.2` },
      { state: 'refused', reason: expect.stringContaining('DUPLICATE_ID') },
    ]);
  });

  test('because somebody cancels it fails like any other', async () => {
    const gate = new Gate();
    builds.script('build-mix/cancelled@', { pin: () => gate.passed });
    const handle = await lines.line(lines.input('cancelled', { maxWaitSeconds: 900 }));
    await send(handle, lines.file('k-a.jsonl', row(80)));
    await eventually(async () => (await status(handle)).building).toBe(today());
    await builds.client.workflow.getHandle(`build-mix/cancelled@${today()}`).terminate('test');
    gate.open();
    await eventually(async () => (await status(handle)).lastOutcome).toContain('BUILD_CANCELLED');
    expect(await status(handle)).toMatchObject({ listed: 1, taken: 0, building: null });
  });
});

describe('a line of years', () => {
  test('continues as new without losing a message, also while a build runs', async () => {
    const gate = new Gate();
    builds.script('build-mix/long@', { pin: () => gate.passed });
    const handle = await lines.line(lines.input('long', { quietSeconds: 0.1 }, 2));
    const firstRun = (await handle.describe()).runId;
    const files = Array.from({ length: 24 }, (_, i) => lines.file(`l-${i}.jsonl`, row(100 + i)));
    const current = builds.client.workflow.getHandle<
      typeof import('../workflows/mix-line.js').mixLine
    >(lineWorkflowId('long'));
    await send(current, files[0]!);
    await eventually(async () => (await status(current)).building).toBe(today());
    for (const file of files.slice(1)) await send(current, file);
    expect((await current.describe()).runId).not.toBe(firstRun);
    expect(await status(current)).toMatchObject({ building: today(), lastPublished: null });
    expect((await status(current)).pending.length).toBe(23);
    gate.open();
    await eventually(async () => (await status(current)).lastPublished).toBe(`${today()}.2`);
    expect(await status(current)).toMatchObject({ taken: 24, listed: 0, pending: [] });
    await keepHistory(builds.client, lineWorkflowId('long'), 'mix-line-long', firstRun);
  });

  test('that stops keeps what waits, and a new one goes on where the ledger ends', async () => {
    const gate = new Gate();
    builds.script('build-mix/stops@', { pin: () => gate.passed });
    const handle = await lines.line(lines.input('stops', { quietSeconds: 0.1 }));
    const [a, b] = [lines.file('s-a.jsonl', row(200)), lines.file('s-b.jsonl', row(201))];
    await send(handle, a);
    await eventually(async () => (await status(handle)).building).toBe(today());
    await send(handle, b);
    await handle.cancel();
    await sleep(200);
    expect((await handle.describe()).status.name).toBe('RUNNING');
    gate.open();
    expect(await handle.result()).toEqual({
      ...{ lastPublished: today(), taken: 1, refused: 0 },
      waiting: 1,
    });
    const sealing = builds.client.workflow.getHandle(sealWorkflowId(lineWorkflowId('stops')));
    const sealed = (await sealing.result()) as Sealed;
    expect(sealed).toMatchObject({ path: expect.stringMatching(/^audit\//), runs: 1, isNew: true });
    const again = await lines.line(lines.input('stops', { quietSeconds: 0.1 }));
    await eventually(async () => (await status(again)).taken).toBe(2);
    expect((await send(again, a))[0]).toMatchObject({ state: 'published', known: true });
  });

  test('that was terminated in the middle of a build learns its end', async () => {
    const gate = new Gate();
    builds.script('build-mix/lost@', { pin: () => gate.passed });
    const handle = await lines.line(lines.input('lost', { quietSeconds: 0.1 }));
    const a = lines.file('z-a.jsonl', row(210));
    await send(handle, a);
    // Said to be built is what the line is about to start: a line that ends before has a build that never was.
    const build = builds.client.workflow.getHandle(`build-mix/lost@${today()}`);
    await eventually(() =>
      build.describe().then(
        () => true,
        () => false,
      ),
    ).toBe(true);
    await handle.terminate('test');
    const again = await lines.line(lines.input('lost'));
    await eventually(async () => (await status(again)).building).toBe(today());
    expect((await send(again, a))[0]).toMatchObject({ state: 'building', known: true });
    gate.open();
    await eventually(async () => (await status(again)).taken).toBe(1);
  });

  test('goes by another recipe where it is told to, but stays the line of its mix', async () => {
    builds.script('build-mix/setup@', {});
    const input = lines.input('setup', BY_TICK);
    const handle = await lines.line(input);
    const { recipe, execution } = input;
    const settings = { ...input.settings, quietSeconds: 0.1 };
    await send(handle, lines.file('y-a.jsonl', row(220)));
    await handle.executeUpdate(configureUpdate, { args: [{ recipe, execution, settings }] });
    await eventually(async () => (await status(handle)).lastPublished).toBe(today());
    const other = { ...recipe, name: 'another' };
    const refused = handle.executeUpdate(configureUpdate, {
      args: [{ recipe: other, execution, settings }],
    });
    await expect(refused).rejects.toMatchObject({ cause: { type: 'ARRIVAL_INVALID' } });
  });

  test('of thousands that wait has them all in one version, by the files themselves', async () => {
    builds.script('build-mix/many@', {});
    const handle = await lines.line(lines.input('many', BY_TICK));
    const files = Array.from({ length: 2_500 }, (_, i) =>
      lines.file(`m-${i}.jsonl`, row(1_000 + i)),
    );
    for (let at = 0; at < files.length; at += 500) await send(handle, ...files.slice(at, at + 500));
    expect((await status(handle)).listed).toBeGreaterThan(0);
    await handle.signal(tickSignal, tick('build-new'));
    await eventually(async () => (await status(handle)).lastPublished).toBe(today());
    expect(await status(handle)).toMatchObject({ taken: 2_500, listed: 0, pending: [] });
    const recipe = pinnedRecipe('many');
    const arrivals = await arrivalsOfRecipe(lines.workspace('many'), recipe);
    const pins = await pinSources(
      {
        ...{ recipe, baseFolder: lines.folder, recipeFingerprint: '', lineages: [] },
        ...{ previous: null, arrivals },
      },
      new Float64Array(4),
    );
    const shards = pins.sources[0]!.shards;
    const pinned = new Map(shards.map(({ file, sha256 }) => [file, sha256]));
    expect(files.filter(({ file, sha256 }) => pinned.get(file) !== sha256)).toEqual([]);
    expect(pinned.size).toBe(shards.length);
  }, 120_000);

  test('of 20,000 files that were taken knows each, and its next build is as small a message', async () => {
    builds.script('build-mix/years@', {});
    const name = 'years';
    const taken = Array.from({ length: 20_000 }, (_, i) => ({
      ...{ source: 'web', file: `in/a-year-of-files/${i}.jsonl`, bytes: 10, tokens: 1, atMs: i },
      sha256: i.toString(16).padStart(64, '0'),
    }));
    const place = { workspace: lines.workspace(name), name, by: 'test', scratch: 'test' };
    const version = '2026.01.01';
    const part = { name, version, refused: [], sentence: '' };
    const composed = { ...part, event: 'composed' as const, outcome: null, arrivals: taken };
    const ended = { ...part, event: 'ended' as const, outcome: 'published' as const, arrivals: [] };
    await record(place, EMPTY_LIST, { key: 'a', line: composed });
    await record(place, EMPTY_LIST, { key: 'b', line: ended });
    const handle = await lines.line(lines.input(name));
    const news = lines.file('years.jsonl', row(300));
    const { atMs: _atMs, ...old } = taken[12_345]!;
    expect(await send(handle, old, news)).toMatchObject([
      { state: 'published', version, known: true },
      { state: 'waiting', known: false },
    ]);
    await eventually(async () => (await status(handle)).lastPublished).toBe(today());
    expect(await status(handle)).toMatchObject({ taken: 20_001 });
    const recipe = pinnedRecipe(name);
    expect(JSON.stringify(recipe).length).toBeLessThan(10_000);
    const { web } = await arrivalsOfRecipe(lines.workspace(name), recipe);
    expect(web!.taken.length).toBe(20_001);
    // Without the cache the same list comes out of the ledger.
    expect(await remade(lines.workspace(name), name)).toBe(recipe.sources[0]!.paths.at(-1));
  }, 120_000);
});

/** The recipe that the last build of a line was started with. */
function pinnedRecipe(name: string): Recipe {
  const { input } = builds.calls(`build-mix/${name}@`, 'pinSources').at(-1)!;
  return (input as { recipe: Recipe }).recipe;
}

/** Path of a recipe by the list as the ledger had it when the last build was composed. */
async function remade(workspace: string, name: string): Promise<string> {
  const made = (await linesOf(workspace)).filter((line) => line.name === name);
  const last = made.findLastIndex(({ event }) => event === 'composed');
  return `arrivals:${digestOf(made.slice(0, last + 1).reduce(applyLine, EMPTY_LIST))}`;
}
