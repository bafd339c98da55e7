/**
 * A workspace on a real S3 server: two workers on two machines (each with its own mirror and scratch) write the bytes
 * that one worker writes to a local disk; over a bad road too; one of them may die; of two that publish one version
 * one wins; and a machine that knows nothing yet reuses all that stands.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishShared } from '../activities/publish-mix.js';
import { makeArtifact } from '../storage/artifact.js';
import { appendLedger, readLedger } from '../storage/ledger.js';
import { claimVersion } from '../storage/remote/claim.js';
import { haveFolder, localFolder } from '../storage/remote/mirror.js';
import { openObjectStore } from '../storage/remote/s3-store.js';
import { Ballast } from './ballast-runner.js';
import { type FaultProxy, startFaultProxy } from './fault-proxy.js';
import { RECIPE, writeCorpus } from './pipeline-corpus.js';
import { environmentOf, type S3Server, startS3, weedPath } from './s3-server.js';
import { ROOT } from './tree-files.js';
import { untilSealed } from './until-sealed.js';

const binary = await weedPath();
const reason = binary === null ? ' (skipped: no SeaweedFS, and none could be fetched)' : '';
const VERSION = '2026.11.23';

/** Digest of every file that a build wrote of a version, by path; its history is sealed later. */
function digestsOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(
    (entry) => entry.isFile() && !entry.parentPath.startsWith(join(folder, 'history')),
  );
  const named = files.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
    return [path.slice(folder.length + 1), digest] as const;
  });
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}

class Machine extends Ballast {
  extra: Record<string, string> = {};
  override environment(): NodeJS.ProcessEnv {
    return { ...super.environment(), ...this.extra };
  }
}

