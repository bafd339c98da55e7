/** Picked documents as packets of even size, mixed: neither place nor packet tells the reason. */
import { LIMITS } from '../schema/limits.js';
import type { PacketRound } from '../schema/review-packet.js';
import { type DraftedPacket, documentKey, type Picked } from './draft.js';
import type { Ranks } from './ranks.js';

/** First packets leave as many of `LIMITS.reviewPackets` to second ones. */
const PACKETS_MAX = LIMITS.reviewPackets / 2;

function inOrder(round: PacketRound, picked: readonly Picked[], ranks: Ranks): Picked[] {
  const keyed = picked.map((pick) => {
    const { source, id } = pick.candidate;
    return { pick, rank: ranks.of(`order ${round}`, pick.candidate), source, id };
  });
  keyed.sort(
    (a, b) =>
      a.rank - b.rank || (a.source < b.source || (a.source === b.source && a.id < b.id) ? -1 : 1),
  );
  return keyed.map(({ pick }) => pick);
}

function cut(round: PacketRound, ordered: readonly Picked[], packetSize: number): DraftedPacket[] {
  const packets = Math.min(PACKETS_MAX, Math.ceil(ordered.length / packetSize));
  return Array.from({ length: packets }, (_, i) => {
    const from = Math.floor((ordered.length * i) / packets);
    const end = Math.floor((ordered.length * (i + 1)) / packets);
    return { round, documents: ordered.slice(from, end) };
  });
}

export function arrangeFirst(
  picked: readonly Picked[],
  packetSize: number,
  ranks: Ranks,
): DraftedPacket[] {
  return cut('first', inOrder('first', picked, ranks), packetSize);
}

/**
 * Second looks, cut so that one person at most has seen a packet's documents before: those of one first
 * packet, or, of earlier builds, of one first reviewer. What is over the limit is asked for later.
 */
export function arrangeSecond(
  first: readonly DraftedPacket[],
  { now, carried }: { readonly now: readonly Picked[]; readonly carried: readonly Picked[] },
  packetSize: number,
  ranks: Ranks,
): DraftedPacket[] {
  const packetOf = new Map(
    first.flatMap(({ documents }, i) =>
      documents.map(({ candidate }) => [documentKey(candidate), i] as const),
    ),
  );
  const ofFirst = first.map((): Picked[] => []);
  for (const pick of now) ofFirst[packetOf.get(documentKey(pick.candidate))!]!.push(pick);
  const reviewerOf = ({ candidate }: Picked) => candidate.decided!.reviewers[0]!;
  const reviewers = [...new Set(carried.map(reviewerOf))].sort();
  const ofReviewer = reviewers.map((name) => carried.filter((pick) => reviewerOf(pick) === name));
  return [...ofFirst, ...ofReviewer]
    .flatMap((group) => cut('second', inOrder('second', group, ranks), packetSize))
    .slice(0, LIMITS.reviewPackets - first.length);
}
