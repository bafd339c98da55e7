import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { jaccard } from '../engines/minhash.js';
import { type SketchTable, visitCandidates } from '../engines/minhash-candidates.js';
import { createVerifier } from '../engines/minhash-verify.js';
import { createTextKernel, type TextKernel } from '../engines/text-kernel.js';

/** Small universes, so that bands, sizes and shingles meet often. */
const smallSet = fc
  .uniqueArray(fc.bigInt({ min: 1n, max: 40n }), { maxLength: 25 })
  .map((hashes) => BigUint64Array.from(hashes.map((h) => h * 0x9e3779b97f4a7c15n)).sort());

const sketchTable: fc.Arbitrary<SketchTable> = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 20 }))
  .chain(([bandCount, length]) =>
    fc.record({
      length: fc.constant(length),
      bandCount: fc.constant(bandCount),
      bandHashes: numbers(2 * bandCount * length, 2),
      shingleCounts: numbers(length, 12),
    }),
  );

function numbers(length: number, max: number): fc.Arbitrary<Uint32Array> {
  const item = fc.integer({ min: 0, max });
  return fc
    .array(item, { minLength: length, maxLength: length })
    .map((list) => Uint32Array.from(list));
}

describe('candidates', () => {
  it('are exactly the pairs that share a band and whose sizes allow the threshold, each once', () => {
    fc.assert(
      fc.property(sketchTable, fc.constantFrom(0.5, 0.8, 1), (table, threshold) => {
        const visited: string[] = [];
        visitCandidates(table, threshold, (a, b) => visited.push(`${a},${b}`));
        expect(visited.sort()).toEqual(candidatesByDefinition(table, threshold).sort());
      }),
      { numRuns: 500, seed: 17 },
    );
  });
});

describe('the verifier', () => {
  it('answers what exact Jaccard answers', () => {
    const sets = fc.array(smallSet, { minLength: 2, maxLength: 8 });
    const thresholds = fc.constantFrom(0.5, 0.6, 2 / 3, 0.75, 0.8, 0.9, 1);
    fc.assert(
      fc.property(sets, thresholds, (all, threshold) => {
        const isSame = createVerifier(all, threshold);
        all.forEach((a, i) => {
          all.forEach((b, j) => {
            expect(isSame(i, j)).toBe(jaccard(a, b) >= threshold);
          });
        });
      }),
      { numRuns: 500, seed: 19 },
    );
  });
});

describe('near-duplicates, from texts to verified pairs', () => {
  let kernel: TextKernel;
  beforeAll(async () => {
    kernel = await createTextKernel({ tokenizer: { kind: 'bytes' } });
  });

  it('are found with recall .99 at the threshold and above, and none below is kept', () => {
    // 300 originals of 200 words, each with a copy in which 0 to 5 words are replaced: Jaccard is
    // (196 - 5k) / (196 + 5k), so 1 down to .815 for the 250 copies with k < 5, and .774 for the others.
    // Expected misses: 50 x (.0047 + .0009 + ..) = .3; more than 5 is a false alarm in 1e6 seeds.
    const texts = Array.from({ length: 300 }, (_, i) => [original(i), edited(i, i % 6)]).flat();
    const table = sketchAll(kernel, texts);
    const sets = texts.map((text) => {
      kernel.load(text);
      return kernel.shingles();
    });
    const isSame = createVerifier(sets, 0.8);
    const found = new Set<string>();
    visitCandidates(table, 0.8, (a, b) => {
      if (isSame(a, b)) found.add(`${a},${b}`);
    });
    const truth = pairsAtLeast(sets, 0.8);
    expect(truth.length).toBe(250);
    expect([...found].every((pair) => truth.includes(pair))).toBe(true);
    expect(found.size).toBeGreaterThanOrEqual(truth.length - 5);
  });
});

function candidatesByDefinition(table: SketchTable, threshold: number): string[] {
  const { bandHashes, bandCount, shingleCounts } = table;
  const pairs: string[] = [];
  for (let b = 0; b < table.length; b++) {
    for (let a = 0; a < b; a++) {
      const [least, most] = [shingleCounts[a]!, shingleCounts[b]!].sort((x, y) => x - y);
      const bands = Array.from({ length: bandCount }, (_, band) => 2 * band);
      const isShared = bands.some((at) =>
        [at, at + 1].every(
          (k) => bandHashes[2 * bandCount * a + k] === bandHashes[2 * bandCount * b + k],
        ),
      );
      if (least! > 0 && least! >= threshold * most! && isShared) pairs.push(`${a},${b}`);
    }
  }
  return pairs;
}

function sketchAll(kernel: TextKernel, texts: readonly string[]): SketchTable {
  const { bandCount } = kernel.bands;
  const bandHashes = new Uint32Array(2 * bandCount * texts.length);
  const shingleCounts = new Uint32Array(texts.length);
  texts.forEach((text, i) => {
    kernel.load(text);
    shingleCounts[i] = kernel.sketch(bandHashes, 2 * bandCount * i);
  });
  return { length: texts.length, bandCount, bandHashes, shingleCounts };
}

/** 200 words of its own. */
function original(i: number): string {
  return Array.from({ length: 200 }, (_, word) => `w${i}x${word}`).join(' ');
}

/** The same with `edits` words replaced, far apart: each changes five shingles. */
function edited(i: number, edits: number): string {
  const words = original(i).split(' ');
  for (let k = 0; k < edits; k++) words[20 + 30 * k] = `changed${i}y${k}`;
  return words.join(' ');
}

function pairsAtLeast(sets: readonly BigUint64Array[], threshold: number): string[] {
  const pairs: string[] = [];
  sets.forEach((b, j) => {
    for (let i = 0; i < j; i++) if (jaccard(sets[i]!, b) >= threshold) pairs.push(`${i},${j}`);
  });
  return pairs;
}
