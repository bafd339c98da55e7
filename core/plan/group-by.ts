/** Positions grouped by a text, in order of first appearance; null leaves an item out. */
export function groupBy<T>(
  items: readonly T[],
  textOf: (item: T, position: number) => string | null,
): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  items.forEach((item, i) => {
    const text = textOf(item, i);
    if (text === null) return;
    const list = groups.get(text);
    if (list === undefined) groups.set(text, [i]);
    else list.push(i);
  });
  return groups;
}
