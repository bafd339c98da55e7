/**
 * Token counting, every arm on the same texts in one run: ours, gpt-tokenizer, and Python tiktoken
 * where BALLAST_BENCH_PYTHON names an interpreter that has it. The totals must be equal.
 *
 *   npm run build && node bench/tokens.mjs
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTextKernel } from '../dist/engines/text-kernel.js';
import { cpuSeconds, median, readCorpus } from './corpus.mjs';

const ROUNDS = 3;
const TOTAL = { o200k_base: 17_695_588 };

const TIKTOKEN = `
import base64, json, os, sys, time
import tiktoken, tiktoken_ext.openai_public as public
name, vocabulary, texts = sys.argv[1:4]
ranks = {base64.b64decode(t): int(r) for t, r in (l.split() for l in open(vocabulary, 'rb') if l.strip())}
public.load_tiktoken_bpe = lambda *a, **k: ranks
encoding = tiktoken.Encoding(**getattr(public, name)())
rows = [json.loads(line) for line in open(texts, encoding='utf-8')]
before = time.process_time()
total = sum(len(encoding.encode_ordinary(row)) for row in rows)
print(json.dumps({'total': total, 'seconds': time.process_time() - before}))
`;

const { texts, bytes, isComplete } = readCorpus();
let isEqual = true;
for (const name of ['o200k_base', 'cl100k_base']) await measure(name);
process.exitCode = isEqual ? 0 : 1;

async function measure(name) {
  const arms = { ballast: [], 'gpt-tokenizer': [], tiktoken: [] };
  const totals = new Map();
  const kernel = await createTextKernel({ tokenizer: { kind: name } });
  const started = performance.now();
  kernel.load('first');
  kernel.countTokens();
  const readyMs = performance.now() - started;
  const peer = await import(`gpt-tokenizer/encoding/${name}`);
  const ordinary = { disallowedSpecial: new Set() };
  const count = (text) => {
    kernel.load(text);
    return kernel.countTokens();
  };
  for (let round = 0; round < ROUNDS; round++) {
    record(
      'ballast',
      cpuSeconds(() => sum(count)),
    );
    record(
      'gpt-tokenizer',
      cpuSeconds(() => sum((text) => peer.countTokens(text, ordinary))),
    );
  }
  const python = process.env.BALLAST_BENCH_PYTHON;
  if (python) record('tiktoken', runTiktoken(python, name));
  print(name, arms, totals, readyMs);

  function record(arm, [total, seconds]) {
    arms[arm].push(seconds);
    totals.set(arm, total);
  }
}

function sum(count) {
  let total = 0;
  for (const text of texts) total += count(text);
  return total;
}

function runTiktoken(python, name) {
  const folder = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
  const path = join(folder, 'texts.jsonl');
  writeFileSync(path, texts.map((text) => JSON.stringify(text)).join('\n'));
  const { resolve } = createRequire(import.meta.url);
  const vocabulary = resolve(`gpt-tokenizer/data/${name}.tiktoken`);
  const run = spawnSync(python, ['-c', TIKTOKEN, name, vocabulary, path], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  if (run.status !== 0) throw new Error(`tiktoken: ${run.stderr}`);
  const { total, seconds } = JSON.parse(run.stdout);
  return [total, seconds];
}

function print(name, arms, totals, readyMs) {
  const ours = median(arms.ballast);
  console.log(`\n${name} (vocabulary ready in ${readyMs.toFixed(0)} ms per thread)`);
  for (const [arm, seconds] of Object.entries(arms)) {
    if (seconds.length === 0) {
      console.log(`  ${arm.padEnd(14)} skipped: BALLAST_BENCH_PYTHON names no Python`);
      continue;
    }
    const cpu = median(seconds);
    const rate = (bytes / 1e6 / cpu).toFixed(1).padStart(6);
    const total = totals.get(arm).toLocaleString('en');
    console.log(
      `  ${arm.padEnd(14)} ${total} tokens  ${rate} MB per CPU-second  ${(cpu / ours).toFixed(2)} x our time`,
    );
  }
  const expected = isComplete ? (TOTAL[name] ?? totals.get('ballast')) : totals.get('ballast');
  const equal = [...totals.values()].every((total) => total === expected);
  console.log(`  totals ${equal ? 'equal' : `DIFFER (expected ${expected})`}`);
  isEqual &&= equal;
}
