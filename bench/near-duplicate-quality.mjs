/**
 * Near-duplicate quality: edits of known size are planted into real texts, and the pair search of a build
 * is asked for each pair. Truth is the exact Jaccard of word 5-grams, counted on strings by code that shares
 * nothing with the kernel's hashes. Recall stands beside what LSH promises, 1 - (1 - J^r)^b, with
 * Wilson intervals; precision is over all pairs that were accepted, planted or not.
 *
 * Then the same texts go through the tasks of a build (profile, cluster): clusters must be the connected
 * components of the accepted pairs. Last, all pairs of real corpora, found by brute force, against clusters.
 *
 *   npm run build && node bench/near-duplicate-quality.mjs [--sample 25] [--json] [--corpora peps,medquad] [--no-real]
 *
 * `--sample`: pairs of each corpus, kind of edit and share of words. Exits with 1 where a pair below the
 * threshold was accepted, recall falls short of the promise, or clusters are no components.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { derive, draw } from '../dist/core/random/draw.js';
import { recallAt } from '../dist/engines/minhash.js';
import { referenceWords } from '../dist/engines/minhash-reference.js';
import { BANDS, createTextKernel, jaccard } from '../dist/engines/text-kernel.js';
import { clusterFiles } from './cluster-files.mjs';
import { median } from './corpus.mjs';
import { linesOf, requireCorpus } from './corpus-files.mjs';
import { visitExactPairs } from './exact-pairs.mjs';
import { acceptedPairs, componentsOf, sketchTexts } from './near-duplicate-pairs.mjs';
import { EDIT_KINDS, EDIT_SHARES, plantEdit, WORD_EDITS } from './planted-edits.mjs';

const SEED = 4;
const WORDS_MIN = 20;
/** Texts whose words stand in for others. */
const POOL_TEXTS = 100;
/** Texts whose word 5-grams are kept as strings. */
const GRAMS_KEPT = 1000;
const THRESHOLDS = [0.8, 0.7, 0.5];
const JACCARD_BANDS = [0, 0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1, 1.01];
/** Standard errors below the promise at which recall counts as short of it: once in 30,000 runs. */
const SHORT_Z = 4;

const CORPORA = {
  l2r: ['l2r', () => true],
  'faid en': ['faid', (row) => row.language === 'en'],
  'faid vi': ['faid', (row) => row.language === 'vi'],
  peps: ['peps', () => true],
  'rust-rfcs': ['rust-rfcs', () => true],
  medquad: ['medquad', () => true],
};
/** Sets whose pairs are all found by brute force. */
const REAL = {
  medquad: ['medquad', () => true],
  'l2r environmental': ['l2r', (row) => row.domain === 'environmental'],
};

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};
const isJson = process.argv.includes('--json');
const sample = Number(option('sample', '25'));
const corpora = option('corpora', Object.keys(CORPORA).join()).split(',');

requireCorpus();
const kernel = await createTextKernel({ tokenizer: { kind: 'bytes' } });
const scratch = mkdtempSync(join(tmpdir(), 'ballast-quality-'));
const planted = [];
const precision = [];
for (const name of corpora) await measureCorpus(name);
const real = process.argv.includes('--no-real') ? [] : await measureReal();
rmSync(scratch, { recursive: true });
report();

function textsOf([file, keep]) {
  const rows = linesOf(file).map((line) => JSON.parse(line));
  return rows.filter(keep).map(({ text }) => text);
}

/** Word 5-grams of a text as strings; of all its words where there are fewer. */
function gramsOf(text) {
  const words = referenceWords(text);
  const width = Math.min(words.length, 5);
  const count = width === 0 ? 0 : words.length - width + 1;
  const grams = Array.from({ length: count }, (_, i) => words.slice(i, i + width).join(' '));
  return { width, grams: new Set(grams) };
}

/** Exact Jaccard of two texts of a list by sets of strings; the grams of the last few texts are kept. */
function stringJaccards(texts) {
  const kept = new Map();
  const grams = (i) => {
    const known = kept.get(i) ?? gramsOf(texts[i]);
    if (kept.size > GRAMS_KEPT) kept.clear();
    kept.set(i, known);
    return known;
  };
  return (a, b) => {
    const [x, y] = [grams(a), grams(b)];
    if (x.width !== y.width) return 0;
    let shared = 0;
    for (const gram of x.grams) if (y.grams.has(gram)) shared++;
    return shared / (x.grams.size + y.grams.size - shared);
  };
}

