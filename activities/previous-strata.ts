/** Tokens per stratum of the version before, with sites and languages divided as this build divides them. */
import type { facetNames } from '../core/plan/facets.js';
import type { PublishedMix } from '../core/schema/pins.js';
import { type PreviousMix, previousMix } from '../core/schema/plan.js';
import { fileOf, findArtifact, readJsonArtifact } from '../storage/artifact.js';
import { type Build, missingArtifact } from './build-context.js';

const PREVIOUS_VERSION = 'previous@1';
export const PREVIOUS_KIND = 'previous';

export function previousMadeOf(
  { manifestSha256 }: PublishedMix,
  facets: ReturnType<typeof facetNames>,
): unknown {
  return { activity: PREVIOUS_VERSION, manifestSha256, facets };
}

/** The strata, which must have been counted. */
export async function readPreviousStrata(
  build: Build,
  previous: PublishedMix,
  facets: ReturnType<typeof facetNames>,
): Promise<PreviousMix['strata']> {
  const { workspace } = build.context;
  const madeOf = previousMadeOf(previous, facets);
  const record = await findArtifact({ workspace, kind: PREVIOUS_KIND, madeOf });
  if (record === null) throw missingArtifact('strata of the version before', previous.version);
  return readJsonArtifact(workspace, fileOf(record, 'value.json'), previousMix.shape.strata);
}
