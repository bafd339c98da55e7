/** Builds of a line, one after another: put together, started, waited for, settled. */
import { condition, log } from '@temporalio/workflow';
import type { Composed } from '../activities/compose-build.js';
import { type BuildEnd, endOfError } from '../core/line/build-end.js';
import { composing, ended, ready, started, ticked, tickedStill } from '../core/line/state.js';
import type { LineTick } from '../core/schema/arrival.js';
import type { LineArrivals } from './line-arrivals.js';
import { endOf, startLineBuild } from './line-build.js';
import type { LineCell } from './line-cell.js';
import { heavy, light, patient } from './steps.js';

const VERSION_TAKEN: BuildEnd = {
  failure: { code: 'VERSION_EXISTS', message: 'another build has this version', parts: null },
};

export class LineBuilds {
  readonly #cell: LineCell;
  readonly #arrivals: LineArrivals;
  /** The end of the build that this run started, or waits for. */
  #end: Promise<BuildEnd> | null = null;
  /** The tick that asked for the last build of this run. */
  #tick: LineTick | null = null;

  constructor(cell: LineCell, arrivals: LineArrivals) {
    this.#cell = cell;
    this.#arrivals = arrivals;
  }

  /** Starts the next build, if anything can be in it. */
  async start(): Promise<void> {
    const cell = this.#cell;
    const tick = cell.state.tick;
    this.#tick = tick;
    const day = new Date(Date.now()).toISOString().slice(0, 10);
    cell.become(composing(cell.state));
    try {
      const { build, lastPublished } = await this.#compose(day, tick?.act === 'build-always');
      cell.become({ ...cell.state, lastPublished });
      if (build === null) return;
      const { version, arrivals } = build;
      cell.become(started(cell.state, { version, arrivals }));
      const trigger = tick === null ? 'arrival' : 'schedule';
      const handle = await startLineBuild({ setup: cell.setup, build, day, trigger });
      this.#end = handle === null ? Promise.resolve(VERSION_TAKEN) : endOf(handle);
    } catch (error) {
      if (cell.state.building === null) this.#fails(error);
      else this.#end = Promise.resolve(endOfError(error));
    }
  }

  #compose(day: string, always: boolean): Promise<Composed> {
    const cell = this.#cell;
    const { recipe, execution } = cell.setup;
    const { baseFolder } = execution;
    return this.#arrivals.changeList(async (list) => {
      const held = ready(cell.state);
      const { lastTried, counts } = cell.state;
      const summary = `put the next build of ${recipe.name} together: ${held.length + counts.waiting} files wait`;
      const what = { recipe, baseFolder, list, held, day, lastTried, always, key: cell.key() };
      const composed = await heavy.composeBuild.executeWithOptions({ summary }, [
        { ...cell.place(), ...what },
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
    const paused = ended(this.#cell.state, end, this.#cell.setup.settings);
    this.#cell.become(tickedStill(paused, this.#tick));
  }

  /** Waits until the build has ended, and settles it; false where something else comes first. */
  async isSettled(isOther: () => boolean): Promise<boolean> {
    const version = this.#cell.state.building!.version;
    let end: BuildEnd | null = null;
    this.#end ??= this.#ask(version);
    void this.#end.then((found) => {
      end = found;
    });
    await condition(() => end !== null || isOther());
    if (end === null) return false;
    await this.#settle(version, end);
    return true;
  }

  /** The end of a build that an earlier run started. */
  async #ask(version: string): Promise<BuildEnd> {
    const summary = `wait for the build of ${this.#cell.setup.recipe.name}@${version}`;
    try {
      const input = { ...this.#cell.place(), version };
      return await patient.awaitBuild.executeWithOptions({ summary }, [input]);
    } catch (error) {
      return endOfError(error);
    }
  }

  async #settle(version: string, { failure }: BuildEnd): Promise<void> {
    const cell = this.#cell;
    const { recipe, execution, settings } = cell.setup;
    const { baseFolder } = execution;
    const summary = `${recipe.name}@${version}: what became of its new files`;
    const { sentence, setAside } = await cell.untilDone(() =>
      this.#arrivals.changeList(async (list) => {
        const input = { ...cell.place(), recipe, baseFolder, list, version, failure };
        const settled = await light.settleBuild.executeWithOptions({ summary }, [input]);
        return { now: settled, moved: [] };
      }),
    );
    this.#end = null;
    const isTaken = failure?.code === 'VERSION_EXISTS';
    const end = { isPublished: failure === null, sentence, atMs: Date.now() };
    // Where the version was another's, the next one is tried at once.
    cell.become(ended(cell.state, { ...end, setAside: isTaken ? 1 : setAside }, settings));
    if (isTaken && this.#tick !== null) cell.become(ticked(cell.state, this.#tick));
  }
}
