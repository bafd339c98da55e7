/**
 * What a cluster says about each of its members. Disjoint sets only say that a chain of copies leads
 * from one to the other; so how alike each is to the leader, and to the oldest labelled copy, is
 * measured here, and a label travels only from the latter, over a direct edge, to a younger copy.
 * Cost: two comparisons for each distinct text.
 */
import { exactCopies, isOlder, type OpposingCopy } from './copies.js';
import { type ClusterMember, leaderOf } from './leader.js';
import { EQUAL_TEXTS, isDirect, type Similarity } from './similarity.js';
import { speakerOf, speakersByText } from './speaker.js';
import { type ClusterKind, clusterKind } from './template.js';

/** How alike a member is to a reference, by their texts; never asked of exact copies. */
export type Measure = (member: ClusterMember, reference: ClusterMember) => Similarity;

/** Another member, and how alike the document is to it. */
export interface Link extends Similarity {
  readonly copy: ClusterMember;
  readonly isDirect: boolean;
}

export interface MemberPlace {
  readonly document: number;
  readonly isKept: boolean;
  readonly leader: Link;
  /** The older copy whose label is evidence for this document; null where none may speak. */
  readonly speaker: Link | null;
  readonly kept: ClusterMember;
  readonly opposing: readonly OpposingCopy[];
}

export interface JudgedCluster {
  readonly kind: ClusterKind;
  /** Distinct texts. */
  readonly texts: number;
  /** Places of the members, in their order. */
  readonly places: readonly MemberPlace[];
  /** True if the kept copy stays without a label that an exact copy has. */
  readonly isLabelLost: boolean;
}

export interface JudgeOptions {
  readonly measure: Measure;
  /** Jaccard from which two texts are near-duplicates. */
  readonly threshold: number;
}

/** Links to one reference, measured once for each distinct text. */
function linksTo(
  copy: ClusterMember,
  { measure, threshold }: JudgeOptions,
): (member: ClusterMember) => Link {
  const byDigest = new Map<string, Link>([[copy.digest, { copy, ...EQUAL_TEXTS, isDirect: true }]]);
  return (member) => {
    const known = byDigest.get(member.digest);
    if (known !== undefined) return known;
    const similarity = measure(member, copy);
    const link = { copy, ...similarity, isDirect: isDirect(similarity, threshold) };
    byDigest.set(member.digest, link);
    return link;
  };
}

function kindOf(
  members: readonly ClusterMember[],
  linkOf: (member: ClusterMember) => Link,
): { kind: ClusterKind; texts: number } {
  const texts = new Set<string>();
  const bySource = new Map<string, Set<string>>();
  let chained = 0;
  for (const member of members) {
    const own = bySource.get(member.source) ?? new Set<string>();
    bySource.set(member.source, own.add(member.digest));
    if (texts.has(member.digest)) continue;
    texts.add(member.digest);
    if (!linkOf(member).isDirect) chained++;
  }
  const textsOfSource = Math.max(...[...bySource.values()].map((own) => own.size));
  const kind = clusterKind({ texts: texts.size, textsOfSource, chained });
  return { kind, texts: texts.size };
}

export function judgeCluster(
  members: readonly ClusterMember[],
  options: JudgeOptions,
): JudgedCluster {
  const { leader, kept } = leaderOf(members);
  const toLeader = linksTo(leader, options);
  const { kind, texts } = kindOf(members, toLeader);
  const speak = speaking(members, { kind, leader, toLeader, options });
  const exact = exactCopies(members);
  const places = members.map((member) => ({
    document: member.document,
    isKept: member === kept,
    leader: toLeader(member),
    speaker: speak(member),
    kept,
    opposing: exact.opposing(member),
  }));
  const isLabelLost = kept.label === 'unknown' && exact.hasLabel(kept) && speak(kept) === null;
  return { kind, texts, places, isLabelLost };
}

interface Speaking {
  readonly kind: ClusterKind;
  readonly leader: ClusterMember;
  readonly toLeader: (member: ClusterMember) => Link;
  readonly options: JudgeOptions;
}

/**
 * Who speaks for a member: the oldest labelled copy of the cluster, if it is no template and the two
 * are near-duplicates by themselves; else the oldest labelled exact copy; either only if it is older.
 */
function speaking(
  members: readonly ClusterMember[],
  { kind, leader, toLeader, options }: Speaking,
): (member: ClusterMember) => Link | null {
  const oldest = kind === 'template' ? null : speakerOf(members);
  const toOldest = oldest === leader ? toLeader : oldest && linksTo(oldest, options);
  const ofText = speakersByText(members);
  return (member) => {
    if (toOldest !== null && isOlder(oldest!, member)) {
      const link = toOldest(member);
      if (link.isDirect) return link;
    }
    const copy = ofText.get(member.digest);
    if (copy === undefined || !isOlder(copy, member)) return null;
    return { copy, ...EQUAL_TEXTS, isDirect: true };
  };
}
