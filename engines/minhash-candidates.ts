/**
 * From band hashes to the pairs that share one, in memory of 8 bytes per document and band, plus a
 * hash table of one band at a time; no list of pairs is kept: each is handed to a visitor, once.
 */
import { assert } from '../core/schema/failure.js';

/** Struct of arrays, one entry per document. */
export interface SketchTable {
  readonly length: number;
  readonly bandCount: number;
  /** 2 x bandCount words per document, as `TextKernel.sketch` writes them. */
  readonly bandHashes: Uint32Array;
  /** Distinct shingles; a document without any is in no pair. */
  readonly shingleCounts: Uint32Array;
}

/**
 * Calls `visit(a, b)`, a < b, once for every two documents that share a band and whose sizes allow the
 * threshold: Jaccard is at most the lesser size over the greater.
 * Cost: documents x bands, plus the pairs that share a band (a bucket of n documents holds n^2 / 2).
 */
export function visitCandidates(
  table: SketchTable,
  threshold: number,
  visit: (a: number, b: number) => void,
): void {
  assert(table.bandHashes.length >= 2 * table.bandCount * table.length, 'every document has bands');
  assert(table.shingleCounts.length >= table.length, 'every document has a size');
  const buckets = {
    heads: new Int32Array(2 ** Math.ceil(Math.log2(2 * table.length + 2))),
    /** The document before this one in its bucket, or -1. */
    previous: new Int32Array(table.length),
  };
  for (let band = 0; band < table.bandCount; band++) {
    visitBand({ table, threshold, band, ...buckets }, visit);
  }
}

interface BandPass {
  readonly table: SketchTable;
  readonly threshold: number;
  readonly band: number;
  readonly heads: Int32Array;
  readonly previous: Int32Array;
}

function visitBand(pass: BandPass, visit: (a: number, b: number) => void): void {
  const { table, threshold, band, heads, previous } = pass;
  const { shingleCounts } = table;
  heads.fill(-1);
  for (let b = 0; b < table.length; b++) {
    const size = shingleCounts[b]!;
    if (size === 0) continue;
    const slot = slotOf(pass, b);
    const head = heads[slot]!;
    for (let a = head; a >= 0; a = previous[a]!) {
      const other = shingleCounts[a]!;
      if (Math.min(size, other) < threshold * Math.max(size, other)) continue;
      if (!sharesEarlierBand(table, band, a, b)) visit(a, b);
    }
    previous[b] = head;
    heads[slot] = b;
  }
}

/** The slot of the document's bucket: its own, or the empty one that it will be. */
function slotOf({ table, band, heads }: BandPass, document: number): number {
  const { bandHashes, bandCount } = table;
  const at = 2 * (document * bandCount + band);
  const mask = heads.length - 1;
  let slot = bandHashes[at]! & mask;
  while (heads[slot]! >= 0) {
    const other = 2 * (heads[slot]! * bandCount + band);
    if (bandHashes[other] === bandHashes[at] && bandHashes[other + 1] === bandHashes[at + 1]) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

function sharesEarlierBand(table: SketchTable, band: number, a: number, b: number): boolean {
  const { bandHashes, bandCount } = table;
  const words = 2 * bandCount;
  for (let i = 0; i < 2 * band; i += 2) {
    const isSame =
      bandHashes[a * words + i] === bandHashes[b * words + i] &&
      bandHashes[a * words + i + 1] === bandHashes[b * words + i + 1];
    if (isSame) return true;
  }
  return false;
}
