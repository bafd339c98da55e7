/** The parts that clusters are made of: equal keys, candidate pairs, disjoint sets, leaders. */

import { readdir } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeySpill } from '../activities/tasks/key-spill.js';
import {
  BUCKET_MEMBERS_MAX,
  BUCKET_NEIGHBOURS,
  type BucketMember,
  bucketPairs,
} from '../core/cluster/candidates.js';
import { exactCopies, isOlder } from '../core/cluster/copies.js';
import { ENTRY_WORDS, equalGroups } from '../core/cluster/equal-groups.js';
import { type ClusterMember, leaderOf } from '../core/cluster/leader.js';
import { UnionFind } from '../core/cluster/union-find.js';
import { derive, hashText } from '../core/random/draw.js';
import { LABELS } from '../core/schema/label.js';
import { makeTempFolder, removeFolder } from './source-profile.js';

type Entry = readonly [hi: number, lo: number];

const byFirst = (a: readonly number[], b: readonly number[]) => a[0]! - b[0]!;
const sorted = (groups: Iterable<readonly number[]>) =>
  [...groups].map((group) => [...group].sort((a, b) => a - b)).sort(byFirst);

/** The reference: a map by key, groups of two or more. */
function groupedByMap(entries: readonly Entry[]): number[][] {
  const groups = new Map<string, number[]>();
  entries.forEach(([hi, lo], i) => {
    groups.set(`${hi}.${lo}`, [...(groups.get(`${hi}.${lo}`) ?? []), i]);
  });
  return sorted([...groups.values()].filter((group) => group.length > 1));
}

/** Few values, so that keys meet; halves at both ends, so that signs and ties show. */
const word = fc.constantFrom(0, 1, 2, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff);
const entriesOf = fc.array(fc.tuple(word, word), { maxLength: 200 });

