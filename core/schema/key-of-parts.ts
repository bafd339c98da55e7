/** One key for several texts: the length stands before each, so no two lists share a key. */
export function keyOfParts(...parts: readonly (string | null)[]): string {
  let key = '';
  for (const part of parts) key += part === null ? '-' : `${part.length}:${part}`;
  return key;
}
