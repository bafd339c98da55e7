/**
 * Who leads a cluster of copies, and which copy is kept. The leader is the first by: allow-listed
 * human, then the oldest date, then id and source. The kept copy is the first in the same order
 * whose grant allows the use: a near-duplicate needs a grant of its own. The leader's label is
 * evidence for its copies where it is known to be older (`copies.ts`); it replaces no label.
 */
import type { Label } from '../schema/label.js';

export interface ClusterMember {
  readonly document: number;
  readonly source: string;
  readonly id: string;
  /** ISO date, or null where there is none (sorts last). */
  readonly date: string | null;
  /** Label by its own evidence, without what its copies say. */
  readonly label: Label;
  /** Equal for exact copies, and for nothing else. */
  readonly digest: string;
  readonly allowListedHuman: boolean;
  /** Its grant allows the use, and it holds nothing for which it would be dropped. */
  readonly usable: boolean;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function compareMembers(a: ClusterMember, b: ClusterMember): number {
  if (a.allowListedHuman !== b.allowListedHuman) return a.allowListedHuman ? -1 : 1;
  if (a.date !== b.date)
    return a.date === null ? 1 : b.date === null ? -1 : compareText(a.date, b.date);
  return compareText(a.id, b.id) || compareText(a.source, b.source);
}

export interface Leadership {
  readonly leader: ClusterMember;
  readonly kept: ClusterMember;
}

/** Leader and kept copy of one cluster; does not depend on the order of `members`. */
export function leaderOf(members: readonly ClusterMember[]): Leadership {
  const ordered = [...members].sort(compareMembers);
  const leader = ordered[0]!;
  return { leader, kept: ordered.find((member) => member.usable) ?? leader };
}
