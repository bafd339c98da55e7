/**
 * Which copy speaks for a document's label: the oldest dated one that has a label, and nobody else.
 * The leader of a cluster need not be it, for allow-listed human text leads whatever its date.
 */
import { isOlder } from './copies.js';
import type { ClusterMember } from './leader.js';

function isBefore(a: ClusterMember, b: ClusterMember): boolean {
  if (a.date !== b.date) return isOlder(a, b);
  return a.id !== b.id ? a.id < b.id : a.source < b.source;
}

/**
 * The oldest dated member with a label; of several of one day the first by id and source. Null where
 * no labelled member is dated, or where those of the oldest day differ: then nobody knows who is right.
 */
export function speakerOf(members: readonly ClusterMember[]): ClusterMember | null {
  let speaker: ClusterMember | null = null;
  let differs = false;
  for (const member of members) {
    if (member.label === 'unknown' || member.date === null) continue;
    if (speaker === null || member.date < speaker.date!) differs = false;
    else if (member.date === speaker.date) differs ||= member.label !== speaker.label;
    if (speaker === null || isBefore(member, speaker)) speaker = member;
  }
  return differs ? null : speaker;
}

/** The speaker of each text among its exact copies, by digest. */
export function speakersByText(members: readonly ClusterMember[]): Map<string, ClusterMember> {
  const byDigest = new Map<string, ClusterMember[]>();
  for (const member of members) {
    const copies = byDigest.get(member.digest);
    if (copies === undefined) byDigest.set(member.digest, [member]);
    else copies.push(member);
  }
  const speakers = new Map<string, ClusterMember>();
  for (const [digest, copies] of byDigest) {
    const speaker = speakerOf(copies);
    if (speaker !== null) speakers.set(digest, speaker);
  }
  return speakers;
}
