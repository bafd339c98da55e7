/**
 * A week in fast motion (see week-run.mjs), then a judgement by code of its own; exit 1 with the first
 * violated property in words.
 *
 *   npm run build && node bench/week.mjs [--arrivals 200] [--seed 1] [--minutes 10] [--keep]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { printMachine } from './ballast.mjs';
import { runWeek } from './week-run.mjs';

const { values } = parseArgs({
  options: {
    arrivals: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '10' },
    keep: { type: 'boolean', default: false },
  },
});
const [arrivals, seed, minutes] = [values.arrivals, values.seed, values.minutes].map(Number);
const folder = mkdtempSync(join(tmpdir(), 'ballast-week-'));

printMachine();
const { figures, violations } = await runWeek({
  ...{ folder, arrivals, seed, spanMs: minutes * 60_000, budget: arrivals * 1_700 },
  kills: {
    worker: Math.ceil(minutes),
    server: Math.ceil(minutes / 3),
    keeper: Math.ceil(minutes / 5),
  },
  ...{ retractAt: 0.55, approvalSeconds: 6, reviewSeconds: 20, every: 20, turnsPerRun: 25 },
  ...{ settleMs: 600_000, isFull: true, say: (text) => console.error(text) },
});
const width = Math.max(...figures.map(([what]) => what.length));
for (const [what, value] of figures) console.log(`${what.padEnd(width)}  ${value}`);
for (const violation of violations) console.log(`VIOLATED: ${violation}`);
if (violations.length === 0) console.log('every property held');
if (values.keep) console.log(`kept: ${folder}`);
else rmSync(folder, { recursive: true, force: true });
process.exitCode = violations.length === 0 ? 0 : 1;
