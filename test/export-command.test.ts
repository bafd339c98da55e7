/** ballast export and ballast import as people run them: what is written, what is refused, exit codes. */
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtFile } from '../client/server/install-folder.js';
import { weightFiles } from '../core/report/weights/weight-files.js';
import { weightsOfManifest, weightsOfPlan } from '../core/report/weights/weights-view.js';
import { reportFixture } from './report-fixture.js';

const { manifest, plan, inventory } = reportFixture();
const MIX = 'clinic-assistant@2026.11.23';
let folder: string;
let version: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ballast-export-'));
  version = join(folder, 'workspace/mixes/clinic-assistant/2026.11.23');
  mkdirSync(version, { recursive: true });
  writeFileSync(join(version, 'mix.json'), JSON.stringify(manifest));
  writeFileSync(join(version, 'plan.json'), JSON.stringify({ plan, inventory, selection: {} }));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function ballast(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    const command = [builtFile('client', 'main.js'), ...args];
    execFile(process.execPath, command, { cwd: folder }, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

const exportMix = (...args: string[]) =>
  ballast('export', MIX, '--workspace', 'workspace', '--json', ...args);

/** Every file below a folder with its text. */
function textsOf(path: string): Map<string, string> {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return [file.slice(path.length + 1), readFileSync(file, 'utf8')];
    }),
  );
}

const expected = (files: readonly { path: string; text: string }[]) =>
  new Map(files.map(({ path, text }) => [path, text]));

describe('ballast export', () => {
  test('writes the files of a version, with prices of its plan, and one JSON document', async () => {
    const { exitCode, stdout } = await exportMix('--output', 'a/b', '--root', 's3://tok/');
    expect(exitCode).toBe(0);
    const view = weightsOfManifest(manifest, plan);
    const files = weightFiles(view, { root: 's3://tok', version });
    expect(textsOf(join(folder, 'a/b'))).toEqual(expected(files));
    expect(JSON.parse(stdout)).toEqual({
      ...{ mix: MIX, counted: 'written', folder: join(folder, 'a/b') },
      files: files.map(({ path }) => path),
    });
    expect(readdirSync(join(folder, 'a'))).toEqual(['b']);
  });

  test('writes a plan before anything is built, from what ballast plan --json prints', async () => {
    const printed = {
      status: 'optimal',
      plan,
      inventory,
      workflowId: `build-mix/${MIX}`,
      url: null,
    };
    writeFileSync(join(folder, 'plan.json'), JSON.stringify(printed));
    const { exitCode, stdout } = await ballast('export', 'plan.json', '--output', 'p', '--json');
    expect([exitCode, JSON.parse(stdout).mix]).toEqual([0, 'plan plan']);
    expect(textsOf(join(folder, 'p'))).toEqual(
      expected(weightFiles(weightsOfPlan(plan, { name: 'plan', recipe: null }))),
    );
    writeFileSync(join(folder, 'bare.json'), JSON.stringify(plan));
    expect((await ballast('export', 'bare.json', '--output', 'bare')).exitCode).toBe(2);
  });

  test('replaces an earlier export with --force only, and never a folder of other files', async () => {
    expect((await exportMix('--output', 'w')).exitCode).toBe(0);
    const before = textsOf(join(folder, 'w'));
    const again = await exportMix('--output', 'w', '--format', 'csv');
    expect([again.exitCode, again.stdout]).toEqual([2, expect.stringContaining('--force')]);
    expect(textsOf(join(folder, 'w'))).toEqual(before);
    const forced = await exportMix('--output', 'w', '--format', 'csv,dolma', '--force');
    expect(forced.exitCode).toBe(0);
    expect([...textsOf(join(folder, 'w')).keys()].sort()).toEqual([
      'README.md',
      ...['by-source/dolma-sources.yaml', 'by-stratum/dolma-sources.yaml'],
      ...['plan-caps.csv', 'plan-domains.csv', 'plan-strata.csv'],
      'written/dolma-sources.yaml',
    ]);
    cpSync(join(folder, 'w'), join(folder, 'mixed'), { recursive: true });
    writeFileSync(join(folder, 'mixed/thesis.doc'), 'mine');
    const refused = await exportMix('--output', 'mixed', '--force');
    expect([refused.exitCode, refused.stdout]).toEqual([2, expect.stringContaining('thesis.doc')]);
    expect(readFileSync(join(folder, 'mixed/thesis.doc'), 'utf8')).toBe('mine');
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('refuses what it cannot do, each with its exit code', async () => {
    const conflict = { capId: 'a', scope: 'all', statement: 'a cannot hold', without: 1 };
    const infeasible = {
      ...{ schemaVersion: 1, status: 'infeasible', recipeFingerprint: 'x', notes: [] },
      ...{ solver: plan.solver, conflict: [conflict], tokenBudget: 1, smallest: 'proven' },
      ...{ further: [], waysOut: [], search: { solves: 1, plans: 0 } },
    };
    writeFileSync(join(folder, 'no.json'), JSON.stringify({ plan: infeasible, inventory }));
    writeFileSync(
      join(folder, 'odd.json'),
      JSON.stringify({ plan: { status: 'optimal' }, inventory }),
    );
    writeFileSync(join(folder, 'file'), 'x');
    const runs: [string[], number, string][] = [
      [['no.json'], 3, 'infeasible'],
      [['odd.json'], 2, 'plan of this release'],
      [['gone.json'], 2, 'no such file'],
      [['nothing@2026.01.01', '--workspace', 'workspace'], 2, 'published version'],
      [[MIX, '--workspace', 'workspace', '--format', 'olmo'], 2, 'olmo-core'],
      [[MIX, '--workspace', 'workspace', '--root', 'a b'], 2, 'without blanks'],
      [[MIX, '--workspace', 'workspace', '--output', 'file'], 2, 'a file'],
      [[MIX, '--workspace', 'workspace', '--output', 'file/below'], 6, '--output'],
    ];
    for (const [args, exitCode, words] of runs) {
      const run = await ballast('export', ...args);
      expect([args, run.exitCode, run.stderr]).toEqual([
        ...[args, exitCode, expect.stringContaining(words)],
      ]);
    }
    expect(existsSync(join(folder, 'weights'))).toBe(false);
  });
});

describe('ballast import', () => {
  test('reads an export back as a recipe with the shares of the plan', async () => {
    await exportMix('--output', 'back', '--force');
    const file = 'back/by-source/olmo-core-source-mixture.yaml';
    const run = await ballast('import', file, '-o', 'r.yaml', '--tokens', '5_000_000', '--json');
    expect(run.exitCode).toBe(0);
    const answer = JSON.parse(run.stdout) as Record<string, unknown>;
    expect(answer).toMatchObject({ tool: 'olmo-core', tokenBudget: 5_000_000 });
    const shares = Object.values(answer.targetShares as Record<string, number>);
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 14);
    expect(readFileSync(join(folder, 'r.yaml'), 'utf8')).toContain('TODO');
    const again = await ballast('import', file, '-o', 'r.yaml');
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('--force')]);
  });

  test('refuses words that its flags do not know', async () => {
    const runs: [string[], string][] = [
      [['--from', 'olmo'], 'olmo-core'],
      [['--domain-by', 'topic'], 'prefix'],
      [['--tokens', 'many'], '20_000_000'],
    ];
    for (const [args, words] of runs) {
      const run = await ballast('import', 'plan.json', ...args);
      expect([run.exitCode, run.stderr]).toEqual([2, expect.stringContaining(words)]);
    }
  });
});
