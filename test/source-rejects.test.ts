/** Rows that are not documents are counted by reason and listed with their line; nothing vanishes. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../core/schema/limits.js';
import { makeTempFolder, profileBytes, profileFile, removeFolder } from './source-profile.js';

let folder: string;
beforeAll(async () => {
  folder = await makeTempFolder();
});
afterAll(() => removeFolder(folder));

/** One line between two good ones, and the reason that must be given for it. */
const BAD_LINES: readonly (readonly [title: string, line: string | Uint8Array, reason: string])[] =
  [
    ['broken JSON', '{"id":"x","text":"half', 'broken_json'],
    ['NaN, which JSON does not know', '{"id":"x","text":"a","n":NaN}', 'broken_json'],
    ['a JSON array', '["x"]', 'not_an_object'],
    ['a JSON string', '"x"', 'not_an_object'],
    ['JSON null', 'null', 'not_an_object'],
    ['a blank line', '   ', 'blank_line'],
    [
      'bytes that are not UTF-8',
      Buffer.from([123, 34, 116, 34, 58, 34, 0xc3, 0x28, 34, 125]),
      'invalid_utf8',
    ],
    ['no text', '{"id":"x"}', 'missing_text'],
    ['a null text', '{"id":"x","text":null}', 'missing_text'],
    ['a text that is a number', '{"id":"x","text":5}', 'missing_text'],
    ['a text that is a list', '{"id":"x","text":["a"]}', 'missing_text'],
    ['an empty text', '{"id":"x","text":""}', 'empty_text'],
    ['a text of spaces', '{"id":"x","text":" \\n\\t "}', 'empty_text'],
    ['an id that is an object', '{"id":{},"text":"a"}', 'invalid_id'],
    ['an id with a fraction', '{"id":1.5,"text":"a"}', 'invalid_id'],
    ['a text with half of a surrogate pair', '{"id":"x","text":"a\\ud800b"}', 'invalid_utf8'],
    ['an id with half of a surrogate pair', '{"id":"\\udc00","text":"a"}', 'invalid_id'],
    ['a url with halves turned round', '{"url":"\\ude00\\ud83d","text":"a"}', 'invalid_utf8'],
    ['an id beyond exact integers', '{"id":12345678901234567890,"text":"a"}', 'invalid_id'],
  ];

describe('rejected rows', () => {
  it.each(BAD_LINES)('rejects %s and keeps its neighbours', async (_title, line, reason) => {
    const before = '{"id":"a","text":"before"}\n';
    const after = '\n{"id":"b","text":"after"}\n';
    const bytes = Buffer.concat([Buffer.from(before), Buffer.from(line), Buffer.from(after)]);
    const { summary, rejects, documents } = await profileBytes(folder, bytes);
    expect(summary).toMatchObject({ rowsRead: 3, rowsKept: 2, rowsRejected: 1 });
    expect(summary.rejectedByReason).toEqual({ [reason]: 1 });
    expect(rejects).toMatchObject([{ place: 2, reason }]);
    expect(documents.map(({ id, place }) => [id, place])).toEqual([
      ['a', 1],
      ['b', 3],
    ]);
  });

  it.each([
    ['empty.jsonl', new Uint8Array(0)],
    ['empty.jsonl.gz', gzipSync('')],
  ])('counts %s as one rejected row', async (file, bytes) => {
    const { summary, rejects } = await profileBytes(folder, bytes, file);
    expect(summary).toMatchObject({
      rowsRead: 1,
      rowsKept: 0,
      rejectedByReason: { empty_file: 1 },
    });
    expect(rejects).toEqual([{ place: 0, reason: 'empty_file', detail: 'the file holds no row' }]);
  });

  it('rejects a line over the limit without holding it, and reads on behind it', async () => {
    const mebibyte = Buffer.alloc(1 << 20, 'x');
    const length = LIMITS.lineBytes + mebibyte.length;
    function* lines() {
      yield '{"id":"a","text":"before"}\n{"id":"long","text":"';
      for (let i = 0; i < length / mebibyte.length; i++) yield mebibyte;
      yield '"}\n{"id":"b","text":"after"}\n';
    }
    await pipeline(Readable.from(lines()), createWriteStream(`${folder}/long.jsonl`));
    let most = 0;
    const start = process.memoryUsage.rss();
    const timer = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
    }, 1);
    const { summary, rejects, documents } = await profileFile({ folder, file: 'long.jsonl' });
    clearInterval(timer);
    expect(summary).toMatchObject({
      rowsRead: 3,
      rowsKept: 2,
      rejectedByReason: { line_too_long: 1 },
    });
    expect(rejects[0]).toMatchObject({ place: 2, reason: 'line_too_long' });
    expect(rejects[0]!.detail).toContain(`at most ${LIMITS.lineBytes}`);
    expect(documents.map(({ place }) => place)).toEqual([1, 3]);
    // Up to the limit the line is held in pieces; never twice, as a parsed row would be.
    expect(most).toBeGreaterThan(0);
    expect(most - start).toBeLessThan(3 * LIMITS.lineBytes);
  });

  it('keeps a whole surrogate pair, and names the field of half of one', async () => {
    const lines = ['{"id":"a","text":"\\ud83d\\ude00"}', '{"id":"b","text":"b","url":"\\ud83d"}'];
    const { documents, rejects } = await profileBytes(folder, lines.join('\n'));
    expect(documents).toMatchObject([{ id: 'a', tokens: 4 }]);
    expect(rejects).toEqual([
      { place: 2, reason: 'invalid_utf8', detail: 'field "url" holds half of a surrogate pair' },
    ]);
  });

  it.each([4095, 4096, 25_000])('lists every one of %i rejected rows', async (count) => {
    const bad = Array.from({ length: count }, (_, i) => (i % 2 === 0 ? '[]' : '{"id":"x"}'));
    const { summary, rejects } = await profileBytes(folder, `${bad.join('\n')}\n`);
    expect(summary).toMatchObject({ rowsRead: count, rowsKept: 0, rowsRejected: count });
    expect(rejects.map(({ place }) => place)).toEqual(bad.map((_, i) => i + 1));
    expect(rejects.filter(({ reason }) => reason === 'missing_text')).toHaveLength(
      summary.rejectedByReason.missing_text!,
    );
  });

  it('adds up over a file of random damage: read = kept + rejected = lines', async () => {
    const good = Array.from({ length: 400 }, (_, i) => `{"id":"r${i}","text":"text ${i}"}`);
    const bytes = Buffer.from(`${good.join('\n')}\n`);
    for (let i = 0; i < 300; i++) {
      const at = (i * 7919 * 31) % bytes.length;
      if (bytes[at] !== 10) bytes[at] = (i * 37 + 128) % 256 === 10 ? 0 : (i * 37 + 128) % 256;
    }
    const lines = bytes.reduce((sum, byte) => sum + (byte === 10 ? 1 : 0), 0);
    const { summary, documents, rejects } = await profileBytes(folder, bytes);
    expect(summary.rowsRead).toBe(lines);
    expect(documents.length).toBe(summary.rowsKept);
    expect(rejects.length).toBe(summary.rowsRejected);
    expect(summary.rowsKept + summary.rowsRejected).toBe(lines);
    expect(summary.rowsRejected).toBeGreaterThan(50);
    const places = [...documents, ...rejects].map(({ place }) => place).sort((a, b) => a - b);
    expect(places).toEqual(Array.from({ length: lines }, (_, i) => i + 1));
  });
});
