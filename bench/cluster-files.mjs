/**
 * Clusters of JSONL files by the very tasks of a build, run one after another in this process: pin,
 * profile, cluster. Profiles are kept in the workspace, so another threshold costs the clusters alone.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBuild, profileInput } from '../dist/activities/build-context.js';
import { CLUSTERS_FILE, clusterRows } from '../dist/activities/cluster-columns.js';
import { run as clusterDuplicates } from '../dist/activities/tasks/cluster-duplicates.js';
import { run as pinSources } from '../dist/activities/tasks/pin-sources.js';
import { run as profileShard } from '../dist/activities/tasks/profile-shard.js';
import { readRecipe } from '../dist/client/recipe/read-recipe.js';
import { writeJsonArtifact } from '../dist/storage/artifact.js';
import { readColumns } from '../dist/storage/columns.js';

const progress = () => new Float64Array(2);

function recipeOf(sources, jaccard) {
  const lines = sources.map(
    ({ name, path }) =>
      `  - {name: ${name}, paths: [${path}], domain: d, provenance: {declared: unknown}, grant: open}`,
  );
  return `name: clusters
version: 2026.11.23
tokenizer: bytes
token_budget: 1000
near_duplicates: {jaccard: ${jaccard}}
sources:
${lines.join('\n')}
grants:
  - {grant_id: open, spdx: CC-BY-4.0}
`;
}

/**
 * Cluster rows of `sources` ({name, path}), as a build at this threshold would write them, by document
 * number: documents are numbered over the sources in order of their names here, and the rows of each.
 */
export async function clusterFiles(folder, sources, jaccard) {
  const workspace = join(folder, 'workspace');
  mkdirSync(workspace, { recursive: true });
  const path = join(folder, `recipe-${jaccard}.yaml`);
  writeFileSync(path, recipeOf(sources, jaccard));
  const { recipe, fingerprint, baseFolder } = await readRecipe({ path, set: [] });
  const pins = await pinSources(
    { recipe, baseFolder, recipeFingerprint: fingerprint, lineages: [], previous: null },
    progress(),
  );
  const place = { workspace, buildId: 'bench', rows: 1 };
  const json = (kind, value) => writeJsonArtifact({ ...place, kind }, value);
  const context = {
    ...{ workspace, baseFolder, buildId: 'bench', asOf: '2026-11-23' },
    recipeFingerprint: fingerprint,
    recipe: await json('recipe', recipe),
    pins: await json('pins', pins),
    decisions: await json('decisions', { schemaVersion: 1, decisions: [] }),
  };
  const build = await openBuild(context);
  for (const shard of build.shards) await profileShard(profileInput(build, shard), progress());
  const { record } = await clusterDuplicates(context, progress());
  const rows = [];
  for await (const batch of readColumns(join(workspace, record.files[CLUSTERS_FILE].path)))
    rows.push(...clusterRows(batch, 0, Number.POSITIVE_INFINITY));
  return { rows, summary: record.summary };
}
