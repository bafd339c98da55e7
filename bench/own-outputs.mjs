/**
 * Own-output search on `l2r`: half of its synthetic texts are what our models wrote; which documents
 * are traced to them? A rewrite is a text of the other half whose original an own output rewrote too;
 * it is traced where its strongest hit is such an output. Related human text (an original that shares
 * 8 words in a row with the one whose rewrite was hit) is counted apart from unrelated. Beside it:
 * MinHash alone, 14 bands of 8 rows, as a build without retrieval would search.
 *
 *   npm run build && node bench/own-outputs.mjs [--domains unfitted|fitted|all] [--strength 1.2]
 */
import { scoringForm } from '../dist/core/label/scoring-form.js';
import { Searcher } from '../dist/engines/retrieval/search.js';
import { HIT_STRENGTH_MIN, resemblanceStrength } from '../dist/engines/retrieval/strength.js';
import { createTextKernel } from '../dist/engines/text-kernel.js';
import { keyed, ownHalf, readRewrites, readRows } from './rewrites.mjs';

const BANDS = { bandCount: 14, rowsPerBand: 8, hashCount: 112 };
/** Documents of each other set. */
const SAMPLE = 2000;

const { rows, related, domains } = readRewrites();
const { outputs, block, isOwn } = ownHalf(rows);
const rewritten = new Set(outputs.map(({ original }) => original));
const which = argument('--domains') ?? 'unfitted';
const strengthMin = Number(argument('--strength') ?? HIT_STRENGTH_MIN);
const isFitted = ({ domain }) => domains.indexOf(domain) % 2 === 0;
const judged = rows.filter((row) => which === 'all' || isFitted(row) === (which === 'fitted'));
const searcher = new Searcher();
const kernel = await createTextKernel({ tokenizer: { kind: 'bytes' }, bands: BANDS });
const bands = bandTable(outputs);
const vocabulary = outputs.flatMap(({ text }) => text.split(/\s+/).slice(0, 20));

console.log(`${outputs.length} own outputs; ${which} domains; hit: strength >= ${strengthMin}`);
recall();
falseHits();
speed();

