/**
 * The main job through the real command, server and worker: build, build again, plan, watch,
 * cancel, explain, diff, audit; and what its histories look like when they are replayed.
 */
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, Ballast } from './ballast-runner.js';
import { RECIPE, writeCorpus } from './pipeline-corpus.js';
import { untilSealed } from './until-sealed.js';

const ballast = new Ballast();
const workspace = join(ballast.folder, 'workspace');
const recipe = join(ballast.folder, 'recipe.yaml');
const MIX = 'test-mix@2026.11.23';

const run = (...args: string[]) => ballast.run(...args, '--workspace', workspace);
const build = (...args: string[]) => run('build', '-c', recipe, '--json', ...args);

function json<T>({ code, stdout, stderr }: Answer, expected = 0): T {
  if (code !== expected)
    throw new Error(`exit ${code}: ${stdout.slice(-1500)}${stderr.slice(-1500)}`);
  return JSON.parse(stdout) as T;
}

interface Built {
  readonly status: string;
  readonly profilesMade: number;
  readonly profilesReused: number;
  readonly folder: string;
  readonly ledgerSequence: number | null;
}

let first: Built;

beforeAll(async () => {
  await writeCorpus(ballast.folder, 8);
  writeFileSync(recipe, RECIPE);
  first = json<Built>(await build());
}, 180_000);

afterAll(async () => {
  await ballast.run('down');
  rmSync(ballast.folder, { recursive: true, force: true });
}, 60_000);

describe('a build', () => {
  test('publishes the files of the contract and leaves no scratch', async () => {
    expect(first.status).toBe('published');
    await untilSealed(workspace, 1);
    const files = readdirSync(first.folder).sort();
    expect(files).toEqual([
      'README.md',
      'data',
      'history',
      'labels',
      'mix.json',
      'plan.json',
      'provenance.json',
      'rejects',
      'report.html',
      'weights',
    ]);
    expect(existsSync(join(workspace, 'tmp'))).toBe(false);
    expect(first.ledgerSequence).toBe(1);
  });

  test('of the same recipe again finds the version and does nothing', async () => {
    const again = json<Built>(await build());
    expect(again.status).toBe('present');
  });

  test('under a new version reads every profile back and writes the same rows', async () => {
    const next = json<Built>(await build('--set', 'version=2026.11.24'));
    expect([next.profilesMade, next.profilesReused]).toEqual([0, 24]);
  });

  test('after one of eight shards changed profiles that one alone', async () => {
    const path = join(ballast.folder, 'data/library-part-2.jsonl');
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, before.replace('"id":"lib-400"', '"id":"lib-400x"'));
    const changed = json<Built>(await build('--set', 'version=2026.11.25'));
    writeFileSync(path, before);
    expect(changed.profilesMade).toBe(1);
  });

  test('with another recipe under a published version is refused with the field that differs', async () => {
    const { error } = json<{ error: { code: string; found: string } }>(
      await build('--set', 'seed=8'),
      7,
    );
    expect(error.code).toBe('VERSION_EXISTS');
    expect(error.found).toContain('seed: 7 -> 8');
  });

  test('whose source was only touched is the same build', async () => {
    utimesSync(join(ballast.folder, 'data/library-part-2.jsonl'), 1_700_000_000, 1_700_000_000);
    expect(json<Built>(await build()).status).toBe('present');
  });
});

describe('a plan', () => {
  test('prints the allocation and publishes nothing', async () => {
    const before = readdirSync(join(workspace, 'mixes/test-mix'));
    const { status } = json<{ status: string }>(
      await run('plan', '-c', recipe, '--json', '--set', 'version=2026.12.01'),
    );
    expect(status).toBe('optimal');
    expect(readdirSync(join(workspace, 'mixes/test-mix'))).toEqual(before);
  });

  test('that cannot be is exit 3, names the cap and has no allocation', async () => {
    const floor =
      '  - {id: floor, domain: law, provenance: [human_authored], min_tokens: 90_000_000}\n';
    const path = join(ballast.folder, 'infeasible.yaml');
    writeFileSync(
      path,
      RECIPE.replace('caps:\n', `caps:\n${floor}`).replace('2026.11.23', '2026.12.02'),
    );
    const { plan } = json<{ plan: { status: string; conflict: { capId: string }[] } }>(
      await run('plan', '-c', path, '--json'),
      3,
    );
    expect(plan.status).toBe('infeasible');
    expect(plan.conflict.map(({ capId }) => capId)).toContain('floor');
    expect(plan).not.toHaveProperty('allocations');
    const { error } = json<{ error: { code: string; found: string } }>(
      await run('build', '-c', path, '--json'),
      3,
    );
    expect([
      error.code,
      error.found.includes('90,000,000') || error.found.includes('floor'),
    ]).toEqual(['CAP_INFEASIBLE', true]);
    expect(existsSync(join(workspace, 'mixes/test-mix/2026.12.02'))).toBe(false);
  });
});

