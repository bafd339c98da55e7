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
import { type JudgedCluster, judgeCluster, type Measure } from '../core/cluster/judge-cluster.js';
import { type ClusterMember, leaderOf } from '../core/cluster/leader.js';
import { isDirect } from '../core/cluster/similarity.js';
import { speakerOf } from '../core/cluster/speaker.js';
import {
  CHAIN_TEXTS_MIN,
  CHAINED_SHARE_MIN,
  clusterKind,
  TEMPLATE_TEXTS_MIN,
} from '../core/cluster/template.js';
import { UnionFind } from '../core/cluster/union-find.js';
import { readCluster } from '../core/label/families/cluster.js';
import type { ClusterPlace, LabelContext, LabelInput } from '../core/label/label-input.js';
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

/** `id date flags..`: a label, `human` for allow-listed, `no-grant`, `of=source`, `text=digest`. */
function member(line: string, document: number): ClusterMember {
  const [id = '', date = '', ...flags] = line.split(' ');
  const has = (flag: string) => flags.includes(flag);
  const value = (name: string) => flags.find((flag) => flag.startsWith(name))?.slice(name.length);
  return {
    document,
    source: value('of=') ?? 's',
    id,
    date: date === '-' ? null : date,
    label: LABELS.find(has) ?? 'unknown',
    digest: value('text=') ?? 'd',
    allowListedHuman: has('human'),
    usable: !has('no-grant'),
  };
}

