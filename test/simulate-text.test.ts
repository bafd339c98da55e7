/** Text for the simulators: rows of files by condition, words of documents, refusals. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseConditions } from '../client/simulate/text-conditions.js';
import { textRowsOf, textRowsOfMix } from '../client/simulate/text-rows.js';
import { wordSampleOf } from '../core/simulate/word-sample.js';
import { reportFixture } from './report-fixture.js';
import { failureOf, makeTempFolder, removeFolder, sql, writeInto } from './source-profile.js';

const ROWS = [
  { id: 'a', text: 'One fish, two FISH', truth: 'human', language: 'en', body: 'b' },
  { id: 'b', text: 'Ten models', truth: 'synthetic', language: 'en', body: 'b' },
  { id: 'c', text: 'Été à 3 voix', truth: 'human', language: 'fr', body: 'b' },
  { id: 'd', text: '...', truth: 'human', language: 'fr', body: 'b' },
];

let folder: string;
let jsonl: string;
let parquet: string;

beforeAll(async () => {
  folder = await makeTempFolder();
  const lines = ROWS.map((row) => JSON.stringify(row)).join('\n');
  jsonl = await writeInto(folder, 'rows.jsonl', `${lines}\n\n`);
  parquet = join(folder, 'rows.parquet');
  await sql(`COPY (FROM read_json('${jsonl}', ignore_errors = true)) TO '${parquet}'`);
});
afterAll(() => removeFolder(folder));

const read = (path: string, where: string | null, field = 'text') =>
  textRowsOf({ path, field, conditions: parseConditions(where) });

describe('textRowsOf', () => {
  test('reads rows that fulfil every condition, from JSON lines and Parquet alike', async () => {
    const rows = await read(jsonl, 'truth=human,language=fr');
    expect(rows.map(({ id }) => id)).toEqual(['c', 'd']);
    expect(rows[0]).toEqual({ id: 'c', domain: '', language: 'fr', text: 'Été à 3 voix' });
    const fromParquet = await read(parquet, 'truth=human,language=fr');
    expect(fromParquet.slice(0, 2)).toEqual(rows);
    expect((await read(jsonl, null)).length).toBe(4);
    expect((await read(jsonl, 'truth=synthetic', 'body'))[0]!.text).toBe('b');
  });

  test('says which value or field no row has, and what is near', async () => {
    const value = await failureOf(read(jsonl, 'truth=humna'));
    expect(value.code).toBe('SOURCE_UNREADABLE');
    expect(value.parts.remedy).toBe('did you mean "human"?');
    expect((await failureOf(read(jsonl, 'trueth=human'))).parts.remedy).toContain('"trueth"');
    expect((await failureOf(read(jsonl, null, 'txt'))).parts.remedy).toContain('--field');
    expect((await failureOf(read(parquet, null, 'txt'))).parts.found).toContain('text');
    const missing = await failureOf(read(join(folder, 'none.jsonl'), null));
    expect(missing.code).toBe('SOURCE_MISSING');
    expect((await failureOf(read(join(folder, 'a.txt'), null))).parts.expected).toContain('.jsonl');
    const cut = await writeInto(folder, 'cut.jsonl', '{"id": "a", "text": "one"}\n{"id": \n');
    expect((await failureOf(read(cut, null))).parts.where).toBe(`${cut}:2`);
    expect(() => parseConditions('truth')).toThrow('field=value');
  });
});

describe('textRowsOfMix', () => {
  test('takes human documents of the training files, each once however often it is repeated', async () => {
    const { manifest } = reportFixture();
    const name = `${manifest.name}@${manifest.version}`;
    const version = join(folder, 'workspace/mixes', manifest.name, manifest.version);
    mkdirSync(join(version, 'data'), { recursive: true });
    const writeMix = async (labels: readonly string[]) => {
      const rows = labels.map((label, i) => `('d${i % 3}', 'text ${i % 3}', 'health', '${label}')`);
      const file = join(version, 'data/train-0.parquet');
      const table = `(VALUES ${rows.join(', ')}) AS t(id, text, domain, provenance)`;
      await sql(`COPY (SELECT * FROM ${table}) TO '${file}'`);
      const [one] = manifest.files;
      const files = [{ ...one!, path: 'data/train-0.parquet', split: 'train', format: 'parquet' }];
      writeFileSync(join(version, 'mix.json'), JSON.stringify({ ...manifest, files }));
    };
    await writeMix(['human_authored', 'synthetic', 'human_edited', 'human_authored']);
    expect(await textRowsOfMix(name, join(folder, 'workspace'))).toEqual([
      { id: 'd0', domain: 'health', language: '', text: 'text 0' },
      { id: 'd2', domain: 'health', language: '', text: 'text 2' },
    ]);
    await writeMix(['synthetic', 'unknown']);
    const none = await failureOf(textRowsOfMix(name, join(folder, 'workspace')));
    expect(none.code).toBe('USAGE');
  });
});

describe('wordSampleOf', () => {
  const options = { domain: 'd', seed: 3, maxWords: 1_000 };
  const texts = ROWS.map(({ id, language, text }) => ({ id, language, text }));

  test('cuts lower-cased words and numbers types by code unit, whatever the order of documents', () => {
    const sample = wordSampleOf(texts, options);
    const vocabulary = ['3', 'fish', 'models', 'one', 'ten', 'two', 'voix', 'à', 'été'];
    expect(sample.vocabulary).toEqual(vocabulary);
    const words = sample.documents.find(({ id }) => id === 'a')!.words;
    expect(words.map((code) => vocabulary[code])).toEqual(['one', 'fish', 'two', 'fish']);
    expect(sample.documents.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
    expect(wordSampleOf([...texts].reverse(), options)).toEqual(sample);
  });

  test('takes whole documents up to the limit, in an order that the seed draws', () => {
    const many = Array.from({ length: 50 }, (_, i) => ({
      ...{ id: `d${i}`, language: 'en' },
      text: `word ${i}`,
    }));
    const [one, other] = [1, 2].map((seed) =>
      wordSampleOf(many, { ...options, seed, maxWords: 20 }),
    );
    expect(one!.documents.length).toBe(10);
    expect(other!.documents.map(({ id }) => id)).not.toEqual(one!.documents.map(({ id }) => id));
  });
});
