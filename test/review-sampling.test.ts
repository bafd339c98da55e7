/**
 * Which documents people are asked about: shares, reasons, stated chances against what happens over
 * many seeds, and that neither order nor layout matters.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reviewedTruth } from '../core/label/reviewed-truth.js';
import { derive, draw } from '../core/random/draw.js';
import { type Candidate, type DraftPolicy, isNearThreshold } from '../core/review/candidate.js';
import { type Draft, documentKey, draftPackets, type Picked } from '../core/review/draft.js';
import { excerptOf, WHOLE_MAX } from '../core/review/excerpt.js';
import { quotasOf } from '../core/review/quotas.js';
import { RandomSample } from '../core/review/random-sample.js';
import { Smallest } from '../core/review/smallest.js';
import { type ReviewDecision, reviewDecision } from '../core/schema/review.js';

const KEY = derive(3, 'review test');
const THRESHOLDS = { human_authored: 0.95, human_edited: 0.95, synthetic: 0.95 };

function policy(review: Partial<DraftPolicy['review']> = {}): DraftPolicy {
  return {
    review: {
      ...{
        conflicts: 'sample',
        randomShare: 0.25,
        doubleShare: 0.1,
        documents: 40,
        packetSize: 10,
      },
      ...review,
    },
    labels: { thresholds: THRESHOLDS, reviewConflict: 0.3 },
  };
}

function candidate(i: number, part: Partial<Candidate> = {}): Candidate {
  return {
    source: i % 3 === 0 ? 'a' : 'b',
    id: `doc-${i}`,
    textSha256: i.toString(16).padStart(64, '0'),
    domain: 'law',
    tokens: 100 + Math.floor(900 * draw(KEY, `tokens ${i}`)),
    unknownReason: '',
    posterior: [0.999, 0.0005, 0.0005],
    conflict: 0,
    hasWeakHit: false,
    auditRate: 0,
    decided: null,
    place: i,
    ...part,
  };
}

/** 300 documents: 30 conflicts, 15 near a threshold, 10 with 8-word hits, 60 of an audited list. */
const CORPUS = Array.from({ length: 300 }, (_, i) =>
  candidate(i, {
    unknownReason: i % 20 === 1 ? 'conflict' : '',
    conflict: i % 20 === 2 ? 0.4 : 0,
    posterior: i % 20 === 4 ? [0.94, 0.03, 0.03] : [0.999, 0.0005, 0.0005],
    hasWeakHit: i % 30 === 5,
    auditRate: i % 5 === 0 ? 0.3 : 0,
  }),
);

const picksOf = ({ packets }: Draft, round = 'first') =>
  packets.filter((packet) => packet.round === round).flatMap(({ documents }) => documents);

