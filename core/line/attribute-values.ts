/** Values of one search attribute hold 2 KB; names beyond are left to the history. */
const CHARACTERS = 1_500;

/** The first of `values` that fit into one search attribute. */
export function attributeValues(values: readonly string[]): string[] {
  const kept: string[] = [];
  let characters = 0;
  for (const value of values) {
    characters += value.length + 4;
    if (characters > CHARACTERS) break;
    kept.push(value);
  }
  return kept;
}
