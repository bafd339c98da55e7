/** How alike two texts of a cluster are, and when one may speak for the other. */

export interface Similarity {
  /** Shared shingles over all shingles of both, in [0, 1]. */
  readonly jaccard: number;
  /** Share of the member's shingles that stand in the other text, in [0, 1]. */
  readonly containment: number;
}

/** One text and itself, whatever its length. */
export const EQUAL_TEXTS: Similarity = { jaccard: 1, containment: 1 };

/**
 * True if two texts are near-duplicates by themselves, not only over a chain of others: Jaccard of at
 * least `threshold` t, or containment of at least 2t / (1 + t), which is what two texts of one size
 * with Jaccard t have. So an excerpt of a longer text hears it as surely as an edited copy does; a
 * longer text that quotes a shorter one does not.
 */
export function isDirect({ jaccard, containment }: Similarity, threshold: number): boolean {
  return jaccard >= threshold || containment >= (2 * threshold) / (1 + threshold);
}