/** Texts of a corpus with an edited copy of some, and where the two of each pair stand. */
function plant(name) {
  const source = textsOf(CORPORA[name]).filter((text) => text.split(/\s+/).length >= WORDS_MIN);
  const key = derive(SEED, 'planted edits', name);
  const places = new Map();
  const texts = [];
  const placeOf = (base) => {
    if (!places.has(base)) places.set(base, texts.push(source[base]) - 1);
    return places.get(base);
  };
  const pool = Array.from({ length: POOL_TEXTS }, (_, i) =>
    source[Math.floor(draw(key, `pool ${i}`) * source.length)].match(/\S+/gu),
  ).flat();
  const other = (u) => pool[Math.floor(u * pool.length)];
  const pairs = [];
  for (const kind of EDIT_KINDS)
    for (const share of EDIT_SHARES)
      for (let i = 0; i < sample; i++) {
        const id = `${kind} ${share} ${i}`;
        const base = Math.floor(draw(key, id) * source.length);
        const edit = plantEdit(source[base], {
          ...{ kind, share, other },
          draw: (purpose) => draw(key, `${id} ${purpose}`),
        });
        const a = placeOf(base);
        const b = texts.push(edit.text) - 1;
        pairs.push({ corpus: name, kind, share, a, b, found: {} });
      }
  return { texts, pairs };
}

async function measureCorpus(name) {
  const { texts, pairs } = plant(name);
  const sketched = sketchTexts(kernel, texts);
  const exact = stringJaccards(texts);
  for (const pair of pairs) pair.jaccard = exact(pair.a, pair.b);
  const folder = mkdtempSync(join(scratch, 'planted-'));
  const path = join(folder, 'texts.jsonl');
  writeFileSync(path, texts.map((text, i) => JSON.stringify({ id: `d${i}`, text })).join('\n'));
  for (const threshold of THRESHOLDS) {
    const accepted = acceptedPairs(sketched, threshold);
    const keyOf = ({ a, b }) => a * texts.length + b;
    for (const pair of pairs) pair.found[threshold] = accepted.has(keyOf(pair));
    const wrong = [...accepted].filter(
      (key) => exact(Math.floor(key / texts.length), key % texts.length) < threshold,
    );
    const clusters = await clustersOf(folder, path, threshold);
    const components = componentsOf(accepted, texts.length);
    precision.push({
      ...{ corpus: name, threshold, accepted: accepted.size, wrong: wrong.length },
      areComponents: clusters.sort().join('\n') === components.sort().join('\n'),
    });
  }
  planted.push(...pairs);
}

/** Documents of each cluster that a build makes of one file. */
async function clustersOf(folder, path, threshold) {
  const { rows } = await clusterFiles(folder, [{ name: 'texts', path }], threshold);
  const byLeader = new Map();
  for (const { document, leader } of rows) {
    if (!byLeader.has(leader.id)) byLeader.set(leader.id, []);
    byLeader.get(leader.id).push(document);
  }
  return [...byLeader.values()].map((set) => set.sort((a, b) => a - b).join(' '));
}

/** All pairs of real texts by brute force: are they accepted, do they share a cluster, who else does? */
async function measureReal() {
  const lines = [];
  for (const [name, corpus] of Object.entries(REAL)) {
    const texts = textsOf(corpus);
    const sketched = sketchTexts(kernel, texts);
    const folder = mkdtempSync(join(scratch, 'real-'));
    const path = join(folder, 'texts.jsonl');
    writeFileSync(path, texts.map((text, i) => JSON.stringify({ id: `d${i}`, text })).join('\n'));
    for (const threshold of THRESHOLDS) {
      const accepted = acceptedPairs(sketched, threshold);
      const clusters = (await clustersOf(folder, path, threshold)).map((set) => set.split(' '));
      const clusterOf = new Map(clusters.flatMap((set, i) => set.map((d) => [Number(d), i])));
      const line = {
        corpus: name,
        threshold,
        pairs: 0,
        found: 0,
        together: 0,
        promised: 0,
        equal: 0,
      };
      visitExactPairs(sketched.sets, { threshold, jaccard }, (i, j) => {
        const similarity = jaccard(sketched.sets[i], sketched.sets[j]);
        line.pairs++;
        line.promised += recallAt(similarity, BANDS);
        if (similarity === 1) line.equal++;
        if (accepted.has(j * texts.length + i)) line.found++;
        if (clusterOf.has(i) && clusterOf.get(i) === clusterOf.get(j)) line.together++;
      });
      line.promised /= line.pairs;
      line.pairsOfClusters = clusters.reduce(
        (sum, { length }) => sum + (length * (length - 1)) / 2,
        0,
      );
      line.largest = Math.max(...clusters.map(({ length }) => length));
      lines.push(line);
    }
  }
  return lines;
}

