/**
 * The line that stands for one written row in the digest of a data file's contents. It holds every
 * column, so a row that was written with another label, date or grant shows.
 */
export interface ContentRow {
  readonly source: string;
  readonly id: string;
  readonly pass: number;
  readonly tokens: number;
  /** The other columns in the order of the file, '' where there is no value. */
  readonly others: readonly string[];
  /** SHA-256 of the text, hex. */
  readonly digest: string;
}

/** Columns beside id, source, tokens, pass and text, as pieces and as files name them. */
export const OTHER_COLUMNS = [
  ['created', 'created'],
  ['domain', 'domain'],
  ['provenance', 'provenance'],
  ['editDirection', 'edit_direction'],
  ['modelFamily', 'model_family'],
  ['grantId', 'grant_id'],
  ['metadata', 'metadata'],
] as const;

export function contentLine({ source, id, pass, tokens, others, digest }: ContentRow): string {
  return `${source}\u0000${id}\u0000${pass}\u0000${tokens}\u0000${others.join('\u0000')}\u0000${digest}\n`;
}
