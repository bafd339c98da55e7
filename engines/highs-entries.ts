/** Rows as the sparse arrays that HiGHS takes. */
import type { Row } from '../core/plan/model.js';

/** Where each row begins, and the indices and values of all rows one after the other. */
export function entriesOf(rows: readonly Pick<Row, 'indices' | 'values'>[]): {
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
} {
  const starts = new Int32Array(rows.length + 1);
  rows.forEach((row, r) => {
    starts[r + 1] = starts[r]! + row.indices.length;
  });
  const indices = new Int32Array(starts[rows.length]!);
  const values = new Float64Array(starts[rows.length]!);
  rows.forEach((row, r) => {
    indices.set(row.indices, starts[r]!);
    values.set(row.values, starts[r]!);
  });
  return { starts, indices, values };
}
