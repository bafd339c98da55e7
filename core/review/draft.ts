/**
 * Which documents people are asked about. One pass over all candidates keeps, per reason, the few of
 * smallest keyed rank: each reason is a simple random sample without replacement of the documents
 * that have it and are undecided (the largest documents: the largest, with certainty). The random
 * sample is one of all documents, decided ones too: its ranks do not change between builds, so it
 * grows until q_random of its k documents are undecided, and those are asked about. The
 * draws of two reasons have two keys, so they are independent, and with q of N picked per reason
 *
 *   P(in the random sample) = k / N,   P(picked at all) = 1 - prod over its reasons of (1 - q / N).
 *
 * An allow-list audit is two-phase: the list's rate, then q of the n that passed (chance rate x q / n).
 * Draws are keyed by source and id: layout, order and retries cannot matter.
 */
import { assert } from '../schema/failure.js';
import type { ReviewReason } from '../schema/review.js';
import type { PacketRound } from '../schema/review-packet.js';
import {
  type Candidate,
  type DraftPolicy,
  isConflict,
  isNearThreshold,
  TARGETED,
  type Targeted,
} from './candidate.js';
import { arrangeFirst, arrangeSecond } from './packets.js';
import { largeMax, type Quotas, quotasOf } from './quotas.js';
import { Ranks } from './ranks.js';
import { Smallest } from './smallest.js';

export interface Picked {
  readonly candidate: Candidate;
  readonly why: ReviewReason;
  readonly inclusionProbability: number;
  readonly isRandom: boolean;
}

export interface DraftedPacket {
  readonly round: PacketRound;
  readonly documents: readonly Picked[];
}

export interface Draft {
  readonly packets: readonly DraftedPacket[];
  /** Documents that the random sample is of: all candidates, decided or not. */
  readonly frame: number;
  /** Distinct documents in first packets, and those of them that chance picked. */
  readonly documents: number;
  readonly random: number;
}

/** Reasons whose chance is not that of a simple sample of the documents that have them. */
const OWN_CHANCE: readonly Targeted[] = ['allow_list_audit', 'large'];

/** Unique per document; also the order of ties. */
export function documentKey({ source, id }: Pick<Candidate, 'source' | 'id'>): string {
  return `${source}\u001f${id}`;
}

/** The random sample with this draw in it. */
interface Sample {
  readonly rankMax: number;
  /** Its size by that of the frame. */
  readonly chance: number;
}

/** Sees every candidate once, in any order, and then says which documents are asked about. */
export class ReviewDraft {
  readonly #policy: DraftPolicy;
  readonly #ranks: Ranks;
  readonly #random: Smallest<Candidate>;
  readonly #targeted: Readonly<Record<Targeted, Smallest<Candidate>>>;
  readonly #rankDrawn: number;
  /** Ranks of decided documents in the random draw. */
  readonly #decidedRanks: number[] = [];
  /** Undecided documents up to the largest rank that was drawn before. */
  #openBefore = 0;
  /** Decided by one reviewer: a second may be wanted. */
  readonly #decidedOnce: Smallest<Candidate>;
  #decidedTwice = 0;