describe('a draft', () => {
  it('asks about at most so many documents, each once, chance picking its share or more', () => {
    for (const documents of [5, 40, 200, 1000]) {
      const draft = draftPackets(CORPUS, policy({ documents }), 7);
      const picks = picksOf(draft);
      const keys = picks.map(({ candidate: found }) => documentKey(found));
      expect(new Set(keys).size).toBe(keys.length);
      expect(draft.documents).toBe(keys.length);
      expect(draft.documents).toBeLessThanOrEqual(Math.min(documents, CORPUS.length));
      expect(draft.random).toBe(picks.filter(({ isRandom }) => isRandom).length);
      expect(draft.random).toBeGreaterThanOrEqual(0.25 * draft.documents);
      expect(draft.frame).toBe(300);
    }
  });

  it('finds every reason, and names each document by the first that picked it', () => {
    const picks = picksOf(draftPackets(CORPUS, policy({ documents: 100 }), 7));
    expect(new Set(picks.map(({ why }) => why))).toEqual(
      new Set([
        'random',
        'conflict',
        'contamination',
        'near_threshold',
        'allow_list_audit',
        'large',
      ]),
    );
    for (const { why, candidate: found } of picks) {
      if (why === 'conflict')
        expect(found.unknownReason === 'conflict' || found.conflict >= 0.3).toBe(true);
      if (why === 'contamination') expect(found.hasWeakHit).toBe(true);
      if (why === 'near_threshold') expect(isNearThreshold(found.posterior, THRESHOLDS)).toBe(true);
      if (why === 'allow_list_audit') expect(found.auditRate).toBeGreaterThan(0);
    }
    const [largest] = [...CORPUS].sort((x, y) => y.tokens - x.tokens);
    expect(picks.map(({ candidate: found }) => found)).toContain(largest);
  });

  it('asks about all conflicts, a share of them, or none', () => {
    const conflicts = (mode: 'all' | 'sample' | 'none') =>
      picksOf(draftPackets(CORPUS, policy({ conflicts: mode, documents: 60 }), 7)).filter(
        ({ why }) => why === 'conflict',
      ).length;
    const all = picksOf(
      draftPackets(CORPUS, policy({ conflicts: 'all', documents: 60 }), 7),
    ).filter(({ candidate: found }) => found.unknownReason === 'conflict' || found.conflict >= 0.3);
    expect(all.length).toBe(30);
    expect(conflicts('sample')).toBeGreaterThan(0);
    expect(conflicts('sample')).toBeLessThan(30);
    expect(conflicts('none')).toBe(0);
  });

  it('leaves what the reasons cannot use to chance', () => {
    const plain = Array.from({ length: 500 }, (_, i) => candidate(i));
    const draft = draftPackets(plain, policy({ documents: 100 }), 1);
    expect(draft.random).toBe(90);
    expect(picksOf(draft).filter(({ why }) => why === 'large').length).toBeLessThanOrEqual(10);
  });

  it('makes packets of even size, none larger than asked for', () => {
    const draft = draftPackets(CORPUS, policy({ documents: 95, packetSize: 20 }), 7);
    const sizes = draft.packets
      .filter(({ round }) => round === 'first')
      .map(({ documents }) => documents.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(20);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  it('has nothing to ask about nothing', () => {
    expect(draftPackets([], policy(), 7)).toEqual({
      packets: [],
      frame: 0,
      documents: 0,
      random: 0,
    });
  });
});

describe('a second look', () => {
  it('is wanted at one in ten documents, in packets of their own', () => {
    const draft = draftPackets(CORPUS, policy({ documents: 100 }), 7);
    const second = picksOf(draft, 'second');
    const first = new Set(picksOf(draft).map(({ candidate: found }) => documentKey(found)));
    expect(second.length).toBe(Math.ceil(0.1 * draft.documents));
    expect(second.every(({ why }) => why === 'second_review')).toBe(true);
    expect(second.every(({ candidate: found }) => first.has(documentKey(found)))).toBe(true);
  });

  it('carries over: who was decided on once is asked about again only for it', () => {
    const before = draftPackets(CORPUS, policy(), 7);
    const chances = new Map(
      picksOf(before).map(({ candidate: found, ...pick }) => [documentKey(found), pick]),
    );
    const decided = CORPUS.map((document): Candidate => {
      const pick = chances.get(documentKey(document));
      if (pick === undefined) return document;
      const { inclusionProbability, isRandom } = pick;
      return { ...document, decided: { reviewers: ['anna'], inclusionProbability, isRandom } };
    });
    const after = draftPackets(decided, policy(), 7);
    expect(after.frame).toBe(300);
    const again = picksOf(after).filter(({ candidate: found }) => found.decided !== null);
    expect(again).toEqual([]);
    const missing = picksOf(before, 'second').map(({ candidate: found }) => documentKey(found));
    const looks = picksOf(after, 'second');
    const keys = looks.map(({ candidate: found }) => documentKey(found));
    expect(keys).toEqual(expect.arrayContaining(missing));
    const [{ inclusionProbability: chance }] = picksOf(after).filter(
      ({ isRandom }) => isRandom,
    ) as [Picked];
    for (const { candidate: found, inclusionProbability, isRandom } of looks) {
      const pick = chances.get(documentKey(found));
      if (pick === undefined) continue;
      // The sample has grown: who was in it is in it still, and who was not may be in it now.
      if (pick.isRandom) expect(isRandom).toBe(true);
      expect(inclusionProbability).toBe(isRandom ? chance : pick.inclusionProbability);
    }
  });

  it('is cut along first packets, so that two who share the first can share the second', () => {
    const shared = policy({ documents: 100, doubleShare: 0.3 });
    const draft = draftPackets(CORPUS, shared, 7);
    const keysOf = ({ documents }: Draft['packets'][0]) =>
      documents.map(({ candidate: found }) => documentKey(found));
    const first = draft.packets.filter(({ round }) => round === 'first');
    const second = draft.packets.filter(({ round }) => round === 'second');
    const reviewers = ['anna', 'ben'];
    const seenBy = new Map(
      first.flatMap((packet, i) => keysOf(packet).map((key) => [key, reviewers[i % 2]!])),
    );
    expect(second.length).toBeGreaterThan(2);
    for (const packet of second)
      expect(new Set(keysOf(packet).map((key) => seenBy.get(key))).size).toBe(1);
    const decided = CORPUS.map((document): Candidate => {
      const reviewer = seenBy.get(documentKey(document));
      const earlier = { inclusionProbability: 0.5, isRandom: false };
      return reviewer === undefined
        ? document
        : { ...document, decided: { reviewers: [reviewer], ...earlier } };
    });
    const carried = draftPackets(decided, shared, 7).packets.filter(
      ({ round, documents }) => round === 'second' && documents[0]!.candidate.decided !== null,
    );
    const firstReviewers = carried.map(({ documents }) => [
      ...new Set(documents.map(({ candidate: found }) => found.decided?.reviewers[0])),
    ]);
    expect(firstReviewers.every((names) => names.length === 1)).toBe(true);
    expect(new Set(firstReviewers.flat())).toEqual(new Set(reviewers));
  });

  it('is over for a document that two people decided on', () => {
    const twice = Array.from({ length: 10 }, (_, i) =>
      candidate(i, {
        decided: { reviewers: ['anna', 'ben'], inclusionProbability: 0.5, isRandom: true },
      }),
    );
    expect(draftPackets(twice, policy({ doubleShare: 1 }), 7).packets).toEqual([]);
  });
});

describe('the same documents', () => {
  it('give the same packets in any order and layout, and others under another seed', () => {
    const plain = (draft: Draft) =>
      draft.packets.map(({ round, documents }) => [
        round,
        documents.map(({ candidate: { source, id }, why, inclusionProbability }) => [
          ...[source, id, why, inclusionProbability],
        ]),
      ]);
    const wanted = plain(draftPackets(CORPUS, policy(), 7));
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
        const keyed = CORPUS.map((document, place) => ({
          document: { ...document, place },
          order: numbers.next().value as number,
        }));
        keyed.sort((a, b) => a.order - b.order);
        const shuffled = keyed.map(({ document }) => document);
        expect(plain(draftPackets(shuffled, policy(), 7))).toEqual(wanted);
      }),
      { seed: 5, numRuns: 25 },
    );
    expect(plain(draftPackets(CORPUS, policy(), 8))).not.toEqual(wanted);
  });
});

