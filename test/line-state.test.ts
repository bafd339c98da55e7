/**
 * What a line decides, without a server: who waits, when a build is due, what becomes of arrivals
 * after its end. A simulated line lives through random messages, builds and failures; at the end
 * every digest that arrived is in exactly one version, set aside with a reason, or waiting.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blamedFiles } from '../core/line/blame.js';
import { endOfError } from '../core/line/build-end.js';
import { dueAtMs } from '../core/line/due.js';
import {
  applyLine,
  arrivalsOfSource,
  countList,
  EMPTY_LIST,
  openBuildOf,
} from '../core/line/list.js';
import { nextRecipe } from '../core/line/next-recipe.js';
import * as core from '../core/line/state.js';
import { nextVersion } from '../core/mix/next-version.js';
import type { Arrival, LineTick } from '../core/schema/arrival.js';
import type { ArrivalList, ArrivalsLine, WaitingArrival } from '../core/schema/arrival-list.js';
import type { Recipe } from '../core/schema/recipe.js';

const SETTINGS = { quietSeconds: 10, maxWaitSeconds: 60, minNewTokens: 100 };
const EMPTY = core.stateOf({ lastPublished: null, pending: [], taken: null, frozen: null });
const digest = (n: number) => n.toString(16).padStart(64, '0');

function arrival(n: number, tokens: number | null = 50): Arrival {
  return { source: 'web', file: `in/${n}.jsonl`, sha256: digest(n), bytes: n, tokens };
}

function arrived(state: core.LineState, atMs: number, ...arrivals: Arrival[]): core.LineState {
  return core.arrive(state, arrivals, { listed: [], atMs }).state;
}

const line = (part: Partial<ArrivalsLine>): ArrivalsLine => ({
  ...{ name: 'm', event: 'waiting', version: null, outcome: null, sentence: '' },
  ...{ arrivals: [], refused: [], ...part },
});

describe('a build is due', () => {
  test('after the quiet period, where enough tokens came', () => {
    const few = arrived(EMPTY, 1_000, arrival(1));
    expect(dueAtMs(few, SETTINGS)).toBe(61_000);
    const enough = arrived(few, 5_000, arrival(2));
    expect(dueAtMs(enough, SETTINGS)).toBe(15_000);
    const more = arrived(enough, 14_000, arrival(3));
    expect(dueAtMs(more, SETTINGS)).toBe(24_000);
  });

  test('after the longest wait in any case, however often more arrives', () => {
    let state = arrived(EMPTY, 0, arrival(1, 1_000));
    for (let i = 1; i < 20; i++) state = arrived(state, i * 9_000, arrival(i + 1));
    expect(dueAtMs(state, SETTINGS)).toBe(60_000);
  });

  test('not while tokens are counted, unless the longest wait is over', () => {
    const state = arrived(EMPTY, 0, arrival(1, 1_000), arrival(2, null));
    expect(dueAtMs(state, SETTINGS)).toBe(60_000);
    expect(dueAtMs(core.counted(state, new Map([[digest(2), 0]])), SETTINGS)).toBe(10_000);
    const none = arrived(EMPTY, 0, arrival(2, null));
    expect(dueAtMs(none, SETTINGS)).toBeNull();
    expect(dueAtMs(core.ticked(none, tick('build-new')), SETTINGS)).toBeNull();
  });

  test('at once by a tick: of new text only where some waits', () => {
    expect(core.ticked(EMPTY, tick('build-new')).tick).toBeNull();
    expect(dueAtMs(core.ticked(EMPTY, tick('build-always')), SETTINGS)).toBe(0);
    const state = arrived(EMPTY, 0, arrival(1));
    expect(dueAtMs(core.ticked(state, tick('build-new')), SETTINGS)).toBe(0);
  });

  test('not while it is frozen or builds, and one tick of that time is remembered: the strongest', () => {
    const by = (name: string) => ({ reason: `because of ${name}`, by: name });
    let state = core.frozen(core.frozen(arrived(EMPTY, 0, arrival(1, 999)), by('a')), by('b'));
    for (const act of ['build-new', 'build-always', 'build-new'] as const)
      state = core.ticked(state, tick(act));
    expect(state.tick?.act).toBe('build-always');
    expect(dueAtMs(state, SETTINGS)).toBeNull();
    state = core.unfrozen(state, by('a'));
    expect([core.frozenBy(state), dueAtMs(state, SETTINGS)]).toEqual(['because of b', null]);
    expect(dueAtMs(core.unfrozen(state, { reason: '', by: '*' }), SETTINGS)).toBe(0);
    const building = core.started(state, { version: '2026.11.26', arrivals: 1 });
    expect(dueAtMs(building, SETTINGS)).toBeNull();
  });

  test('after a failure later each time, but at once where a file was set aside for it', () => {
    const end = { isPublished: false, sentence: 'no', setAside: 0, atMs: 0 };
    let state = { ...core.composing(arrived(EMPTY, 0, arrival(1, 999))) };
    const waits: (number | null)[] = [];
    for (let i = 0; i < 12; i++) {
      state = core.ended(core.composing(state), end, SETTINGS);
      waits.push(dueAtMs(state, SETTINGS));
    }
    expect(waits.slice(0, 4)).toEqual([60_000, 120_000, 240_000, 480_000]);
    expect(waits.at(-1)).toBe(60_000 * 2 ** 11);
    expect(core.ended(state, { ...end, setAside: 1, atMs: 5 }, SETTINGS).retryAtMs).toBe(5);
    const news = arrived(state, 7_000, arrival(2, 999));
    expect(dueAtMs(news, SETTINGS)).toBe(17_000);
    for (let i = 0; i < 20; i++) state = core.ended(state, end, SETTINGS);
    expect(dueAtMs(state, SETTINGS)).toBe(7 * 86_400_000);
  });

  test('again by the tick that a failure left without a build, after the pause; at once by another', () => {
    const end = { isPublished: false, sentence: 'no disk', setAside: 0, atMs: 0 };
    const asked = core.ticked(EMPTY, tick('build-always'));
    const failed = core.ended(core.composing(asked), end, SETTINGS);
    expect(dueAtMs(failed, SETTINGS)).toBeNull();
    const again = core.tickedStill(failed, asked.tick);
    expect(dueAtMs(again, SETTINGS)).toBe(60_000);
    // A file that comes meanwhile is as due as without the tick.
    const news = arrived({ ...again, retryAtMs: 900_000 }, 7_000, arrival(2, 999));
    expect(dueAtMs(news, SETTINGS)).toBe(17_000);
    const weaker = core.ended(core.ticked(core.composing(news), tick('build-new')), end, SETTINGS);
    expect(core.tickedStill(weaker, asked.tick).tick?.act).toBe('build-always');
    expect(dueAtMs(core.ticked(again, tick('build-new')), SETTINGS)).toBe(60_000);
    expect(dueAtMs(core.ticked(again, tick('build-always')), SETTINGS)).toBe(0);
    const late = core.ended(
      core.ticked(core.composing(asked), tick('build-always')),
      end,
      SETTINGS,
    );
    expect(dueAtMs(late, SETTINGS)).toBe(0);
  });
});

describe('the list', () => {
  const waiting = (n: number, file = `in/${n}.jsonl`): WaitingArrival => ({
    ...arrival(n),
    file,
    atMs: n,
  });

  test('is what its lines add up to', () => {
    const refused = { ...waiting(3), reason: 'gone', mayReturn: true };
    const lines = [
      line({ arrivals: [waiting(1), waiting(2)] }),
      line({ event: 'refused', refused: [refused] }),
      line({ event: 'composed', version: '2026.11.26', arrivals: [waiting(1), waiting(2)] }),
    ];
    const list = lines.reduce(applyLine, EMPTY_LIST);
    expect(countList(list)).toEqual({ waiting: 0, tokensWaiting: 0, taken: 2, refused: 1 });
    expect(openBuildOf(lines)?.version).toBe('2026.11.26');
    const blamed = { ...waiting(2), reason: 'DUPLICATE_ID', mayReturn: false };
    const failed = line({
      event: 'ended',
      version: '2026.11.26',
      outcome: 'failed',
      refused: [blamed],
    });
    expect(openBuildOf([...lines, failed])).toBeNull();
    expect(countList(applyLine(list, failed))).toEqual({
      ...{ waiting: 1, tokensWaiting: 50, taken: 0, refused: 2 },
    });
  });

  test('gives a source the newest bytes of each path, and what to leave out', () => {
    const lines = [
      line({
        event: 'composed',
        version: '2026.11.26',
        arrivals: [waiting(1), waiting(2, 'in/b.jsonl')],
      }),
      line({ event: 'composed', version: '2026.11.27', arrivals: [waiting(5, 'in/b.jsonl')] }),
      line({ event: 'refused', refused: [{ ...waiting(9), reason: 'no', mayReturn: false }] }),
    ];
    const list = lines.reduce(applyLine, EMPTY_LIST);
    expect(arrivalsOfSource(list, 'web')).toEqual({
      taken: [
        { file: 'in/1.jsonl', sha256: digest(1) },
        { file: 'in/b.jsonl', sha256: digest(5) },
      ],
      leftOut: ['in/9.jsonl'],
    });
    expect(arrivalsOfSource(list, 'other')).toEqual({ taken: [], leftOut: [] });
  });

  test('stands in the next recipe as one path, whatever the recipe had before', () => {
    const recipe = {
      version: '2026.11.26',
      sources: [
        { name: 'web', paths: ['a'] },
        { name: 'own', paths: ['b'] },
      ],
    };
    const next = (version: string, list: string | null) =>
      nextRecipe(recipe as unknown as Recipe, { version, list, sources: ['web'] });
    expect(next('2026.11.27', digest(1)).sources.map(({ paths }) => paths)).toEqual([
      ...[['a', `arrivals:${digest(1)}`], ['b']],
    ]);
    const again = nextRecipe(next('2026.11.27', digest(1)), {
      ...{ version: '2026.11.28', list: digest(2), sources: ['web'] },
    });
    expect(again.sources[0]?.paths).toEqual(['a', `arrivals:${digest(2)}`]);
    expect(next('2026.11.27', null).sources[0]?.paths).toEqual(['a']);
  });
});

describe('blame', () => {
  const files = ['in/a.jsonl', 'in/a.jsonl.gz', 'in/b.jsonl'].map((file, i) => ({
    ...arrival(i),
    file,
  }));
  const failure = (code: string, where: string, subject = 'source "web"') => ({
    code,
    message: '',
    parts: { subject, where, expected: '', found: '', remedy: '' },
  });
  const blamed = (...args: Parameters<typeof failure>) =>
    blamedFiles(failure(...args), files).map(({ file }) => file);

  /** code, where it says that it failed, new files that go */
  const CASES: readonly (readonly [string, string, readonly string[]])[] = [
    ['SOURCE_UNREADABLE', 'in/a.jsonl, after row 3', ['in/a.jsonl']],
    ['SOURCE_UNREADABLE', 'in/a.jsonl.gz', ['in/a.jsonl.gz']],
    ['SOURCE_UNREADABLE', 'main/in/a.jsonl', []],
    ['SOURCE_CHANGED', 'in/b.jsonl', ['in/b.jsonl']],
    ['DUPLICATE_ID', 'base.jsonl:7 and in/b.jsonl:4', ['in/b.jsonl']],
    ['DUPLICATE_ID', 'in/b.jsonl:4 and in/a.jsonl:9', ['in/a.jsonl']],
    ['DUPLICATE_ID', 'base.jsonl:7 and base.jsonl:9', []],
    ['CAP_INFEASIBLE', 'in/a.jsonl', []],
  ];

  test('falls on the new files that a failure names, and on no others', () => {
    for (const [code, where, expected] of CASES)
      expect(blamed(code, where), where).toEqual(expected);
    expect(blamed('SOURCE_UNREADABLE', 'fields.text', 'source file in/b.jsonl')).toEqual([
      'in/b.jsonl',
    ]);
    expect(blamedFiles({ code: 'DUPLICATE_ID', message: '', parts: null }, files)).toEqual([]);
  });

  test('starts from the outermost failure with a code', () => {
    const inner = {
      name: 'ApplicationFailure',
      type: 'CAP_INFEASIBLE',
      message: 'no',
      details: [{ parts: null }],
    };
    const outer = { name: 'ChildWorkflowFailure', message: 'child failed', cause: inner };
    expect(endOfError(outer)).toEqual({
      failure: { code: 'CAP_INFEASIBLE', message: 'no', parts: null },
    });
    const cancelled = {
      name: 'WorkflowFailedError',
      cause: { name: 'CancelledFailure', message: 'cancelled' },
    };
    expect(endOfError(cancelled).failure?.code).toBe('BUILD_CANCELLED');
  });
});

