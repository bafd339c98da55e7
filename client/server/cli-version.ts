/** A Temporal CLI binary and what it says about itself. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface TemporalCli {
  readonly path: string;
  readonly cliVersion: string;
  readonly serverVersion: string;
}

/** Older ones lack flags that we pass to `server start-dev`. */
export const CLI_VERSION_MIN = '1.8.0';

const run = promisify(execFile);

/** Asks the binary; null when it is none. `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)` */
export async function askCli(path: string): Promise<TemporalCli | null> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 20_000 });
    const match = /temporal version (\S+) \(Server ([^,)]+)/.exec(stdout);
    return match === null ? null : { path, cliVersion: match[1]!, serverVersion: match[2]! };
  } catch {
    return null;
  }
}

export function isNewEnough(version: string): boolean {
  return compareVersions(version, CLI_VERSION_MIN) >= 0;
}

/** Orders `1.10.0` after `1.9.1`; a pre-release (`1.9.0-rc.1`) comes before its release. */
export function compareVersions(a: string, b: string): number {
  const [coreA, preA] = splitVersion(a);
  const [coreB, preB] = splitVersion(b);
  for (let i = 0; i < 3; i++) {
    const difference = (coreA[i] ?? 0) - (coreB[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return Number(preA === '') - Number(preB === '');
}

function splitVersion(version: string): [number[], string] {
  const [core = '', ...rest] = version.replace(/^v/, '').split('-');
  return [core.split('.').map((part) => Number.parseInt(part, 10) || 0), rest.join('-')];
}
