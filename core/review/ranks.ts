/** Ranks by which documents are drawn for review: keyed, so the same in every build of a seed. */
import { derive, draw, type Key } from '../random/draw.js';
import type { ReviewedDocument } from '../schema/review.js';

/** The rank of a document for a purpose, uniform on [0, 1). */
export class Ranks {
  readonly #seed: number;
  readonly #keys = new Map<string, Key>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  of(purpose: string, { source, id }: Pick<ReviewedDocument, 'source' | 'id'>): number {
    const name = `${purpose}\u001f${source}`;
    const key = this.#keys.get(name) ?? derive(this.#seed, `review ${purpose}`, source);
    this.#keys.set(name, key);
    return draw(key, id);
  }
}
