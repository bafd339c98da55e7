/** What the first read finds in a text beside its tokens, whatever file holds it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBoilerplate } from '../core/label/find-boilerplate.js';
import { findTextDates } from '../core/label/text-dates.js';
import { readCredentials } from '../engines/credential-signature.js';
import { credentialed, identity, manifestStore, unstructured } from './c2pa-encoder.js';
import {
  arrowBytes,
  makeTempFolder,
  profileBytes,
  profileFile,
  removeFolder,
  writeInto,
  writeParquetRows,
} from './source-profile.js';

const AI = { sourceTypes: ['trainedAlgorithmicMedia'] };
const ROWS = [
  { id: 'plain', text: 'Nothing to be found in here.' },
  { id: 'signed', text: credentialed('Cafe\u0301.\n', { ...AI, signer: identity('House', 1) }) },
  { id: 'leading', text: `${unstructured(manifestStore(AI))}A credential before the text.` },
  { id: 'dated', text: 'Created: 13-Jun-2000\n\nLater edited on 1 May 2024.' },
  { id: 'phrase', text: 'As an AI language model, I have no opinion.' },
];
const json = (list: readonly unknown[]) => (list.length === 0 ? '' : JSON.stringify(list));

let folder: string;
beforeAll(async () => {
  folder = await makeTempFolder();
});
afterAll(() => removeFolder(folder));

describe('a profile', () => {
  it.each(['jsonl', 'parquet', 'arrow'])('of %s holds what the readers find', async (format) => {
    const file = `rows.${format}`;
    if (format === 'parquet') await writeParquetRows(`${folder}/${file}`, ROWS);
    if (format === 'arrow') await writeInto(folder, file, arrowBytes([ROWS]));
    const lines = ROWS.map((row) => JSON.stringify(row)).join('\n');
    const { documents } =
      format === 'jsonl' ? await profileBytes(folder, lines) : await profileFile({ folder, file });
    const expected = ROWS.map(({ text }) => {
      const dates = findTextDates(text);
      return [
        json(readCredentials(text)),
        dates === null ? '' : JSON.stringify(dates),
        json(findBoilerplate(text)),
      ];
    });
    expect(documents.map(({ found }) => found)).toEqual(expected);
    const filled = documents.map(({ id, found }) => [id, ...found.map((text) => text !== '')]);
    expect(filled).toEqual([
      ['plain', false, false, false],
      ['signed', true, false, false],
      ['leading', true, false, false],
      ['dated', false, true, false],
      ['phrase', false, false, true],
    ]);
    const signed = JSON.parse(documents[1]!.found[0]!);
    expect(signed).toMatchObject([{ signatureValid: true, bindingValid: true }]);
  });
});
