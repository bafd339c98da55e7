/** The five real sets that the benches share; absent files are named, not passed over in silence. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const NAMES = ['faid', 'l2r', 'medquad', 'peps', 'rust-rfcs'];
const folder =
  process.env.BALLAST_BENCH_DATA ??
  join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'shared', 'data');

/** Texts of every row of every set; exits with the reason when none is there. */
export function readCorpus() {
  const texts = [];
  for (const name of NAMES) {
    const path = join(folder, `${name}.jsonl.gz`);
    if (!existsSync(path)) {
      console.log(`skipped ${name}: no file ${path} (set BALLAST_BENCH_DATA)`);
      continue;
    }
    for (const line of gunzipSync(readFileSync(path)).toString().split('\n')) {
      if (line !== '') texts.push(JSON.parse(line).text);
    }
  }
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (texts.length === 0) {
    console.log('nothing to measure');
    process.exit(0);
  }
  console.log(`${texts.length.toLocaleString('en')} documents, ${(bytes / 1e6).toFixed(1)} MB`);
  return { texts, bytes, isComplete: texts.length === 68_195 };
}

/** [result, CPU seconds of the whole process while `work` ran]. */
export function cpuSeconds(work) {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return [result, (user + system) / 1e6];
}

export const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