function tick(act: LineTick['act']): LineTick {
  return { schedule: 'nightly', atMs: 0, act };
}

/** A line as the workflow keeps it, with the list in memory and time that only moves by steps. */
class SimulatedLine {
  state = EMPTY;
  list: ArrivalList = EMPTY_LIST;
  lines: ArrivalsLine[] = [];
  nowMs = 0;
  readonly arrived = new Set<string>();
  readonly published: string[] = [];
  readonly tried: string[] = [];

  record(made: ArrivalsLine, moved: readonly WaitingArrival[]): void {
    this.lines.push(made);
    this.list = applyLine(this.list, made);
    const digests = new Set(moved.map(({ sha256 }) => sha256));
    this.state = core.listChanged(this.state, {
      list: null,
      counts: countList(this.list),
      moved: digests,
    });
  }

  arrive(numbers: readonly number[]): void {
    const arrivals = numbers.map((n) => arrival(n));
    for (const { sha256 } of arrivals) this.arrived.add(sha256);
    const listed = this.list.arrivals.filter(({ sha256 }) =>
      arrivals.some((a) => a.sha256 === sha256),
    );
    const { state, files } = core.arrive(this.state, arrivals, { listed, atMs: this.nowMs });
    expect(files.length).toBe(numbers.length);
    this.state = state;
  }

