/** The ledger's line of a retraction. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { byCode } from '../core/plan/stratum.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import {
  impact as impactSchema,
  type RetractInput,
  type RetractionLine,
} from '../core/schema/retraction.js';
import { readJsonArtifact } from '../storage/artifact.js';
import { digestOf } from '../storage/digest.js';
import { appendLedgerIf, readLedger } from '../storage/ledger.js';
import { refreshManifests } from '../storage/remote/mirror.js';
import { isThere } from '../storage/workspace.js';
import { MANIFEST_FILE, otherVersions } from './published-version.js';
import { linesOf, mixNameOf, RETRACTION_LINE } from './retractions.js';
import type { ImpactFound } from './tasks/find-impact.js';

export interface RecordRetractionInput {
  readonly wanted: RetractInput;
  readonly found: ImpactFound;
  /** Workflow and run, as the ledger names them. */
  readonly by: string;
}

/** `stale`: a version was published since the impact was found, so it must be found again. */
export type Recorded =
  | { readonly state: 'stale' }
  | {
      readonly state: 'recorded';
      readonly ledgerSequence: number;
      /** Affected versions of every run of this retraction. */
      readonly versions: readonly string[];
    };

/** Names of all published mixes. */
function mixNames(workspace: string): string[] {
  const folder = join(workspace, 'mixes');
  return isThere(folder) ? readdirSync(folder).sort(byCode) : [];
}

async function isStale(workspace: string, summary: ArtifactRef): Promise<boolean> {
  await refreshManifests(workspace, MANIFEST_FILE);
  const { scope, versionsRead, versionsDeleted } = await readJsonArtifact(
    workspace,
    summary,
    impactSchema,
  );
  const known = new Set([...versionsRead.map(({ mix }) => mix), ...versionsDeleted]);
  const names = 'mix' in scope ? [mixNameOf(scope.mix)] : mixNames(workspace);
  return names.some((name) =>
    otherVersions(workspace, name, '').some((version) => !known.has(`${name}@${version}`)),
  );
}

/**
 * One line per retraction, and another where a later run of it finds versions that no line has. A
 * reversal of labels has one line only: what was built after it was labelled after it.
 */
export async function recordRetraction({
  wanted,
  found,
  by,
}: RecordRetractionInput): Promise<Recorded> {
  const { workspace, key, scope, reason, requestedBy, effective } = wanted;
  if (await isStale(workspace, found.refs.summary)) return { state: 'stale' };
  const entries = await readLedger(workspace);
  const lines = linesOf(entries, key);
  const known = new Set(lines.flatMap(({ versions }) => versions));
  const fresh = found.versions.filter((mix) => !known.has(mix));
  const [first] = lines;
  const isKnown =
    first !== undefined && (fresh.length === 0 || first.scope.kind.startsWith('label_'));
  if (isKnown) {
    const { sequence } = entries.findLast(
      ({ kind, body }) => kind === RETRACTION_LINE && (body as RetractionLine).key === key,
    )!;
    return { state: 'recorded', ledgerSequence: sequence, versions: [...known] };
  }
  const line = { key, scope, reason, requestedBy, effective, impact: found.refs };
  const body: RetractionLine = { ...line, versions: [...found.versions] };
  const lineKey =
    first === undefined ? `retraction/${key}` : `retraction/${key}/${digestOf(found.versions)}`;
  // Asked again while nobody else adds a line: a version whose line comes later knows this one.
  const entry = await appendLedgerIf(
    workspace,
    { key: lineKey, kind: RETRACTION_LINE, by, body },
    async () => !(await isStale(workspace, found.refs.summary)),
  );
  if (entry === null) return { state: 'stale' };
  return { state: 'recorded', ledgerSequence: entry.sequence, versions: [...known, ...fresh] };
}
