/** Picked documents as packets of even size, mixed: neither place nor packet tells the reason. */
import { LIMITS } from '../schema/limits.js';
import type { PacketRound } from '../schema/review-packet.js';
import type { DraftedPacket, Picked, Ranks } from './draft.js';

/** First and second packets of one build together stay below `LIMITS.reviewPackets`. */
const PACKETS_MAX = LIMITS.reviewPackets / 2;

export function arrangePackets(
  round: PacketRound,
  picked: readonly Picked[],
  packetSize: number,
  ranks: Ranks,
): DraftedPacket[] {
  const keyed = picked.map((pick) => {
    const { source, id } = pick.candidate;
    return { pick, rank: ranks.of(`order ${round}`, pick.candidate), source, id };
  });
  keyed.sort(
    (a, b) =>
      a.rank - b.rank || (a.source < b.source || (a.source === b.source && a.id < b.id) ? -1 : 1),
  );
  const packets = Math.min(PACKETS_MAX, Math.ceil(keyed.length / packetSize));
  return Array.from({ length: packets }, (_, i) => {
    const from = Math.floor((keyed.length * i) / packets);
    const end = Math.floor((keyed.length * (i + 1)) / packets);
    return { round, documents: keyed.slice(from, end).map(({ pick }) => pick) };
  });
}