/**
 * 4,000 drafts with seeds 0 to 3,999. Each figure is a mean of draws that are independent over seeds;
 * its tolerance is 5 standard errors (two-sided false alarm 5.7e-7 each, some 1,000 figures in all:
 * one in 1,700 runs of other seeds; these seeds are fixed).
 */
describe('stated chances', () => {
  const SEEDS = 4_000;
  const Z = 5;
  const index = new Map(CORPUS.map((document, i) => [documentKey(document), i]));
  const picked = new Float64Array(CORPUS.length);
  const random = new Float64Array(CORPUS.length);
  /** Sums of 1/p and 1/p^2 of random picks. */
  const weights = new Float64Array(CORPUS.length);
  const stated = new Map<number, number>();
  let randomChance = 0;
  for (let seed = 0; seed < SEEDS; seed++) {
    for (const pick of picksOf(draftPackets(CORPUS, policy(), seed))) {
      const i = index.get(documentKey(pick.candidate))!;
      picked[i]!++;
      if (pick.isRandom) {
        random[i]!++;
        weights[i]! += 1 / pick.inclusionProbability;
        randomChance = pick.inclusionProbability;
      } else stated.set(i, (stated.get(i) ?? 0) + pick.inclusionProbability);
    }
  }
  const within = (count: number, chance: number): void => {
    const error = Math.sqrt((chance * (1 - chance)) / SEEDS);
    expect(Math.abs(count / SEEDS - chance)).toBeLessThanOrEqual(Z * error + 1e-9);
  };

  it('of a random pick are those with which chance picks, the same for all', () => {
    expect(randomChance).toBeCloseTo(10 / 300, 12);
    for (const count of random) within(count, randomChance);
  });

  it('of any other pick are those of standing in a packet at all', () => {
    expect(stated.size).toBeGreaterThan(80);
    for (const [i, sum] of stated) {
      // Audited lists have a second phase, whose chance moves with the draw: its mean is compared.
      const chance = sum / (picked[i]! - random[i]!);
      const slack = CORPUS[i]!.auditRate > 0 ? 0.01 : 0;
      const error = Math.sqrt((chance * (1 - chance)) / SEEDS);
      expect(Math.abs(picked[i]! / SEEDS - chance)).toBeLessThanOrEqual(Z * error + slack + 1e-9);
    }
  });

  it('give back every total of the corpus: the weighted random picks are unbiased', () => {
    const totals: readonly ((document: Candidate) => number)[] = [
      () => 1,
      ({ tokens }) => tokens,
      ({ unknownReason }) => Number(unknownReason === 'conflict'),
    ];
    for (const worth of totals) {
      const truth = CORPUS.reduce((sum, document) => sum + worth(document), 0);
      const mean =
        CORPUS.reduce((sum, document, i) => sum + worth(document) * weights[i]!, 0) / SEEDS;
      const values = CORPUS.map(worth);
      const average = truth / values.length;
      const variance = values.reduce((sum, v) => sum + (v - average) ** 2, 0) / (values.length - 1);
      // Variance of the expansion estimator of a total under simple random sampling of n of N.
      const [n, N] = [10, 300];
      const error = Math.sqrt((N * N * (1 - n / N) * variance) / n / SEEDS);
      expect(Math.abs(mean - truth)).toBeLessThanOrEqual(Z * error + 1e-6 * truth);
    }
  });
});

