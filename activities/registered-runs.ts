/** Which model was trained on which published version: lines `register-run` of the ledger. */

import { join } from 'node:path';
import { Failure } from '../core/schema/failure.js';
import { type RegisteredRun, registeredRun } from '../core/schema/retraction.js';
import { digestOf, sha256File } from '../storage/digest.js';
import { appendLedger, type LedgerEntry, readLedger } from '../storage/ledger.js';
import { isThere, mixPath } from '../storage/workspace.js';
import { MANIFEST_FILE, otherVersions } from './published-version.js';

export const REGISTER_RUN_LINE = 'register-run';

export interface ListedRun extends RegisteredRun {
  readonly sequence: number;
  readonly at: string;
  readonly by: string;
}

/** All runs, in the order in which they were registered. */
export function runsOf(entries: readonly LedgerEntry[]): ListedRun[] {
  return entries
    .filter(({ kind }) => kind === REGISTER_RUN_LINE)
    .map(({ body, sequence, at, by }) => ({ ...registeredRun.parse(body), sequence, at, by }));
}

export async function readRuns(workspace: string): Promise<ListedRun[]> {
  return runsOf(await readLedger(workspace));
}

/** Records that a model was trained on a version; the same run again finds its line. */
export async function registerRun(
  workspace: string,
  run: Omit<RegisteredRun, 'manifestSha256'>,
  by: string,
): Promise<{ run: RegisteredRun; ledgerSequence: number }> {
  const at = run.mix.lastIndexOf('@');
  const [name, version] = [run.mix.slice(0, at), run.mix.slice(at + 1)];
  const manifest = join(workspace, mixPath(name, version), MANIFEST_FILE);
  if (at <= 0 || !isThere(manifest)) throw notPublished(workspace, run.mix, name);
  const { sha256: manifestSha256 } = await sha256File(manifest);
  const body = registeredRun.parse({ ...run, manifestSha256 });
  const key = `register-run/${run.mix}/${digestOf(body)}`;
  const { sequence } = await appendLedger(workspace, { key, kind: REGISTER_RUN_LINE, by, body });
  return { run: body, ledgerSequence: sequence };
}

function notPublished(workspace: string, mix: string, name: string): Failure {
  const known = otherVersions(workspace, name, '');
  return new Failure('USAGE', {
    subject: `mix ${mix}`,
    expected: 'a published version, name@version',
    found: known.length === 0 ? 'none' : `only ${known.slice(-5).join(', ')}`,
    where: workspace,
    remedy: 'name a version that stands under mixes/ of the workspace, or another with --workspace',
  });
}
