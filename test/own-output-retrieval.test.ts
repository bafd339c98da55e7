/** Retrieval of own outputs: terms, cosines against their definition, rewrites, spans, stored arrays. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scoringForm } from '../core/label/scoring-form.js';
import { derive, draw } from '../core/random/draw.js';
import { BlockBuilder, gramWeight, type RetrievalBlock } from '../engines/retrieval/block.js';
import { type Resemblance, Searcher } from '../engines/retrieval/search.js';
import { coveredSpan, createSpanWriter } from '../engines/retrieval/span.js';
import {
  FEATURES,
  HIT_STRENGTH_MIN,
  resemblanceStrength,
  WEIGHTS,
} from '../engines/retrieval/strength.js';
import { TermReader, wordSet } from '../engines/retrieval/terms.js';
import { readArrays, writeArrays } from '../storage/arrays.js';
import { outputText, rewriteOf } from './own-output-texts.js';
import { makeTempFolder, removeFolder } from './source-profile.js';

const OUTPUTS = Array.from({ length: 120 }, (_, i) => scoringForm(outputText(i)));

function blockOf(texts: readonly string[]): RetrievalBlock {
  const builder = new BlockBuilder();
  for (const text of texts) builder.add(text);
  return builder.finish();
}

let folder: string;
const block = blockOf(OUTPUTS);
beforeAll(async () => {
  folder = await makeTempFolder();
});
afterAll(() => removeFolder(folder));

function strongestOf(text: string, among = block): (Resemblance & { strength: number }) | null {
  const searcher = new Searcher();
  searcher.load(scoringForm(text));
  const found = searcher
    .search(among)
    .map((pair) => ({ ...pair, strength: resemblanceStrength(pair) }))
    .filter(({ strength }) => strength >= HIT_STRENGTH_MIN);
  return found.sort((a, b) => b.strength - a.strength)[0] ?? null;
}

test.each([
  ['', 0, 0, 'nothing'],
  ['a', 1, 1, 'one letter between spaces'],
  ['it', 1, 1, 'two letters with their spaces'],
  ['word', 3, 1, ' wor word ord '],
  ['word word', 3, 2, 'a word twice'],
  ['...  !?', 0, 0, 'no word'],
  ['漢字仮名', 3, 3, 'a script without spaces: a word for every two neighbours'],
  ['b2b', 2, 1, 'letters and digits are one word'],
])('%j has %i distinct 4-grams and %i words: %s', (text, grams, words) => {
  const reader = new TermReader();
  reader.read('what stood here before is gone');
  reader.read(text);
  expect([reader.gramCount, reader.wordCount]).toEqual([grams, words]);
});

test('distinct words keep their first place, sorted by hash, and digits mark a word', () => {
  const reader = new TermReader();
  reader.read('one two 3 one');
  const { length, hashes, firsts } = wordSet(reader);
  expect(length).toBe(3);
  expect([...hashes]).toEqual([...hashes].sort((a, b) => a - b));
  expect([...firsts].sort()).toEqual([0, 1, 2]);
  const three = hashes[firsts.indexOf(2)]!;
  expect([...hashes].filter((hash) => (hash & 1) === 1)).toEqual([three]);
});

/** The definition: tf = 1 + ln n, idf = ln((N + 1) / (df + 1)) + 1, lengths 1. */
function plainCosine(a: string, b: string, texts: readonly string[]): number {
  const gramsOf = (text: string) => {
    const counts = new Map<string, number>();
    for (const word of text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []) {
      const padded = ` ${word} `;
      for (let i = 0; i + 4 <= padded.length || i === 0; i++) {
        const gram = padded.slice(i, i + 4);
        counts.set(gram, (counts.get(gram) ?? 0) + 1);
      }
    }
    return counts;
  };
  const all = texts.map(gramsOf);
  const weigh = (counts: Map<string, number>) =>
    new Map(
      [...counts].map(([gram, n]) => {
        const holders = all.filter((other) => other.has(gram)).length;
        return [gram, (1 + Math.log(n)) * gramWeight(texts.length, holders)];
      }),
    );
  const [x, y] = [weigh(gramsOf(a)), weigh(gramsOf(b))];
  const length = (v: Map<string, number>) => Math.hypot(...v.values());
  const product = [...x].reduce((sum, [gram, value]) => sum + value * (y.get(gram) ?? 0), 0);
  return product / (length(x) * length(y));
}

