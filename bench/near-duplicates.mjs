/**
 * Near-duplicates in memory: sketch, candidates, exact verification; CPU seconds of each, and recall
 * and precision against the exact answer, which a prefix-filter join finds over the same shingles.
 *
 * Where BALLAST_BENCH_PYTHON names a Python with rensa, it does the same job on the same texts with the
 * nearest settings that it has: 128 permutations in 16 bands over word 5-grams, pairs from its index
 * kept where its signatures estimate the threshold.
 *
 *   npm run build && node bench/near-duplicates.mjs [--bands 16x6] [--no-exact]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { visitCandidates } from '../dist/engines/minhash-candidates.js';
import { createVerifier } from '../dist/engines/minhash-verify.js';
import { BANDS, createTextKernel, jaccard } from '../dist/engines/text-kernel.js';
import { cpuSeconds, readCorpus } from './corpus.mjs';
import { visitExactPairs } from './exact-pairs.mjs';

const THRESHOLD = 0.8;

const RENSA = `
import json, re, sys, time
from rensa import RMinHash, RMinHashLSH
texts, out = sys.argv[1:3]
rows = [json.loads(line) for line in open(texts, encoding='utf-8')]
before = time.process_time()
word = re.compile(r'\\w+')
sets = []
for row in rows:
    words = word.findall(row.lower())
    sets.append([' '.join(words[i:i + 5]) for i in range(max(1, len(words) - 4))] if words else [])
signatures = RMinHash.from_token_sets(sets, 128, 42)
index = RMinHashLSH(${THRESHOLD}, 128, 16)
pairs = []
for i, signature in enumerate(signatures):
    if not sets[i]: continue
    pairs += [[j, i] for j in index.query(signature) if signatures[j].jaccard(signature) >= ${THRESHOLD}]
    index.insert(i, signature)
json.dump({'seconds': time.process_time() - before, 'pairs': pairs}, open(out, 'w'))
`;

const { texts, bytes } = readCorpus();
const bands = bandsFromArguments();
const kernel = await createTextKernel({ tokenizer: { kind: 'bytes' }, bands });
const [sketches, sketchSeconds] = cpuSeconds(sketchAll);
const [candidates, candidateSeconds] = cpuSeconds(findCandidates);
const [found, verifySeconds] = cpuSeconds(() => verify(candidates));
report();

function bandsFromArguments() {
  const at = process.argv.indexOf('--bands');
  if (at < 0) return BANDS;
  const [bandCount, rowsPerBand] = process.argv[at + 1].split('x').map(Number);
  return { bandCount, rowsPerBand, hashCount: bandCount * rowsPerBand };
}

function shinglesOf(text) {
  kernel.load(text);
  return kernel.shingles();
}

function sketchAll() {
  const words = 2 * bands.bandCount;
  const bandHashes = new Uint32Array(words * texts.length);
  const shingleCounts = new Uint32Array(texts.length);
  texts.forEach((text, i) => {
    kernel.load(text);
    shingleCounts[i] = kernel.sketch(bandHashes, i * words);
  });
  return { length: texts.length, bandCount: bands.bandCount, bandHashes, shingleCounts };
}

/** Marks the documents that stand in a pair; the pairs are visited again when their sets are there. */
function findCandidates() {
  const marks = new Uint8Array(texts.length);
  let pairs = 0;
  visitCandidates(sketches, THRESHOLD, (a, b) => {
    marks[a] = 1;
    marks[b] = 1;
    pairs++;
  });
  return { marks, pairs };
}

function verify({ marks }) {
  const sets = [];
  const indexes = new Int32Array(texts.length);
  texts.forEach((text, i) => {
    if (marks[i]) indexes[i] = sets.push(shinglesOf(text)) - 1;
  });
  const isSame = createVerifier(sets, THRESHOLD);
  const kept = [];
  visitCandidates(sketches, THRESHOLD, (a, b) => {
    if (isSame(indexes[a], indexes[b])) kept.push(pairKey(a, b));
  });
  return { kept: new Set(kept), cut: sets.length };
}

function pairKey(a, b) {
  return a < b ? a * texts.length + b : b * texts.length + a;
}

function exactPairs() {
  const pairs = new Set();
  visitExactPairs(texts.map(shinglesOf), { threshold: THRESHOLD, jaccard }, (i, j) => {
    pairs.add(pairKey(i, j));
  });
  return pairs;
}

/** Documents that go when of every pair the later one goes unless its partner has gone already. */
function removedKeepFirst(pairs) {
  const partners = new Map();
  for (const pair of pairs) {
    const later = pair % texts.length;
    if (!partners.has(later)) partners.set(later, []);
    partners.get(later).push(Math.floor(pair / texts.length));
  }
  const removed = new Set();
  for (const document of [...partners.keys()].sort((a, b) => a - b)) {
    if (partners.get(document).some((partner) => !removed.has(partner))) removed.add(document);
  }
  return removed.size;
}

function runRensa(python) {
  const folder = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
  const [input, output] = ['texts.jsonl', 'pairs.json'].map((name) => join(folder, name));
  writeFileSync(input, texts.map((text) => JSON.stringify(text)).join('\n'));
  const run = spawnSync(python, ['-c', RENSA, input, output], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`rensa: ${run.stderr}`);
  const { seconds, pairs } = JSON.parse(readFileSync(output, 'utf8'));
  rmSync(folder, { recursive: true });
  return { seconds, pairs: new Set(pairs.map(([a, b]) => pairKey(a, b))) };
}

/** Recall and precision by pairs, and documents removed. */
function score(pairs, exact) {
  const hits = [...pairs].filter((pair) => exact.has(pair)).length;
  const recall = hits / exact.size;
  const precision = hits / pairs.size;
  const text = `recall ${recall.toFixed(4)}, precision ${precision.toFixed(4)}, ${removedKeepFirst(pairs)} removed`;
  return { recall, precision, text };
}

function report() {
  const total = sketchSeconds + candidateSeconds + verifySeconds;
  const line = (name, text) => console.log(`  ${name.padEnd(12)} ${text}`);
  const rate = (bytes / 1e6 / sketchSeconds).toFixed(0);
  console.log(`bands ${bands.bandCount} x ${bands.rowsPerBand}`);
  line('sketch', `${sketchSeconds.toFixed(2)} CPU-s, ${rate} MB per CPU-second`);
  line('candidates', `${candidateSeconds.toFixed(2)} CPU-s, ${candidates.pairs} pairs`);
  line('verify', `${verifySeconds.toFixed(2)} CPU-s, ${found.kept.size} pairs, ${found.cut} texts`);
  line('total', `${total.toFixed(2)} CPU-s`);
  if (process.argv.includes('--no-exact')) return;
  const [exact, exactSeconds] = cpuSeconds(exactPairs);
  line(
    'exact join',
    `${exactSeconds.toFixed(2)} CPU-s, ${exact.size} pairs, ${removedKeepFirst(exact)} removed (keep first)`,
  );
  const ours = score(found.kept, exact);
  line('ballast', `${total.toFixed(2)} CPU-s, ${ours.text}`);
  const python = process.env.BALLAST_BENCH_PYTHON;
  if (python) {
    const rensa = runRensa(python);
    const ratio = (rensa.seconds / total).toFixed(1);
    line(
      'rensa',
      `${rensa.seconds.toFixed(2)} CPU-s (${ratio} x), ${score(rensa.pairs, exact).text}`,
    );
  } else line('rensa', 'skipped: BALLAST_BENCH_PYTHON names no Python');
  process.exitCode = ours.recall >= 0.99 && ours.precision >= 0.99 ? 0 : 1;
}