describe('a build that is left or cancelled', () => {
  test('goes on after Ctrl-C, and watch picks it up', async () => {
    const { child, ended } = await ballast.start(
      'build',
      '-c',
      recipe,
      '--workspace',
      workspace,
      '--set',
      'version=2027.01.01',
      '--set',
      'seed=8',
    );
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    const watched = json<Built>(await ballast.run('watch', 'test-mix@2027.01.01', '--json'));
    expect(watched.status).toBe('published');
  });

  test('is called a plan where it is one, and watch prints its tables', async () => {
    const { child, ended } = await ballast.start(
      'plan',
      '-c',
      recipe,
      '--workspace',
      workspace,
      '--set',
      'version=2027.01.03',
    );
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([130, expect.stringContaining('the plan goes on')]);
    expect(stderr).toContain(
      'the plan goes on; come back with: ballast watch test-mix@2027.01.03, or end it with: ballast cancel test-mix@2027.01.03',
    );
    const watched = await ballast.run('watch', 'test-mix@2027.01.03');
    expect([watched.code, watched.stderr]).toEqual([0, expect.stringContaining('plan: 1 of 1')]);
    expect(watched.stdout).toMatch(/^optimal: .* tokens, every cap kept/);
    expect(watched.stdout).not.toContain('report.html');
  });

  test('is found by cancel where it is a plan', async () => {
    const { child } = await ballast.start(
      'plan',
      '-c',
      recipe,
      '--workspace',
      workspace,
      '--set',
      'version=2027.01.04',
      '--set',
      'seed=10',
    );
    const { workflowId, status } = json<{ workflowId: string; status: string }>(
      await ballast.run('cancel', 'test-mix@2027.01.04', '--json'),
    );
    child.kill('SIGKILL');
    expect(workflowId).toMatch(/^plan-mix\/test-mix@2027\.01\.04\/[0-9a-f]{12}$/);
    expect(status).toMatch(/^(cancelled|completed)$/);
  });

  test('that nobody started is named in the refusal', async () => {
    for (const mix of ['test-mix@2031.01.01', 'test-mix" OR "a"="a@1', 'test-mix']) {
      const { error } = json<{ error: { subject: string } }>(
        await ballast.run('watch', mix, '--json'),
        2,
      );
      expect(error.subject).toBe(`build of ${mix}`);
    }
  });

  test('is gone without a trace after cancel', async () => {
    // Another tokenizer leaves nothing to read back; a build that is done before the cancel comes says nothing.
    let [version, status] = ['', ''];
    for (const tokenizer of ['cl100k_base', 'bytes']) {
      version = tokenizer === 'bytes' ? '2027.01.05' : '2027.01.02';
      const settings = [`version=${version}`, 'seed=9', `tokenizer=${tokenizer}`];
      const { child } = await ballast.start(
        ...(['build', '-c', recipe, '--workspace', workspace] as const),
        ...settings.flatMap((setting) => ['--set', setting]),
      );
      const answer = await ballast.run('cancel', `test-mix@${version}`, '--json');
      child.kill('SIGKILL');
      status = json<{ status: string }>(answer).status;
      if (status === 'cancelled') break;
    }
    expect(status).toBe('cancelled');
    expect(existsSync(join(workspace, 'mixes/test-mix', version))).toBe(false);
    await expect.poll(() => existsSync(join(workspace, 'tmp')), { timeout: 30_000 }).toBe(false);
  });
});

describe('records', () => {
  test('explain a written, a duplicate and a refused document', async () => {
    const outcomes = new Map<string, string>();
    for (const id of ['lib-40', 'gen-3', 'lib-7', 'found/3', 'lib-55']) {
      const { documents } = json<{ documents: { outcome: string; evidence: unknown[] }[] }>(
        await run('explain', id, '--mix', MIX, '--json'),
      );
      expect(documents.length).toBeGreaterThan(0);
      outcomes.set(id, documents[0]!.outcome);
    }
    expect(outcomes.get('found/3')).toBe('duplicate');
    expect(outcomes.get('lib-40')).toBe('duplicate');
  });

  test('diff two versions by documents', async () => {
    const { documents } = json<{ documents: unknown[] }>(
      await run('diff', MIX, 'test-mix@2026.11.24', '--json'),
    );
    expect(documents).toEqual([]);
  });

  test('audit verify holds, and finds one changed byte', async () => {
    expect((await run('audit', 'verify', '--json')).code).toBe(0);
    const path = join(first.folder, 'README.md');
    const whole = readFileSync(path);
    writeFileSync(path, `${whole.toString()} `);
    const { error } = json<{ error: { where: string } }>(await run('audit', 'verify', '--json'), 5);
    writeFileSync(path, whole);
    expect(error.where).toContain('README.md');
  });

  test('audit verify names a stray file beside the versions', async () => {
    for (const where of ['mixes/stray.txt', 'mixes/test-mix/notes']) {
      writeFileSync(join(workspace, where), 'left behind');
      const { error } = json<{ error: { where: string; found: string } }>(
        await run('audit', 'verify', '--json'),
        5,
      );
      rmSync(join(workspace, where));
      expect([error.where, error.found]).toEqual([where, 'a file']);
    }
  });
});

describe('histories', () => {
  test('replay without a mismatch, children too', async () => {
    const { address } = json<{ server: { address: string } }>(
      await ballast.run('up', '--json'),
    ).server;
    const connection = await Connection.connect({ address });
    const client = new Client({ connection, namespace: 'ballast' });
    const workflowBundle = {
      codePath: join(import.meta.dirname, '../dist/worker/workflow-bundle.js'),
    };
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const ids = [`build-mix/${MIX}`, `build-mix/${MIX}/source/library`];
    for (const id of ids) {
      const history = await client.workflow.getHandle(id).fetchHistory();
      expect(historyToJSON(history).length).toBeGreaterThan(1000);
      await Worker.runReplayHistory({ workflowBundle }, history, id);
    }
    await connection.close();
  });
});
