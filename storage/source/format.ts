/** Which files a source may have, by the end of the name. */
export const FORMATS = ['.jsonl', '.jsonl.gz', '.jsonl.zst', '.parquet', '.arrow'] as const;
export type SourceFormat = (typeof FORMATS)[number];

export function formatOf(file: string): SourceFormat | null {
  const name = file.toLowerCase();
  return FORMATS.find((format) => name.endsWith(format)) ?? null;
}
