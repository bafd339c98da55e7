/**
 * Time of the closed forms that the gate asks of a build: for each domain the critical human share at the measured
 * suppression, at none (w = 1) and at all of it (w = 0), by types and by mass, tail coverage at the planned share,
 * half-lives and effective corpus.
 *   npm run build && node bench/collapse-forms.mjs [--json] [domains] [entries]     (taskset -c 0 for one core)
 * Spectra have as many entries as asked for, all of them in the tail: counts are scaled to a planned size and need
 * not be whole. Seconds are of the wall, median and least of the rounds, and of the processor (median); one round warms up.
 */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { derive } from '../dist/core/random/draw.js';
import { RandomStream } from '../dist/core/random/stream.js';
import {
  criticalShare,
  effectiveCorpus,
  halfLife,
  tailCoverage,
} from '../dist/core/simulate/gate/critical-share.js';

const ROUNDS = 7;
const GENERATIONS = 10;
const THRESHOLD = 0.9;
/** Suppression by bin: types with less than 1, 2 and so on copies. */
const CURVE = [0.55, 0.7, 0.82, 0.9, 0.97];
const SETTINGS = [
  { policy: 'replace', human: 'fresh' },
  { policy: 'replace', human: 'fixed' },
  { policy: 'accumulate', human: 'fresh' },
  { policy: 'accumulate-subsample', human: 'fixed' },
];

function spectrumOf(domain, entries) {
  const stream = new RandomStream(derive(1, 'bench-spectrum', domain));
  const counts = Array.from({ length: entries }, (_, i) => (5 * (i + 1)) / entries);
  const types = counts.map((c) =>
    Math.ceil((20_000 / entries) * c ** -1.5 * (0.5 + stream.uniform())),
  );
  return { counts, types, words: counts.reduce((sum, c, i) => sum + c * types[i], 0) };
}

const measured = (copies) => CURVE[Math.min(CURVE.length - 1, Math.floor(copies))];

/** One critical share and one coverage. */
function estimate(spectrum, setting) {
  const loop = { spectrum, generations: GENERATIONS, ...setting, suppression: measured };
  const shares = [criticalShare({ ...loop, threshold: THRESHOLD })];
  return { shares, coverage: tailCoverage({ ...loop, humanShare: 0.3 }) };
}

/** All that the gate asks of the forms for a domain: six critical shares and the rest. */
function judge(spectrum, setting) {
  const loop = { spectrum, generations: GENERATIONS, ...setting, threshold: THRESHOLD };
  const shares = [measured, () => 1, () => 0].flatMap((suppression) =>
    [false, true].map((massWeighted) => criticalShare({ ...loop, suppression, massWeighted })),
  );
  const coverage = tailCoverage({ ...loop, suppression: measured, humanShare: 0.3 });
  const line = { humanShare: 0.3, suppression: 0.8, ...setting };
  const lives = [1, 10, 100].map((copies) => halfLife({ ...line, copies }));
  return { shares, coverage, lives, effective: effectiveCorpus(line, GENERATIONS) };
}

function measure(domains, entries, setting, ask) {
  const spectra = Array.from({ length: domains }, (_, domain) => spectrumOf(domain, entries));
  const first = spectra.map((spectrum) => ask(spectrum, setting));
  const seconds = [];
  const cpuSeconds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const cpu = process.cpuUsage();
    const start = performance.now();
    const again = spectra.map((spectrum) => ask(spectrum, setting));
    seconds.push((performance.now() - start) / 1000);
    const { user, system } = process.cpuUsage(cpu);
    cpuSeconds.push((user + system) / 1e6);
    if (JSON.stringify(again) !== JSON.stringify(first)) throw new Error('another answer');
  }
  for (const times of [seconds, cpuSeconds]) times.sort((a, b) => a - b);
  const alphas = first.map(({ shares }) => shares[0]);
  return {
    ...{ ask: ask.name, ...setting, domains, entries },
    median: seconds[ROUNDS >> 1],
    least: seconds[0],
    cpuMedian: cpuSeconds[ROUNDS >> 1],
    alphas: [Math.min(...alphas), Math.max(...alphas)],
  };
}

const words = process.argv.slice(2).filter((word) => word !== '--json');
const [domains, entries] = [Number(words[0] ?? 100), Number(words[1] ?? 5000)];
const rows = [estimate, judge].flatMap((ask) =>
  SETTINGS.map((setting) => measure(domains, entries, setting, ask)),
);
if (process.argv.includes('--json')) {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  const hardware = `${cpus().length} x ${cpus()[0]?.model}`;
  console.log(JSON.stringify({ commit, hardware, node: process.version, rows }, null, 2));
} else {
  for (const row of rows) {
    const [low, high] = row.alphas.map((alpha) => alpha.toFixed(3));
    const name = `${row.ask}: ${row.policy}, ${row.human}`.padEnd(38);
    const times = `${row.median.toFixed(3)} s (least ${row.least.toFixed(3)}, cpu ${row.cpuMedian.toFixed(3)})`;
    console.log(
      `${name} ${row.domains} domains x ${row.entries} entries: ${times}; alpha* ${low}-${high}`,
    );
  }
}
