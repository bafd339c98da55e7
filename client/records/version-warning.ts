/** Says where a version should not be used any more: it was withdrawn, relabelled, or its data was deleted. */
import { type StandingVersion, versionStates } from '../../activities/version-states.js';
import type { Output } from '../terminal/output.js';

const WHAT = {
  withdrawn: 'holds text that was withdrawn',
  superseded: 'has labels that were overturned',
  deleted: 'held text that was withdrawn; its data files were deleted',
} as const;

/** Warns on stderr, and answers what it warned of, for JSON; null where the version stands as published. */
export async function warnOfVersion(
  output: Pick<Output, 'warn'>,
  workspace: string,
  mix: string,
): Promise<{
  state: StandingVersion['state'];
  retractions: string[];
  replacedBy: string | null;
} | null> {
  const found = (await versionStates(workspace)).get(mix);
  if (found === undefined) return null;
  const { state, retractions, replacedBy } = found;
  const keys = retractions.map(({ key }) => key);
  const next = replacedBy === null ? 'no version stands in its place yet' : `use ${replacedBy}`;
  output.warn(`${mix} ${WHAT[state]} (${keys.join(', ')}); ${next}`);
  return { state, retractions: keys, replacedBy };
}
