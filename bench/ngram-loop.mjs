/**
 * Words per second and core of the n-gram loop: fit, generate, score, against a maximum-likelihood bigram in plain
 * Python, and, where BALLAST_BENCH_PYTHON names a Python that has them, NLTK and KenLM's
 * scoring of our own model (its perplexity must be ours). Then 20 seeds x 10 generations x half a million words
 * on two threads. CPU seconds, the least of several runs; wall seconds for the threads.
 *
 *   npm run build && BALLAST_BENCH_PYTHON=/path/to/python node bench/ngram-loop.mjs [--no-loop]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import { derive } from '../dist/core/random/draw.js';
import { RandomStream } from '../dist/core/random/stream.js';
import { fitTables } from '../dist/core/simulate/ngram/fit.js';
import { generate } from '../dist/core/simulate/ngram/generate.js';
import { runGenerations } from '../dist/core/simulate/ngram/loop.js';
import { perplexity, SCORING_DISCOUNT } from '../dist/core/simulate/ngram/score.js';
import { splitSample } from '../dist/core/simulate/ngram/split.js';
import { createTables } from '../dist/core/simulate/ngram/tables.js';
import { generateTempered, temper } from '../dist/core/simulate/ngram/temper.js';
import { wordSampleOf } from '../dist/core/simulate/word-sample.js';
import { writeArpa } from './arpa-file.mjs';
import { cpuSeconds } from './corpus.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.env.BALLAST_BENCH_DATA ?? join(here, '..', '..', 'shared', 'data');
const [SEEDS, GENERATIONS, WORDS, THREADS, REPEATS] = [20, 10, 500_000, 2, 7];

if (isMainThread) await main();
else parentPort.postMessage(runSeeds(workerData));

async function main() {
  if (!existsSync(join(folder, 'l2r.jsonl.gz'))) {
    console.log(`skipped: no file ${join(folder, 'l2r.jsonl.gz')} (set BALLAST_BENCH_DATA)`);
    return;
  }
  console.log(`${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${process.version}`);
  const sample = readSample();
  const text = splitSample(sample, { seed: 1, run: 0, holdout: 0.1 });
  const ours = measureOurs(text);
  measureOthers(text, ours);
  if (!process.argv.includes('--no-loop')) await measureLoop();
}

/** Human text of l2r and rust-rfcs, so that half a million words are left beside the held-out ones. */
function readSample() {
  const texts = ['l2r', 'rust-rfcs'].flatMap((set) =>
    gunzipSync(readFileSync(join(folder, `${set}.jsonl.gz`)))
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ truth }) => truth === undefined || truth === 'human'),
  );
  const rows = texts.map(({ id, text }) => ({ id, text, language: '' }));
  return wordSampleOf(rows, { domain: 'bench', seed: 1, maxWords: 1.15 * WORDS });
}

function least(work) {
  return Math.min(...Array.from({ length: REPEATS }, () => cpuSeconds(work)[1]));
}

function measureOurs(text) {
  const words = text.training.words.length;
  const tables = createTables(text.vocabulary, words);
  const out = new Int32Array(words);
  const stream = new RandomStream(derive(1, 'bench'));
  const stretch = { out, from: 0, to: words };
  const fit = least(() => fitTables(tables, text.training.words, words, 3));
  const kneserNey = least(() => generate(tables, SCORING_DISCOUNT, stream, stretch));
  const likelihood = least(() => generate(tables, 0, stream, stretch));
  const score = least(() => perplexity(tables, text.heldOut));
  const tempered = least(() =>
    generateTempered(temper(tables, SCORING_DISCOUNT, 0.8), stream, stretch),
  );
  console.log(`${words} words, ${text.vocabulary} types; words per CPU second`);
  show('fit, orders 1-3', words / fit);
  show('generate, Kneser-Ney trigram', words / kneserNey);
  show('generate, maximum likelihood trigram', words / likelihood);
  show('temper and generate, temperature .8', words / tempered);
  show('score', text.heldOut.words.length / score);
  const loop = words / (fit + kneserNey);
  show('fit and generate, Kneser-Ney trigram', loop);
  return { tables, fit: words / fit, loop, score: text.heldOut.words.length / score };
}