  spill(): void {
    this.record(line({ arrivals: [...this.state.held] }), this.state.held);
  }

  /** Lets a due build start. */
  build(gone: number): void {
    const due = dueAtMs(this.state, SETTINGS);
    if (due === null || due > this.nowMs) return;
    const always = this.state.tick?.act === 'build-always';
    this.state = core.composing(this.state);
    const onList = this.list.arrivals.filter(({ state }) => state === 'waiting');
    const all = [...onList, ...core.ready(this.state)].map(
      ({ source, file, sha256, bytes, tokens, atMs }) => ({
        ...{ source, file, sha256, bytes, tokens, atMs },
      }),
    );
    const refused = all
      .slice(0, gone)
      .map((entry) => ({ ...entry, reason: 'gone', mayReturn: true }));
    this.record(line({ event: 'refused', refused }), all.slice(0, gone));
    const fit = all.slice(gone);
    if (fit.length === 0 && !always) return;
    const version = nextVersion([...this.published, ...this.tried], '2026-11-26');
    expect(this.tried).not.toContain(version);
    this.tried.push(version);
    this.record(line({ event: 'composed', version, arrivals: fit }), fit);
    this.state = core.started(this.state, { version, arrivals: fit.length });
  }

  end(outcome: 'published' | 'failed', blamedCount: number): void {
    const { building } = this.state;
    if (building === null) return;
    const { version } = building;
    const mine = this.list.arrivals.filter(
      (entry) => entry.version === version && entry.state === 'taken',
    );
    const blamed = outcome === 'failed' ? mine.slice(0, blamedCount) : [];
    const refused = blamed.map(({ source, file, sha256, bytes, tokens, atMs }) => ({
      ...{ source, file, sha256, bytes, tokens, atMs, reason: 'DUPLICATE_ID', mayReturn: false },
    }));
    this.record(line({ event: 'ended', version, outcome, refused }), []);
    const end = {
      isPublished: outcome === 'published',
      sentence: outcome,
      setAside: blamed.length,
    };
    if (end.isPublished) this.published.push(version);
    this.state = core.ended(this.state, { ...end, atMs: this.nowMs }, SETTINGS);
  }