/**
 * 400 corpora's worth of three builds (seeds 0 to 399), each deciding on all that the last one asked.
 * Conflicts are a tenth of all documents and are asked about first. Tolerance: 5 standard errors over
 * the seeds (two-sided false alarm 5.7e-7 for each of nine figures; these seeds are fixed). The rank of
 * the last document decides where a draw ends, which shifts a share by at most 1 / size: far less.
 */
describe('random reviews over three builds', () => {
  const SEEDS = 400;
  const rounds = [1, 2, 3].map(() => ({
    shares: [] as number[],
    totals: [] as number[],
    sizes: [] as number[],
  }));
  const isConflict = (i: number) =>
    CORPUS[i]!.unknownReason === 'conflict' || CORPUS[i]!.conflict > 0;
  const index = new Map(CORPUS.map((document, i) => [documentKey(document), i]));

  function decisionOf({ candidate: found, ...pick }: Picked, seed: number): ReviewDecision {
    const { source, id, textSha256, domain } = found;
    const label = isConflict(index.get(documentKey(found))!) ? 'synthetic' : 'human_authored';
    return reviewDecision.parse({
      ...{ source, id, textSha256, domain, label, editDirection: null, transformedBy: [] },
      ...{ reason: '', reviewer: 'anna', authMethod: 'self-declared', mix: 'm@1', packet: 'p' },
      ...{ ...pick, seed },
    });
  }

  for (let seed = 0; seed < SEEDS; seed++) {
    const decisions = new Map<string, ReviewDecision>();
    for (const round of rounds) {
      const candidates = CORPUS.map((document): Candidate => {
        const decided = decisions.get(documentKey(document));
        return decided === undefined
          ? document
          : { ...document, decided: { ...decided, reviewers: [decided.reviewer] } };
      });
      const { rankMax } = new RandomSample(decisions.values(), seed);
      for (const pick of picksOf(draftPackets(candidates, policy(), seed, rankMax)))
        decisions.set(documentKey(pick.candidate), decisionOf(pick, seed));
      const sample = new RandomSample(decisions.values(), seed);
      const truths = [...decisions.values()]
        .map((decision) => reviewedTruth([decision], sample)!)
        .filter(({ isRandom }) => isRandom);
      const all = truths.reduce((sum, { weight }) => sum + weight, 0);
      const conflicts = truths.filter(({ label }) => label === 'synthetic');
      round.shares.push(conflicts.reduce((sum, { weight }) => sum + weight, 0) / all);
      round.totals.push(all);
      round.sizes.push(truths.length);
    }
  }

  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const errorOf = (values: readonly number[]) => {
    const average = mean(values);
    return Math.sqrt(mean(values.map((v) => (v - average) ** 2)) / values.length);
  };

  it.each([0, 1, 2])('show the share of conflicts as it is after %i more builds', (i) => {
    const { shares, totals, sizes } = rounds[i]!;
    if (process.env.SHOW) console.log(i, mean(shares), errorOf(shares), mean(totals), mean(sizes));
    expect(Math.abs(mean(shares) - 0.1)).toBeLessThanOrEqual(5 * errorOf(shares));
    for (const total of totals) expect(total).toBeCloseTo(CORPUS.length, 6);
    if (i > 0) expect(mean(sizes)).toBeGreaterThan(mean(rounds[i - 1]!.sizes) + 5);
  });
});

