/** Which retractions withdrew a document of a version after it was published: the tables of their impacts say so. */
import { join } from 'node:path';
import { RETRACTION_LINE } from '../../activities/retractions.js';
import { retractionLine } from '../../core/schema/retraction.js';
import { quote } from '../../engines/duckdb.js';
import { readLedger } from '../../storage/ledger.js';
import { haveFile } from '../../storage/remote/mirror.js';
import { withRecords } from './explain-document.js';

/** Keys and reasons of the retractions that name the row, oldest first. */
export async function withdrawnSince(
  workspace: string,
  { mix, source, id }: { readonly mix: string; readonly source: string; readonly id: string },
): Promise<{ key: string; reason: string }[]> {
  const lines = (await readLedger(workspace))
    .filter(({ kind }) => kind === RETRACTION_LINE)
    .map(({ body }) => retractionLine.parse(body))
    .filter(({ versions }) => versions.includes(mix));
  if (lines.length === 0) return [];
  return withRecords(async (connection) => {
    const found: { key: string; reason: string }[] = [];
    for (const { key, reason, impact } of lines) {
      await haveFile(join(workspace, impact.rows.path));
      const where = `mix = ${quote(mix)} and source = ${quote(source)} and id = ${quote(id)}`;
      const rows = await connection.runAndReadAll(
        `select 1 from read_parquet(${quote(join(workspace, impact.rows.path))}) where ${where} limit 1`,
      );
      if (rows.getRows().length > 0) found.push({ key, reason });
    }
    return found;
  });
}
