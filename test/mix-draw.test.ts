/**
 * Keyed draws are uniform, independent between purposes, and every bit of key and id matters. Seeds
 * are fixed, so nothing here fails by chance; limits are set for a false alarm of 1e-6 per test had
 * the seeds been free.
 */
import { describe, expect, it } from 'vitest';
import { holdoutKey, isHoldout } from '../core/mix/holdout.js';
import { orderKey, orderOf, outputShard, rankKey, rankOf } from '../core/mix/rank.js';
import { derive, draw, hashText } from '../core/random/draw.js';

const IDS: Readonly<Record<string, (i: number) => string>> = {
  'running numbers': (i) => String(i),
  'padded names': (i) => `wiki-en/${String(i).padStart(9, '0')}`,
  'hex digests': (i) => `sha256-${hashText({ hi: 1, lo: 2 }, String(i)).hi.toString(16)}-${i}`,
  addresses: (i) => `https://example.org/a/${i % 97}/page?id=${i}`,
};
const DRAWS = 100_000;
/** Standard normal quantile of 1 - 1e-6 / 2. */
const Z = 4.9;

/** Largest chi-square of k degrees of freedom at a false alarm of about 1e-6 (Wilson and Hilferty, 1931). */
function chiSquareLimit(k: number): number {
  return k * (1 - 2 / (9 * k) + 4.76 * Math.sqrt(2 / (9 * k))) ** 3;
}

function chiSquare(counts: readonly number[], expected: number): number {
  return counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
}

describe('a draw', () => {
  it.each(Object.keys(IDS))(
    'is uniform on [0, 1) over %s, in 256 classes, high bits and low',
    (name) => {
      const key = derive(7, 'uniform', name);
      const high = new Array<number>(256).fill(0);
      const low = new Array<number>(256).fill(0);
      for (let i = 0; i < DRAWS; i++) {
        const value = draw(key, IDS[name]!(i));
        expect(value >= 0 && value < 1).toBe(true);
        high[Math.floor(value * 256)]!++;
        low[Math.floor((value * 2 ** 32) % 256)]!++;
      }
      for (const counts of [high, low])
        expect(chiSquare(counts, DRAWS / 256)).toBeLessThan(chiSquareLimit(255));
    },
  );

  it('is independent between purposes, sources, seeds and passes', () => {
    const keys = {
      select: rankKey(7, 'web'),
      otherSource: rankKey(7, 'web2'),
      otherSeed: rankKey(8, 'web'),
      holdout: holdoutKey('web'),
      order0: orderKey(7, 0),
      order1: orderKey(7, 1),
    };
    const names = Object.keys(keys) as (keyof typeof keys)[];
    names.forEach((a, i) => {
      for (const b of names.slice(i + 1)) {
        const cells = new Array<number>(64).fill(0);
        for (let n = 0; n < 20_000; n++) {
          const id = IDS['padded names']!(n);
          cells[Math.floor(draw(keys[a], id) * 8) * 8 + Math.floor(draw(keys[b], id) * 8)]!++;
        }
        expect(chiSquare(cells, 20_000 / 64), `${a} x ${b}`).toBeLessThan(chiSquareLimit(63));
      }
    });
  });

  it('changes half of its bits with one bit of the id, of the key, or with one more character', () => {
    const key = derive(7, 'avalanche');
    const changes: Readonly<Record<string, (id: string) => { hi: number; lo: number }>> = {
      'last character': (id) =>
        hashText(key, id.slice(0, -1) + String.fromCharCode(id.charCodeAt(id.length - 1) ^ 1)),
      'first character': (id) =>
        hashText(key, String.fromCharCode(id.charCodeAt(0) ^ 1) + id.slice(1)),
      'high bit of the key': (id) => hashText({ ...key, hi: (key.hi ^ 0x80000000) >>> 0 }, id),
      'low bit of the key': (id) => hashText({ ...key, lo: key.lo ^ 1 }, id),
      'one more character': (id) => hashText(key, `${id}0`),
    };
    const trials = 4000;
    for (const [name, change] of Object.entries(changes)) {
      const flips = new Array<number>(64).fill(0);
      for (let i = 0; i < trials; i++) {
        const id = IDS['padded names']!(i);
        const [a, b] = [hashText(key, id), change(id)];
        for (let bit = 0; bit < 32; bit++) {
          flips[bit]! += ((a.hi ^ b.hi) >>> bit) & 1;
          flips[bit + 32]! += ((a.lo ^ b.lo) >>> bit) & 1;
        }
      }
      const deviation = Math.sqrt(trials / 4);
      // 64 bits by 5 changes are looked at: one more standard error keeps the false alarm at 1e-6.
      for (const [bit, n] of flips.entries()) {
        expect(Math.abs(n - trials / 2) / deviation, `${name}, bit ${bit}`).toBeLessThan(Z + 1);
      }
    }
  });

  it('gives no two of 200,000 ids the same 64 bits', () => {
    const key = derive(7, 'collide');
    const seen = new Set<bigint>();
    for (let i = 0; i < 200_000; i++) {
      const { hi, lo } = hashText(key, IDS['padded names']!(i));
      seen.add((BigInt(hi) << 32n) | BigInt(lo));
    }
    expect(seen.size).toBe(200_000);
  });

  it('tells keys apart whose parts join to the same letters', () => {
    expect(derive(1, 'a', 'bc')).not.toEqual(derive(1, 'ab', 'c'));
    expect(derive(1, 'a', 1, 2)).not.toEqual(derive(1, 'a', 12));
    expect(derive(11, 'a')).not.toEqual(derive(1, '1a'));
  });
});

