/**
 * The line that stands for one written row in the digest of a data file's contents. It holds every
 * column, so a row that was written with another label, date or grant shows.
 */
export interface ContentRow {
  readonly source: string;
  readonly id: string;
  readonly pass: number;
  readonly tokens: number;
  readonly lineageDepth: number;
  readonly anchored: boolean;
  /** The other columns in the order of the file, '' where there is no value. */
  readonly others: readonly string[];
  /** SHA-256 of the text, hex. */
  readonly digest: string;
}

/** Columns beside id, source, tokens, pass, lineage_depth, anchored and text, as pieces and as files name them. */
export const OTHER_COLUMNS = [
  ['created', 'created'],
  ['domain', 'domain'],
  ['provenance', 'provenance'],
  ['editDirection', 'edit_direction'],
  ['modelFamily', 'model_family'],
  ['grantId', 'grant_id'],
  ['site', 'site'],
  ['language', 'language'],
  ['metadata', 'metadata'],
] as const;

export function contentLine(row: ContentRow): string {
  const { source, id, pass, tokens, lineageDepth, others, digest } = row;
  const numbers = [pass, tokens, lineageDepth, Number(row.anchored)];
  return `${[source, id, ...numbers, ...others, digest].join('\u0000')}\n`;
}
