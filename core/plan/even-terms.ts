/**
 * Evenness as a linear wish: the members of a group share their common total in proportion to their size.
 *   sum over members of |x - s L|, with s = size / sum of sizes and a free level L,
 *   = 2 sum of max(0, x - s L) - sum of x + L, since the s sum to 1.
 * So a member costs one row and one column, not two rows.
 */
import type { ModelDraft } from './model.js';

export interface Wanted {
  readonly column: number;
  /** In proportion to which the members share their common total. */
  readonly size: number;
}

/** Terms whose sum, minimised, is the members' distance from even shares; none for less than two members. */
export function evenTerms(
  draft: ModelDraft,
  members: readonly Wanted[],
): (readonly [column: number, value: number])[] {
  if (members.length < 2) return [];
  const all = members.reduce((sum, member) => sum + member.size, 0);
  const level = draft.addColumn('level', 0, Infinity);
  const terms = members.flatMap(({ column, size }) => {
    const over = draft.addColumn('over', 0, Infinity);
    draft.addRow(
      [
        [column, 1],
        [level, -size / all],
        [over, -1],
      ],
      { upper: 0 },
    );
    return [[over, 2] as const, [column, -1] as const];
  });
  return [...terms, [level, 1]];
}