describe('what is drawn', () => {
  it('holds out the stated share, and keeps what was held out as the share grows', () => {
    const key = holdoutKey('web');
    const heldAt = (share: number) =>
      Array.from({ length: DRAWS }, (_, i) => isHoldout(key, String(i), share));
    const [small, large] = [heldAt(0.01), heldAt(0.03)];
    for (const [held, share] of [
      [small, 0.01],
      [large, 0.03],
    ] as const) {
      const count = held.filter(Boolean).length;
      expect(Math.abs(count - share * DRAWS)).toBeLessThan(
        Z * Math.sqrt(share * (1 - share) * DRAWS),
      );
    }
    expect(small.every((isHeld, i) => !isHeld || large[i])).toBe(true);
    expect(heldAt(0)).not.toContain(true);
  });

  it('spreads rows evenly over output shards, in order', () => {
    const key = orderKey(7, 0);
    const counts = new Array<number>(7).fill(0);
    const orders = Array.from({ length: DRAWS }, (_, i) => orderOf(key, 'web', String(i)));
    for (const order of orders) counts[outputShard(order, 7)]!++;
    expect(chiSquare(counts, DRAWS / 7)).toBeLessThan(chiSquareLimit(6) + 5);
    orders.sort((a, b) => a.hi - b.hi);
    const shards = orders.map((order) => outputShard(order, 7));
    expect(shards).toEqual([...shards].sort((a, b) => a - b));
  });

  it('selects every document with the same chance, whatever its place, length of id or neighbours', () => {
    // 200 documents, 4,000 seeds, the 60 lowest ranks are taken: each expects 1,200 hits.
    const ids = Array.from({ length: 200 }, (_, i) => `${'x'.repeat(i % 11)}${i}`);
    const hits = new Array<number>(200).fill(0);
    for (let seed = 0; seed < 4000; seed++) {
      const key = rankKey(seed, 'web');
      const ranks = ids.map((id, i) => [rankOf(key, id), i] as const).sort((a, b) => a[0] - b[0]);
      for (const [, i] of ranks.slice(0, 60)) hits[i]!++;
    }
    // Without replacement the counts vary a little less than chi-square says: times 1 - 60/200 of n/(n-1).
    const variance = 1200 * (1 - 60 / 200);
    const statistic = hits.reduce((sum, n) => sum + (n - 1200) ** 2 / variance, 0) * (199 / 200);
    expect(statistic).toBeLessThan(chiSquareLimit(199));
    expect(statistic).toBeGreaterThan(100);
  });
});
