/**
 * Finds the Temporal CLI on this machine, in a fixed order; the first usable one wins. Each step
 * reports its outcome, which `ballast doctor` prints. A path that the user names in
 * BALLAST_TEMPORAL_CLI is used or refused, never passed over in silence.
 */
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { Failure } from '../../core/schema/failure.js';
import {
  askCli,
  CLI_VERSION_MIN,
  compareVersions,
  isNewEnough,
  type TemporalCli,
} from './cli-version.js';
import type { StateFolder } from './state.js';

export interface FindStep {
  readonly step: string;
  readonly outcome: string;
}

export interface FoundCli {
  readonly cli: TemporalCli | null;
  readonly steps: readonly FindStep[];
}

const EXECUTABLE = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

/** Looks at BALLAST_TEMPORAL_CLI, PATH and the installed copies, in this order. */
export async function findCli(
  state: StateFolder,
  env: NodeJS.ProcessEnv = process.env,
): Promise<FoundCli> {
  const steps: FindStep[] = [];
  const named = env.BALLAST_TEMPORAL_CLI;
  if (named !== undefined && named !== '') {
    const cli = await namedCli(named);
    return { cli, steps: [{ step: 'BALLAST_TEMPORAL_CLI', outcome: describe(cli) }] };
  }
  steps.push({ step: 'BALLAST_TEMPORAL_CLI', outcome: 'not set' });
  const places = [
    { step: '`temporal` on PATH', candidates: candidatesOnPath(env.PATH ?? '') },
    { step: 'installed copy', candidates: installedCopies(state) },
  ];
  for (const { step, candidates } of places) {
    const { cli, outcome } = await firstUsable(candidates);
    steps.push({ step, outcome });
    if (cli !== null) return { cli, steps };
  }
  return { cli: null, steps };
}

async function namedCli(path: string): Promise<TemporalCli> {
  const refuse = (found: string): Failure =>
    new Failure('SERVER_UNREACHABLE', {
      subject: 'the Temporal CLI',
      expected: `the absolute path of a Temporal CLI, version ${CLI_VERSION_MIN} or newer`,
      found,
      where: 'environment variable BALLAST_TEMPORAL_CLI',
      remedy: 'correct the variable, or unset it to let ballast look for the CLI itself',
    });
  if (!isAbsolute(path)) throw refuse(`the relative path ${path}`);
  if (!isExecutable(path)) throw refuse(`no executable file at ${path}`);
  const cli = await askCli(path);
  if (cli === null) throw refuse(`${path}, which does not answer as a Temporal CLI`);
  if (!isNewEnough(cli.cliVersion)) throw refuse(`version ${cli.cliVersion} at ${path}`);
  return cli;
}

function candidatesOnPath(path: string): string[] {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, EXECUTABLE)).filter(isExecutable);
}

/** `<state>/bin/temporal-<version>`, the newest first. */
function installedCopies(state: StateFolder): string[] {
  const prefix = 'temporal-';
  let names: string[] = [];
  try {
    names = readdirSync(state.bin).filter((name) => /^temporal-\d[\w.-]*$/.test(name));
  } catch {
    // No copy was ever installed.
  }
  const version = (name: string): string => name.slice(prefix.length).replace(/\.exe$/, '');
  names.sort((a, b) => compareVersions(version(b), version(a)));
  return names.map((name) => join(state.bin, name)).filter(isExecutable);
}

async function firstUsable(
  candidates: readonly string[],
): Promise<{ cli: TemporalCli | null; outcome: string }> {
  const refused: string[] = [];
  for (const path of candidates) {
    const cli = await askCli(path);
    if (cli !== null && isNewEnough(cli.cliVersion)) return { cli, outcome: describe(cli) };
    refused.push(
      cli === null
        ? `${path} does not answer as a Temporal CLI`
        : `${path} is version ${cli.cliVersion}, older than ${CLI_VERSION_MIN}`,
    );
  }
  return { cli: null, outcome: refused.length === 0 ? 'none' : refused.join('; ') };
}

function describe(cli: TemporalCli): string {
  return `${cli.path}, version ${cli.cliVersion} (server ${cli.serverVersion})`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
