/**
 * Means over independent replicates, of several quantities at several t, with their standard errors. One pass,
 * stable: running means and sums of squared distances (Welford, Technometrics 4, 1962).
 */
import { derive } from '../random/draw.js';
import { RandomStream } from '../random/stream.js';
import type { ModelRun } from './model.js';

export class ReplicateMeans {
  readonly #width: number;
  readonly #counts: Float64Array;
  readonly #means: Float64Array;
  readonly #squares: Float64Array;

  constructor(quantities: number, width: number) {
    this.#width = width;
    this.#counts = new Float64Array(quantities * width);
    this.#means = new Float64Array(quantities * width);
    this.#squares = new Float64Array(quantities * width);
  }

  add(quantity: number, timeIndex: number, value: number): void {
    const cell = quantity * this.#width + timeIndex;
    const count = (this.#counts[cell] ?? 0) + 1;
    this.#counts[cell] = count;
    const mean = this.#means[cell] ?? 0;
    const step = value - mean;
    this.#means[cell] = mean + step / count;
    this.#squares[cell] = (this.#squares[cell] ?? 0) + step * (value - mean - step / count);
  }

  mean(quantity: number, timeIndex: number): number {
    return this.#means[quantity * this.#width + timeIndex] ?? 0;
  }

  /** Standard error of the mean from the replicates themselves; NaN of one replicate. */
  standardError(quantity: number, timeIndex: number): number {
    const cell = quantity * this.#width + timeIndex;
    const count = this.#counts[cell] ?? 0;
    return Math.sqrt((this.#squares[cell] ?? 0) / (count - 1) / count);
  }
}

/** Runs `one` for each replicate with a stream of its own, keyed by seed, model and replicate alone. */
export function eachReplicate(
  run: ModelRun,
  model: string,
  one: (stream: RandomStream) => void,
): void {
  for (let replicate = 0; replicate < run.replicates; replicate++) {
    one(new RandomStream(derive(run.seed, 'simulate', model, replicate)));
    run.tick(replicate + 1, run.replicates);
  }
}
