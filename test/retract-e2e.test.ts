/**
 * Retraction through the real command, server and worker: the worker is killed in the middle and the
 * retraction goes on; what it cost; a mix that cannot be built without the text.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyWorkspace } from '../client/audit/verify-workspace.js';
import { type Certificate, certificate, type Impact } from '../core/schema/retraction.js';
import { readLedger } from '../storage/ledger.js';
import type { RetractResult } from '../workflows/retract.js';
import { type Answer, Ballast } from './ballast-runner.js';
import { keepHistory } from './keep-history.js';
import { retractRecipe, scanVersion, writeRetractCorpus } from './retract-corpus.js';

const ballast = new Ballast();
const workspace = join(ballast.folder, 'workspace');
/** A build, a revival and several commands, on a machine that may be busy. */
const PATIENCE_MS = 240_000;
const run = (...args: string[]) => ballast.run(...args, '--workspace', workspace);

function json<T>({ code, stdout, stderr }: Answer, expected = 0): T {
  if (code !== expected)
    throw new Error(`exit ${code}: ${stdout.slice(-1500)}${stderr.slice(-1500)}`);
  return JSON.parse(stdout) as T;
}

const FEE = 'fee: {currency: EUR, per_document: "0.05", meter: in_mix}';

async function build(name: string, version: string, caps = ''): Promise<void> {
  const path = join(ballast.folder, `${name}.yaml`);
  const recipe = retractRecipe({
    name,
    version,
    caps,
    more: 'licence_budget: {currency: EUR, amount: "100.00"}\n',
  });
  writeFileSync(
    path,
    recipe.replace('grant_id: talk, kind: contract', `grant_id: talk, kind: contract, ${FEE}`),
  );
  json(await run('build', '-c', path, '--json'));
}