/** Wilson interval of a share at 95 %. */
function wilson(hits, count, z = 1.96) {
  const p = hits / count;
  const centre = (p + (z * z) / (2 * count)) / (1 + (z * z) / count);
  const half =
    (z * Math.sqrt((p * (1 - p)) / count + (z * z) / (4 * count * count))) / (1 + (z * z) / count);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** Recall of pairs that reach the threshold, beside the promise. */
function recallOf(pairs, threshold) {
  const due = pairs.filter((pair) => pair.jaccard >= threshold);
  const found = due.filter((pair) => pair.found[threshold]).length;
  const chances = due.map((pair) => recallAt(pair.jaccard, BANDS));
  const expected = chances.reduce((sum, p) => sum + p, 0);
  const variance = chances.reduce((sum, p) => sum + p * (1 - p), 0);
  const count = due.length;
  return {
    ...{ threshold, count, found, recall: count === 0 ? null : found / count },
    interval: count === 0 ? null : wilson(found, count),
    promised: count === 0 ? null : expected / count,
    // One pair's worth of continuity: where all is promised, a single miss is no sign.
    z: (found - expected + 0.5) / Math.sqrt(variance + 0.25),
  };
}

function grouped(key, among) {
  return [...new Set(among.map((pair) => pair[key]))].map((value) => ({
    value,
    pairs: among.filter((pair) => pair[key] === value),
  }));
}

function results() {
  const byBand = JACCARD_BANDS.slice(0, -1).map((low, i) => {
    const pairs = planted.filter((p) => p.jaccard >= low && p.jaccard < JACCARD_BANDS[i + 1]);
    const recall = THRESHOLDS.map((threshold) => recallOf(pairs, threshold));
    return { low, high: JACCARD_BANDS[i + 1], count: pairs.length, recall };
  });
  const by = (key, among = planted) =>
    grouped(key, among).map(({ value, pairs }) => ({
      ...{ value, count: pairs.length, medianJaccard: median(pairs.map((p) => p.jaccard)) },
      recall: THRESHOLDS.map((threshold) => recallOf(pairs, threshold)),
      foundOfAll: pairs.filter((pair) => pair.found[THRESHOLDS[0]]).length / pairs.length,
    }));
  const overall = THRESHOLDS.map((threshold) => recallOf(planted, threshold));
  return {
    ...{ sample, pairs: planted.length, bands: BANDS, overall, precision, byBand, real },
    ...{
      byCorpus: by('corpus'),
      byKind: by('kind'),
      byShare: by(
        'share',
        planted.filter(({ kind }) => WORD_EDITS.includes(kind)),
      ),
    },
  };
}

function failuresOf({ overall, byCorpus, byKind }) {
  const all = [...overall, ...[...byCorpus, ...byKind].flatMap(({ recall }) => recall)];
  return [
    ...precision.filter(({ wrong }) => wrong > 0).map((p) => `${p.corpus}: ${p.wrong} wrong pairs`),
    ...precision.filter((p) => !p.areComponents).map((p) => `${p.corpus}: clusters differ`),
    ...all
      .filter(({ z }) => z < -SHORT_Z)
      .map(({ threshold, z }) => `recall at ${threshold}: z ${z}`),
  ];
}

function report() {
  const all = results();
  const failures = failuresOf(all);
  process.exitCode = failures.length === 0 ? 0 : 1;
  if (isJson) console.log(JSON.stringify({ ...all, failures }));
  else printTables(all, failures);
}

function cell({ count, recall, interval, promised }) {
  if (count === 0) return '-';
  const [low, high] = interval.map((x) => x.toFixed(3));
  return `${recall.toFixed(3)} (${low}-${high}) of ${count}, promised ${promised.toFixed(3)}`;
}

function printTables(all, failures) {
  const heads = THRESHOLDS.map((t) => `recall at ${t}`).join(' | ');
  const rule = (n) => `|${'---|'.repeat(n)}`;
  const cells = (recall) => recall.map(cell).join(' | ');
  console.log(`${all.pairs} planted pairs, bands ${BANDS.bandCount} x ${BANDS.rowsPerBand}\n`);
  console.log(`| true Jaccard | pairs | ${heads} |\n${rule(2 + THRESHOLDS.length)}`);
  for (const { low, high, count, recall } of all.byBand)
    console.log(`| ${low === 1 ? '1' : `${low} to ${high}`} | ${count} | ${cells(recall)} |`);
  console.log(`| all | ${all.pairs} | ${cells(all.overall)} |`);
  for (const [title, rows] of [
    ['corpus', all.byCorpus],
    ['edit', all.byKind],
    ['share of words (edits of words)', all.byShare],
  ]) {
    console.log(`\n| ${title} | median Jaccard | found of all at 0.8 | ${heads} |`);
    console.log(rule(3 + THRESHOLDS.length));
    for (const { value, medianJaccard, foundOfAll, recall } of rows)
      console.log(
        `| ${value} | ${medianJaccard.toFixed(2)} | ${foundOfAll.toFixed(2)} | ${cells(recall)} |`,
      );
  }
  console.log(
    '\n| accepted pairs | at | wrong | clusters are their components |\n|---|---|---|---|',
  );
  for (const { corpus, threshold, accepted, wrong, areComponents } of all.precision)
    console.log(`| ${corpus} ${accepted} | ${threshold} | ${wrong} | ${areComponents} |`);
  if (all.real.length > 0) {
    console.log(
      '\n| real pairs of | at | pairs (equal) | recall, promised | in one cluster | pairs of clusters at the threshold | largest |',
    );
    console.log(rule(7));
    for (const r of all.real)
      console.log(
        `| ${r.corpus} | ${r.threshold} | ${r.pairs} (${r.equal}) | ${(r.found / r.pairs).toFixed(4)}, ${r.promised.toFixed(4)} | ${(r.together / r.pairs).toFixed(4)} | ${(r.together / r.pairsOfClusters).toFixed(3)} of ${r.pairsOfClusters} | ${r.largest} |`,
      );
  }
  for (const failure of failures) console.log(`FAILED ${failure}`);
}