test('the cosine is the one of its definition', () => {
  const texts = OUTPUTS.slice(0, 12);
  const small = blockOf(texts);
  const searcher = new Searcher();
  for (const text of [texts[3]!, scoringForm(rewriteOf(5, 0.4)), 'nothing of this stands there']) {
    searcher.load(text);
    const found = searcher.cosines(small);
    texts.forEach((other, i) => {
      // 20 bits number 4-grams: a few hundred distinct ones share a slot about once in 20 texts.
      expect(found[i]!).toBeCloseTo(plainCosine(text, other, texts), 2);
    });
  }
});

test('a weight stands for every measure', () => {
  expect(WEIGHTS.length).toBe(FEATURES.length);
});

test.each([0, 0.1, 0.35, 0.5])(
  'a text with %f of its words changed is traced to its source',
  (share) => {
    for (let i = 0; i < 30; i++) {
      const hit = strongestOf(rewriteOf(i, share));
      expect(hit?.output, `output ${i}`).toBe(i);
    }
  },
);

test('text on other matters is traced to nothing', () => {
  // Same words, same topics, other sentences: 0.8 % of unrelated texts were hit when measured, so 2 of
  // 100 or fewer with probability .95.
  const hits = Array.from({ length: 100 }, (_, i) => strongestOf(outputText(1000 + i)));
  expect(hits.filter((hit) => hit !== null).length).toBeLessThanOrEqual(2);
});

test('an output that is left out is not found, and changes nothing else', () => {
  const searcher = new Searcher();
  searcher.load(OUTPUTS[7]!);
  expect(searcher.search(block)[0]?.output).toBe(7);
  expect(
    searcher.search(block, (output) => output === 7).map(({ output }) => output),
  ).not.toContain(7);
});

test('containment is the share of the text that stands in the output', () => {
  const searcher = new Searcher();
  searcher.load(OUTPUTS[9]!);
  expect(searcher.containment(block, 9)).toBe(1);
  searcher.load(`${OUTPUTS[9]} ${OUTPUTS[80]} ${OUTPUTS[81]}`);
  const part = searcher.containment(block, 9);
  expect(part).toBeGreaterThan(0.3);
  expect(part).toBeLessThan(0.8);
});

test('the span of a quotation is where it stands in the text as written', () => {
  const quoted = outputText(11);
  const [before, after] = [outputText(2001), outputText(2002)];
  const written = `${before}\n\n\u200b« ${quoted.replaceAll('a', '\u0430')} »\n\n${after}`;
  const searcher = new Searcher();
  searcher.load(scoringForm(written));
  const span = createSpanWriter(written, scoringForm)(coveredSpan(searcher.reader, block, 11));
  const start = written.indexOf('«') + 2;
  // A few words on either side are in common by chance; the quotation has 700 to 1,200 characters.
  expect(Math.abs(span[0] - start)).toBeLessThanOrEqual(60);
  expect(Math.abs(span[1] - (start + quoted.length))).toBeLessThanOrEqual(60);
});

test('a span of a text that scoring leaves alone is where it was', () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(words, fc.nat(), fc.nat(), (list, a, b) => {
      const text = list.join(' ');
      const [i, j] = [a % list.length, b % list.length].sort((x, y) => x - y) as [number, number];
      const start = list.slice(0, i).join(' ').length + Number(i > 0);
      const end = list.slice(0, j + 1).join(' ').length;
      expect(createSpanWriter(text, scoringForm)([start, end])).toEqual([start, end]);
    }),
    { seed: 11, numRuns: 200 },
  );
});

test('blocks have an end', () => {
  const builder = new BlockBuilder();
  expect(builder.hasRoom(1_000_000_000)).toBe(true);
  builder.add('x'.repeat(300_000));
  expect(builder.hasRoom(10)).toBe(true);
  for (let i = 0; i < 239; i++) builder.add(`${'y'.repeat(250_000)}`);
  expect(builder.hasRoom(250_000)).toBe(false);
});

test('arrays come back as they were written, and the same arrays give the same bytes', async () => {
  const key = derive(3, 'arrays');
  const arrays = {
    a: Uint8Array.from({ length: 13 }, (_, i) => 256 * draw(key, `a/${i}`)),
    b: Uint16Array.of(1, 65535),
    c: Uint32Array.of(4_000_000_000),
    d: Float32Array.of(0.5, -2),
    e: BigUint64Array.of(2n ** 63n, 1n),
    f: new Uint32Array(0),
  };
  const [one, two] = [join(folder, 'one.bin'), join(folder, 'two.bin')];
  const notes = { who: 'Zoë\n', list: [1, 'two'] };
  await writeArrays(one, arrays, notes);
  await writeArrays(two, arrays, notes);
  const read = await readArrays(one);
  expect(read).toEqual({ arrays, notes });
  expect(await readFile(one)).toEqual(await readFile(two));
});