describe('the leader of a cluster', () => {
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

describe('who speaks for a cluster', () => {
  it.each([
    ['the oldest', ['a 2021-01-01 synthetic', 'b 2019-01-01 synthetic'], 'b'],
    [
      'the oldest, though allow-listed human text leads',
      ['a 2001-01-01 synthetic', 'b 2019-01-01 human human_authored'],
      'a',
    ],
    [
      'the oldest with a label, not the oldest of all',
      ['a 2001-01-01', 'b 2019-01-01 synthetic'],
      'b',
    ],
    ['nobody without a date', ['a - synthetic', 'b - human human_authored'], null],
    ['the dated one', ['a - synthetic', 'b 2024-01-01 human_authored'], 'b'],
    ['nobody without a label', ['a 2001-01-01', 'b 2019-01-01'], null],
    [
      'nobody where the oldest day differs',
      ['a 2019-01-01 synthetic', 'b 2019-01-01 human_authored', 'c 2020-01-01 synthetic'],
      null,
    ],
    [
      'the first id where the oldest day agrees',
      ['b 2019-01-01 synthetic', 'a 2019-01-01 synthetic', 'c 2020-01-01 human_authored'],
      'a',
    ],
    [
      'the oldest day, though younger ones differ',
      ['c 2020-01-01 synthetic', 'b 2020-01-01 human_authored', 'a 2019-01-01 synthetic'],
      'a',
    ],
  ] as const)('is %s', (_title, lines, speaker) => {
    const members = lines.map(member);
    for (const list of [members, [...members].reverse()]) {
      expect(speakerOf(list)?.id ?? null).toBe(speaker);
    }
  });
});

describe('a direct edge', () => {
  it.each([
    [0.8, 0.85, true],
    [0.79, 0.88, false],
    // An excerpt: a third of the other text, nearly all of which stands there.
    [0.3, 0.9, true],
    // The reverse: a long text that quotes the whole of a short one.
    [0.3, 0.31, false],
  ])('of Jaccard %f and containment %f at 0.8: %s', (jaccard, containment, expected) => {
    expect(isDirect({ jaccard, containment }, 0.8)).toBe(expected);
  });

  it('asks of containment what Jaccard asks of two texts of one size', () => {
    // |a| = |b| = n with s shared: J = s / (2n - s), containment = s / n = 2J / (1 + J).
    for (let shared = 1; shared <= 1000; shared++) {
      const jaccard = shared / (2000 - shared);
      for (const threshold of [0.5, 0.7, 0.8, 0.95]) {
        const equalSizes = { jaccard, containment: shared / 1000 };
        if (Math.abs(jaccard - threshold) < 1e-9) continue;
        expect(isDirect(equalSizes, threshold)).toBe(jaccard >= threshold);
      }
    }
  });
});

describe('a cluster as evidence', () => {
  /** Texts on a line, named by their place: Jaccard falls by .1 with each step. */
  const onLine: Measure = (a, b) => {
    const steps = Math.abs(Number(a.digest) - Number(b.digest));
    const jaccard = Math.max(0, 1 - steps / 10);
    return { jaccard, containment: (2 * jaccard) / (1 + jaccard) };
  };
  const judge = (members: readonly ClusterMember[], measure = onLine): JudgedCluster =>
    judgeCluster(members, { measure, threshold: 0.8 });
  const speakers = ({ places }: JudgedCluster) =>
    places.map(({ speaker }) => speaker?.copy.id ?? null);

  it('lets the oldest labelled copy speak over direct edges only, not along a chain', () => {
    const chain = [
      'a 2019-01-01 synthetic text=0',
      'b 2020-01-01 text=1',
      'c - text=2',
      'd 2021-01-01 text=3',
    ].map(member);
    const judged = judge(chain);
    expect(judged).toMatchObject({ kind: 'copies', texts: 4 });
    expect(speakers(judged)).toEqual([null, 'a', 'a', null]);
    expect(judged.places[2]!.speaker).toMatchObject({ jaccard: 0.8, isDirect: true });
    expect(judged.places[3]!.leader).toMatchObject({ jaccard: 0.7, isDirect: false });
  });

  it('has a label travel from the oldest dated copy, not from an allow-listed leader', () => {
    const judged = judge(
      [
        'a 2019-01-01 human human_authored text=0',
        'b 2010-01-01 synthetic text=1',
        'c 2021-01-01 text=1',
      ].map(member),
    );
    expect(judged.places.map(({ leader }) => leader.copy.id)).toEqual(['a', 'a', 'a']);
    expect(speakers(judged)).toEqual(['b', null, 'b']);
  });

  it('lets an older exact copy speak where the oldest copy is too far', () => {
    const lines = ['a 2001-01-01 synthetic text=0', 'b 2010-01-01 human_authored text=5'];
    const members = [...lines, 'c 2011-01-01 text=5', 'd 2012-01-01 text=4'].map(member);
    expect(speakers(judge(members))).toEqual([null, null, 'b', null]);
  });

  it('flags many texts of one source as a template, inside which only exact copies speak', () => {
    const texts = Array.from(
      { length: TEMPLATE_TEXTS_MIN },
      (_, i) => `t${i} 2015-01-01 text=${i}`,
    );
    const oldest = 'old 2001-01-01 synthetic text=0';
    const flat: Measure = () => ({ jaccard: 0.95, containment: 0.97 });
    const family = judge([oldest, ...texts].map(member), flat);
    expect(family.kind).toBe('template');
    expect(speakers(family)).toEqual([null, 'old', ...Array(TEMPLATE_TEXTS_MIN - 1).fill(null)]);
    const fewer = judge(
      [oldest, ...texts.slice(1)].map((line, i) => member(`${line} of=s${i}`, i)),
      flat,
    );
    expect(fewer.kind).toBe('copies');
    expect(speakers(fewer)).toEqual([null, ...Array(TEMPLATE_TEXTS_MIN - 1).fill('old')]);
  });

  it.each([
    ['one text, ever so often', { texts: 1, textsOfSource: 1, chained: 0 }, 'copies'],
    [
      'many sources that copy one text',
      { texts: 50, textsOfSource: TEMPLATE_TEXTS_MIN - 1, chained: 0 },
      'copies',
    ],
    [
      'many texts of one source',
      { texts: 50, textsOfSource: TEMPLATE_TEXTS_MIN, chained: 0 },
      'template',
    ],
    [
      'texts half of which are chained',
      { texts: 6, textsOfSource: 3, chained: 6 * CHAINED_SHARE_MIN },
      'template',
    ],
    [
      'a few that are chained',
      { texts: CHAIN_TEXTS_MIN - 1, textsOfSource: 1, chained: 3 },
      'copies',
    ],
  ] as const)('of %s, %j, is of kind %s', (_title, shape, kind) => {
    expect(clusterKind(shape)).toBe(kind);
  });

  const members = fc
    .array(
      fc.record({
        source: fc.constantFrom('s', 't'),
        date: fc.constantFrom(null, '2018-01-01', '2019-01-01', '2021-01-01'),
        label: fc.constantFrom(...LABELS),
        digest: fc.constantFrom('0', '1', '2', '4', '7'),
        allowListedHuman: fc.boolean(),
        usable: fc.boolean(),
      }),
      { minLength: 2, maxLength: 9 },
    )
    .map((list): ClusterMember[] =>
      list.map((one, document) => ({ ...one, document, id: `d${document}` })),
    );

  it('never lets a copy speak that is undated, unlabelled, no older, or no near-duplicate', () => {
    fc.assert(
      fc.property(members, (list) => {
        for (const { document, speaker } of judge(list).places) {
          if (speaker === null) continue;
          const one = list[document]!;
          const { copy } = speaker;
          expect(copy.label).not.toBe('unknown');
          expect(isOlder(copy, one)).toBe(true);
          expect(copy.digest === one.digest || onLine(one, copy).jaccard >= 0.8).toBe(true);
          const older = list.filter(
            (other) =>
              other.digest === copy.digest && other.label !== 'unknown' && isOlder(other, copy),
          );
          expect(older).toEqual([]);
        }
      }),
      { seed: 12, numRuns: 500 },
    );
  });

  it('says the same whatever the order of its members', () => {
    fc.assert(
      fc.property(members, (list) => {
        const [judged, turned] = [judge(list), judge([...list].reverse())];
        expect({ ...turned, places: [...turned.places].reverse() }).toEqual(judged);
      }),
      { seed: 13, numRuns: 300 },
    );
  });

  it('measures each distinct text twice at most', () => {
    fc.assert(
      fc.property(members, (list) => {
        let measured = 0;
        judge(list, (a, b) => {
          expect(a.digest).not.toBe(b.digest);
          measured++;
          return onLine(a, b);
        });
        expect(measured).toBeLessThanOrEqual(2 * new Set(list.map((m) => m.digest)).size - 2);
      }),
      { seed: 14, numRuns: 200 },
    );
  });
});

describe('evidence of the cluster family', () => {
  const copy = { source: 'a', id: '7', created: '2001-01-01', label: 'synthetic' as const };
  const near = { ...copy, jaccard: 0.879, containment: 0.93, isDirect: true };
  const far = { ...copy, jaccard: 0.61, containment: 0.7, isDirect: false };
  const human = { ...copy, id: '8', label: 'human_authored' as const };
  const place = (change: Partial<ClusterPlace>): ClusterPlace => ({
    ...{ kind: 'copies', texts: 2, leader: near, speaker: null, opposing: [] },
    ...change,
  });
  const read = (cluster: ClusterPlace | null) =>
    readCluster({ cluster } as LabelInput, {} as LabelContext);

  it.each([
    ['nothing of a document without copies', null, []],
    ['nothing of a leader that nobody opposes', place({ leader: null }), []],
    ['the name of a leader that says nothing', place({}), ['duplicate_of 0']],
    ['the name of one over a chain only', place({ leader: far }), ['chained_copy 0']],
    ['the label of an older copy', place({ speaker: near }), ['older_copy_says 4.605 synthetic']],
    [
      'a template, and nothing more',
      place({ kind: 'template', leader: far }),
      ['template_family 0'],
    ],
    [
      'a template, of its leader too',
      place({ kind: 'template', leader: null }),
      ['template_family 0'],
    ],
    [
      'a template, and what an older exact copy says',
      place({ kind: 'template', leader: far, speaker: near }),
      ['older_copy_says 4.605 synthetic', 'template_family 0'],
    ],
    [
      'what equal texts say, once for each label',
      place({ speaker: near, opposing: [copy, human] }),
      ['older_copy_says 4.605 synthetic', 'equal_text_says 4.605 human_authored'],
    ],
  ])('is %s', (_title, cluster, expected) => {
    const told = read(cluster).map(({ reason, strength, supports }) =>
      strength === 0 ? `${reason} 0` : `${reason} ${strength.toFixed(3)} ${supports}`,
    );
    expect(told).toEqual(expected);
    for (const item of read(cluster)) {
      expect(item).toMatchObject({ family: 'cluster', tier: 'T2', direction: 'for' });
      if (item.strength === 0) expect(item.supports).toBe('unknown');
    }
  });

  it('names the copy and how alike the two are', () => {
    expect(read(place({ speaker: near }))[0]!.detail).toBe(
      'near-duplicate of a/7 of 2001-01-01, which is synthetic and older: Jaccard 0.87, 0.93 of its word 5-grams stand there',
    );
    expect(read(place({ leader: far }))[0]!.detail).toBe(
      'only a chain of copies leads to a/7 of 2001-01-01: Jaccard 0.61, 0.70 of its word 5-grams stand there',
    );
    expect(read(place({ kind: 'template', texts: 342, leader: far }))[0]!.detail).toBe(
      'one of 342 texts that share a frame; beside a/7 of 2001-01-01: Jaccard 0.61, 0.70 of its word 5-grams stand there',
    );
  });
});
