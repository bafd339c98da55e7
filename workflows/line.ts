/** What a run of a line does: messages change its state at once, the main loop acts on it. */
import { CancellationScope, condition, log, sleep, workflowInfo } from '@temporalio/workflow';
import type { ListNow } from '../activities/arrival-list.js';
import type { Composed } from '../activities/compose-build.js';
import type { BuildEnd } from '../core/line/build-end.js';
import { endOfError } from '../core/line/build-end.js';
import { dueAtMs } from '../core/line/due.js';
import * as core from '../core/line/state.js';
import type {
  ArrivedFile,
  ArriveInput,
  LineFreeze,
  LineSetup,
  LineSources,
  LineStatus,
  LineTick,
  MixLineInput,
} from '../core/schema/arrival.js';
import type { ListedArrival, RefusedArrival, WaitingArrival } from '../core/schema/arrival-list.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import { LIMITS } from '../core/schema/limits.js';
import { fanOut } from './fan-out.js';
import { endOf, startLineBuild } from './line-build.js';
import { LineStory } from './line-story.js';
import type { MixLineResult } from './mix-line.js';
import { assertSameLine } from './same-line.js';
import { brief, heavy, light, patient } from './steps.js';

/** Activities that count tokens at once; a build's own reading needs room beside them. */
const COUNT_WIDTH = 4;
/** A run whose build does not end goes on for so many times the turns of others. */
const TURNS_WHILE_BUILDING = 4;

/** Between two attempts at a workspace that does not answer. */
const PAUSE = '30s';

export class Line {
  readonly #input: MixLineInput;
  #setup: LineSetup;
  #state: core.LineState;
  readonly #story: LineStory;
  /** Messages and builds of this run. */
  #turns = 0;
  /** Every change of the state is one more. */
  #changes = 0;
  #isOpen: boolean;
  #isStopping = false;
  #isEnding = false;
  #isCounting = false;
  /** Arrivals are taken one message after another, and the list changes by one step at a time. */
  #lastArrival: Promise<unknown> = Promise.resolve();
  #lastChange: Promise<unknown> = Promise.resolve();
  /** The build that this run started, or waits for. */
  #end: Promise<BuildEnd> | null = null;
  /** The tick that asked for the last build of this run. */
  #tick: LineTick | null = null;
  #keys = 0;

  constructor(input: MixLineInput) {
    const { recipe, execution, settings } = input;
    this.#input = input;
    this.#setup = { recipe, execution, settings };
    this.#state = core.stateOf(input.state);
    this.#isOpen = input.state.memory !== undefined;
    this.#story = new LineStory(recipe.name);
    this.#story.tell(this.status());
  }

  // Messages

