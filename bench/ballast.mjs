/**
 * Builds with the real command line, against a server and worker that are up already, and what each
 * cost the worker: CPU seconds of all its threads, and its peak of resident memory, from /proc
 * (Linux). `work` is the run of the workflow on the server's clock; `wall` has the start of the
 * command line in it.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const CLI = join(root, 'dist', 'client', 'main.js');
const TICKS_PER_SECOND = 100;

/** A temporary folder with a server and worker of its own in `state`; `end` leaves nothing. */
export async function startBallast() {
  const folder = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
  const state = join(folder, 'state');
  const env = { ...process.env, BALLAST_STATE_DIR: state };
  run(['up'], env);
  const { pid, address, namespace } = JSON.parse(readFileSync(join(state, 'worker.json'), 'utf8'));
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  return {
    folder,
    client,
    build: (options) => build({ ...options, env, pid, client }),
    async end() {
      await connection.close();
      run(['down'], env);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function run(args, env) {
  const done = spawnSync(process.execPath, [CLI, ...args], {
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (done.status === 0) return done.stdout;
  throw new Error(`ballast ${args.join(' ')}: exit ${done.status}\n${done.stderr}\n${done.stdout}`);
}

function cpuSecondsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function memoryMiB(pid, line) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${line}:\\s+(\\d+)`).exec(status)[1]) / 1024;
}

async function build({ recipe, workspace, version, set: edits = [], env, pid, client }) {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  const before = { cpu: cpuSecondsOf(pid), now: performance.now(), rss: memoryMiB(pid, 'VmRSS') };
  const set = [`version=${version}`, ...edits].flatMap((edit) => ['--set', edit]);
  const result = JSON.parse(
    run(['build', '-c', recipe, ...set, '--workspace', workspace, '--json'], env),
  );
  const wall = (performance.now() - before.now) / 1e3;
  const cpu = cpuSecondsOf(pid) - before.cpu;
  const [, id, runId] = /workflows\/([^/]+)\/([^/]+)\/history/.exec(result.url);
  const workflowId = decodeURIComponent(id);
  const { startTime, closeTime } = await client.workflow.getHandle(workflowId, runId).describe();
  const work = (closeTime - startTime) / 1e3;
  const rss = { rssBefore: before.rss, rss: memoryMiB(pid, 'VmHWM') };
  return { wall, work, cpu, ...rss, workflowId, runId, result };
}

/** Name -> SHA-256 of a published version's data files. */
export function dataDigests({ result: { folder } }) {
  const data = join(folder, 'data');
  const digestOf = (name) =>
    createHash('sha256')
      .update(readFileSync(join(data, name)))
      .digest('hex');
  return new Map(
    readdirSync(data)
      .sort()
      .map((name) => [name, digestOf(name)]),
  );
}

export function printMachine() {
  const git = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' });
  const load = loadavg()[0].toFixed(1);
  const commit = git.stdout.trim() || 'unknown';
  console.log(
    `${availableParallelism()} cores (${cpus()[0].model}), node ${process.versions.node}, commit ${commit}, load before ${load}`,
  );
}
