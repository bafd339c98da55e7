/**
 * Candidate pairs out of one LSH bucket. Two sets can only reach Jaccard t if the smaller has at
 * least t times the elements of the larger, so the bucket is sorted by set size and the inner loop
 * stops there. A very large bucket (boilerplate) is bounded: each member meets its nearest
 * neighbours in (size, digest) order, which does not depend on how the input was sharded.
 */
export const BUCKET_MEMBERS_MAX = 4096;
export const BUCKET_NEIGHBOURS = 256;

export interface BucketMember {
  readonly document: number;
  /** Distinct shingles. */
  readonly size: number;
  /** First digest word of the text: breaks ties whatever the layout. */
  readonly digestWord: number;
}

/** Calls `onPair` for each pair that may reach `jaccard`; returns true where the bucket was bounded. */
export function bucketPairs(
  members: BucketMember[],
  jaccard: number,
  onPair: (a: number, b: number) => void,
): boolean {
  members.sort((a, b) => a.size - b.size || a.digestWord - b.digestWord);
  const bounded = members.length > BUCKET_MEMBERS_MAX;
  for (let i = 0; i < members.length; i++) {
    const low = members[i]!;
    const largest = low.size / jaccard;
    const end = bounded ? Math.min(members.length, i + 1 + BUCKET_NEIGHBOURS) : members.length;
    for (let j = i + 1; j < end && members[j]!.size <= largest; j++) {
      onPair(low.document, members[j]!.document);
    }
  }
  return bounded;
}
