/**
 * Groups of equal 64-bit keys. Entries are five 32-bit words: key (hi, lo), document, and two words
 * that travel along. Pairs of position and hi are sorted; lo is compared inside the groups.
 * Cost: linear, 36 bytes per entry.
 */
import { assert } from '../schema/failure.js';
import { radixSort } from './radix-sort.js';

/** 32-bit words of an entry: hi, lo, document, first extra, second extra. */
export const ENTRY_WORDS = 5;

function* splitRun(entries: Uint32Array, run: readonly number[]): Generator<number[]> {
  if (run.length < 2) return;
  const byLo = new Map<number, number[]>();
  for (const position of run) {
    const lo = entries[position * ENTRY_WORDS + 1]!;
    const group = byLo.get(lo);
    if (group === undefined) byLo.set(lo, [position]);
    else group.push(position);
  }
  for (const group of byLo.values()) if (group.length > 1) yield group;
}

/** Positions of the entries of each key that two or more of the `count` entries share. */
export function* equalGroups(entries: Uint32Array, count: number): Generator<number[]> {
  assert(entries.length >= count * ENTRY_WORDS, 'entries hold fewer words than count says');
  const words = new Uint32Array(count * 2);
  for (let i = 0; i < count; i++) {
    words[i * 2] = i;
    words[i * 2 + 1] = entries[i * ENTRY_WORDS]!;
  }
  radixSort(words, count);
  let run: number[] = [];
  for (let i = 0; i < count; i++) {
    if (i > 0 && words[i * 2 + 1] !== words[i * 2 - 1]) {
      yield* splitRun(entries, run);
      run = [];
    }
    run.push(words[i * 2]!);
  }
  yield* splitRun(entries, run);
}