function show(what, rate, ratio = null) {
  const shown = Math.round(rate).toLocaleString('en').padStart(12);
  console.log(
    `${what.padEnd(46)}${shown}${ratio === null ? '' : `   ours ${ratio.toFixed(1)} times`}`,
  );
}

function measureOthers({ training, heldOut }, { tables, fit, loop, score }) {
  const scratch = mkdtempSync(join(tmpdir(), 'ballast-ngram-'));
  const at = (name) => join(scratch, name);
  try {
    writeFileSync(at('words.txt'), training.words.join(' '));
    const plain = python('python3', join(here, 'ngram-plain.py'), at('words.txt'));
    if (plain !== null) {
      const rate = plain.words / (plain.fit + plain.generate);
      show('plain Python, fit and generate, ML bigram', rate, loop / rate);
    }
    const interpreter = process.env.BALLAST_BENCH_PYTHON;
    if (interpreter === undefined) {
      console.log('skipped NLTK and KenLM: BALLAST_BENCH_PYTHON is not set');
      return;
    }
    const script = join(here, '..', 'test', 'independent', 'ngram_rates.py');
    const nltk = python(interpreter, script, 'nltk', at('words.txt'));
    if (nltk !== null) {
      const perWord = nltk.fit / nltk.words + nltk.generate / nltk.drawn;
      const fitRate = nltk.words / nltk.fitKneserNey;
      show('NLTK, fit alone, Kneser-Ney trigram', fitRate, fit / fitRate);
      show('NLTK, fit and generate, ML bigram', 1 / perWord, loop * perWord);
    }
    fitTables(tables, training.words, training.words.length, 3);
    writeArpa(at('model.arpa'), tables, {
      ...{ discount: SCORING_DISCOUNT, outcomes: tables.vocabulary + 1 },
    });
    writeFileSync(at('heldout.txt'), linesOf(heldOut));
    const kenlm = python(interpreter, script, 'kenlm', at('model.arpa'), at('heldout.txt'));
    if (kenlm !== null) {
      const rate = kenlm.words / kenlm.score;
      show('KenLM, score', rate, score / rate);
      const own = perplexity(tables, heldOut);
      console.log(`perplexity: KenLM ${kenlm.perplexity.toFixed(4)}, ours ${own.toFixed(4)}`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function linesOf({ words, starts }) {
  return [...starts].map((start, d) => words.subarray(start, starts[d + 1]).join(' ')).join('\n');
}

/** What a script prints, or null and a line that says why not. */
function python(interpreter, ...args) {
  const { status, stdout, stderr } = spawnSync(interpreter, args, { encoding: 'utf8' });
  if (status === 0) return JSON.parse(stdout);
  console.log(`skipped ${args.slice(0, 2).join(' ')}: ${stderr?.trim().split('\n').at(-1)}`);
  return null;
}

async function measureLoop() {
  const before = performance.now();
  const workers = Array.from({ length: THREADS }, (_, thread) => {
    const seeds = Array.from({ length: SEEDS }, (_, seed) => seed);
    const workerSeeds = seeds.filter((seed) => seed % THREADS === thread);
    return new Worker(new URL(import.meta.url), { workerData: workerSeeds });
  });
  const words = await Promise.all(
    workers.map(
      (worker) => new Promise((done, fail) => worker.on('message', done).on('error', fail)),
    ),
  );
  const seconds = (performance.now() - before) / 1000;
  const each = `${SEEDS} seeds x ${GENERATIONS} generations x ${words[0]} words, all metrics`;
  console.log(`${each}: ${seconds.toFixed(1)} s on ${THREADS} threads`);
}

function runSeeds(seeds) {
  const sample = readSample();
  let words = 0;
  for (const run of seeds) {
    const text = splitSample(sample, { seed: 1, run, holdout: 0.1 });
    words = Math.min(WORDS, text.training.words.length);
    runGenerations({
      ...{ text, words, seed: 1, domain: 'bench', run, tick: () => undefined },
      settings: {
        ...{ order: 3, discount: SCORING_DISCOUNT, policy: 'replace', human: 'fixed' },
        ...{ generations: GENERATIONS, humanShare: 0, families: [1], temperature: 1 },
      },
    });
  }
  return words;
}