describe('quotas', () => {
  const none = { conflict: 0, contamination: 0, near_threshold: 0, allow_list_audit: 0, large: 0 };
  const part = { documents: 40, randomShare: 0.25, conflicts: 'sample' } as const;

  it.each([
    ['nothing special', none, 1000, 40, 0],
    ['plenty of conflicts alone', { ...none, conflict: 900 }, 1000, 10, 30],
    ['few conflicts', { ...none, conflict: 3 }, 1000, 37, 3],
    ['a frame smaller than the queue', none, 12, 12, 0],
  ])('of %s', (_title, counts, frame, wantedRandom, conflict) => {
    const { random, targeted } = quotasOf(counts, frame, part);
    expect([random, targeted.conflict]).toEqual([wantedRandom, conflict]);
  });

  it('never pass the queue, and never take of a reason more than it has', () => {
    const count = fc.nat(80);
    const counts = fc.record({
      ...{ conflict: count, contamination: count, near_threshold: count },
      ...{ allow_list_audit: count, large: count },
    });
    const modes = fc.constantFrom('all' as const, 'sample' as const, 'none' as const);
    fc.assert(
      fc.property(
        counts,
        fc.integer({ min: 1, max: 200 }),
        modes,
        (found, documents, conflicts) => {
          const { random, targeted } = quotasOf(found, 100_000, { ...part, documents, conflicts });
          const taken = Object.values(targeted).reduce((sum, n) => sum + n, 0);
          expect(taken + random).toBe(documents);
          expect(random).toBeGreaterThanOrEqual(0.25 * documents);
          for (const [reason, n] of Object.entries(targeted))
            expect(n).toBeLessThanOrEqual(found[reason as keyof typeof found]);
        },
      ),
      { seed: 9, numRuns: 300 },
    );
  });
});

describe('the keeper of smallest ranks', () => {
  it('keeps what sorting would, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 60 }), fc.nat(12), (ranks, capacity) => {
        const keeper = new Smallest<number>(capacity);
        ranks.forEach((rank, i) => {
          keeper.offer({ rank, key: String(i).padStart(3, '0'), value: i });
        });
        const wanted = ranks
          .map((rank, i) => ({ rank, i }))
          .sort((a, b) => a.rank - b.rank || a.i - b.i)
          .slice(0, capacity)
          .map(({ i }) => i);
        expect(keeper.sorted().map(({ value }) => value)).toEqual(wanted);
        expect(keeper.offered).toBe(ranks.length);
      }),
      { seed: 2, numRuns: 500 },
    );
  });
});

describe('an excerpt', () => {
  it('is the whole text up to the limit, and beginning and end beyond it', () => {
    const whole = 'x'.repeat(WHOLE_MAX);
    expect(excerptOf(whole)).toEqual([{ start: 0, text: whole }]);
    const long = `${'a'.repeat(5_999)}\u{1f600}${'b'.repeat(10_000)}\u{1f600}${'c'.repeat(1_999)}`;
    const [head, tail] = excerptOf(long);
    expect(head!.text).toBe('a'.repeat(5_999));
    expect(tail!.text).toBe('c'.repeat(1_999));
    expect(long.slice(tail!.start)).toBe(tail!.text);
  });
});
