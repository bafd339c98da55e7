/** SPDX expressions as plain data. `engines/spdx.ts` parses them; this floor only reads them. */

export type SpdxExpression =
  /** One licence, as written: id, an optional `+`, an optional `WITH` exception. */
  | { readonly kind: 'licence'; readonly id: string }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly SpdxExpression[] };

/** Null for text that is no valid expression. */
export type SpdxParser = (text: string) => SpdxExpression | null;

/** Values that say that nobody knows or that there is none; never a grant. */
export function saysNothing(value: string): boolean {
  return value === '' || value === 'NOASSERTION' || value === 'NONE' || value === 'UNLICENSED';
}

/** The ids of an expression, in the order written. */
export function licenceIds(expression: SpdxExpression): string[] {
  if (expression.kind === 'licence') return [expression.id];
  return expression.parts.flatMap(licenceIds);
}
