/**
 * One corpus cut into few and into very many shards, built in one run: history events and bytes of
 * every run of every workflow against the server's limits, the worker's memory over time, and what a
 * shard costs by itself: the difference of the two builds by the difference of their shards. Both
 * arms must select the same documents.
 *
 *   npm run build && node bench/many-shards.mjs [--shards 5000] [--few 50] [--documents 50000]
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { printMachine, startBallast } from './ballast.mjs';

const { values } = parseArgs({
  options: {
    shards: { type: 'string', default: '5000' },
    few: { type: 'string', default: '50' },
    documents: { type: 'string', default: '50000' },
  },
});
const [SHARDS, FEW, DOCUMENTS] = [values.shards, values.few, values.documents].map(Number);
/** Of the server: at these a run is ended. `continueAsNewSuggested` comes at 4,096 and 4 MB. */
const LIMIT = { events: 51_200, bytes: 50 * 1024 * 1024 };
const SUGGESTED = { events: 4_096, bytes: 4 * 1024 * 1024 };
const WORDS = 'grain river stone letter harbour winter lamp copper garden signal'.split(' ');

const textOf = (i) =>
  Array.from({ length: 60 }, (_, j) => {
    const digest = createHash('sha256').update(`${i}/${j}`).digest();
    return `${WORDS[digest[0] % WORDS.length]}${digest.readUInt16LE(1) % 5000}`;
  }).join(' ');

/** The same documents in `shards` files; ids do not tell the file. */
function writeCorpus(folder, shards) {
  mkdirSync(join(folder, 'data'), { recursive: true });
  const per = Math.ceil(DOCUMENTS / shards);
  for (let shard = 0; shard < shards; shard++) {
    const rows = Array.from({ length: Math.min(per, DOCUMENTS - shard * per) }, (_, k) => {
      const id = shard * per + k;
      return JSON.stringify({ id: `d${id}`, text: textOf(id), created: '2019-05-01' });
    });
    const name = `part-${String(shard).padStart(5, '0')}.jsonl`;
    writeFileSync(join(folder, 'data', name), `${rows.join('\n')}\n`);
  }
  const recipe = join(folder, 'recipe.yaml');
  writeFileSync(
    recipe,
    `name: shards-${shards}
version: 2026.11.26
seed: 3
tokenizer: bytes
token_budget: ${DOCUMENTS * 200}
sources:
  - {name: parts, paths: ["data/*.jsonl"], domain: news, provenance: {declared: human_authored, by: publisher}, grant: own}
allow_lists:
  - {source: parts, before: 2022-11-30, label: human_authored, reason: written before the first chat models, expires: 2030-01-01}
grants: [{grant_id: own, kind: own_content, uses: {pretrain: allow}}]
caps: [{id: human, domain: all, provenance: [human_authored], min_share: 0.9}]
`,
  );
  return recipe;
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN;

/** Events and bytes of every run of a build and its children. */
async function historiesOf(client, workflowId) {
  const runs = [];
  const query = `WorkflowId STARTS_WITH "${workflowId}"`;
  for await (const { workflowId: id, runId, type } of client.workflow.list({ query })) {
    const { workflowExecutionInfo: info } = await client.workflowService.describeWorkflowExecution({
      namespace: client.options.namespace,
      execution: { workflowId: id, runId },
    });
    const [events, bytes] = [Number(info.historyLength), Number(info.historySizeBytes)];
    runs.push({ type, events, bytes });
  }
  return runs;
}

async function idsOf(folder) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const found = await connection.runAndReadAll(
    `select md5(string_agg(id, ',' order by id)), count(*) from read_parquet('${folder}/data/*.parquet')`,
  );
  return found.getRows()[0].map(String);
}

printMachine();
const ballast = await startBallast();
const pid = JSON.parse(readFileSync(join(ballast.folder, 'state', 'worker.json'), 'utf8')).pid;
const arms = [];
try {
  for (const shards of [FEW, SHARDS]) {
    const recipe = writeCorpus(join(ballast.folder, `corpus-${shards}`), shards);
    const workspace = join(ballast.folder, `workspace-${shards}`);
    const memory = watcher(pid);
    const built = await ballast.build({ recipe, workspace, version: '2026.11.26' });
    const samples = memory.stop();
    const runs = await historiesOf(ballast.client, built.workflowId);
    const again = await ballast.build({ recipe, workspace, version: '2026.11.26.2' });
    arms.push({ shards, built, again, samples, runs, ids: await idsOf(built.result.folder) });
  }
} finally {
  await ballast.end();
}

/** A process of its own: the command line above is waited for synchronously. */
function watcher(worker) {
  const script = `const fs=require('fs');const s=[];setInterval(()=>{try{s.push(Number(/VmRSS:\\s+(\\d+)/.exec(fs.readFileSync('/proc/${worker}/status','utf8'))[1])/1024)}catch{}},1000);process.on('SIGTERM',()=>{fs.writeSync(1,JSON.stringify(s));process.exit(0)})`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  return {
    stop() {
      child.kill('SIGTERM');
      return new Promise((done) => {
        let text = '';
        child.stdout.on('data', (chunk) => {
          text += chunk;
        });
        child.once('close', () => done(JSON.parse(text)));
      });
    },
  };
}

let ok = true;
for (const { shards, built, again, samples: waiting, runs } of arms) {
  const samples = await waiting;
  const most = (key) => runs.reduce((a, b) => (a[key] > b[key] ? a : b));
  const quarter = samples.length >> 2;
  const [early, late] = [
    median(samples.slice(quarter, 2 * quarter)),
    median(samples.slice(-quarter)),
  ];
  console.log(
    `${shards} shards: ${built.work.toFixed(1)} s, worker ${built.cpu.toFixed(1)} CPU-s; again, all reused ${again.work.toFixed(1)} s`,
  );
  console.log(
    `  ${runs.length} runs; most events ${most('events').events} (${most('events').type}; limit ${LIMIT.events}, suggested ${SUGGESTED.events}), most bytes ${most('bytes').bytes} (${most('bytes').type}; limit ${LIMIT.bytes}, suggested ${SUGGESTED.bytes})`,
  );
  console.log(
    `  worker's memory: ${samples[0]?.toFixed(0)} MiB at the start, second quarter ${early.toFixed(0)}, last quarter ${late.toFixed(0)}, peak ${built.rss.toFixed(0)} (ratio late to early ${(late / early).toFixed(2)})`,
  );
  if (most('events').events > SUGGESTED.events || most('bytes').bytes > SUGGESTED.bytes) ok = false;
}
const [few, many] = arms;
const per = (a, b) => ((1e3 * (a - b)) / (SHARDS - FEW)).toFixed(1);
console.log(
  `a shard costs ${per(many.built.work, few.built.work)} ms of wall, ${per(many.built.cpu, few.built.cpu)} ms of the worker's CPU; reused ${per(many.again.work, few.again.work)} ms`,
);
if (few.ids.join() !== many.ids.join()) {
  console.log(`the two arms hold other documents: ${few.ids} and ${many.ids}`);
  ok = false;
}
process.exitCode = ok ? 0 : 1;
