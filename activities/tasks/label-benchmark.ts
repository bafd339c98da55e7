/** Labels the items of one benchmark of a build, by its place in the recipe. */
import type { BenchmarkLabels } from '../../core/schema/contamination.js';
import { assert } from '../../core/schema/failure.js';
import { benchmarkLabelsOf } from '../benchmark-labels.js';
import { type BuildContext, openBuild } from '../build-context.js';
import { pinnedBenchmarks } from '../contamination.js';

export interface LabelBenchmarkInput {
  readonly context: BuildContext;
  readonly benchmark: number;
}

export async function run(
  { context, benchmark }: LabelBenchmarkInput,
  progress: Float64Array,
): Promise<BenchmarkLabels> {
  const build = await openBuild(context);
  const pinned = pinnedBenchmarks(build)[benchmark];
  assert(pinned !== undefined, `no benchmark ${benchmark}`);
  progress[1] = 1;
  const labels = await benchmarkLabelsOf(build, pinned);
  progress[0] = 1;
  return labels;
}