async function lineOf(kind: string): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 50) {
    if ((await readLedger(workspace)).some((entry) => entry.kind === kind)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no line ${kind}`);
}

async function keep(workflowId: string, name: string): Promise<void> {
  const connection = await Connection.connect({ address: ballast.address() });
  await keepHistory(new Client({ connection, namespace: 'ballast' }), workflowId, name);
  await connection.close();
}

function certificateAt(folder: string): Certificate {
  return certificate.parse(
    JSON.parse(readFileSync(join(workspace, folder, 'certificate.json'), 'utf8')),
  );
}

interface Done extends RetractResult {
  readonly workflowId: string;
}

beforeAll(async () => {
  await writeRetractCorpus(ballast.folder);
  await build('clinic', '2024.01.01');
  await build('clinic', '2024.01.02', '  - {id: forum-most, source: forum, max_share: 0.3}\n');
}, 180_000);

afterAll(async () => {
  await ballast.run('down');
  rmSync(ballast.folder, { recursive: true, force: true });
}, 60_000);

describe('ballast retract --grant', () => {
  let done: Done;

  test(
    '--dry-run prints the impact and records nothing',
    async () => {
      json(await run('register-run', 'clinic@2024.01.01', '--model', 'house-1', '--json'));
      const { runs } = json<{ runs: { model: string }[] }>(
        await run('register-run', '--list', '--json'),
      );
      expect(runs.map(({ model }) => model)).toEqual(['house-1']);
      const { impactSummary } = json<{ impactSummary: Impact }>(
        await run('retract', '--grant', 'cc', '--dry-run', '--json'),
      );
      const rows = (await scanVersion(workspace, 'clinic@2024.01.02')).filter(
        ({ grants, split }) => split === 'train' && grants.includes('cc'),
      );
      expect(impactSummary.versions.map(({ mix }) => mix)).toEqual([
        'clinic@2024.01.01',
        'clinic@2024.01.02',
      ]);
      expect(impactSummary.versions[1]!.rows).toBe(rows.length);
      expect(impactSummary.notes.join()).toContain('house-1');
      expect((await readLedger(workspace)).map(({ kind }) => kind)).not.toContain('retraction');
    },
    PATIENCE_MS,
  );

  test(
    'without a terminal and without --yes does nothing',
    async () => {
      const { error } = json<{ error: { code: string } }>(
        await run('retract', '--grant', 'cc', '--json'),
        2,
      );
      expect(error.code).toBe('USAGE');
    },
    PATIENCE_MS,
  );

  test(
    'goes on where its worker is killed, and the rebuilt version has none of it',
    async () => {
      const args = ['--grant', 'cc', '--yes', '--json', '--reason', 'the licensor ended it'];
      const { ended } = await ballast.start(
        'retract',
        ...args,
        '--by',
        'ada',
        '--workspace',
        workspace,
      );
      await lineOf('retraction');
      process.kill(ballast.pidOf('worker'), 'SIGKILL');
      done = json<Done>(await ended);
      const [rebuilt] = done.rebuilds;
      expect(rebuilt).toMatchObject({
        name: 'clinic',
        newestAffected: '2024.01.02',
        state: 'rebuilt',
      });
      const rows = await scanVersion(workspace, `clinic@${rebuilt!.version}`);
      expect(rows.length).toBeGreaterThan(100);
      expect(rows.filter(({ grants }) => grants.includes('cc'))).toEqual([]);
      const found = certificateAt(done.folder);
      expect(found.versions.map(({ state }) => state)).toEqual(['withdrawn', 'withdrawn']);
      expect(found.rebuilt).toMatchObject([{ name: 'clinic', version: rebuilt!.version }]);
      // The sealing that goes on beside it has scratch of its own.
      await expect.poll(() => existsSync(join(workspace, 'tmp')), { timeout: 30_000 }).toBe(false);
      await keep(done.workflowId, 'retract-rebuilds');
    },
    PATIENCE_MS,
  );

  test(
    'a second time adds no line',
    async () => {
      const lines = async () =>
        (await readLedger(workspace)).filter(({ kind }) => kind !== 'seal').length;
      const before = await lines();
      const again = json<Done>(await run('retract', '--grant', 'cc', '--yes', '--json'));
      expect(again.rebuilds).toMatchObject([{ state: 'standing' }]);
      expect(await lines()).toBe(before);
      expect(again.folder).toBe(done.folder);
    },
    PATIENCE_MS,
  );

  test(
    'diff says what it cost, and every command warns of the version',
    async () => {
      const next = `clinic@${done.rebuilds[0]!.version}`;
      const answer = await run('diff', 'clinic@2024.01.02', next, '--json');
      expect(answer.stderr).toContain('clinic@2024.01.02 holds text that was withdrawn (grant:cc)');
      const { cost } = json<{
        cost: {
          domains: {
            domain: string;
            tokensWithdrawn: number;
            tokensNet: number;
            tokensAdded: number;
          }[];
          fees: { before: { minorUnits: number }; after: { minorUnits: number } };
        };
      }>(answer);
      const tokens = async (mix: string) => {
        const sums = new Map<string, number>();
        for (const row of await scanVersion(workspace, mix))
          if (row.split === 'train') sums.set(row.domain, (sums.get(row.domain) ?? 0) + row.tokens);
        return sums;
      };
      const [then, now] = [await tokens('clinic@2024.01.02'), await tokens(next)];
      for (const { domain, tokensNet, tokensWithdrawn } of cost.domains) {
        expect(tokensNet).toBe((now.get(domain) ?? 0) - (then.get(domain) ?? 0));
        expect(tokensWithdrawn).toBeGreaterThan(0);
      }
      // Forum text stands in for what the press took with it, and is paid by the document.
      expect(cost.domains.some(({ tokensAdded }) => tokensAdded > 0)).toBe(true);
      expect(cost.fees.after.minorUnits).not.toBe(cost.fees.before.minorUnits);
      const explained = json<{ withdrawn: object; documents: { withdrawnSince: object[] }[] }>(
        await run('explain', 'press/p6', '--mix', 'clinic@2024.01.02', '--json'),
      );
      expect(explained.documents[0]!.withdrawnSince).toMatchObject([{ key: 'grant:cc' }]);
      const { stdout } = await run('explain', 'press/p6', '--mix', next);
      expect(stdout).toContain('left out: it was withdrawn');
      const { versions } = json<{ versions: object[] }>(await run('status', '--json'));
      expect(versions).toContainEqual({
        mix: 'clinic@2024.01.01',
        state: 'withdrawn',
        replacedBy: next,
      });
    },
    PATIENCE_MS,
  );
});

describe('a mix that cannot be built without the text', () => {
  test(
    'is exit 3 with the caps; the retraction stands, and is settled by a version that can',
    async () => {
      const floor = '  - {id: forum-floor, source: forum, min_share: 0.2}\n';
      await build('court', '2024.01.01', floor);
      const { error } = json<{
        error: { code: string; found: string; remedy: string; details: Done };
      }>(await run('retract', '--source', 'forum', '--yes', '--json'), 3);
      expect(error.code).toBe('CAP_INFEASIBLE');
      expect(error.found).toContain('forum-floor');
      expect(error.remedy).toContain('stays frozen');
      const states = error.details.rebuilds.map(({ name, state }) => [name, state]);
      expect(states).toEqual([
        ['clinic', 'rebuilt'],
        ['court', 'failed'],
      ]);
      const open = certificateAt(error.details.folder).rebuilt.find(({ name }) => name === 'court');
      expect(open!.version).toBeNull();
      await build('court', '2024.01.02');
      const rows = await scanVersion(workspace, 'court@2024.01.02');
      expect(rows.filter(({ source }) => source === 'forum')).toEqual([]);
      const done = json<Done>(
        await run(
          'retract',
          '--source',
          'forum',
          '--yes',
          '--json',
          '--delete-copies',
          '--delete-versions',
        ),
      );
      expect(done.rebuilds.map(({ state }) => state)).toEqual(['standing', 'standing']);
      const found = certificateAt(done.folder);
      expect(found.copiesRemoved.length).toBeGreaterThan(0);
      expect(found.versions.every(({ state }) => state === 'deleted')).toBe(true);
      expect((await verifyWorkspace(workspace)).mixes.length).toBe(6);
      await keep(done.workflowId, 'retract-settled');
    },
    PATIENCE_MS,
  );
});
