import fc from 'fast-check';
import { expect, test } from 'vitest';
import { radixSort } from '../core/cluster/radix-sort.js';

/** What the language's own sort makes of the same entries, as 64-bit numbers. */
function sorted(entries: readonly (readonly [number, number])[]): number[] {
  const numbers = entries.map(([low, high]) => (BigInt(high) << 32n) | BigInt(low));
  numbers.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return numbers.flatMap((n) => [Number(n & 0xffff_ffffn), Number(n >> 32n)]);
}

test('radixSort orders entries as 64-bit numbers, whatever their words', () => {
  const word = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 70_000 }), fc.nat({ max: 2 ** 32 - 1 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word), { maxLength: 300 }), (entries) => {
      const words = Uint32Array.from(entries.flat());
      radixSort(words, entries.length);
      expect([...words]).toEqual(sorted(entries));
    }),
  );
});

test('radixSort leaves what stands after the counted entries alone', () => {
  const words = Uint32Array.of(5, 1, 4, 1, 9, 0, 7, 0);
  radixSort(words, 2);
  expect([...words]).toEqual([4, 1, 5, 1, 9, 0, 7, 0]);
});
