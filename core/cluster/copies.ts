/**
 * What copies of one text may say about each other's label. A label flows from an older copy only,
 * and a known date is older than none. Exact copies that no date puts in order oppose each other.
 */
import type { TruthLabel } from '../schema/label.js';
import type { ClusterMember } from './leader.js';

/** True if `a` is known to be older: dated, and before `b` or beside an undated `b`. */
export function isOlder(a: Pick<ClusterMember, 'date'>, b: Pick<ClusterMember, 'date'>): boolean {
  return a.date !== null && (b.date === null || a.date < b.date);
}

/** An exact copy that gives a text another label. */
export interface OpposingCopy {
  readonly label: TruthLabel;
  readonly source: string;
  readonly id: string;
  readonly date: string | null;
}

/** Oldest first, then id and source. */
function isBetterWitness(a: ClusterMember, b: ClusterMember): boolean {
  if (a.date !== b.date) return isOlder(a, b);
  return a.id !== b.id ? a.id < b.id : a.source < b.source;
}

/** The oldest labelled copy per digest and label. */
function witnessesOf(
  members: readonly ClusterMember[],
): Map<string, Map<TruthLabel, ClusterMember>> {
  const byDigest = new Map<string, Map<TruthLabel, ClusterMember>>();
  for (const member of members) {
    if (member.label === 'unknown') continue;
    const witnesses = byDigest.get(member.digest) ?? new Map<TruthLabel, ClusterMember>();
    byDigest.set(member.digest, witnesses);
    const known = witnesses.get(member.label);
    if (known === undefined || isBetterWitness(member, known)) witnesses.set(member.label, member);
  }
  return byDigest;
}

export interface ExactCopies {
  /**
   * Exact copies with another label than the member's own, unless the member is known to be older:
   * one for each label, the oldest, in order of label. None for a member without a label.
   */
  opposing(member: ClusterMember): OpposingCopy[];
  /** True if some exact copy of the member, or itself, has a label of its own. */
  hasLabel(member: ClusterMember): boolean;
}

/** Exact copies within one cluster. Cost: linear in the members, whatever the group's size. */
export function exactCopies(members: readonly ClusterMember[]): ExactCopies {
  const byDigest = witnessesOf(members);
  return {
    opposing: (member) => {
      const witnesses = byDigest.get(member.digest);
      if (witnesses === undefined || member.label === 'unknown') return [];
      return [...witnesses]
        .filter(([label, witness]) => label !== member.label && !isOlder(member, witness))
        .map(([label, { source, id, date }]) => ({ label, source, id, date }))
        .sort((a, b) => (a.label < b.label ? -1 : 1));
    },
    hasLabel: (member) => byDigest.has(member.digest),
  };
}
