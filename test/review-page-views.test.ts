/** What the review page is told: text cut at the spans of evidence, links, pictures, and its queue in pages. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linkOf } from '../client/review-page/packet-page.js';
import { queuePage } from '../client/review-page/queue-page.js';
import { riskPictures } from '../client/review-page/risk-pictures.js';
import { type Span, textSegments } from '../client/review-page/text-segments.js';
import type { PacketIndex } from '../core/schema/review-packet.js';
import { writeJsonArtifact } from '../storage/artifact.js';
import { appendLedger } from '../storage/ledger.js';
import { HOSTILE_DOMAIN } from './report-fixture.js';
import { riskReportFixture } from './risk-report-fixture.js';

const whole = (text: string) => ({ pieces: [{ start: 0, text }], characters: text.length });

describe('text', () => {
  test('is cut where evidence begins and ends, and each part says which evidence points at it', () => {
    const spans: Span[] = [[0, 5], null, [3, 8]];
    expect(textSegments(whole('abcdefghij'), spans)).toEqual([
      { text: 'abc', marks: [0], isGap: false },
      { text: 'de', marks: [0, 2], isGap: false },
      { text: 'fgh', marks: [2], isGap: false },
      { text: 'ij', marks: [], isGap: false },
    ]);
  });

  test('says what is left out, and marks a span in the pieces that are shown', () => {
    const document = {
      pieces: [
        { start: 0, text: 'abc' },
        { start: 6, text: 'ghi' },
      ],
      characters: 12,
    };
    const shown = textSegments(document, [[2, 8]]);
    expect(shown.map(({ text, marks }) => [text, marks.length])).toEqual([
      ['ab', 0],
      ['c', 1],
      ['[.. 3 characters left out ..]', 0],
      ['gh', 1],
      ['i', 0],
      ['[.. 3 characters left out ..]', 0],
    ]);
  });

  test('writes out what is not seen, as the terminal does', () => {
    expect(textSegments(whole('a\u202eb\u0000'), [])[0]!.text).toBe('a<U+202E>b<U+0000>');
  });

  test('is the same text whatever the spans, and a part is marked by just the spans that hold it', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '漢'), maxLength: 40 });
    const place = fc.integer({ min: 0, max: 45 });
    fc.assert(
      fc.property(texts, fc.array(fc.option(fc.tuple(place, place))), (text, spans) => {
        const segments = textSegments(whole(text), spans);
        expect(segments.map((segment) => segment.text).join('')).toBe(text);
        let at = 0;
        for (const segment of segments) {
          for (let i = at; i < at + segment.text.length; i++) {
            const holding = spans.flatMap((span, n) =>
              span !== null && span[0] <= i && i < span[1] ? [n] : [],
            );
            expect(segment.marks).toEqual(holding);
          }
          at += segment.text.length;
        }
      }),
    );
  });
});

describe('an address', () => {
  test.each([
    ['https://example.org/a?b#c', 'https://example.org/a?b#c'],
    ['http://example.org', 'http://example.org/'],
    ['javascript:alert(1)', null],
    [' javascript:alert(1)', null],
    ['JAVASCRIPT:alert(1)', null],
    ['data:text/html,x', null],
    ['file:///etc/passwd', null],
    ['//example.org/x', null],
    ['blob:https://example.org/x', null],
    ['not an address', null],
    [null, null],
  ])('%s is a link to %s', (url, expected) => {
    expect(linkOf(url)).toBe(expected);
  });
});

describe('a picture', () => {
  test('is an image in itself: no script, no address of elsewhere, hostile names escaped', () => {
    const pictures = riskPictures(riskReportFixture());
    expect(pictures.length).toBeGreaterThan(3);
    const drawn = pictures.map(({ source }) => {
      expect(source.startsWith('data:image/svg+xml;base64,')).toBe(true);
      return Buffer.from(source.split(',')[1]!, 'base64').toString();
    });
    for (const svg of drawn) {
      expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
      expect(svg).not.toMatch(/<script|\son\w+=|href=|url\((?!#)/i);
      expect(svg).not.toContain(HOSTILE_DOMAIN);
    }
  });
});

describe('the queue', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ballast-queue-'));
  const hex = (n: number, length: number) => n.toString(16).padStart(length, '0');
  const packetsOf = (mix: number, count: number): PacketIndex['packets'] =>
    Array.from({ length: count }, (_, i) => ({
      ...{ packet: hex(mix * 10_000 + i, 12), sha256: hex(i, 64), round: 'first' },
      ...{ documents: 200, reasons: { conflict: 150, random: 50 } },
    }));

  beforeAll(async () => {
    for (const [mix, count] of [
      [1, 2_000],
      [2, 60],
    ] as const) {
      const packets = packetsOf(mix, count);
      const index: PacketIndex = { schemaVersion: 1, frame: 1, documents: 1, random: 1, packets };
      const address = { workspace: folder, kind: 'packets', buildId: 'b', rows: count };
      const ref = await writeJsonArtifact(address, index);
      const body = {
        mix: `mix@2026.11.0${mix}`,
        index: ref,
        packets: count,
        documents: 200 * count,
      };
      const more = { reviewers: [], deadlineSeconds: 3_600 };
      await appendLedger(folder, {
        key: `k${mix}`,
        kind: 'review-opened',
        by: 'b',
        body: { ...body, ...more },
      });
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const ask = (page: number, mix?: string) => queuePage(folder, { page, mix }, '127.0.0.1:9');

  test('of thousands of packets comes in pages, the newest mix first, none lost and none twice', async () => {
    const first = await ask(0);
    expect(first).toMatchObject({
      packets: 2_060,
      open: 2_060,
      pages: 42,
      page: 0,
      isServerThere: false,
    });
    expect(first.rows.length).toBe(50);
    expect(first.rows[0]).toMatchObject({
      mix: 'mix@2026.11.02',
      state: 'unknown',
      why: '150 conflict, 50 random',
    });
    const seen = new Set<string>();
    for (let page = 0; page < first.pages; page++)
      for (const { packet } of (await ask(page)).rows) seen.add(packet);
    expect(seen.size).toBe(2_060);
    expect((await ask(9_999)).page).toBe(41);
    expect((await ask(0, 'mix@2026.11.02')).packets).toBe(60);
  });
});
