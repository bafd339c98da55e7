/** The pair search of a build, step by step, so that each pair can be asked about. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeySpill } from '../dist/activities/tasks/key-spill.js';
import { bucketPairs } from '../dist/core/cluster/candidates.js';
import { ENTRY_WORDS } from '../dist/core/cluster/equal-groups.js';
import { UnionFind } from '../dist/core/cluster/union-find.js';
import { createVerifier } from '../dist/engines/minhash-verify.js';
import { BANDS } from '../dist/engines/text-kernel.js';

const WORDS = 2 * BANDS.bandCount;

/** Sketches and shingle sets of texts, as the profile of a shard and the verifier see them. */
export function sketchTexts(kernel, texts) {
  const bands = new Uint32Array(WORDS * texts.length);
  const sets = texts.map((text, i) => {
    kernel.load(text);
    kernel.sketch(bands, i * WORDS);
    return kernel.shingles();
  });
  return { bands, sets };
}

/**
 * Accepted pairs (a < b, key a * texts + b) at each threshold: bands -> buckets -> pairs that sizes
 * allow -> exact verification, by the modules of a build.
 */
export function acceptedPairs({ bands, sets }, threshold) {
  const scratch = mkdtempSync(join(tmpdir(), 'ballast-bands-'));
  const expected = sets.length * BANDS.bandCount;
  const spill = new KeySpill({ expected, scratch, name: 'band' });
  sets.forEach((set, document) => {
    for (let band = 0; band < BANDS.bandCount && set.length > 0; band++) {
      const at = document * WORDS + 2 * band;
      spill.add(bands[at + 1], bands[at], document, set.length, document);
    }
  });
  const isSame = createVerifier(sets, threshold);
  const seen = new Map();
  for (const { words, positions } of spill.groups()) {
    const members = positions.map((position) => {
      const at = position * ENTRY_WORDS;
      return { document: words[at + 2], size: words[at + 3], digestWord: words[at + 4] };
    });
    bucketPairs(members, threshold, (x, y) => {
      const [a, b] = x < y ? [x, y] : [y, x];
      const key = a * sets.length + b;
      if (!seen.has(key)) seen.set(key, isSame(a, b));
    });
  }
  rmSync(scratch, { recursive: true });
  return new Set([...seen].filter(([, accepted]) => accepted).map(([key]) => key));
}

/** Connected components of accepted pairs, each sorted, as text: what clusters must be. */
export function componentsOf(pairs, count) {
  const sets = new UnionFind();
  for (const key of pairs) sets.union(Math.floor(key / count), key % count);
  return sets.sets().map((set) => set.join(' '));
}