  /** Each digest that arrived, by where it is. */
  places(): Map<string, string> {
    const places = new Map(
      this.list.arrivals.map(({ sha256, state, version }) => [sha256, version ?? state]),
    );
    for (const { sha256 } of this.state.held) {
      expect(places.get(sha256) ?? 'refused').toBe('refused');
      places.set(sha256, 'waiting');
    }
    return places;
  }
}

const STEP = fc.oneof(
  fc.record({
    kind: fc.constant('arrive' as const),
    numbers: fc.array(fc.nat(40), { minLength: 1, maxLength: 5 }),
  }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(70_000) }),
  fc.record({ kind: fc.constant('build' as const), gone: fc.nat(2) }),
  fc.record({
    kind: fc.constant('end' as const),
    outcome: fc.constantFrom('published' as const, 'failed' as const),
    blamed: fc.nat(2),
  }),
  fc.record({
    kind: fc.constant('tick' as const),
    act: fc.constantFrom('build-new' as const, 'build-always' as const),
  }),
  fc.constant({ kind: 'freeze' as const }),
  fc.constant({ kind: 'unfreeze' as const }),
  fc.constant({ kind: 'spill' as const }),
  fc.constant({ kind: 'hand over' as const }),
);

type Step = typeof STEP extends fc.Arbitrary<infer T> ? T : never;

