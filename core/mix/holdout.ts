/**
 * The holdout: documents that no version of any mix trains on. Its draw has a key of its own, free
 * of the recipe's seed and version, so a document once held out stays held out while its share
 * does not shrink.
 */
import { derive, draw, type Key } from '../random/draw.js';

const HOLDOUT_SEED = 20_261_123;

export function holdoutKey(source: string): Key {
  return derive(HOLDOUT_SEED, 'holdout', source);
}

/** True where the document is held out; `share` in [0, 1]. */
export function isHoldout(key: Key, documentId: string, share: number): boolean {
  return share > 0 && draw(key, documentId) < share;
}
