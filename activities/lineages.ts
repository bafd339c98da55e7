/** How many of our own models stand behind each family of own outputs. */
import type { Lineage } from '../core/schema/own-output.js';
import type { Recipe } from '../core/schema/recipe.js';
import { readManifest } from './published-version.js';
import { readRuns } from './registered-runs.js';

/**
 * Lineage of every entry under `own_outputs`, from the published versions that its models were trained
 * on, as the recipe says and as runs of its family are registered: depth 1 where those hold no own text, n + 1 where they hold text of depth n. A version that this
 * workspace does not hold counts as one without own text.
 */
export async function lineagesOf(
  workspace: string,
  { name: mix, ownOutputs }: Recipe,
): Promise<Lineage[]> {
  const runs = ownOutputs.length === 0 ? [] : await readRuns(workspace);
  return ownOutputs.map(({ name, modelFamily, trainedOn: stated }) => {
    const family = modelFamily.kind === 'constant' ? modelFamily.value : name;
    const registered = runs.filter((run) => run.family === family).map((run) => run.mix);
    const trainedOn = [...new Set([...stated, ...registered])];
    return lineageOf(workspace, mix, { output: name, modelFamily: family, trainedOn });
  });
}

function lineageOf(
  workspace: string,
  mix: string,
  entry: Pick<Lineage, 'output' | 'modelFamily' | 'trainedOn'>,
): Lineage {
  const { trainedOn } = entry;
  return {
    ...entry,
    depth: 1 + Math.max(0, ...trainedOn.map((version) => depthOf(workspace, version))),
    loops: trainedOn.filter((version) => version.slice(0, version.lastIndexOf('@')) === mix),
  };
}

/** Greatest lineage depth of what a published version holds; 0 where it holds no own text. */
function depthOf(workspace: string, reference: string): number {
  const at = reference.lastIndexOf('@');
  const found = readManifest(workspace, reference.slice(0, at), reference.slice(at + 1));
  const written = found?.strata.filter(({ tokensWritten }) => tokensWritten > 0) ?? [];
  return Math.max(0, ...written.map(({ lineageDepth }) => lineageDepth));
}