describe.skipIf(binary === null)(`a workspace on S3${reason}`, () => {
  let server: S3Server;
  let proxy: FaultProxy;
  let local: Record<string, string>;
  const ballast = new Machine();
  const recipe = join(ballast.folder, 'recipe.yaml');
  const workers: ChildProcess[] = [];

  const build = async (workspace: string, ...more: string[]) => {
    const built = await ballast.run(
      'build',
      '-c',
      recipe,
      '--workspace',
      workspace,
      '--json',
      ...more,
    );
    expect([built.code, built.stderr.slice(-1500)]).toEqual([0, expect.anything()]);
    return JSON.parse(built.stdout) as {
      status: string;
      profilesReused: number;
      profilesMade: number;
    };
  };

  /** Another machine: a worker with scratch of its own on the same server. */
  function startWorker(name: string, more: Record<string, string> = {}): ChildProcess {
    const env = {
      ...ballast.environment(),
      ...more,
      BALLAST_SCRATCH_DIR: join(ballast.folder, name),
    };
    const where = ['--address', ballast.address(), '--namespace', 'ballast'];
    const child = spawn(process.execPath, [join(ROOT, 'dist/worker/main.js'), ...where], {
      env,
      stdio: 'ignore',
    });
    workers.push(child);
    return child;
  }

  /** The files of a version as the store has them, in a mirror that was empty before. */
  async function stored(workspace: string, name: string): Promise<Record<string, string>> {
    process.env.BALLAST_SCRATCH_DIR = join(ballast.folder, `look-${name}`);
    const folder = join(localFolder(workspace), 'mixes/test-mix', VERSION);
    await haveFolder(folder);
    return digestsOf(folder);
  }

  beforeAll(async () => {
    server = await startS3(binary!);
    proxy = await startFaultProxy(server.endpoint, {});
    Object.assign(process.env, server.environment);
    await writeCorpus(ballast.folder, 2);
    writeFileSync(recipe, RECIPE);
    ballast.extra = {
      ...server.environment,
      BALLAST_SCRATCH_DIR: join(ballast.folder, 'machine-a'),
    };
    const folder = join(ballast.folder, 'local');
    expect((await build(folder)).status).toBe('published');
    local = digestsOf(join(folder, 'mixes/test-mix', VERSION));
  }, 240_000);

  afterAll(async () => {
    for (const worker of workers) worker.kill('SIGKILL');
    await ballast.run('down', '--json');
    await proxy?.stop();
    await server?.stop();
    rmSync(ballast.folder, { recursive: true, force: true });
  });

  it('has the bytes of a local disk, made by two workers', async () => {
    startWorker('machine-b');
    expect((await build('s3://ballast/two')).status).toBe('published');
    expect(await stored('s3://ballast/two', 'two')).toEqual(local);
    for (const machine of ['machine-a', 'machine-b']) {
      const [mirror] = readdirSync(join(ballast.folder, machine, 'mirrors'));
      const kinds = readdirSync(join(ballast.folder, machine, 'mirrors', mirror!, 'cache'));
      expect([machine, kinds.length > 3]).toEqual([machine, true]);
    }
    await untilSealed(localFolder('s3://ballast/two'), 1);
    const audit = await ballast.run('audit', 'verify', '--workspace', 's3://ballast/two', '--json');
    expect([audit.code, audit.stderr]).toEqual([0, expect.not.stringContaining('error')]);
    const left: string[] = [];
    for await (const { key } of openObjectStore('s3://ballast/two').list('tmp/')) left.push(key);
    expect(left).toEqual([]);
  }, 120_000);

  it('a machine that knows nothing reuses what stands, and a published version is present', async () => {
    const fresh = { ...ballast.extra };
    ballast.extra = { ...fresh, BALLAST_SCRATCH_DIR: join(ballast.folder, 'machine-c') };
    const again = await build('s3://ballast/two', '--set', `version=${VERSION}.2`);
    expect(again).toMatchObject({ status: 'published', profilesMade: 0 });
    expect((await build('s3://ballast/two')).status).toBe('present');
    ballast.extra = fresh;
    const shown = await ballast.run(
      'diff',
      `test-mix@${VERSION}`,
      'test-mix',
      '--workspace',
      's3://ballast/two',
    );
    expect(shown.stdout).toContain('the same documents are written');
  }, 120_000);

  it('has the same bytes over a road that resets, delays and answers 503, with a worker killed on the way', async () => {
    proxy.shares = { delay: 0.05, busy: 0.04, reset: 0.03, lost: 0.02, cut: 0.03 };
    ballast.extra = { ...ballast.extra, ...environmentOf(proxy.endpoint) };
    expect((await ballast.run('down', '--json')).code).toBe(0);
    expect((await ballast.run('up', '--json')).code).toBe(0);
    for (const worker of workers) worker.kill('SIGKILL');
    const doomed = startWorker('machine-d');
    const building = build('s3://ballast/bad');
    const scratch = join(ballast.folder, 'machine-d', 'mirrors');
    const until = Date.now() + 60_000;
    while (!existsSync(scratch) && Date.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 50));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    doomed.kill('SIGKILL');
    expect((await building).status).toBe('published');
    proxy.shares = {};
    expect(await stored('s3://ballast/bad', 'bad')).toEqual(local);
    const { requests, ...faults } = proxy.done;
    expect(Object.values(faults).every((count) => count > 0)).toBe(true);
    expect(requests).toBeGreaterThan(100);
  }, 240_000);

  describe('its ledger and claims', () => {
    const at = (machine: string) => {
      process.env.BALLAST_SCRATCH_DIR = join(ballast.folder, machine);
      return localFolder('s3://ballast/race');
    };

    it('many writers add each line once, in one chain', async () => {
      const folder = at('writers');
      const draft = (i: number) => ({ key: `line/${i}`, kind: 'test', by: 'test', body: { i } });
      await Promise.all(
        Array.from({ length: 24 }, (_, i) => appendLedger(folder, draft(Math.floor(i / 2)))),
      );
      const entries = await readLedger(folder);
      expect(entries.map(({ key }) => key).sort()).toEqual(
        Array.from({ length: 12 }, (_, i) => `line/${i}`).sort(),
      );
      expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, i) => i + 1));
    }, 60_000);

    it('a version is claimed by one digest, by whoever has that digest', async () => {
      const target = join(at('claims'), 'mixes/race', VERSION);
      const claims = ['a', 'b', 'a', 'b', 'a', 'b'].map((digest) => claimVersion(target, digest));
      const won = await Promise.all(claims);
      const [a, b] = [won.filter((_, i) => i % 2 === 0), won.filter((_, i) => i % 2 === 1)];
      expect(new Set(a).size).toBe(1);
      expect(new Set(b).size).toBe(1);
      expect(a[0]).not.toBe(b[0]);
    });

    const KIND = { kind: 'probe', madeOf: { x: 1 }, buildId: 'test' };
    const probe = (workspace: string, text: string, madeOf: unknown = KIND.madeOf) =>
      makeArtifact({ ...KIND, madeOf, workspace }, async (folder) => {
        writeFileSync(join(folder, 'value'), text);
        return { rows: { value: 1 }, summary: null };
      });

    it('an artifact that a mirror has damaged is fetched again, one that the store lost is sent again', async () => {
      const { record } = await probe(at('artifact-a'), 'one');
      const path = record.files.value!.path;
      const b = at('artifact-b');
      expect((await probe(b, 'never made')).reused).toBe(true);
      writeFileSync(join(b, path), 'two');
      expect((await probe(b, 'never made')).reused).toBe(true);
      expect(readFileSync(join(b, path), 'utf8')).toBe('one');
      const store = openObjectStore('s3://ballast/race');
      for await (const { key } of store.list('cache/')) await store.delete(key);
      const code = `import('${ROOT}/dist/storage/artifact.js').then((m) => m.findArtifact(${JSON.stringify({ ...KIND, workspace: b })}))`;
      execFileSync(process.execPath, ['-e', code], { env: process.env });
      expect((await probe(at('artifact-c'), 'never made')).reused).toBe(true);
    }, 60_000);

    it('of two that make an artifact of other bytes one stands, whole', async () => {
      const [a, b] = [at('bytes-a'), at('bytes-b')];
      process.env.BALLAST_SCRATCH_DIR = join(ballast.folder, 'bytes-b');
      const slow = probe(b, 'b', { race: 1 });
      process.env.BALLAST_SCRATCH_DIR = join(ballast.folder, 'bytes-a');
      await Promise.allSettled([slow, probe(a, 'a', { race: 1 })]);
      const { record, reused } = await probe(at('bytes-c'), 'c', { race: 1 });
      expect(reused).toBe(true);
      const { path, sha256 } = record.files.value!;
      const bytes = readFileSync(join(at('bytes-c'), path));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }, 60_000);

    it('a mirror that lost its mark is no workspace of its own', async () => {
      const folder = at('unmarked');
      rmSync(join(folder, '.remote'));
      const draft = { key: 'lost', kind: 'test', by: 'test', body: {} };
      await expect(appendLedger(folder, draft)).rejects.toMatchObject({
        code: 'STORAGE_UNREACHABLE',
      });
    });

    it('a version that stands without a claim is not touched', async () => {
      const folder = at('standing');
      const store = openObjectStore('s3://ballast/race');
      await store.put(`mixes/old/${VERSION}/mix.json`, 'manifest', null);
      await store.put('tmp/b/staging/mix.json', 'another', null);
      await store.put('tmp/b/staging/data/x', 'other data', null);
      const target = join(folder, 'mixes/old', VERSION);
      await publishShared(join(folder, 'tmp/b/staging'), target, 'digest');
      expect(await store.head(`mixes/old/${VERSION}/data/x`)).toBeNull();
      expect(readFileSync(join(target, 'mix.json'), 'utf8')).toBe('manifest');
    });
  });

  it('of two builds with other results one publishes the version, and the other is refused', async () => {
    const other = join(ballast.folder, 'other.yaml');
    writeFileSync(other, RECIPE.replace(/^seed: .*$/m, 'seed: 99'));
    expect(RECIPE).toMatch(/^seed: /m);
    const workspace = 's3://ballast/two-publishers';
    const second = new Machine();
    second.extra = { ...ballast.extra, BALLAST_SCRATCH_DIR: join(second.folder, 'scratch') };
    try {
      const answers = await Promise.all([
        ballast.run('build', '-c', recipe, '--workspace', workspace, '--json'),
        second.run('build', '-c', other, '--workspace', workspace, '--json'),
      ]);
      expect(answers.map(({ code }) => code).sort()).toEqual([0, 7]);
      const winner = answers.findIndex(({ code }) => code === 0);
      const { manifestSha256 } = JSON.parse(answers[winner]!.stdout) as { manifestSha256: string };
      expect(answers[1 - winner]!.stderr + answers[1 - winner]!.stdout).toContain('VERSION_EXISTS');
      process.env.BALLAST_SCRATCH_DIR = join(ballast.folder, 'look-race');
      const lines = await readLedger(localFolder(workspace));
      const published = lines.filter(({ kind }) => kind === 'publish');
      expect(
        published.map(({ body }) => (body as { manifestSha256: string }).manifestSha256),
      ).toEqual([manifestSha256]);
      await untilSealed(localFolder(workspace), 1, 'mixes/');
      const audit = await ballast.run('audit', 'verify', '--workspace', workspace, '--json');
      expect([audit.code, audit.stdout.slice(0, 3_000)]).toEqual([0, expect.anything()]);
    } finally {
      await second.run('down', '--json');
      rmSync(second.folder, { recursive: true, force: true });
    }
  }, 180_000);
});