  status(): LineStatus {
    const { held, counts, building, lastPublished, lastOutcome } = this.#state;
    return {
      ...{ name: this.#setup.recipe.name, lastPublished, lastOutcome },
      building: building?.version ?? null,
      pending: held.map(({ atMs: _atMs, ...arrival }) => arrival),
      ...{ listed: counts.waiting, taken: counts.taken, refused: counts.refused },
      frozen: core.frozenBy(this.#state),
      dueAtMs: dueAtMs(this.#state, this.#setup.settings),
    };
  }

  sources(): LineSources {
    const { recipe, execution } = this.#setup;
    const { workspace, baseFolder, recipeFingerprint } = execution;
    const sources = recipe.sources.map(({ name, paths }) => ({ name, paths }));
    return { workspace, baseFolder, recipeFingerprint, sources };
  }

  arrive({ arrivals }: ArriveInput): Promise<ArrivedFile[]> {
    this.#turns++;
    const turn = this.#lastArrival.then(() =>
      CancellationScope.nonCancellable(() => this.#take(arrivals)),
    );
    this.#lastArrival = turn.catch(() => undefined);
    return turn;
  }

  async #take(arrivals: ArriveInput['arrivals']): Promise<ArrivedFile[]> {
    await condition(() => this.#isOpen && (this.#isEnding || !this.isCrowded(2)));
    const listed = await this.#find(arrivals.map(({ sha256 }) => sha256));
    const { state, files } = core.arrive(this.#state, arrivals, { listed, atMs: Date.now() });
    this.#become(state);
    return [...files];
  }

  /** Entries of the list as it is now: it may change while it is read. */
  async #find(digests: readonly string[]): Promise<ListedArrival[]> {
    for (;;) {
      const { list } = this.#state;
      if (list === null) return [];
      const found = await brief.findArrivals.executeWithOptions(
        { summary: `look ${digests.length} files up among those that arrived before` },
        [{ ...this.#place(), list, digests }],
      );
      if (this.#state.list?.sha256 === list.sha256) return found;
    }
  }

  async configure(setup: LineSetup): Promise<LineStatus> {
    this.#turns++;
    assertSameLine(this.#setup, setup);
    this.#setup = setup;
    this.#become(this.#state);
    return this.status();
  }

  tick(tick: LineTick): void {
    this.#turns++;
    this.#become(core.ticked(this.#state, tick));
  }

  freeze(freeze: LineFreeze): void {
    this.#turns++;
    this.#become(core.frozen(this.#state, freeze));
  }

  unfreeze(freeze: LineFreeze): void {
    this.#turns++;
    this.#become(core.unfrozen(this.#state, freeze));
  }

  stop(): void {
    this.#isStopping = true;
    this.#become(this.#state);
  }

  // The main loop

  /** Ends where the line is to stop, or to go on in a new run. */
  async run(): Promise<'stops' | 'goes on'> {
    await this.#open();
    for (;;) {
      const seen = this.#changes;
      void this.#count();
      if (this.#state.building !== null) {
        if (await this.#isBuildLong()) return this.#endRun('goes on');
        continue;
      }
      if (this.#isStopping) return this.#endRun('stops');
      if (this.#isFull(1)) return this.#endRun('goes on');
      if (this.isCrowded()) {
        await this.putOnList();
        continue;
      }
      const dueMs = dueAtMs(this.#state, this.#setup.settings);
      if (dueMs !== null && dueMs <= Date.now()) await this.#build();
      else await this.#wait(() => this.#changes !== seen, dueMs);
    }
  }

  async #wait(isOver: () => boolean, dueMs: number | null): Promise<void> {
    const isDone = () => isOver() || this.#isStopping;
    if (dueMs === null) await condition(isDone);
    else await condition(isDone, dueMs - Date.now(), { summary: 'until the next build is due' });
  }

  #isFull(times: number): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    if (times === 1 && continueAsNewSuggested) return true;
    return this.#turns >= times * this.#input.turnsPerRun || historyLength > 20_000;
  }

  #endRun(how: 'stops' | 'goes on'): 'stops' | 'goes on' {
    this.#isEnding = true;
    return how;
  }

  /** More is held than a run should carry. */
  isCrowded(times = 1): boolean {
    return this.#state.held.length > times * LIMITS.arrivalsHeld;
  }

  /** Nothing that this run started is still to change the state. */
  isAtRest(): boolean {
    return !this.#isCounting;
  }

  next(): MixLineInput {
    return { ...this.#input, ...this.#setup, state: core.handOver(this.#state) };
  }

  /** What waits is put on the list, where the next start finds it. */
  async close(): Promise<MixLineResult> {
    while (this.#state.held.length > 0) await this.putOnList();
    this.#story.tell(this.status());
    const { lastPublished, counts } = this.#state;
    const { taken, refused, waiting } = counts;
    return { lastPublished, taken, refused, waiting };
  }

  /** A line that starts takes over what the workspace has on record. */
  async #open(): Promise<void> {
    if (this.#isOpen) return;
    const summary = `look for arrivals of ${this.#setup.recipe.name} that are on record`;
    const found = await this.#untilDone(() =>
      light.openLine.executeWithOptions({ summary }, [this.#place()]),
    );
    const { list, counts, lastPublished, building } = found;
    const newSinceMs = counts.waiting > 0 ? Date.now() : null;
    const state = { ...this.#state, list, counts, lastPublished, building };
    this.#isOpen = true;
    this.#become({ ...state, newSinceMs: state.newSinceMs ?? newSinceMs });
  }

  // Builds

  async #build(): Promise<void> {
    this.#turns++;
    const trigger = this.#state.tick === null ? 'arrival' : 'schedule';
    this.#tick = this.#state.tick;
    const always = this.#tick?.act === 'build-always';
    const day = new Date(Date.now()).toISOString().slice(0, 10);
    this.#become(core.composing(this.#state));
    try {
      const { build } = await this.#compose(day, always);
      if (build === null) return;
      const { version, arrivals } = build;
      this.#become(core.started(this.#state, { version, arrivals }));
      const setup = this.#setup;
      const handle = await startLineBuild({ setup, build, day, trigger });
      const standing = {
        code: 'VERSION_EXISTS',
        message: 'another build has this version',
        parts: null,
      };
      this.#end = handle === null ? Promise.resolve({ failure: standing }) : endOf(handle);
    } catch (error) {
      if (this.#state.building === null) this.#fails(error);
      else this.#end = Promise.resolve(endOfError(error));
    }
  }

  #compose(day: string, always: boolean): Promise<Composed> {
    const { recipe, execution } = this.#setup;
    return this.#changeList(async (list) => {
      const held = core.ready(this.#state);
      const { lastTried } = this.#state;
      const summary = `put the next build of ${recipe.name} together: ${held.length + this.#state.counts.waiting} files wait`;
      const composed = await heavy.composeBuild.executeWithOptions({ summary }, [
        {
          ...{ ...this.#place(), recipe, baseFolder: execution.baseFolder, list, held },
          ...{ day, lastTried, always, key: this.#key() },
        },
      ]);
      return { now: composed, moved: held };
    });
  }

  /** A build that could not even be put together: as one that failed. */
  #fails(error: unknown): void {
    const { failure } = endOfError(error);
    const sentence = `no build could be put together: ${failure?.code}: ${failure?.message}`;
    log.warn(sentence);
    const end = { isPublished: false, setAside: 0, sentence, atMs: Date.now() };
    this.#become(core.ended(this.#state, end, this.#setup.settings));
  }

  /** Waits for the end of the build and settles it; true where this run became long before. */
  async #isBuildLong(): Promise<boolean> {
    const { building } = this.#state;
    const version = building!.version;
    let end: BuildEnd | null = null;
    this.#end ??= this.#askForEnd(version);
    void this.#end.then((found) => {
      end = found;
    });
    const isLong = () => this.#isFull(TURNS_WHILE_BUILDING);
    const isNew = () => this.#isCountWanted();
    await condition(() => end !== null || isLong() || this.isCrowded() || isNew());
    if (end !== null) await this.#settle(version, end);
    else if (isLong()) return true;
    else if (this.isCrowded()) await this.putOnList();
    return false;
  }

  async #askForEnd(version: string): Promise<BuildEnd> {
    const summary = `wait for the build of ${this.#setup.recipe.name}@${version}`;
    try {
      return await patient.awaitBuild.executeWithOptions({ summary }, [
        { ...this.#place(), version },
      ]);
    } catch (error) {
      return endOfError(error);
    }
  }

  async #settle(version: string, { failure }: BuildEnd): Promise<void> {
    const { recipe, execution, settings } = this.#setup;
    const { baseFolder } = execution;
    const summary = `${recipe.name}@${version}: what became of its new files`;
    const { sentence, setAside } = await this.#untilDone(() =>
      this.#changeList(async (list) => {
        const settled = await light.settleBuild.executeWithOptions({ summary }, [
          { ...this.#place(), recipe, baseFolder, list, version, failure },
        ]);
        return { now: settled, moved: [] };
      }),
    );
    this.#end = null;
    const isTaken = failure?.code === 'VERSION_EXISTS';
    const end = { isPublished: failure === null, sentence, atMs: Date.now() };
    // Where the version was another's, the next one is tried at once.
    const next = { ...end, setAside: isTaken ? 1 : setAside };
    this.#become(core.ended(this.#state, next, settings));
    if (isTaken && this.#tick !== null) this.#become(core.ticked(this.#state, this.#tick));
  }

  // The list of arrivals

  /** One change of the list after another. */
  #changeList<T extends ListNow>(
    change: (list: ArtifactRef | null) => Promise<{ now: T; moved: readonly WaitingArrival[] }>,
  ): Promise<T> {
    const turn = this.#lastChange.then(async () => {
      const { now, moved } = await change(this.#state.list);
      const { list, counts } = now;
      const digests = new Set(moved.map(({ sha256 }) => sha256));
      this.#become(core.listChanged(this.#state, { list, counts, moved: digests }));
      return now;
    });
    this.#lastChange = turn.catch(() => undefined);
    return turn;
  }

  /** Arrivals that wait move from the state to the list. */
  async putOnList(): Promise<void> {
    const arrivals = this.#state.held.slice(0, LIMITS.arrivalsHeld);
    await this.#untilDone(() => this.#keep('waiting', { arrivals, refused: [] }));
  }

  #keep(
    event: 'waiting' | 'refused',
    files: { arrivals: WaitingArrival[]; refused: RefusedArrival[] },
  ): Promise<ListNow> {
    const count = files.arrivals.length + files.refused.length;
    const sentence = event === 'waiting' ? `${count} files wait` : `${count} files cannot be read`;
    const { name } = this.#setup.recipe;
    const line = { name, event, version: null, outcome: null, sentence, ...files };
    return this.#changeList(async (list) => {
      const input = { ...this.#place(), list, key: this.#key(), line };
      const now = await light.keepArrivals.executeWithOptions({ summary: sentence }, [input]);
      return { now, moved: [...files.arrivals, ...files.refused] };
    });
  }

  #isCountWanted(): boolean {
    if (this.#isCounting || this.#isEnding || this.#isStopping) return false;
    return core.uncounted(this.#state).length > 0;
  }

  /** Counts tokens of what arrived, a few files at a time, beside everything else. */
  async #count(): Promise<void> {
    if (!this.#isCountWanted()) return;
    this.#isCounting = true;
    while (!this.#isEnding && !this.#isStopping && core.uncounted(this.#state).length > 0) {
      const some = core.uncounted(this.#state).slice(0, COUNT_WIDTH * LIMITS.arrivalsPerCount);
      const chunks = Array.from(
        { length: Math.ceil(some.length / LIMITS.arrivalsPerCount) },
        (_, i) => some.slice(i * LIMITS.arrivalsPerCount, (i + 1) * LIMITS.arrivalsPerCount),
      );
      await fanOut(chunks, COUNT_WIDTH, (chunk) => this.#countChunk(chunk));
    }
    this.#isCounting = false;
    this.#become(this.#state);
  }

  /** What cannot be counted for another reason than the file's is left to the build. */
  async #countChunk(chunk: readonly WaitingArrival[]): Promise<void> {
    const { recipe, execution } = this.#setup;
    const { baseFolder } = execution;
    const summary = `read ${chunk.length} new files once, and count their tokens`;
    const arrivals = chunk.map(({ atMs: _atMs, ...arrival }) => arrival);
    const found = await heavy.countArrivals
      .executeWithOptions({ summary }, [{ ...this.#place(), recipe, baseFolder, arrivals }])
      .catch((error: unknown) => {
        log.warn('new files were not counted', { error: String(error) });
        return chunk.map(({ sha256 }) => ({ sha256, tokens: 0, refused: null }));
      });
    const tokens = new Map(found.map((file) => [file.sha256, file.tokens]));
    const refused = chunk.flatMap((entry) => {
      const why = found.find(({ sha256 }) => sha256 === entry.sha256)?.refused ?? null;
      return why === null ? [] : [{ ...entry, tokens: 0, ...why }];
    });
    if (refused.length > 0)
      await this.#untilDone(() => this.#keep('refused', { arrivals: [], refused }));
    this.#become(core.counted(this.#state, tokens));
  }

  // Small things

  /** A workspace that cannot be written is no end of a line: it tries again until it can. */
  async #untilDone<T>(step: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await step();
      } catch (error) {
        const { failure } = endOfError(error);
        const lastOutcome = `waits for its workspace: ${failure?.code}: ${failure?.message}`;
        log.warn(lastOutcome);
        this.#become({ ...this.#state, lastOutcome });
        await sleep(PAUSE, { summary: 'until the workspace is tried again' });
      }
    }
  }

  #place() {
    const { workflowId, runId } = workflowInfo();
    const { recipe, execution } = this.#setup;
    return { workspace: execution.workspace, name: recipe.name, by: `${workflowId}/${runId}` };
  }

  /** Names a step of this line for ever; a retry of its activity has the same. */
  #key(): string {
    return `${workflowInfo().runId}/${++this.#keys}`;
  }

  #become(state: core.LineState): void {
    this.#state = state;
    this.#changes++;
    this.#story.tell(this.status());
  }
}
