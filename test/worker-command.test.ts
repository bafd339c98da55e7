/**
 * `ballast worker` on a server that asks for certificates: a TLS proxy with client certificates stands before a
 * dev server, the worker and the build find it by `TEMPORAL_*` alone, in a namespace of its own. Health, metrics,
 * traces and logs are read as an operator reads them.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namedServerOf } from '../engines/server-settings.js';
import { Ballast } from './ballast-runner.js';
import { RECIPE, writeCorpus } from './pipeline-corpus.js';
import { ROOT } from './tree-files.js';

const MAIN = join(ROOT, 'dist/client/main.js');
const ballast = new Ballast();
const certificates = join(ballast.folder, 'certificates');
const NAMESPACE = 'auditors';

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** An authority, and a certificate of it for the server and one for the client. */
function makeCertificates(): void {
  mkdirSync(certificates, { recursive: true });
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: certificates, stdio: 'ignore' });
  const authority = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
  ];
  openssl(
    ...authority,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '3',
    '-subj',
    '/CN=test ca',
  );
  openssl(...authority, '-keyout', 'x.key', '-out', 'other-ca.pem', '-days', '3', '-subj', '/CN=x');
  writeFileSync(join(certificates, 'names'), 'subjectAltName=IP:127.0.0.1,DNS:temporal.test\n');
  for (const name of ['server', 'client']) {
    const request = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    openssl(...request, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const sign = ['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key'];
    openssl(...sign, '-CAcreateserial', '-days', '3', '-extfile', 'names', '-out', `${name}.pem`);
  }
}

const certificate = (name: string) => join(certificates, name);

/** Ends TLS, asks for a client certificate, and passes the bytes on. */
function tlsProxy(target: number): Promise<{ port: number; close(): void }> {
  const server = createTlsServer(
    {
      key: readFileSync(certificate('server.key')),
      cert: readFileSync(certificate('server.pem')),
      ca: readFileSync(certificate('ca.pem')),
      requestCert: true,
      rejectUnauthorized: true,
      ALPNProtocols: ['h2'],
    },
    (socket) => {
      const behind = connect(target, '127.0.0.1');
      socket.pipe(behind).pipe(socket);
      socket.on('error', () => behind.destroy());
      behind.on('error', () => socket.destroy());
    },
  );
  server.on('tlsClientError', () => undefined);
  return new Promise((ready) =>
    server.listen(0, '127.0.0.1', () =>
      ready({ port: (server.address() as AddressInfo).port, close: () => server.close() }),
    ),
  );
}

/** Counts what a collector is sent, by path. */
function collector(): Promise<{ server: Server; url: string; seen: Map<string, number> }> {
  const seen = new Map<string, number>();
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      seen.set(request.url!, (seen.get(request.url!) ?? 0) + 1);
      response.writeHead(200).end();
    });
  });
  return new Promise((ready) =>
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      ready({ server, url: `http://127.0.0.1:${port}`, seen });
    }),
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

