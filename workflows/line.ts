/** One run of a line: messages change its state at once, the main loop acts on it. */
import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import { dueAtMs } from '../core/line/due.js';
import { frozen, handOver, ticked, unfrozen } from '../core/line/state.js';
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
import { LineArrivals } from './line-arrivals.js';
import { LineBuilds } from './line-builds.js';
import { LineCell } from './line-cell.js';
import type { MixLineResult } from './mix-line.js';
import { assertSameLine } from './same-line.js';
import { light } from './steps.js';

/** A run whose build does not end goes on for so many times the turns of others. */
const TURNS_WHILE_BUILDING = 4;
/** Events from which a run ends whatever it does; the server's limit is 51,200. */
const EVENTS_MAX = 20_000;
/** And bytes of it: a server ends a run at 50 MiB. */
const BYTES_MAX = 8_000_000;

export class Line {
  readonly #input: MixLineInput;
  readonly #cell: LineCell;
  readonly #arrivals: LineArrivals;
  readonly #builds: LineBuilds;
  /** Messages and builds of this run. */
  #turns = 0;
  #isOpen: boolean;

  constructor(input: MixLineInput) {
    this.#input = input;
    this.#isOpen = input.state.memory !== undefined;
    this.#cell = new LineCell(input);
    this.#arrivals = new LineArrivals(this.#cell);
    this.#builds = new LineBuilds(this.#cell, this.#arrivals);
  }

  status(): LineStatus {
    return this.#cell.status();
  }

  sources(): LineSources {
    const { recipe, execution } = this.#cell.setup;
    const { workspace, baseFolder, recipeFingerprint } = execution;
    const sources = recipe.sources.map(({ name, paths }) => ({ name, paths }));
    return { workspace, baseFolder, recipeFingerprint, sources };
  }

  arrive({ arrivals }: ArriveInput): Promise<ArrivedFile[]> {
    this.#turns++;
    const take = () => this.#arrivals.take(arrivals, () => this.#isOpen);
    return CancellationScope.nonCancellable(take);
  }

  async configure(setup: LineSetup): Promise<LineStatus> {
    this.#turns++;
    assertSameLine(this.#cell.setup, setup);
    this.#cell.setup = setup;
    this.#cell.become(this.#cell.state);
    return this.status();
  }

  tick(tick: LineTick): void {
    this.#turns++;
    this.#cell.become(ticked(this.#cell.state, tick));
  }

  freeze(freeze: LineFreeze): void {
    this.#turns++;
    this.#cell.become(frozen(this.#cell.state, freeze));
  }

  unfreeze(freeze: LineFreeze): void {
    this.#turns++;
    this.#cell.become(unfrozen(this.#cell.state, freeze));
  }

  /** Told to stop, maybe after it decided to go on in a new run. */
  get isStopping(): boolean {
    return this.#cell.isStopping;
  }

  stop(): void {
    this.#cell.isStopping = true;
    this.#cell.become(this.#cell.state);
  }

  /** Ends where the line is to stop, or to go on in a new run. */
  async run(): Promise<'stops' | 'goes on'> {
    await this.#open();
    for (;;) {
      const seen = this.#cell.changes;
      void this.#arrivals.count();
      if (this.#cell.state.building !== null) {
        if (await this.#isBuildLong()) return this.#end('goes on');
      } else if (this.#cell.isStopping) return this.#end('stops');
      else if (this.#isFull()) return this.#end('goes on');
      else if (this.#cell.isCrowded()) await this.#arrivals.putOnList();
      else if (this.#isDue()) await this.#build();
      else await this.#wait(seen);
    }
  }

  #end(how: 'stops' | 'goes on'): 'stops' | 'goes on' {
    this.#cell.isEnding = true;
    return how;
  }

  /** A line that starts takes over what the workspace has on record. */
  async #open(): Promise<void> {
    if (this.#isOpen) return;
    const cell = this.#cell;
    const summary = `look for arrivals of ${cell.setup.recipe.name} that are on record`;
    const found = await cell.untilDone(() =>
      light.openLine.executeWithOptions({ summary }, [cell.place()]),
    );
    const { list, counts, lastPublished, building } = found;
    const newSinceMs = cell.state.newSinceMs ?? (counts.waiting > 0 ? Date.now() : null);
    this.#isOpen = true;
    cell.become({ ...cell.state, list, counts, lastPublished, building, newSinceMs });
  }

  #dueMs(): number | null {
    return dueAtMs(this.#cell.state, this.#cell.setup.settings);
  }

  #isDue(): boolean {
    const dueMs = this.#dueMs();
    return dueMs !== null && dueMs <= Date.now();
  }

  async #build(): Promise<void> {
    this.#turns++;
    await this.#builds.start();
  }

  /** Until a message comes or a build is due. */
  async #wait(seen: number): Promise<void> {
    const dueMs = this.#dueMs();
    const isOver = () => this.#cell.changes !== seen;
    if (dueMs === null) await condition(isOver);
    else await condition(isOver, dueMs - Date.now(), { summary: 'until the next build is due' });
  }

  #isFull(): boolean {
    return workflowInfo().continueAsNewSuggested || this.#turns >= this.#input.turnsPerRun;
  }

  /** Waits for the build; true where this run became long before its end. */
  async #isBuildLong(): Promise<boolean> {
    const turnsMax = TURNS_WHILE_BUILDING * this.#input.turnsPerRun;
    const isLong = () => {
      const { historyLength, historySize } = workflowInfo();
      return this.#turns >= turnsMax || historyLength > EVENTS_MAX || historySize > BYTES_MAX;
    };
    const isOther = () => isLong() || this.#cell.isCrowded() || this.#arrivals.isCountWanted();
    if (await this.#builds.isSettled(isOther)) return false;
    if (isLong()) return true;
    if (this.#cell.isCrowded()) await this.#arrivals.putOnList();
    return false;
  }

  /** Nothing that this run started is still to change the state, and the next run has little to carry. */
  async rest(isQuiet: () => boolean): Promise<void> {
    const isAtRest = () => isQuiet() && !this.#arrivals.isCounting;
    await condition(isAtRest);
    while (this.#cell.isCrowded()) {
      await this.#arrivals.putOnList();
      await condition(isAtRest);
    }
  }

  next(): MixLineInput {
    return { ...this.#input, ...this.#cell.setup, state: handOver(this.#cell.state) };
  }

  /** What waits is put on the list, where the next start finds it. */
  async close(isQuiet: () => boolean): Promise<MixLineResult> {
    do {
      while (this.#cell.state.held.length > 0) await this.#arrivals.putOnList();
      await condition(isQuiet);
    } while (this.#cell.state.held.length > 0);
    const { lastPublished, counts } = this.#cell.state;
    const { taken, refused, waiting } = counts;
    return { lastPublished, taken, refused, waiting };
  }
}
