/** Arrivals of a line: taken one message after another, counted, and kept on its list. */
import { condition, log } from '@temporalio/workflow';
import type { ListNow } from '../activities/arrival-list.js';
import { arrive, counted, listChanged, uncounted } from '../core/line/state.js';
import type { ArrivedFile, ArriveInput } from '../core/schema/arrival.js';
import type { ListedArrival, RefusedArrival, WaitingArrival } from '../core/schema/arrival-list.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import { LIMITS } from '../core/schema/limits.js';
import { fanOut } from './fan-out.js';
import type { LineCell } from './line-cell.js';
import { brief, heavy, light } from './steps.js';

/** Activities that count tokens at once; a build's own reading needs room beside them. */
const COUNT_WIDTH = 4;

interface Changed<T extends ListNow> {
  readonly now: T;
  /** Held until now; from now on the list has them. */
  readonly moved: readonly WaitingArrival[];
}

interface KeptFiles {
  readonly arrivals: WaitingArrival[];
  readonly refused: RefusedArrival[];
}

export class LineArrivals {
  readonly #cell: LineCell;
  #isCounting = false;
  #lastMessage: Promise<unknown> = Promise.resolve();
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(cell: LineCell) {
    this.#cell = cell;
  }

  get isCounting(): boolean {
    return this.#isCounting;
  }

  /** One message after another: what the one adds, the next one knows. */
  take(arrivals: ArriveInput['arrivals'], isOpen: () => boolean): Promise<ArrivedFile[]> {
    const turn = this.#lastMessage.then(async () => {
      const cell = this.#cell;
      await condition(() => isOpen() && (cell.isEnding || !cell.isCrowded(2)));
      const listed = await this.#find(arrivals.map(({ sha256 }) => sha256));
      const { state, files } = arrive(cell.state, arrivals, { listed, atMs: Date.now() });
      cell.become(state);
      return [...files];
    });
    this.#lastMessage = turn.catch(() => undefined);
    return turn;
  }

  /** Entries of the list as it is now: it may change while it is read. */
  async #find(digests: readonly string[]): Promise<ListedArrival[]> {
    for (;;) {
      const { list } = this.#cell.state;
      if (list === null) return [];
      const found = await brief.findArrivals.executeWithOptions(
        { summary: `look ${digests.length} files up among those that arrived before` },
        [{ ...this.#cell.place(), list, digests }],
      );
      if (this.#cell.state.list?.sha256 === list.sha256) return found;
    }
  }

  /** One change of the list after another. */
  changeList<T extends ListNow>(
    change: (list: ArtifactRef | null) => Promise<Changed<T>>,
  ): Promise<T> {
    const turn = this.#lastChange.then(async () => {
      const { now, moved } = await change(this.#cell.state.list);
      const { list, counts } = now;
      const digests = new Set(moved.map(({ sha256 }) => sha256));
      this.#cell.become(listChanged(this.#cell.state, { list, counts, moved: digests }));
      return now;
    });
    this.#lastChange = turn.catch(() => undefined);
    return turn;
  }

  /** The oldest arrivals that wait move from the state to the list. */
  async putOnList(): Promise<void> {
    const arrivals = this.#cell.state.held.slice(0, LIMITS.arrivalsHeld);
    await this.#keep('waiting', { arrivals, refused: [] });
  }

  #keep(event: 'waiting' | 'refused', files: KeptFiles): Promise<ListNow> {
    const cell = this.#cell;
    const count = files.arrivals.length + files.refused.length;
    const sentence = event === 'waiting' ? `${count} files wait` : `${count} files cannot be read`;
    const { name } = cell.setup.recipe;
    const line = { name, event, version: null, outcome: null, sentence, ...files };
    const key = cell.key();
    return cell.untilDone(() =>
      this.changeList(async (list) => {
        const input = { ...cell.place(), list, key, line };
        const now = await light.keepArrivals.executeWithOptions({ summary: sentence }, [input]);
        return { now, moved: [...files.arrivals, ...files.refused] };
      }),
    );
  }

  isCountWanted(): boolean {
    const { isEnding, isStopping, state } = this.#cell;
    return !this.#isCounting && !isEnding && !isStopping && uncounted(state).length > 0;
  }

  /** Counts tokens of what arrived, a few files at a time, beside everything else. */
  async count(): Promise<void> {
    if (!this.isCountWanted()) return;
    this.#isCounting = true;
    const { arrivalsPerCount } = LIMITS;
    do {
      const some = uncounted(this.#cell.state).slice(0, COUNT_WIDTH * arrivalsPerCount);
      const chunks = Array.from({ length: Math.ceil(some.length / arrivalsPerCount) }, (_, i) =>
        some.slice(i * arrivalsPerCount, (i + 1) * arrivalsPerCount),
      );
      await fanOut(chunks, COUNT_WIDTH, (chunk) => this.#countChunk(chunk));
      this.#isCounting = false;
    } while (this.isCountWanted() && this.#goOn());
    this.#cell.become(this.#cell.state);
  }

  #goOn(): true {
    this.#isCounting = true;
    return true;
  }

  /** What cannot be counted for another reason than the file's is left to the build. */
  async #countChunk(chunk: readonly WaitingArrival[]): Promise<void> {
    const { recipe, execution } = this.#cell.setup;
    const { baseFolder } = execution;
    const summary = `read ${chunk.length} new files once, and count their tokens`;
    const arrivals = chunk.map(({ atMs: _atMs, ...arrival }) => arrival);
    const found = await heavy.countArrivals
      .executeWithOptions({ summary }, [{ ...this.#cell.place(), recipe, baseFolder, arrivals }])
      .catch((error: unknown) => {
        log.warn('new files were not counted', { error: String(error) });
        return chunk.map(({ sha256 }) => ({ sha256, tokens: 0, refused: null }));
      });
    const tokens = new Map(found.map((file) => [file.sha256, file.tokens]));
    const refused = chunk.flatMap((entry) => {
      const why = found.find(({ sha256 }) => sha256 === entry.sha256)?.refused ?? null;
      return why === null ? [] : [{ ...entry, tokens: 0, ...why }];
    });
    if (refused.length > 0) await this.#keep('refused', { arrivals: [], refused });
    this.#cell.become(counted(this.#cell.state, tokens));
  }
}
