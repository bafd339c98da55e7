/**
 * The gate through the real command, server and worker: a PASS publishes its report, a worker that is killed while it
 * simulates costs nothing, a FAIL writes nothing and says why.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Manifest } from '../core/schema/manifest.js';
import { type RiskReport, riskReport } from '../core/schema/risk.js';
import type { BuildProgress } from '../workflows/messages.js';
import { type Answer, Ballast } from './ballast-runner.js';
import { RECIPE, writeCorpus } from './pipeline-corpus.js';

const ballast = new Ballast();
const recipe = join(ballast.folder, 'recipe.yaml');
const RISK =
  'risk: {policy: accumulate, horizon_generations: 2, loop_runs: 20, drift_runs: 60, sample_words: 40000, table: false}\n';
const MIX = 'test-mix@2026.11.23';

const inWorkspace = (name: string) => join(ballast.folder, name);
const build = (workspace: string, ...args: string[]) =>
  ballast.run('build', '-c', recipe, '--workspace', inWorkspace(workspace), ...args);
const settings = (...all: string[]) => all.flatMap((one) => ['--set', one]);

function json<T>({ code, stdout, stderr }: Answer, expected = 0): T {
  if (code !== expected)
    throw new Error(`exit ${code}: ${stdout.slice(-1500)}${stderr.slice(-1500)}`);
  return JSON.parse(stdout) as T;
}

interface Built {
  readonly status: string;
  readonly folder: string;
  readonly manifest: Manifest;
  readonly risk: RiskReport;
}

let first: Built;

beforeAll(async () => {
  await writeCorpus(ballast.folder, 2);
  // Words of this corpus stand in no order, so an n-gram model learns little from so few of them: a tenth is synthetic.
  writeFileSync(recipe, `${RECIPE.replace('max_share: 0.30', 'max_share: 0.10')}${RISK}`);
  first = json<Built>(await build('first', '--json'));
}, 300_000);

afterAll(async () => {
  await ballast.run('down');
  rmSync(ballast.folder, { recursive: true, force: true });
}, 60_000);

const riskOf = (folder: string) => readFileSync(join(folder, 'risk.json'));

describe('a build that passes', () => {
  test('publishes risk.json under its digest, and the verdict in the manifest', async () => {
    expect(first.status).toBe('published');
    expect(first.manifest.risk).toMatchObject({ decision: 'PASS', policy: 'collapse-v1' });
    expect(riskReport.parse(JSON.parse(riskOf(first.folder).toString()))).toEqual(first.risk);
    const audit = () =>
      ballast.run('audit', 'verify', '--workspace', inWorkspace('first'), '--json');
    expect((await audit()).code).toBe(0);
    const path = join(first.folder, 'risk.json');
    const whole = riskOf(first.folder);
    writeFileSync(path, whole.toString().replace('"PASS"', '"FAIL"'));
    const { error } = json<{ error: { where: string } }>(await audit(), 5);
    writeFileSync(path, whole);
    expect(error.where).toContain('risk.json');
  });

  test('of the same recipe again finds the version', async () => {
    expect(json<Built>(await build('first', '--json'))).toMatchObject({ status: 'present' });
  });

  test('prints the verdict by domain, and where the report stands', async () => {
    const { code, stdout } = await build('first');
    expect(code).toBe(0);
    expect(stdout).toMatch(/collapse: PASS[\s\S]*Risk of collapse within 2 generations/);
    expect(stdout).toMatch(/health +PASS/);
    expect(stdout).toContain(join(first.folder, 'risk.json'));
  });
});

describe('a worker that is killed while it simulates', () => {
  test('loses nothing: the build goes on, and risk.json has the same bytes', async () => {
    const args = ['-c', recipe, '--workspace', inWorkspace('killed'), '--json'];
    const { ended } = await ballast.start('build', ...args);
    const phase = await simulating();
    process.kill(ballast.pidOf('worker'), 'SIGKILL');
    const killed = json<Built>(await ended);
    expect(phase.done).toBeLessThan(phase.total);
    expect(killed.status).toBe('published');
    expect(riskOf(killed.folder).equals(riskOf(first.folder))).toBe(true);
    // The sealing that goes on beside it has scratch of its own.
    const hasScratch = () => existsSync(join(inWorkspace('killed'), 'tmp'));
    await expect.poll(hasScratch, { timeout: 30_000 }).toBe(false);
  }, 300_000);
});

/** Waits until some blocks were simulated, by what `status` shows. */
async function simulating() {
  for (;;) {
    const { code, stdout } = await ballast.run('status', MIX, '--json');
    if (code === 0) {
      const { phases, current } = JSON.parse(stdout) as BuildProgress;
      const phase = phases.find((row) => row.phase === 'simulate')!;
      if (current === 'simulate' && phase.done > 6) return phase;
      if (current === 'publish') throw new Error('the build was faster than its killer');
    }
    await sleep(50);
  }
}

describe('a build that fails', () => {
  const failing = join(ballast.folder, 'failing.yaml');
  const build = (...args: string[]) =>
    ballast.run('build', '-c', failing, '--workspace', inWorkspace('failed'), ...args);

  beforeAll(() => {
    const people =
      '  - {id: people, domain: each, provenance: [human_authored, human_edited], max_tokens: 25_000}\n';
    const text = RECIPE.replace('max_share: 0.30', 'max_share: 0.90')
      .replace(/ {2}- \{id: human-health.*\n/, '')
      .replace('caps:\n', `caps:\n${people}`)
      .replace('2026.11.23', '2026.11.24');
    writeFileSync(failing, `${text}${RISK.replace('accumulate', 'replace, on_fail: stop')}`);
  });

  test('ends with 4, writes no version, prints the verdict and says where the report stands', async () => {
    const { code, stdout, stderr } = await build();
    expect(code).toBe(4);
    expect(stdout).toMatch(/collapse: FAIL[\s\S]*What would change the verdict/);
    expect(stderr).toMatch(/error RISK_GATE_FAILED[\s\S]*remedy/);
    expect(existsSync(join(inWorkspace('failed'), 'mixes'))).toBe(false);
    const [path] = stderr.match(/\S+risk\.json/)!;
    expect(riskReport.parse(JSON.parse(readFileSync(path, 'utf8'))).decision).toBe('FAIL');
    expect(readdirSync(join(path, '..')).sort()).toEqual(['record.json', 'risk.html', 'risk.json']);
  }, 300_000);

  test('says all of it in one JSON document', async () => {
    const { error } = json<{
      error: { code: string; details: { riskPath: string; report: RiskReport } };
    }>(await build('--json'), 4);
    expect(error.code).toBe('RISK_GATE_FAILED');
    expect(error.details.report.decision).toBe('FAIL');
    expect(existsSync(error.details.riskPath)).toBe(true);
  }, 300_000);
});

test('plan does not simulate', async () => {
  const args = ['--workspace', inWorkspace('planned'), '--json', ...settings('version=2026.12.01')];
  expect((await ballast.run('plan', '-c', recipe, ...args)).code).toBe(0);
  expect(existsSync(join(inWorkspace('planned'), 'cache/simulation'))).toBe(false);
}, 120_000);

test('its history replays', async () => {
  const connection = await Connection.connect({ address: ballast.address() });
  const client = new Client({ connection, namespace: 'ballast' });
  const codePath = join(import.meta.dirname, '../dist/worker/workflow-bundle.js');
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const id = `build-mix/${MIX}`;
  const history = await client.workflow.getHandle(id).fetchHistory();
  await Worker.runReplayHistory({ workflowBundle: { codePath } }, history, id);
  await connection.close();
}, 60_000);
