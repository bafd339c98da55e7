/** The line that stands for one written row in the digest of a data file's contents. */
export interface ContentRow {
  readonly source: string;
  readonly id: string;
  readonly pass: number;
  readonly tokens: number;
  /** SHA-256 of the text, hex. */
  readonly digest: string;
}

export function contentLine({ source, id, pass, tokens, digest }: ContentRow): string {
  return `${source}\u0000${id}\u0000${pass}\u0000${tokens}\u0000${digest}\n`;
}
