/** The cluster record of a build, which must have been made. */
import { findArtifact } from '../storage/artifact.js';
import { keptPerBuild, missingArtifact, profileKeys } from './build-context.js';
import { clustersMadeOf } from './cluster-columns.js';

export const openClusters = keptPerBuild(async (build) => {
  const { workspace } = build.context;
  const madeOf = clustersMadeOf(build, profileKeys(build));
  const record = await findArtifact({ workspace, kind: 'clusters', madeOf });
  if (record === null) throw missingArtifact('clusters', build.recipe.name);
  return record;
});