  /** `rankDrawn`: the largest rank that the random sample of this seed has reached (`RandomSample`). */
  constructor(policy: DraftPolicy, seed: number, rankDrawn = -1) {
    const { documents } = policy.review;
    this.#policy = policy;
    this.#ranks = new Ranks(seed);
    this.#rankDrawn = rankDrawn;
    this.#random = new Smallest(documents);
    this.#targeted = Object.fromEntries(
      TARGETED.map((reason) => [
        reason,
        new Smallest(reason === 'large' ? largeMax(documents) : documents),
      ]),
    ) as Record<Targeted, Smallest<Candidate>>;
    this.#decidedOnce = new Smallest(documents);
  }

  add(candidate: Candidate): void {
    const key = documentKey(candidate);
    const rankOf = (purpose: string) => this.#ranks.of(purpose, candidate);
    const { decided } = candidate;
    const randomRank = rankOf('random');
    if (decided !== null) {
      this.#decidedRanks.push(randomRank);
      if (decided.reviewers.length > 1) this.#decidedTwice++;
      else this.#decidedOnce.offer({ rank: rankOf('second'), key, value: candidate });
      return;
    }
    if (randomRank <= this.#rankDrawn) this.#openBefore++;
    this.#random.offer({ rank: randomRank, key, value: candidate });
    for (const reason of this.#reasonsOf(candidate)) {
      const rank = reason === 'large' ? -candidate.tokens : rankOf(reason);
      this.#targeted[reason].offer({ rank, key, value: candidate });
    }
  }

  #reasonsOf(candidate: Candidate): Targeted[] {
    const { labels } = this.#policy;
    const holds: Readonly<Record<Targeted, boolean>> = {
      conflict: isConflict(candidate, labels),
      contamination: candidate.hasWeakHit,
      near_threshold: isNearThreshold(candidate.posterior, labels.thresholds),
      allow_list_audit: this.#ranks.of('audit rate', candidate) < candidate.auditRate,
      large: true,
    };
    return TARGETED.filter((reason) => holds[reason]);
  }

  finish(): Draft {
    const counts = Object.fromEntries(
      TARGETED.map((reason) => [reason, this.#targeted[reason].offered]),
    ) as Record<Targeted, number>;
    const quotas = quotasOf(counts, this.#random.offered, this.#policy.review);
    const sample = this.#sampleOf(quotas.random);
    const picked = this.#pick(counts, quotas, sample);
    const { packetSize } = this.#policy.review;
    const first = arrangeFirst(picked, packetSize, this.#ranks);
    const second = { now: this.#looksNow(picked), carried: this.#looksCarried(sample) };
    return {
      packets: [...first, ...arrangeSecond(first, second, packetSize, this.#ranks)],
      frame: this.#frame(),
      documents: picked.length,
      random: picked.filter(({ isRandom }) => isRandom).length,
    };
  }

  #frame(): number {
    return this.#random.offered + this.#decidedRanks.length;
  }

  /** How far the random sample reaches once `quota` undecided documents of smallest rank are asked about. */
  #sampleOf(quota: number): Sample {
    const asked = this.#random.sorted().slice(0, quota);
    const rankMax = Math.max(this.#rankDrawn, asked.at(-1)?.rank ?? -1);
    const decided = this.#decidedRanks.filter((rank) => rank <= rankMax).length;
    const size = decided + Math.max(asked.length, this.#openBefore);
    return { rankMax, chance: size === 0 ? 0 : size / this.#frame() };
  }

  #isIn({ rankMax }: Sample, candidate: Candidate): boolean {
    return this.#ranks.of('random', candidate) <= rankMax;
  }

  /** Every picked document once, with the chance that it had. */
  #pick(counts: Readonly<Record<Targeted, number>>, quotas: Quotas, sample: Sample): Picked[] {
    const byKey = new Map<string, { candidate: Candidate; why: ReviewReason }>();
    const take = (why: 'random' | Targeted, from: Smallest<Candidate>, quota: number) => {
      for (const { key, value } of from.sorted().slice(0, quota)) {
        if (!byKey.has(key)) byKey.set(key, { candidate: value, why });
      }
    };
    take('random', this.#random, quotas.random);
    for (const reason of TARGETED) take(reason, this.#targeted[reason], quotas.targeted[reason]);
    const largest = this.#targeted.large.sorted().slice(0, quotas.targeted.large);
    const largestKeys = new Set(largest.map(({ key }) => key));
    const chanceOf = (reason: Targeted) => quotas.targeted[reason] / counts[reason];
    /** Chance that neither the random draw nor any of its reasons picks a document. */
    const missed = (candidate: Candidate): number => {
      const reasons = this.#reasonsOf(candidate).filter((reason) => !OWN_CHANCE.includes(reason));
      const chances = [sample.chance, ...reasons.map(chanceOf)];
      if (candidate.auditRate > 0 && counts.allow_list_audit > 0)
        chances.push(candidate.auditRate * chanceOf('allow_list_audit'));
      if (largestKeys.has(documentKey(candidate))) chances.push(1);
      return chances.reduce((product, chance) => product * (1 - chance), 1);
    };
    return [...byKey.values()].map(({ candidate, why }) => {
      const isRandom = this.#isIn(sample, candidate);
      const inclusionProbability = isRandom ? sample.chance : 1 - missed(candidate);
      assert(inclusionProbability > 0, 'a picked document had a chance');
      return { candidate, why, inclusionProbability, isRandom };
    });
  }

  /** `doubleShare` of those decided before as far as it is missing: a look that nobody took is asked for again. */
  #looksCarried(sample: Sample): Picked[] {
    const { doubleShare } = this.#policy.review;
    const before = this.#decidedOnce.offered + this.#decidedTwice;
    const missing = Math.max(0, Math.ceil(doubleShare * before) - this.#decidedTwice);
    const carried = this.#decidedOnce.sorted().slice(0, missing);
    return carried.map(({ value: candidate }): Picked => {
      const isRandom = this.#isIn(sample, candidate);
      const inclusionProbability = isRandom
        ? sample.chance
        : candidate.decided!.inclusionProbability;
      return { candidate, why: 'second_review', inclusionProbability, isRandom };
    });
  }

  /** `doubleShare` of those picked now. */
  #looksNow(picked: readonly Picked[]): Picked[] {
    const now = new Smallest<Picked>(Math.ceil(this.#policy.review.doubleShare * picked.length));
    for (const pick of picked) {
      const rank = this.#ranks.of('second', pick.candidate);
      const value: Picked = { ...pick, why: 'second_review' };
      now.offer({ rank, key: documentKey(pick.candidate), value });
    }
    return now.sorted().map(({ value }) => value);
  }
}

/** The packets of all candidates, in any order: the same for the same candidates, policy and seed. */
export function draftPackets(
  candidates: Iterable<Candidate>,
  policy: DraftPolicy,
  seed: number,
  rankDrawn = -1,
): Draft {
  const draft = new ReviewDraft(policy, seed, rankDrawn);
  for (const candidate of candidates) draft.add(candidate);
  return draft.finish();
}
