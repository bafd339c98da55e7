/** What the parts of a line share: its state, which only `become` changes, and what steps of it need. */
import { log, sleep, workflowInfo } from '@temporalio/workflow';
import { endOfError } from '../core/line/build-end.js';
import { dueAtMs } from '../core/line/due.js';
import { frozenBy, type LineState, stateOf } from '../core/line/state.js';
import type { LineSetup, LineStatus, MixLineInput } from '../core/schema/arrival.js';
import { LIMITS } from '../core/schema/limits.js';
import { LineStory } from './line-story.js';

/** Between two attempts at a workspace that does not answer. */
const PAUSE = '30s';

export class LineCell {
  setup: LineSetup;
  /** The line takes no step of its own any more: it stops, or goes on in a new run. */
  isEnding = false;
  isStopping = false;
  #state: LineState;
  #changes = 0;
  #keys = 0;
  readonly #story: LineStory;

  constructor({ recipe, execution, settings, state }: MixLineInput) {
    this.setup = { recipe, execution, settings };
    this.#state = stateOf(state);
    this.#story = new LineStory(recipe.name);
    this.#story.tell(this.status());
  }

  get state(): LineState {
    return this.#state;
  }

  /** Every change is one more. */
  get changes(): number {
    return this.#changes;
  }

  become(state: LineState): void {
    this.#state = state;
    this.#changes++;
    this.#story.tell(this.status());
  }

  status(): LineStatus {
    const { held, counts, building, lastPublished, lastOutcome } = this.#state;
    return {
      ...{ name: this.setup.recipe.name, lastPublished, lastOutcome },
      building: building?.version ?? null,
      pending: held.map(({ atMs: _atMs, ...arrival }) => arrival),
      ...{ listed: counts.waiting, taken: counts.taken, refused: counts.refused },
      frozen: frozenBy(this.#state),
      dueAtMs: dueAtMs(this.#state, this.setup.settings),
    };
  }

  /** More is held than a run should carry. */
  isCrowded(times = 1): boolean {
    return this.#state.held.length > times * LIMITS.arrivalsHeld;
  }

  /** What every activity of a line is told. */
  place() {
    const { workflowId, runId } = workflowInfo();
    const { recipe, execution } = this.setup;
    return { workspace: execution.workspace, name: recipe.name, by: `${workflowId}/${runId}` };
  }

  /** Names a step of this line for ever; a retry of its activity has the same. */
  key(): string {
    return `${workflowInfo().runId}/${++this.#keys}`;
  }

  /** A workspace that cannot be written is no end of a line: it tries again until it can. */
  async untilDone<T>(step: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await step();
      } catch (error) {
        const { failure } = endOfError(error);
        const lastOutcome = `waits for its workspace: ${failure?.code}: ${failure?.message}`;
        log.warn(lastOutcome);
        this.become({ ...this.#state, lastOutcome });
        await sleep(PAUSE, { summary: 'until the workspace is tried again' });
      }
    }
  }
}
