/**
 * The random sample of a seed so far. Ranks stay the same from build to build, so each draw holds the
 * one before it: all that were drawn are the documents up to the largest rank that any draw reached.
 * A document of such a rank is a random pick even where it was decided on for a reason before its turn
 * came; were it left out, the sample would miss just the documents that reasons pick.
 */
import type { ReviewDecision } from '../schema/review.js';
import { Ranks } from './ranks.js';

export class RandomSample {
  readonly #ranks: Ranks;
  /** Largest rank drawn and decided on; -1 where none is. */
  readonly rankMax: number;
  /** Sampling fraction of the largest draw, in [0, 1]: the chance of each document in it. */
  readonly fraction: number;

  /** Reads the decisions whose packets were drawn by this seed. */
  constructor(decisions: Iterable<ReviewDecision>, seed: number) {
    this.#ranks = new Ranks(seed);
    let [rankMax, fraction] = [-1, 0];
    for (const decision of decisions) {
      if (!decision.isRandom || decision.seed !== seed) continue;
      rankMax = Math.max(rankMax, this.#ranks.of('random', decision));
      fraction = Math.max(fraction, decision.inclusionProbability);
    }
    this.rankMax = rankMax;
    this.fraction = fraction;
  }

  has(document: Pick<ReviewDecision, 'source' | 'id'>): boolean {
    return this.#ranks.of('random', document) <= this.rankMax;
  }
}
