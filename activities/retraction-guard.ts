/**
 * A build that was pinned before a retraction must not publish what is withdrawn. The ledger decides
 * which of the two came first: a version's line is added only where every retraction before it was
 * pinned or had looked at that version, and a retraction's line only where it looked at all that stand.
 */
import { canonicalJson } from '../core/schema/canonical.js';
import { Failure } from '../core/schema/failure.js';
import type { Recipe } from '../core/schema/recipe.js';
import { impact, type RetractionLine, retractionList } from '../core/schema/retraction.js';
import { readJsonArtifact } from '../storage/artifact.js';
import { type LedgerEntry, readLedger } from '../storage/ledger.js';
import type { BuildContext } from './build-context.js';
import { linesOf, retractionsFor, retractionsIn } from './retractions.js';

/**
 * Key of a retraction that the build was not pinned with and that did not count this version among
 * those that stood; null where there is none. Such a build would publish what is withdrawn.
 */
export async function retractionWithout(
  { workspace, retractions: ref }: BuildContext,
  recipe: Recipe,
  entries: readonly LedgerEntry[],
): Promise<string | null> {
  const now = retractionsFor(recipe, retractionsIn(entries)).retractions;
  const pinned =
    ref == null ? [] : (await readJsonArtifact(workspace, ref, retractionList)).retractions;
  const known = new Set(pinned.map((retraction) => canonicalJson(retraction)));
  const mix = `${recipe.name}@${recipe.version}`;
  for (const retraction of now) {
    if (known.has(canonicalJson(retraction))) continue;
    if (!(await hasRead(workspace, linesOf(entries, retraction.key), mix))) return retraction.key;
  }
  return null;
}

/** Whether one of the lines of a retraction looked at this version. */
async function hasRead(
  workspace: string,
  lines: readonly RetractionLine[],
  mix: string,
): Promise<boolean> {
  for (const line of lines) {
    const { versionsRead } = await readJsonArtifact(workspace, line.impact.summary, impact);
    if (versionsRead.some((read) => read.mix === mix)) return true;
  }
  return false;
}

export function retractedMeanwhile(mix: string, key: string): Failure {
  return new Failure('BUILD_CANCELLED', {
    subject: mix,
    expected: 'no retraction since the build was pinned',
    found: `retraction ${key}`,
    where: 'ledger.jsonl',
    remedy: 'build again: what was read and labelled is kept, and the withdrawn text is left out',
  });
}

export async function assertRetractionsKnown(context: BuildContext, recipe: Recipe): Promise<void> {
  const entries = await readLedger(context.workspace);
  const unknown = await retractionWithout(context, recipe, entries);
  if (unknown !== null) throw retractedMeanwhile(`${recipe.name}@${recipe.version}`, unknown);
}
