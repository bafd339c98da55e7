/** Binary search in a sorted stretch of an array. */

/** True if `sorted[start, end)`, ascending, includes the value. */
export function includesSorted(
  sorted: Uint16Array | Uint32Array,
  { start, end }: { start: number; end: number },
  value: number,
): boolean {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low < end && sorted[low] === value;
}
