/** The bytes of a CSV that a person saved, as text; what is no UTF-8 file is refused with a remedy. */
import { readFile } from 'node:fs/promises';
import { Failure } from '../../core/schema/failure.js';
import { errorCode } from '../../storage/io-failure.js';

function refuse(path: string, found: string, remedy: string): Failure {
  const expected = 'a CSV file in UTF-8';
  return new Failure('USAGE', { subject: 'answers', expected, found, where: path, remedy });
}

export async function readCsvFile(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === '') throw error;
    throw refuse(path, code === 'ENOENT' ? 'no such file' : code, 'check the path after --from');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse(path, 'bytes that are not UTF-8', 'save it as "CSV UTF-8" in the spreadsheet');
  }
}
