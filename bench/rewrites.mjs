/**
 * Which texts of `l2r` are rewrites of the same human original? The set does not say, but its rows
 * stand in the same order for every domain and model, less some that were dropped; so each list is
 * aligned with that of GPT-4o, which is whole: the monotone matching with the greatest sum of
 * cosines (dynamic programming over character 4-grams). For scoring alone: nothing here is an input.
 *
 * Originals that are the same text twice are one: human texts with a cosine of SAME or more, and a
 * rewrite whose own original was dropped as a duplicate joins the one human text that it is like.
 * Originals that share RUN_WORDS consecutive words are related: copied clauses, templates.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { scoringForm } from '../dist/core/label/scoring-form.js';
import { BlockBuilder } from '../dist/engines/retrieval/block.js';
import { Searcher } from '../dist/engines/retrieval/search.js';

const BASE = 'GPT-4o';
const SAME = 0.8;
/** A rewrite without an original of its own: so much like one human text, and so much more than the next. */
const JOINS = 0.3;
const JOINS_RATIO = 1.5;
const RUN_WORDS = 8;

const folder =
  process.env.BALLAST_BENCH_DATA ??
  join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'shared', 'data');

/** Rows of a set; exits with the reason where it is absent. */
export function readRows(name) {
  const path = join(folder, `${name}.jsonl.gz`);
  if (!existsSync(path)) {
    console.log(`nothing to measure: no file ${path} (set BALLAST_BENCH_DATA)`);
    process.exit(0);
  }
  const lines = gunzipSync(readFileSync(path)).toString().split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

/** Same number in [0, 1) for the same text, everywhere: FNV-1a with the finaliser of MurmurHash3. */
export function keyed(text) {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

/**
 * `l2r` with `scored` texts and the `original` of each row (a name, null where it was not aligned);
 * `related` names the originals that share words with an original.
 */
export function readRewrites() {
  const rows = readRows('l2r').map((row) => ({
    ...row,
    scored: scoringForm(row.text),
    writer: row.truth === 'human' ? 'human' : row.model,
    original: null,
  }));
  const same = new Sets();
  const domains = groupedBy(rows, 'domain');
  for (const [domain, list] of domains) nameOriginals(domain, list, same);
  for (const row of rows) if (row.original !== null) row.original = same.find(row.original);
  return { rows, related: relatedOriginals(rows), domains: [...domains.keys()].sort() };
}

function groupedBy(rows, key) {
  const groups = new Map();
  for (const row of rows) {
    const group = groups.get(row[key]);
    if (group === undefined) groups.set(row[key], [row]);
    else group.push(row);
  }
  return groups;
}

function nameOriginals(domain, list, same) {
  const writers = groupedBy(list, 'writer');
  const base = writers.get(BASE);
  base.forEach((row, i) => {
    row.original = `${domain}/${i}`;
  });
  const toBase = cosinesTo(base);
  for (const [writer, texts] of writers) {
    if (writer === BASE) continue;
    align(texts.map(toBase)).forEach((at, i) => {
      if (at >= 0) texts[i].original = base[at].original;
    });
  }
  joinOriginals(writers.get('human'), base, same);
}

function joinOriginals(humans, base, same) {
  const toHumans = cosinesTo(humans);
  const covered = new Set(humans.map(({ original }) => original));
  humans.forEach((human, i) => {
    toHumans(human).forEach((cosine, j) => {
      if (j < i && cosine >= SAME) same.join(human.original, humans[j].original);
    });
  });
  for (const row of base) {
    if (covered.has(row.original)) continue;
    const cosines = toHumans(row);
    const [first, second] = Array.from(cosines.keys()).sort((a, b) => cosines[b] - cosines[a]);
    if (cosines[first] > JOINS && cosines[first] > JOINS_RATIO * cosines[second])
      same.join(row.original, humans[first].original);
  }
}

/** Cosines of a text with each of a list, as the first pass of the search has them, none left out. */
function cosinesTo(texts) {
  const builder = new BlockBuilder();
  for (const { scored } of texts) builder.add(scored);
  const block = builder.finish();
  const searcher = new Searcher();
  return ({ scored }) => {
    searcher.load(scored);
    return searcher.cosines(block);
  };
}

/** Place in the base of each row, or -1: monotone, greatest sum. */
function align(similar) {
  const width = similar[0].length;
  const sums = [new Float64Array(width + 1)];
  similar.forEach((cosines, i) => {
    const row = new Float64Array(width + 1);
    for (let j = 1; j <= width; j++)
      row[j] = Math.max(sums[i][j], row[j - 1], sums[i][j - 1] + cosines[j - 1]);
    sums.push(row);
  });
  const places = new Int32Array(similar.length).fill(-1);
  for (let i = similar.length, j = width; i > 0 && j > 0; ) {
    if (sums[i][j] === sums[i - 1][j - 1] + similar[i - 1][j - 1]) places[--i] = --j;
    else if (sums[i][j] === sums[i - 1][j]) i--;
    else j--;
  }
  return places;
}

function relatedOriginals(rows) {
  const owners = new Map();
  const related = new Map();
  const relate = (a, b) => related.set(a, (related.get(a) ?? new Set()).add(b));
  for (const { writer, scored, original } of rows) {
    if (writer !== 'human' || original === null) continue;
    const words = scored.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
    for (let i = 0; i + RUN_WORDS <= words.length; i++) {
      const run = words.slice(i, i + RUN_WORDS).join(' ');
      const known = owners.get(run);
      if (known === undefined) owners.set(run, new Set([original]));
      else known.add(original);
    }
  }
  for (const sharing of owners.values()) {
    if (sharing.size < 2) continue;
    for (const a of sharing) for (const b of sharing) if (a !== b) relate(a, b);
  }
  return related;
}

/** Disjoint sets of names. */
class Sets {
  #parents = new Map();

  find(name) {
    const parent = this.#parents.get(name);
    return parent === undefined ? name : this.find(parent);
  }

  join(a, b) {
    const [x, y] = [this.find(a), this.find(b)].sort();
    if (x !== y) this.#parents.set(y, x);
  }
}

/** Half of the synthetic texts, by their ids, as a block with the row of each output. */
export function ownHalf(rows) {
  const outputs = rows.filter(({ truth, id }) => truth === 'synthetic' && keyed(`own/${id}`) < 0.5);
  const builder = new BlockBuilder();
  for (const { scored } of outputs) builder.add(scored);
  return { outputs, block: builder.finish(), isOwn: new Set(outputs) };
}
