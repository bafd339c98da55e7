/** A table as CSV for spreadsheets (RFC 4180, CRLF), written whole: nobody sees half a file. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { stringify } from 'csv-stringify/sync';
import { ioFailure } from '../../storage/io-failure.js';
import { guardShownText } from '../review/formula-guard.js';

/** Text cells are guarded: a spreadsheet would run a cap id that looks like a formula. */
export async function writeCsvTable(
  path: string,
  rows: readonly (readonly (string | number)[])[],
): Promise<void> {
  const guarded = rows.map((row) =>
    row.map((cell) => (typeof cell === 'string' ? guardShownText(cell) : String(cell))),
  );
  const half = `${path}.${process.pid}.half`;
  try {
    await writeFile(half, stringify(guarded, { record_delimiter: 'windows' }));
    await rename(half, path);
  } catch (error) {
    await rm(half, { force: true });
    throw ioFailure(error, path);
  }
}
