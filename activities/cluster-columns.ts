/** The clusters of a build: who leads each duplicate, and which copy is kept; one row per duplicate. */
import type { Build } from './build-context.js';

export const CLUSTERS_FILE = 'clusters.arrow';
const CLUSTERS_VERSION = 'clusters@1';

export interface ClusterSummary {
  readonly documents: number;
  readonly exactGroups: number;
  readonly pairsVerified: number;
  readonly nearPairs: number;
  readonly clusters: number;
  readonly documentsRemoved: number;
  /** LSH buckets too large to be compared whole. */
  readonly boundedBuckets: number;
}

/** What judges a document's label and grant, apart from its text: part of several addresses. */
export function judgementOf(build: Build): unknown {
  const { recipe, context } = build;
  return {
    asOf: context.asOf,
    use: recipe.use,
    grants: recipe.grants,
    allowLists: recipe.allowLists,
    sources: recipe.sources.map(({ name, domain, provenance, modelFamily, grant }) => ({
      name,
      domain,
      provenance,
      modelFamily,
      grant,
    })),
  };
}

export function clustersMadeOf(build: Build, profileKeys: readonly string[]): unknown {
  const { jaccard } = build.recipe.nearDuplicates;
  return {
    activity: CLUSTERS_VERSION,
    profiles: profileKeys,
    jaccard,
    judgement: judgementOf(build),
  };
}