function argument(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

/** Strongest hit of a text: its output and strength, or null. */
function retrieve(scored, isExcepted) {
  searcher.load(scored);
  let best = null;
  for (const found of searcher.search(block, isExcepted)) {
    const strength = resemblanceStrength(found);
    if (strength >= strengthMin && (best === null || strength > best.strength))
      best = { output: found.output, strength };
  }
  return best;
}

function sketchOf(text) {
  const out = new Uint32Array(2 * BANDS.bandCount);
  kernel.load(text);
  return kernel.sketch(out, 0) === 0 ? null : out;
}

function bandKeys(sketch) {
  return Array.from(
    { length: BANDS.bandCount },
    (_, band) => `${band}/${sketch[2 * band]}/${sketch[2 * band + 1]}`,
  );
}

function bandTable(list) {
  const table = new Map();
  list.forEach(({ text }, output) => {
    const sketch = sketchOf(text);
    if (sketch === null) return;
    for (const key of bandKeys(sketch)) {
      const known = table.get(key);
      if (known === undefined) table.set(key, [output]);
      else known.push(output);
    }
  });
  return table;
}

/** Outputs that share a band with a text. */
function sketchHits(text) {
  const sketch = sketchOf(text);
  return sketch === null ? [] : bandKeys(sketch).flatMap((key) => bands.get(key) ?? []);
}

/** The text with a share of its words replaced by words of other outputs, drawn by its id. */
function edited({ id, text }, share) {
  return text
    .split(/(\s+)/)
    .map((word, i) => {
      if (i % 2 === 1 || keyed(`edit/${share}/${id}/${i}`) >= share) return word;
      return vocabulary[Math.floor(keyed(`word/${share}/${id}/${i}`) * vocabulary.length)];
    })
    .join('');
}

function recall() {
  const copies = judged.filter((row) => isOwn.has(row));
  const numbers = new Map(outputs.map((row, output) => [row, output]));
  const tables = [
    ...[0, 0.05, 0.1, 0.2, 0.35].map((share) => ({
      name: share === 0 ? 'copy' : `${100 * share} % of words changed`,
      cases: copies.map((row) => ({
        text: edited(row, share),
        isRight: (output) => output === numbers.get(row) || outputs[output].text === row.text,
      })),
    })),
    { name: 'rewrite', cases: rewritesOf(judged.filter(({ writer }) => writer !== 'human')) },
    ...[...new Set(rows.map(({ writer }) => writer))].sort().map((writer) => ({
      name: writer === 'human' ? 'human original' : `rewrite by ${writer}`,
      cases: rewritesOf(judged.filter((row) => row.writer === writer)),
    })),
    ...[0.5, 0.2].map((share) => ({
      name: `quote, ${100 * share} % of a human text`,
      cases: quotes(share),
    })),
  ];
  console.log(`\n${'traced to its source'.padEnd(34)} texts  retrieval  MinHash 14 x 8`);
  for (const { name, cases } of tables) {
    let [found, sketched] = [0, 0];
    for (const { text, isRight } of cases) {
      const hit = retrieve(scoringForm(text));
      if (hit !== null && isRight(hit.output)) found++;
      if (sketchHits(text).some(isRight)) sketched++;
    }
    console.log(
      `${name.padEnd(34)} ${String(cases.length).padStart(5)}  ${percent(found, cases.length)}     ${percent(sketched, cases.length)}`,
    );
  }
}

function rewritesOf(list) {
  return list
    .filter((row) => !isOwn.has(row) && rewritten.has(row.original))
    .map(({ text, original }) => ({
      text,
      isRight: (output) => outputs[output].original === original,
    }));
}

/** Own outputs of 60 words or more inside PEPs, so that they are about `share` of the whole. */
function quotes(share) {
  const peps = readRows('peps');
  return outputs
    .filter((row) => judged.includes(row) && row.text.split(/\s+/).length >= 60)
    .slice(0, 300)
    .map(({ text }, i) => {
      const around = Math.floor((text.length * (1 / share - 1)) / 2);
      const host = peps[i % peps.length].text;
      return {
        text: `${host.slice(2000, 2000 + around)} ${text} ${host.slice(-around)}`,
        isRight: (output) => outputs[output].text === text,
      };
    });
}

function falseHits() {
  const humans = judged.filter(({ writer }) => writer === 'human');
  const isSame = (row) => (output) => outputs[output].original === row.original;
  const isNear = (row) => {
    const near = related.get(row.original);
    return (output) => {
      const { original } = outputs[output];
      return original === row.original || near?.has(original);
    };
  };
  const sets = [
    ['l2r, unrelated human text', humans.map((row) => ({ text: row.text, except: isNear(row) }))],
    ['l2r, any other original', humans.map((row) => ({ text: row.text, except: isSame(row) }))],
    ...['faid', 'peps', 'rust-rfcs', 'medquad'].map((name) => {
      const texts = readRows(name).filter(({ truth }) => (truth ?? 'human') === 'human');
      const sample = texts.filter(({ id }) => keyed(`sample/${id}`) < SAMPLE / texts.length);
      return [`${name}, human`, sample.map(({ text }) => ({ text, except: () => false }))];
    }),
  ];
  console.log(`\n${'false hits'.padEnd(34)} texts  retrieval  MinHash 14 x 8`);
  for (const [name, cases] of sets) {
    let [found, sketched] = [0, 0];
    for (const { text, except } of cases) {
      if (retrieve(scoringForm(text), except) !== null) found++;
      if (sketchHits(text).some((output) => !except(output))) sketched++;
    }
    console.log(
      `${name.padEnd(34)} ${String(cases.length).padStart(5)}  ${percent(found, cases.length)}     ${percent(sketched, cases.length)}`,
    );
  }
}

function percent(part, whole) {
  return `${((100 * part) / whole).toFixed(2)} %`.padStart(8);
}

/** Documents a CPU-second: scoring form, search of the whole block, strengths. */
function speed() {
  const texts = rows.filter((row) => !isOwn.has(row)).map(({ text }) => text);
  for (const text of texts.slice(0, 1000)) retrieve(scoringForm(text));
  const rates = [0, 1, 2].map(() => {
    const before = process.cpuUsage();
    for (const text of texts) retrieve(scoringForm(text));
    const { user, system } = process.cpuUsage(before);
    return (1e6 * texts.length) / (user + system);
  });
  const characters = texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
  console.log(
    `\n${Math.round(Math.max(...rates)).toLocaleString('en')} documents a CPU-second (best of 3; ${rates.map((rate) => Math.round(rate)).join(', ')}), ${Math.round(characters)} characters each`,
  );
}