describe('equal keys', () => {
  it('are grouped as a map would group them', () => {
    fc.assert(
      fc.property(entriesOf, (entries) => {
        const words = new Uint32Array((entries.length + 3) * ENTRY_WORDS);
        entries.forEach(([hi, lo], i) => {
          words.set([hi, lo, i, 0, 0], i * ENTRY_WORDS);
        });
        expect(sorted(equalGroups(words, entries.length))).toEqual(groupedByMap(entries));
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  let scratch: string;
  beforeAll(async () => {
    scratch = await makeTempFolder();
  });
  afterAll(() => removeFolder(scratch));

  it.each([
    ['in memory', 0, 1],
    ['in 2 partitions', 5_000_000, 2],
    ['in 16 partitions', 60_000_000, 16],
  ])(
    'are grouped the same %s, and what travels along stays with its key',
    async (_title, expected, files) => {
      const key = derive(5, 'spill');
      const entries = Array.from({ length: 50_000 }, (_, i): Entry => {
        const { hi, lo } = hashText(key, String(i % 7 === 0 ? i % 1000 : i));
        return [hi, lo];
      });
      const spill = new KeySpill({ expected, scratch, name: `k${files}` });
      expect((await readdir(scratch)).length).toBe(files === 1 ? 0 : files);
      entries.forEach(([hi, lo], i) => {
        spill.add(hi, lo, i, i * 2, 0xffffffff - i);
      });
      const groups: number[][] = [];
      for (const { words, positions } of spill.groups()) {
        groups.push(
          positions.map((position) => {
            const at = position * ENTRY_WORDS;
            const document = words[at + 2]!;
            expect([words[at], words[at + 1]]).toEqual(entries[document]);
            expect([words[at + 3], words[at + 4]]).toEqual([document * 2, 0xffffffff - document]);
            return document;
          }),
        );
      }
      expect(sorted(groups)).toEqual(groupedByMap(entries));
      expect(await readdir(scratch)).toEqual([]);
    },
  );
});

describe('candidate pairs of a bucket', () => {
  const membersOf = (sizes: readonly number[]): BucketMember[] =>
    sizes.map((size, document) => ({
      document,
      size,
      digestWord: (document * 2654435761) % 2 ** 32,
    }));

  it('are exactly those whose sizes let them reach the threshold', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 60 });
    const threshold = fc.constantFrom(0.5, 0.7, 0.8, 0.85, 0.95, 1);
    fc.assert(
      fc.property(sizes, threshold, (list, jaccard) => {
        const found = new Set<string>();
        const bounded = bucketPairs(membersOf(list), jaccard, (a, b) =>
          found.add([a, b].sort((x, y) => x - y).join()),
        );
        expect(bounded).toBe(false);
        list.forEach((a, i) => {
          for (let j = i + 1; j < list.length; j++) {
            const [small, large] = [Math.min(a, list[j]!), Math.max(a, list[j]!)];
            // The largest Jaccard that sets of these sizes can have is small / large.
            if (small / large >= jaccard) expect(found).toContain(`${i},${j}`);
            else if (small / large < jaccard - 1e-9) expect(found).not.toContain(`${i},${j}`);
          }
        });
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  it('are bounded in a huge bucket, and the same whatever the order of its members', () => {
    const members = membersOf(Array.from({ length: BUCKET_MEMBERS_MAX + 500 }, () => 100));
    const pairsOf = (list: BucketMember[]) => {
      const pairs = new Set<number>();
      const bounded = bucketPairs(list, 0.8, (a, b) =>
        pairs.add(Math.min(a, b) * 1e6 + Math.max(a, b)),
      );
      expect(bounded).toBe(true);
      return pairs;
    };
    const pairs = pairsOf([...members]);
    expect(pairs.size).toBeLessThanOrEqual(members.length * BUCKET_NEIGHBOURS);
    const turned = pairsOf([...members].reverse());
    expect(turned.size).toBe(pairs.size);
    expect([...turned].every((pair) => pairs.has(pair))).toBe(true);
    const met = new Set([...pairs].flatMap((pair) => [Math.floor(pair / 1e6), pair % 1e6]));
    expect(met.size).toBe(members.length);
  });
});

describe('disjoint sets', () => {
  const pairs = fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { maxLength: 60 });

  it('are the connected components, in whatever order the pairs come', () => {
    const shuffled = pairs.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        const [a, b] = [new UnionFind(), new UnionFind()];
        for (const [x, y] of list) a.union(x, y);
        for (const [x, y] of other) b.union(y, x);
        const real = (sets: number[][]) => sets.filter((set) => set.length > 1);
        expect(real(a.sets())).toEqual(components(list));
        expect(b.sets()).toEqual(a.sets());
        for (const set of a.sets()) for (const member of set) expect(a.find(member)).toBe(set[0]);
      }),
      { seed: 6, numRuns: 300 },
    );
  });

  /** By repeated spreading of the smallest number. */
  function components(list: readonly (readonly [number, number])[]): number[][] {
    const least = new Map<number, number>();
    for (const [x, y] of list) least.set(x, x).set(y, y);
    for (let round = 0; round <= least.size; round++) {
      for (const [x, y] of list) {
        const low = Math.min(least.get(x)!, least.get(y)!);
        least.set(x, low).set(y, low);
      }
    }
    const sets = new Map<number, number[]>();
    for (const member of [...least.keys()].sort((a, b) => a - b)) {
      sets.set(least.get(member)!, [...(sets.get(least.get(member)!) ?? []), member]);
    }
    return [...sets.values()].filter((set) => set.length > 1).sort(byFirst);
  }

  it('holds a chain of 100,000 without running out of stack', () => {
    const sets = new UnionFind();
    for (let i = 100_000; i > 0; i--) sets.union(i, i - 1);
    expect(sets.find(100_000)).toBe(0);
    expect(sets.sets()).toHaveLength(1);
  });
});

describe('the leader of a cluster', () => {
  const member = (line: string, document: number): ClusterMember => {
    const [id = '', date = '', ...flags] = line.split(' ');
    const has = (flag: string) => flags.includes(flag);
    return {
      document,
      source: 's',
      id,
      date: date === '-' ? null : date,
      label: LABELS.find(has) ?? 'unknown',
      digest: 'd',
      allowListedHuman: has('human'),
      usable: !has('no-grant'),
    };
  };

  it.each([
    ['the oldest', ['a 2021-01-01', 'b 2019-01-01', 'c -'], 'b', 'b'],
    ['allow-listed human text before older text', ['a 2001-01-01', 'b 2019-01-01 human'], 'b', 'b'],
    ['the first id on a tie', ['b 2019-01-01', 'a 2019-01-01', 'c 2019-01-01'], 'a', 'a'],
    ['dated text before undated', ['a -', 'b 2024-01-01'], 'b', 'b'],
    [
      'the oldest, though another copy is kept',
      ['a 2019-01-01 no-grant', 'b 2020-01-01', 'c 2021-01-01'],
      'a',
      'b',
    ],
    [
      'the oldest, kept too where no copy may be used',
      ['a 2019-01-01 no-grant', 'b 2020-01-01 no-grant'],
      'a',
      'a',
    ],
  ])('is %s', (_title, lines, leader, kept) => {
    const members = lines.map(member);
    for (const list of [members, [...members].reverse()]) {
      expect(leaderOf(list)).toMatchObject({ leader: { id: leader }, kept: { id: kept } });
    }
  });
});

describe('exact copies in a cluster', () => {
  const dates = [null, '2019-01-01', '2021-01-01'];
  const memberOf = fc.record({
    source: fc.constantFrom('s', 't'),
    id: fc.constantFrom('a', 'b', 'c'),
    date: fc.constantFrom(...dates),
    label: fc.constantFrom(...LABELS),
    digest: fc.constantFrom('d', 'e'),
    allowListedHuman: fc.boolean(),
    usable: fc.boolean(),
  });
  const members = fc
    .array(memberOf, { minLength: 2, maxLength: 12 })
    .map((list): ClusterMember[] => list.map((member, document) => ({ ...member, document })));

  it('oppose a label of another kind where the text with it is not known to be older', () => {
    fc.assert(
      fc.property(members, (list) => {
        const copies = exactCopies(list);
        for (const one of list) {
          const others = list.filter(
            (other) =>
              other.digest === one.digest &&
              ![one.label, 'unknown'].includes(other.label) &&
              one.label !== 'unknown' &&
              !(one.date !== null && (other.date === null || one.date < other.date)),
          );
          const labels = [...new Set(others.map(({ label }) => label))].sort();
          expect(copies.opposing(one).map(({ label }) => label)).toEqual(labels);
          const labelled = list.filter((other) => other.label !== 'unknown');
          expect(copies.hasLabel(one)).toBe(labelled.some(({ digest }) => digest === one.digest));
        }
      }),
      { seed: 8, numRuns: 500 },
    );
  });

  it('are told alike in whatever order they come', () => {
    fc.assert(
      fc.property(members, (list) => {
        const [copies, turned] = [exactCopies(list), exactCopies([...list].reverse())];
        for (const one of list) {
          expect(turned.opposing(one)).toEqual(copies.opposing(one));
        }
      }),
      { seed: 9, numRuns: 200 },
    );
  });

  it.each([
    [null, null, false],
    ['2019-01-01', null, true],
    [null, '2019-01-01', false],
    ['2019-01-01', '2019-01-01', false],
    ['2019-01-01', '2021-01-01', true],
    ['2021-01-01', '2019-01-01', false],
  ])('of %s beside %s: known to be older is %s', (a, b, expected) => {
    expect(isOlder({ date: a }, { date: b })).toBe(expected);
  });
});
