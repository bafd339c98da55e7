/**
 * A build that is killed goes on: SIGKILL of the worker at 20 random moments and of the server at 3;
 * every build ends with the same bytes, nothing is left in scratch, the ledger holds.
 * Moments come from a fixed seed, as fractions of the time that an undisturbed build took on this
 * machine; a kill counts only where it met a build that was running.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { derive, draw } from '../../core/random/draw.js';
import { Ballast, dataDigest, type UnderWay } from '../ballast-runner.js';

const ballast = new Ballast();
const workspace = join(ballast.folder, 'workspace');
const WORKER_KILLS = 20;
const SERVER_KILLS = 3;
/** Kills fall into this part of the build, so that a faster build still meets them. */
const FIRST_MOMENT = 0.05;
const LAST_MOMENT = 0.9;
/** A machine that grows faster meanwhile ends builds early; the next try takes the new time. */
const MISSES_MAX = 3;
const KEY = derive(20261123, 'kill');
const VERSION = '2026.11.23';

let recipe = '';
let reference = '';
let name = '';
/** From the start of the workflow to the end of the command, undisturbed. */
let workMs = 0;

interface Built {
  readonly digest: string;
  readonly elapsedMs: number;
}

/** Builds the one version from nothing, so that the bytes can be compared whole. */
async function build(disturb: (build: UnderWay) => Promise<void>): Promise<Built> {
  for (const part of ['cache', 'mixes', 'ledger.jsonl'])
    rmSync(join(workspace, part), { recursive: true, force: true });
  const underWay = await ballast.start('build', '-c', recipe, '--workspace', workspace, '--json');
  const started = Date.now();
  await disturb(underWay);
  const { code, stdout, stderr } = await underWay.ended;
  if (code !== 0) throw new Error(`exit ${code}: ${stdout.slice(-2000)} ${stderr.slice(-2000)}`);
  const { status, manifest } = JSON.parse(stdout) as { status: string; manifest: { name: string } };
  expect(status).toBe('published');
  name = manifest.name;
  return { digest: dataDigest(workspace, name, VERSION), elapsedMs: Date.now() - started };
}

/** Status and phase of the build as its server knows them. */
async function whereItIs(): Promise<{ status: string; phase: string }> {
  const connection = await Connection.connect({ address: ballast.address() });
  try {
    const client = new Client({ connection, namespace: 'ballast' });
    const { status, typedSearchAttributes } = await client.workflow
      .getHandle(`build-mix/${name}@${VERSION}`)
      .describe();
    const phase = typedSearchAttributes.getAll().find(({ key }) => key.name === 'MixPhase')?.value;
    return { status: status.name, phase: String(phase) };
  } finally {
    await connection.close();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

beforeAll(async () => {
  recipe = await ballast.recipe();
  const up = await ballast.run('up');
  if (up.code !== 0) throw new Error(up.stderr);
  const cold = await build(async () => undefined);
  const warm = await build(async () => undefined);
  expect(warm.digest).toBe(cold.digest);
  reference = cold.digest;
  workMs = Math.min(cold.elapsedMs, warm.elapsedMs);
  console.log(`undisturbed: ${cold.elapsedMs} ms, then ${warm.elapsedMs} ms`);
}, 600_000);

afterAll(async () => {
  await ballast.run('down');
  rmSync(ballast.folder, { recursive: true, force: true });
}, 60_000);

interface Kill {
  readonly part: 'worker' | 'server';
  /** As a fraction of the undisturbed build. */
  readonly moment: number;
}

/** A build with a kill at that moment; `met` is null where the build had ended before it. */
async function buildAndKill({ part, moment }: Kill): Promise<Built & { met: string | null }> {
  let met: string | null = null;
  const built = await build(async ({ child }) => {
    const started = Date.now();
    await pause(moment * workMs);
    const { status, phase } = await whereItIs();
    if (status !== 'RUNNING' || child.exitCode !== null) return;
    process.kill(ballast.pidOf(part), 'SIGKILL');
    met = `at ${Math.round(moment * 100)} % (${Date.now() - started} ms) in ${phase}`;
  });
  return { ...built, met };
}

async function killAndCompare(part: Kill['part'], id: string): Promise<void> {
  const moment = FIRST_MOMENT + draw(KEY, id) * (LAST_MOMENT - FIRST_MOMENT);
  let built = await buildAndKill({ part, moment });
  for (let again = 0; built.met === null && again < MISSES_MAX; again++) {
    workMs = Math.min(workMs, built.elapsedMs);
    built = await buildAndKill({ part, moment });
  }
  const { met, digest, elapsedMs } = built;
  const bytes = digest === reference ? 'equal' : 'DIFFER';
  console.log(`${id}: SIGKILL ${met}; took ${(elapsedMs / 1000).toFixed(1)} s; bytes ${bytes}`);
  expect(met, 'the build had ended before every kill').not.toBeNull();
  expect(digest).toBe(reference);
  expect(existsSync(join(workspace, 'tmp'))).toBe(false);
  const audit = await ballast.run('audit', 'verify', '--workspace', workspace, '--json');
  expect(audit.code).toBe(0);
}

describe('a build whose worker is killed ends with the same bytes', () => {
  for (let i = 0; i < WORKER_KILLS; i++)
    test(`kill ${i + 1} of the worker`, () => killAndCompare('worker', `worker ${i + 1}`), 300_000);
});

describe('a build whose server is killed ends with the same bytes', () => {
  for (let i = 0; i < SERVER_KILLS; i++)
    test(`kill ${i + 1} of the server`, () => killAndCompare('server', `server ${i + 1}`), 300_000);
});