function live(line: SimulatedLine, step: Step): void {
  const freeze = { reason: 'why', by: 'someone' };
  if (step.kind === 'arrive') line.arrive(step.numbers);
  else if (step.kind === 'wait') line.nowMs += step.ms;
  else if (step.kind === 'build') line.build(step.gone);
  else if (step.kind === 'end') line.end(step.outcome, step.blamed);
  else if (step.kind === 'tick') line.state = core.ticked(line.state, tick(step.act));
  else if (step.kind === 'freeze') line.state = core.frozen(line.state, freeze);
  else if (step.kind === 'unfreeze') line.state = core.unfrozen(line.state, freeze);
  else if (step.kind === 'spill') line.spill();
  else line.state = core.stateOf(core.handOver(line.state));
}

describe('a line that lives through anything', () => {
  test('has every arrival in exactly one version, set aside, or waiting; and no version twice', () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 60 }), (steps) => {
        const simulated = new SimulatedLine();
        for (const step of steps) live(simulated, step);
        const places = simulated.places();
        expect([...places.keys()].sort()).toEqual([...simulated.arrived].sort());
        expect(new Set(simulated.tried).size).toBe(simulated.tried.length);
        const building = simulated.state.building?.version;
        for (const place of places.values())
          if (!['waiting', 'refused', building].includes(place))
            expect(simulated.published).toContain(place);
        // The ledger alone gives the same list.
        expect(simulated.lines.reduce(applyLine, EMPTY_LIST)).toEqual(simulated.list);
      }),
      { numRuns: 400 },
    );
  });

  test('publishes all that waits once builds succeed again', () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 40 }), (steps) => {
        const simulated = new SimulatedLine();
        for (const step of steps) live(simulated, step);
        simulated.end('published', 0);
        simulated.state = core.unfrozen(simulated.state, { reason: '', by: '*' });
        for (let i = 0; i < 3; i++) {
          simulated.nowMs += 8 * 86_400_000;
          simulated.build(0);
          simulated.end('published', 0);
        }
        expect([...simulated.places().values()]).not.toContain('waiting');
      }),
      { numRuns: 300 },
    );
  });
});
