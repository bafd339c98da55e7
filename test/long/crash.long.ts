/**
 * A build that is killed goes on: SIGKILL of the worker at 20 random moments and of the server at 3;
 * every build ends with the same bytes, nothing is left in scratch, the ledger holds.
 * Moments come from a fixed seed; where they fall depends on the machine.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { derive, draw } from '../../core/random/draw.js';
import { Ballast, dataDigest } from '../ballast-runner.js';

const ballast = new Ballast();
const workspace = join(ballast.folder, 'workspace');
const WORKER_KILLS = 20;
const SERVER_KILLS = 3;
/** About what an undisturbed cold build takes; kills fall inside. */
const BUILD_MS = 8_000;
const KEY = derive(20261123, 'kill');

let recipe = '';
let reference = '';
let name = '';

interface Built {
  readonly code: number;
  readonly digest: string;
  readonly seconds: number;
}

/** Every version has the same seed, so all must have the same rows; versions stand in the metadata. */
async function build(version: string, disturb: () => Promise<void>): Promise<Built> {
  const started = Date.now();
  const answer = ballast.run('build', '-c', recipe, '--workspace', workspace, '--json');
  await disturb();
  const { code, stdout, stderr } = await answer;
  if (code !== 0) throw new Error(`exit ${code}: ${stdout.slice(-2000)} ${stderr.slice(-2000)}`);
  const result = JSON.parse(stdout) as { manifest: { name: string } };
  name = result.manifest.name;
  return {
    code,
    digest: dataDigest(workspace, name, version),
    seconds: (Date.now() - started) / 1000,
  };
}

/** The same version again from nothing: cache and version gone, so that the bytes can be compared whole. */
function forget(): void {
  for (const part of ['cache', 'mixes', 'ledger.jsonl'])
    rmSync(join(workspace, part), { recursive: true, force: true });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const VERSION = '2026.11.23';

beforeAll(async () => {
  recipe = await ballast.recipe();
  const up = await ballast.run('up');
  if (up.code !== 0) throw new Error(up.stderr);
  reference = (await build(VERSION, async () => undefined)).digest;
}, 600_000);

afterAll(async () => {
  await ballast.run('down');
  rmSync(ballast.folder, { recursive: true, force: true });
}, 60_000);

async function killAndCompare(part: 'worker' | 'server', id: string): Promise<void> {
  forget();
  const delay = Math.floor(draw(KEY, id) * BUILD_MS);
  const { digest, seconds } = await build(VERSION, async () => {
    await pause(delay);
    process.kill(ballast.pidOf(part), 'SIGKILL');
  });
  console.log(
    `${id}: SIGKILL of the ${part} after ${delay} ms; the build took ${seconds.toFixed(1)} s; bytes ${digest === reference ? 'equal' : 'DIFFER'}`,
  );
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
