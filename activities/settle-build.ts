/**
 * What a build of a line came to, as a line of the ledger. Where it failed by files that are new in
 * it, those are set aside; all others go back to wait.
 */

import { BY_PLACE, blamedFiles } from '../core/line/blame.js';
import type { BuildFailure } from '../core/line/build-end.js';
import type { ArrivalList, ListedArrival, RefusedArrival } from '../core/schema/arrival-list.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import type { Recipe } from '../core/schema/recipe.js';
import { findArtifact } from '../storage/artifact.js';
import {
  type ListNow,
  type ListPlace,
  listNow,
  listOf,
  record,
  type ScratchPlace,
} from './arrival-list.js';
import { arrivalProfile } from './arrival-profile.js';
import { type ProfileSummary, profileMadeOf } from './profile-columns.js';

export interface SettleInput extends ListPlace {
  readonly recipe: Recipe;
  readonly baseFolder: string;
  readonly list: ArtifactRef | null;
  readonly version: string;
  /** Null where it was published. */
  readonly failure: BuildFailure | null;
}

export interface Settled extends ListNow {
  readonly sentence: string;
  readonly setAside: number;
}

/** Files of which more rows are rejected than the recipe allows a source. */
async function rejecting(
  input: SettleInput & ScratchPlace,
  files: readonly ListedArrival[],
): Promise<ListedArrival[]> {
  const { recipe, workspace, failure } = input;
  const found: ListedArrival[] = [];
  for (const file of files) {
    if (failure?.parts?.subject !== `source "${file.source}"`) continue;
    const profile = await arrivalProfile(input, recipe, file);
    if (profile === null) continue;
    const record = await findArtifact({
      workspace,
      kind: 'profile',
      madeOf: profileMadeOf(profile),
    });
    const summary = record?.summary as ProfileSummary | undefined;
    if (summary === undefined) continue;
    if (summary.rowsKept === 0 || summary.rowsRejected > recipe.rejects.maxShare * summary.rowsRead)
      found.push(file);
  }
  return found;
}

async function setAside(
  input: SettleInput & ScratchPlace,
  list: ArrivalList,
): Promise<RefusedArrival[]> {
  const { failure, version } = input;
  if (failure === null) return [];
  const files = list.arrivals.filter(
    (entry) => entry.state === 'taken' && entry.version === version,
  );
  const blamed =
    failure.code === 'SOURCE_REJECTS' ? await rejecting(input, files) : blamedFiles(failure, files);
  return blamed.map(({ source, file, sha256, bytes, tokens, atMs }) => ({
    ...{ source, file, sha256, bytes, tokens, atMs },
    reason: `${failure.code}: ${failure.message}`.slice(0, 1_000),
    mayReturn: BY_PLACE.includes(failure.code),
  }));
}

function sentenceOf(
  { name, version, failure }: SettleInput,
  taken: number,
  refused: number,
): string {
  const mix = `${name}@${version}`;
  if (failure === null) return `${mix} was published with ${taken} new files`;
  const rest =
    refused === 0 ? 'its new files wait again' : `${refused} new files were set aside for it`;
  return `${mix} failed, ${rest}: ${failure.code}: ${failure.message}`.slice(0, 1_000);
}

export async function settleBuild(input: SettleInput & ScratchPlace): Promise<Settled> {
  const { name, version, failure } = input;
  const before = await listOf(input, input.list);
  const refused = await setAside(input, before);
  const taken = before.arrivals.filter((entry) => entry.version === version).length;
  const sentence = sentenceOf(input, taken, refused.length);
  const outcome = failure === null ? ('published' as const) : ('failed' as const);
  const line = { name, event: 'ended' as const, version, outcome, sentence, arrivals: [], refused };
  const made = await record(input, before, { key: `${version}/ended`, line });
  const now = await listNow(input, made.list);
  return { ...now, sentence: made.line.sentence, setAside: made.line.refused.length };
}
