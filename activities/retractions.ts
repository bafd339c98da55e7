/**
 * Retractions of a workspace, as the ledger holds them, and what they mean for one build: grants and
 * sources that nothing may be used of, documents and texts that may not be used, evidence that is given to nobody.
 */
import { NOTHING_RETRACTED, type Retracted } from '../core/license/retracted.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import { keyOfParts } from '../core/schema/key-of-parts.js';
import type { Recipe } from '../core/schema/recipe.js';
import {
  type PinnedRetraction,
  type RetractionLine,
  type RetractionList,
  type RetractionScope,
  retractionLine,
  retractionList,
  withdrawnDocuments,
} from '../core/schema/retraction.js';
import { readJsonArtifact, writeJsonArtifact } from '../storage/artifact.js';
import { type LedgerEntry, readLedger } from '../storage/ledger.js';

/** Kind of the ledger lines that retract. */
export const RETRACTION_LINE = 'retraction';

/** What retractions take out of one build; each text says which one does, and why. */
export interface RetractedText extends Retracted {
  /** By `keyOfParts(source, id)`. */
  readonly documents: ReadonlyMap<string, string>;
  /** By digest of the text, in hex. */
  readonly digests: ReadonlyMap<string, string>;
  /** Beginnings of names of evidence that was found false. */
  readonly disregarded: readonly string[];
}

const NOTHING: RetractedText = {
  ...NOTHING_RETRACTED,
  documents: new Map(),
  digests: new Map(),
  disregarded: [],
};

/** The lines of one retraction, oldest first: a later run of it adds one where it found more versions. */
export function linesOf(entries: readonly LedgerEntry[], key: string): RetractionLine[] {
  return entries
    .filter(({ kind }) => kind === RETRACTION_LINE)
    .map(({ body }) => retractionLine.parse(body))
    .filter((line) => line.key === key);
}

/** All retractions of the workspace, by key. */
export async function readRetractions(workspace: string): Promise<RetractionList> {
  return retractionsIn(await readLedger(workspace));
}

export function retractionsIn(entries: readonly LedgerEntry[]): RetractionList {
  const found = new Map<string, PinnedRetraction>();
  for (const { kind, body } of entries) {
    if (kind !== RETRACTION_LINE) continue;
    const { key, scope, reason, impact } = retractionLine.parse(body);
    const known = found.get(key)?.documents ?? [];
    const documents = hasDocuments(scope) ? [...known, impact.documents] : [];
    const distinct = documents.filter(
      ({ sha256 }, i) => documents.findIndex((other) => other.sha256 === sha256) === i,
    );
    found.set(key, { key, scope, reason, documents: distinct });
  }
  const keys = [...found.keys()].sort();
  return { schemaVersion: 1, retractions: keys.map((key) => found.get(key)!) };
}

function hasDocuments({ kind }: RetractionScope): boolean {
  return kind === 'documents';
}

/** The retractions that can matter to a recipe: a build that none concerns is addressed as if there were none. */
export function retractionsFor(
  recipe: Pick<Recipe, 'name' | 'grants' | 'sources'>,
  { retractions }: RetractionList,
): RetractionList {
  const concerns = ({ scope }: PinnedRetraction): boolean => {
    if (scope.kind === 'grant') return recipe.grants.some(({ grantId }) => grantId === scope.grant);
    if (scope.kind === 'source') return recipe.sources.some(({ name }) => name === scope.source);
    if (scope.kind === 'documents') return true;
    return scope.kind === 'label_evidence' && mixNameOf(scope.mix) === recipe.name;
  };
  return { schemaVersion: 1, retractions: retractions.filter(concerns) };
}

/** `name` of `name` or `name@version`. */
export function mixNameOf(mix: string): string {
  const at = mix.lastIndexOf('@');
  return at < 0 ? mix : mix.slice(0, at);
}

/** `withdrawn by retraction grant/web: the licensor ended it`. */
export function withdrawnBy({ key, reason }: Pick<PinnedRetraction, 'key' | 'reason'>): string {
  return `withdrawn by retraction ${key}${reason === '' ? '' : `: ${reason}`}`;
}

/** Fixes what a build of this recipe knows of retractions; null where none concerns it. */
export async function pinRetractions(
  recipe: Pick<Recipe, 'name' | 'grants' | 'sources'>,
  place: { readonly workspace: string; readonly buildId: string; readonly rows: number },
): Promise<ArtifactRef | null> {
  const list = retractionsFor(recipe, await readRetractions(place.workspace));
  if (list.retractions.length === 0) return null;
  return writeJsonArtifact({ ...place, kind: 'retractions' }, list);
}

/** What the pinned retractions of a build take out of it. */
export async function openRetractions({
  workspace,
  retractions: ref,
}: {
  readonly workspace: string;
  readonly retractions?: ArtifactRef | null;
}): Promise<RetractedText> {
  if (ref == null) return NOTHING;
  const { retractions } = await readJsonArtifact(workspace, ref, retractionList);
  const [grants, sources] = [new Map<string, string>(), new Map<string, string>()];
  const [documents, digests] = [new Map<string, string>(), new Map<string, string>()];
  const disregarded: string[] = [];
  for (const retraction of retractions) {
    const { scope } = retraction;
    const why = withdrawnBy(retraction);
    if (scope.kind === 'grant') grants.set(scope.grant, `grant ${scope.grant} is ${why}`);
    if (scope.kind === 'source') sources.set(scope.source, `source ${scope.source} is ${why}`);
    if (scope.kind === 'label_evidence') disregarded.push(scope.evidence);
    for (const list of retraction.documents) {
      const found = await readJsonArtifact(workspace, list, withdrawnDocuments);
      for (const [source, id] of found.documents) documents.set(keyOfParts(source, id), why);
      for (const digest of found.textSha256) digests.set(digest, `the same text is ${why}`);
    }
  }
  return { grants, sources, documents, digests, disregarded };
}
