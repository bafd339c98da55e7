/**
 * Benchmarks found in the real sets: documents with a 13-gram or a whole item, and with 8-grams only,
 * per set and truth; then the speed of the screen beside Sets of strings, in MB per CPU-second. Both
 * find the same hits, or the run fails. `truth` splits the table and does nothing else.
 *
 *   npm run build && node bench/contamination.mjs [--no-plain]
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createScreen } from '../dist/engines/ngram/ngram-screen.js';
import { cpuSeconds, median } from './corpus.mjs';
import { dataFolder, linesOf, NAMES, requireCorpus } from './corpus-files.mjs';
import { hitKey, plainScreen } from './plain-screen.mjs';

const BENCHMARKS = [
  { name: 'humaneval', file: 'humaneval', fields: ['prompt', 'canonical_solution'] },
  { name: 'gsm8k', file: 'gsm8k-test', fields: ['question', 'answer'] },
  { name: 'bbh', file: 'bbh', fields: ['question', 'answer'] },
];
const ROUNDS = 3;

function itemsOf({ name, file, fields }) {
  const path = join(dataFolder, 'benchmarks', `${file}.jsonl`);
  if (!existsSync(path)) {
    console.log(`skipped: no file ${path} (set BALLAST_BENCH_DATA)`);
    process.exit(0);
  }
  const rows = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return rows.map((line, i) => {
    const row = JSON.parse(line);
    const texts = fields.map((field) => ({ field, text: row[field] }));
    return { benchmark: name, item: i + 1, fields: texts };
  });
}

requireCorpus();
const documents = NAMES.flatMap((set) =>
  linesOf(set).map((line) => {
    const { text, domain, truth = '' } = JSON.parse(line);
    return { set: set === 'l2r' ? `l2r ${domain === 'code' ? 'code' : 'rest'}` : set, truth, text };
  }),
);
const megabytes = documents.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0) / 1e6;
const items = BENCHMARKS.flatMap(itemsOf);
console.log(`${documents.length} documents, ${megabytes.toFixed(1)} MB; ${items.length} items`);

const [screen, buildSeconds] = cpuSeconds(() => createScreen(items));
console.table(Object.fromEntries(screen.coverage));
const found = documents.map(({ text }) => screen.hitsIn(text));
report();
withoutRule();
compareSpeed();

function report() {
  const rows = new Map();
  documents.forEach(({ set, truth }, i) => {
    const key = `${set} ${truth}`.trim();
    const row = rows.get(key) ?? { documents: 0 };
    rows.set(key, row);
    row.documents++;
    for (const { name } of BENCHMARKS) {
      const kinds = found[i].filter(({ benchmark }) => benchmark === name).map(({ kind }) => kind);
      const best = ['13-gram', 'item', '8-gram'].find((kind) => kinds.includes(kind));
      for (const kind of ['13-gram', 'item', '8-gram'])
        row[`${name} ${kind}`] = (row[`${name} ${kind}`] ?? 0) + (best === kind ? 1 : 0);
    }
  });
  console.log('documents by their strongest hit');
  console.table(Object.fromEntries(rows));
}

function screenAll() {
  for (const { text } of documents) screen.hitsIn(text);
}

/** Every run of words counts, and prompts alone: what a common filter finds. */
function withoutRule() {
  const prompts = itemsOf({ ...BENCHMARKS[0], fields: ['prompt'] });
  const plain = plainScreen(prompts, { tellingLeast: { gram: 0, item: 5 } });
  const code = documents.filter(({ set }) => set === 'l2r code');
  const kinds = code.map(({ text }) => plain(text).join());
  const count = (truth, kind) =>
    code.filter((document, i) => document.truth === truth && kind.test(kinds[i])).length;
  for (const [words, kind] of [
    [13, /13-gram/],
    [8, /-gram/],
  ])
    console.log(
      `prompts alone, any run of ${words} words: human ${count('human', kind)}, synthetic ${count('synthetic', kind)}`,
    );
}

function compareSpeed() {
  const seconds = [];
  for (let round = 0; round < ROUNDS; round++) seconds.push(cpuSeconds(screenAll)[1]);
  const speed = (of) => `${(megabytes / of).toFixed(1)} MB per CPU-second`;
  console.log(
    `screen: built in ${buildSeconds.toFixed(2)} s, ${speed(median(seconds))} (median of ${ROUNDS})`,
  );
  if (process.argv.includes('--no-plain')) return;
  const plain = plainScreen(items);
  const [answers, plainSeconds] = cpuSeconds(() => documents.map(({ text }) => plain(text)));
  console.log(
    `sets of strings: ${speed(plainSeconds)}; ${(plainSeconds / median(seconds)).toFixed(1)} times as long`,
  );
  const differing = answers.filter((keys, i) => {
    const ours = found[i].map(hitKey).sort();
    const isCut = ours.length < keys.length && ours.length >= 32;
    return isCut ? ours.some((key) => !keys.includes(key)) : ours.join('\n') !== keys.join('\n');
  });
  console.log(`documents with other hits: ${differing.length}`);
  if (differing.length > 0) process.exit(1);
}
