/** What the manifest says of a build's benchmarks: what was looked for, and what that left out. */
import type { ScreenedBenchmark } from '../core/schema/contamination.js';
import type { Build } from './build-context.js';
import { coverageOf, pinnedBenchmarks } from './contamination.js';
import { ContaminationCounter } from './contamination-tally.js';
import { openLabelledShards } from './labelled-documents.js';

export async function screenedBenchmarks(build: Build): Promise<ScreenedBenchmark[]> {
  const pinned = pinnedBenchmarks(build);
  if (pinned.length === 0) return [];
  const counter = new ContaminationCounter();
  for (const { summary } of await openLabelledShards(build)) counter.addAll(summary.contamination);
  return Promise.all(
    pinned.map(async (one) => {
      const { name, version, path, fields, action } = one.benchmark;
      const { items, itemsUnsearched } = await coverageOf(build, one);
      return {
        ...{ name, version, path, sha256: one.file.sha256, fields, action, items, itemsUnsearched },
        ...counter.total(name),
        byDomain: counter.domains(name),
      };
    }),
  );
}
