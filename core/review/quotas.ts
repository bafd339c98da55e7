/** How many documents each reason for review gets: whole numbers from counts alone, no draw. */
import type { ReviewPolicy } from '../schema/recipe.js';
import { TARGETED, type Targeted } from './candidate.js';

/** Share of the queue that the largest documents take at most. */
const LARGE_SHARE = 0.1;

export interface Quotas {
  readonly random: number;
  readonly targeted: Readonly<Record<Targeted, number>>;
}

/** Most documents that the largest take of a queue. */
export function largeMax(documents: number): number {
  return Math.ceil(documents * LARGE_SHARE);
}

/**
 * `randomShare` of the queue is chance's; the rest is shared evenly over the reasons, what one cannot
 * use going to the others, and in the end to chance. `counts`: documents with each reason; `frame`:
 * documents in all.
 */
export function quotasOf(
  counts: Readonly<Record<Targeted, number>>,
  frame: number,
  { documents, randomShare, conflicts }: ReviewPolicyPart,
): Quotas {
  const wanted = { ...counts, large: Math.min(counts.large, largeMax(documents)) };
  if (conflicts === 'none') wanted.conflict = 0;
  let left = documents - Math.ceil(documents * randomShare);
  const targeted = Object.fromEntries(TARGETED.map((reason) => [reason, 0])) as Record<
    Targeted,
    number
  >;
  if (conflicts === 'all') {
    targeted.conflict = Math.min(wanted.conflict, left);
    left -= targeted.conflict;
    wanted.conflict = targeted.conflict;
  }
  for (;;) {
    const open = TARGETED.filter((reason) => targeted[reason] < wanted[reason]);
    if (open.length === 0 || left === 0) break;
    const each = Math.max(1, Math.floor(left / open.length));
    for (const reason of open) {
      const more = Math.min(each, wanted[reason] - targeted[reason], left);
      targeted[reason] += more;
      left -= more;
    }
  }
  const taken = TARGETED.reduce((sum, reason) => sum + targeted[reason], 0);
  return { random: Math.min(frame, documents - taken), targeted };
}

type ReviewPolicyPart = Pick<ReviewPolicy, 'documents' | 'randomShare' | 'conflicts'>;