async function until<T>(what: string, look: () => Promise<T | null> | T | null): Promise<T> {
  const end = Date.now() + 45_000;
  for (;;) {
    const found = await look();
    if (found !== null && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited too long for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

interface Running {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly ended: Promise<number | null>;
}

function startWorker(env: NodeJS.ProcessEnv, ...flags: string[]): Running {
  const child = spawn(process.execPath, [MAIN, 'worker', ...flags], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines: string[] = [];
  let rest = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    const parts = `${rest}${chunk}`.split('\n');
    rest = parts.pop()!;
    lines.push(...parts);
  });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  return { child, lines, ended };
}

const answer = async (url: string) => {
  const response = await fetch(url).catch(() => null);
  return response === null ? null : { status: response.status, text: await response.text() };
};

/** The command with other surroundings. */
function runWith(env: NodeJS.ProcessEnv, ...args: string[]) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((done) =>
    execFile(
      process.execPath,
      [MAIN, ...args],
      { env, cwd: ballast.folder },
      (error, stdout, stderr) =>
        done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    ),
  );
}

describe('settings of a named server', () => {
  it('come from the environment; nobody named is null, and no file is read without a profile', () => {
    const config = join(ballast.folder, 'temporal.toml');
    writeFileSync(
      config,
      '[profile.default]\naddress = "cloud:7233"\napi_key = "secret"\n[profile.eu]\naddress = "eu:7233"\nnamespace = "mixes"\napi_key = "eu-key"\n[profile.empty]\n',
    );
    const file = { TEMPORAL_CONFIG_FILE: config };
    expect(namedServerOf({}, file)).toBeNull();
    const plain = namedServerOf({ address: 'here:7233' }, file)!;
    expect(plain).toMatchObject({ address: 'here:7233', namespace: null });
    expect(plain.connection.apiKey).toBeUndefined();
    expect(plain.connection.tls).toBeUndefined();
    const key = { TEMPORAL_ADDRESS: 'a:1', TEMPORAL_API_KEY: 'k', TEMPORAL_NAMESPACE: 'n' };
    expect(namedServerOf({}, key)).toMatchObject({
      ...{ address: 'a:1', namespace: 'n' },
      connection: { apiKey: 'k', tls: true },
    });
    expect(namedServerOf({ profile: 'eu' }, file)).toMatchObject({
      ...{ address: 'eu:7233', namespace: 'mixes' },
      connection: { apiKey: 'eu-key', tls: true },
    });
    expect(() => namedServerOf({ profile: 'empty' }, file)).toThrow(
      /an address of a Temporal server/,
    );
    expect(() => namedServerOf({ profile: 'absent' }, file)).toThrow(/profile absent/);
  });
});

const reason = hasOpenssl() ? '' : ' (skipped: no openssl to make certificates with)';

describe.skipIf(reason !== '')(`a worker on a server behind TLS${reason}`, () => {
  let proxy: { port: number; close(): void };
  let collected: Awaited<ReturnType<typeof collector>>;
  let worker: Running;
  let environment: NodeJS.ProcessEnv;
  const recipe = join(ballast.folder, 'recipe.yaml');
  let health = '';

  beforeAll(async () => {
    makeCertificates();
    await writeCorpus(ballast.folder, 1);
    writeFileSync(recipe, RECIPE);
    expect((await ballast.run('up', '--json')).code).toBe(0);
    const connection = await Connection.connect({ address: ballast.address() });
    await connection.workflowService.registerNamespace({
      namespace: NAMESPACE,
      workflowExecutionRetentionPeriod: { seconds: 864_000 as never },
    });
    await connection.close();
    proxy = await tlsProxy(Number(ballast.address().split(':')[1]));
    collected = await collector();
    environment = {
      ...ballast.environment(),
      TEMPORAL_ADDRESS: `127.0.0.1:${proxy.port}`,
      TEMPORAL_NAMESPACE: NAMESPACE,
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificate('ca.pem'),
      TEMPORAL_TLS_SERVER_NAME: 'temporal.test',
      TEMPORAL_TLS_CLIENT_CERT_PATH: certificate('client.pem'),
      TEMPORAL_TLS_CLIENT_KEY_PATH: certificate('client.key'),
    };
    // The namespace is new to every frontend for some seconds.
    await until('the namespace', async () => {
      const doctor = await runWith(environment, 'doctor', '--json');
      return doctor.stdout.includes(`"found": "${NAMESPACE}"`) ? true : null;
    });
    health = `127.0.0.1:${await freePort()}`;
    const flags = ['--log', 'json', '--health', health, '--grace', '5', '--rate', '200'];
    const traced = { ...environment, OTEL_EXPORTER_OTLP_ENDPOINT: collected.url };
    worker = startWorker(traced, ...flags);
  }, 180_000);

  afterAll(async () => {
    worker?.child.kill('SIGKILL');
    proxy?.close();
    collected?.server.close();
    await ballast.run('down', '--json');
  });

  it('becomes ready, and says so', async () => {
    const ready = await until('readiness', async () => {
      const found = await answer(`http://${health}/readyz`);
      return found?.status === 200 ? found : null;
    });
    expect(JSON.parse(ready.text)).toMatchObject({
      ok: true,
      queues: { ballast: 'running', 'ballast-cpu': 'running' },
      server: expect.stringMatching(/^answers, version \d/),
    });
    expect((await answer(`http://${health}/`))?.status).toBe(404);
  });

  it('carries out a build in that namespace, and logs each activity as one JSON line', async () => {
    const built = await runWith(environment, 'build', '-c', recipe, '--json');
    expect(JSON.parse(built.stdout)).toMatchObject({ status: 'published' });
    const ended = await until('lines of activities that are done', () => {
      const lines = worker.lines.filter((line) => line.startsWith('{'));
      const read = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const done = read.filter(({ outcome }) => outcome === 'done');
      return done.length > 0 ? done : null;
    });
    for (const line of ended)
      expect(line).toMatchObject({
        ...{ level: 'INFO', attempt: expect.any(Number), milliseconds: expect.any(Number) },
        workflowId: expect.stringMatching(/^(build-mix|seal-audit)\//),
      });
    expect(ended.some(({ workflowId }) => String(workflowId).startsWith('build-mix/'))).toBe(true);
  }, 120_000);

  it('sends metrics and traces to the collector that the environment names', async () => {
    await until('metrics and traces', () =>
      collected.seen.has('/v1/metrics') && collected.seen.has('/v1/traces') ? true : null,
    );
  });

  it('ends what it does and stops after SIGTERM', async () => {
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    const stopped = worker.lines.filter((line) => line.includes('"state":"STOPPED"'));
    expect(stopped).toHaveLength(2);
    expect(await answer(`http://${health}/healthz`)).toBeNull();
  });

  it('serves metrics itself where it is told to', async () => {
    const metrics = `127.0.0.1:${await freePort()}`;
    const other = startWorker(environment, '--metrics', metrics, '--queues', 'ballast-cpu');
    try {
      const page = await until('metrics', async () => {
        const found = await answer(`http://${metrics}/metrics`);
        return found?.text.includes('temporal_worker_task_slots_available') ? found : null;
      });
      expect(page.text).toContain('task_queue="ballast-cpu"');
      expect(page.text).not.toContain('worker_type="WorkflowWorker"');
    } finally {
      other.child.kill('SIGTERM');
      expect(await other.ended).toBe(0);
    }
  });

  it('under worker versioning, lines move on with the code and builds stay with theirs', async () => {
    const address = ballast.address();
    const versioned = { ...ballast.environment(), TEMPORAL_NAMESPACE: NAMESPACE };
    const flags = ['--address', address, '--deployment', 'ballast', '--build-id', 'b1'];
    const other = startWorker(versioned, ...flags);
    const connection = await Connection.connect({ address });
    const { workflowService } = connection;
    try {
      const deployment = { namespace: NAMESPACE, deploymentName: 'ballast' };
      const version = { deploymentName: 'ballast', buildId: 'b1' };
      await until('the version', () =>
        workflowService
          .setWorkerDeploymentCurrentVersion({
            ...deployment,
            buildId: 'b1',
            version: 'ballast.b1',
          })
          .then(
            () => true,
            () => null,
          ),
      );
      const client = new Client({ connection, namespace: NAMESPACE });
      const behaviourOf = async (workflowType: string) => {
        const started = await client.workflow.start(workflowType, {
          ...{ workflowId: `versioned/${workflowType}`, taskQueue: 'ballast', args: [{}] },
        });
        await started.result().catch(() => null);
        const { workflowExecutionInfo: found } = await workflowService.describeWorkflowExecution({
          namespace: NAMESPACE,
          execution: { workflowId: started.workflowId },
        });
        return [found?.versioningInfo?.behavior, found?.versioningInfo?.deploymentVersion?.buildId];
      };
      // 1: pinned, 2: moves on. An input of no shape ends each at once, on that version.
      expect(await behaviourOf('buildMix')).toEqual([1, version.buildId]);
      for (const type of ['mixLine', 'reviewMix', 'sealAudit'])
        expect([type, ...(await behaviourOf(type))]).toEqual([type, 2, version.buildId]);
    } finally {
      await connection.close();
      other.child.kill('SIGTERM');
      await other.ended;
    }
  }, 60_000);

  it('refuses a server that another authority signed for, and flags that mean nothing', async () => {
    const doubted = {
      ...environment,
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificate('other-ca.pem'),
    };
    const refused = await runWith(doubted, 'worker');
    expect(refused.code).toBe(6);
    expect(refused.stderr).toContain('SERVER_UNREACHABLE');
    const absent = { ...environment, TEMPORAL_TLS_CLIENT_KEY_PATH: certificate('none.key') };
    const unread = await runWith(absent, 'worker');
    expect(unread.code).toBe(2);
    expect(unread.stderr).toContain('none.key');
    for (const [flag, value] of [
      ['--threads', '0'],
      ['--queues', 'other'],
      ['--health', '8080'],
      ['--rate', '0'],
    ] as const) {
      const bad = await runWith(environment, 'worker', flag, value);
      expect([flag, bad.code]).toEqual([flag, 2]);
      expect(bad.stderr).toContain(`option ${flag}`);
    }
    expect(existsSync(join(ballast.folder, 'state'))).toBe(true);
  });
});
