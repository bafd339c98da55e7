/**
 * The rank of a document in its source: its keyed draw. It depends on seed, source and id alone, so
 * neither shards, workers nor weights move it; a larger quota adds documents and takes none away.
 */
import { derive, draw, hashText, type Key } from '../random/draw.js';

export function rankKey(seed: number, source: string): Key {
  return derive(seed, 'select', source);
}

/** Rank on [0, 1): lower is chosen first. */
export function rankOf(key: Key, documentId: string): number {
  return draw(key, documentId);
}

/** Key of the global order of the written rows; one per pass, so copies do not stand together. */
export function orderKey(seed: number, pass: number): Key {
  return derive(seed, 'order', pass);
}

/** Place in the global order: 64 bits; ties are broken by source, id, pass. */
export function orderOf(key: Key, source: string, documentId: string): Key {
  return hashText(key, `${source}/${documentId}`);
}

/** Output shard of an order key: equal ranges of the 64-bit line, so shards are in order. */
export function outputShard(order: Key, shardCount: number): number {
  return Math.floor((order.hi * shardCount) / 2 ** 32);
}
