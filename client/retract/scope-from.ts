/** What the flags of `ballast retract` mean: one scope, and the key under which it is one retraction. */
import type { RetractionScope } from '../../core/schema/retraction.js';
import { writeJsonArtifact } from '../../storage/artifact.js';
import { removeScratch } from '../../storage/workspace.js';
import { usage } from '../terminal/arguments.js';
import { readListed } from './read-ids.js';

export const COMMAND = 'ballast retract';

export interface ScopeFlags {
  readonly grant: string | undefined;
  readonly source: string | undefined;
  readonly ids: string | undefined;
  readonly textSha256: string | undefined;
  readonly labelReversal: string | undefined;
  readonly evidence: string | undefined;
}

export interface Scoped {
  readonly scope: RetractionScope;
  readonly key: string;
}

const WAYS =
  'one of --grant G, --source S, --ids FILE, --text-sha256 FILE, or --label-reversal MIX with --ids FILE or --evidence E';

function given(flags: ScopeFlags): string[] {
  const { grant, source, labelReversal } = flags;
  const documents = labelReversal === undefined ? (flags.ids ?? flags.textSha256) : undefined;
  return [grant, source, labelReversal, documents].filter(
    (value) => value !== undefined && value !== '',
  ) as string[];
}

const SCRATCH = 'retract-list';

async function writeListed(workspace: string, flags: ScopeFlags) {
  const { ids, textSha256 } = flags;
  const listed = await readListed({ ids, textSha256 });
  const rows = listed.documents.length + listed.textSha256.length;
  const place = { workspace, buildId: SCRATCH, kind: 'withdrawn', rows };
  const ref = await writeJsonArtifact(place, listed);
  await removeScratch(workspace, SCRATCH);
  return ref;
}

/** @param effective day that is part of the key of a reversal: labels may be overturned again later */
export async function scopeFrom(
  workspace: string,
  flags: ScopeFlags,
  effective: string,
): Promise<Scoped> {
  const found = given(flags);
  if (found.length !== 1)
    throw usage(COMMAND, WAYS, found.length === 0 ? 'none' : `${found.length} of them`, WAYS);
  const { grant, source, labelReversal, evidence } = flags;
  if (evidence !== undefined && labelReversal === undefined)
    throw usage(COMMAND, '--label-reversal MIX with --evidence', 'no mix', WAYS);
  if (grant) return { scope: { kind: 'grant', grant }, key: `grant:${grant}` };
  if (source) return { scope: { kind: 'source', source }, key: `source:${source}` };
  if (labelReversal !== undefined) return reversalFrom(workspace, flags, effective);
  const documents = await writeListed(workspace, flags);
  const key = `documents:${documents.sha256.slice(0, 16)}`;
  return { scope: { kind: 'documents', documents }, key };
}

async function reversalFrom(
  workspace: string,
  flags: ScopeFlags,
  effective: string,
): Promise<Scoped> {
  const { evidence, ids, textSha256 } = flags;
  const mix = flags.labelReversal!;
  const hasList = ids !== undefined || textSha256 !== undefined;
  if (hasList === (evidence !== undefined))
    throw usage(COMMAND, 'either --ids FILE or --evidence E', hasList ? 'both' : 'neither', WAYS);
  if (evidence !== undefined) {
    const key = `labels:${mix}:${evidence}:${effective}`;
    return { scope: { kind: 'label_evidence', mix, evidence }, key };
  }
  const documents = await writeListed(workspace, flags);
  const key = `labels:${mix}:${documents.sha256.slice(0, 16)}:${effective}`;
  return { scope: { kind: 'label_documents', mix, documents }, key };
}
