/** Scatter -> gather -> read back -> judge: from a selection to a version ready to be published. */
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { Pinned } from '../activities/index.js';
import type { Assembled } from '../activities/tasks/assemble-version.js';
import type { Selected } from '../activities/tasks/select-documents.js';
import type { Solved } from '../activities/tasks/solve-plan.js';
import type { ManifestApproval } from '../core/schema/approval-lines.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import type { Recipe } from '../core/schema/recipe.js';
import type { BuildStory } from './build-story.js';
import { fanOut } from './fan-out.js';
import { overShards } from './over-shards.js';
import { MixTokens, SyntheticShare } from './search-attributes.js';
import { heavy, WIDTH } from './steps.js';

export interface WriteInput {
  readonly wanted: Recipe;
  readonly pinned: Pinned;
  readonly inventory: ArtifactRef;
  readonly plan: Solved;
  /** `risk.json`; null where the recipe asks for no simulation. */
  readonly risk: ArtifactRef | null;
  /** Null where nobody was asked. */
  readonly approval: ManifestApproval | null;
  readonly selected: Selected;
  readonly files: number;
  readonly story: BuildStory;
}

export async function writeAndVerify(input: WriteInput): Promise<Assembled> {
  const { pinned, inventory, plan, risk, approval, selected, story } = input;
  const { context } = pinned;
  await scatter(input);
  await gatherAndLabel(input);
  story.enter('publish', 2);
  const summary = 'recompute every cap from the written files; write manifest, card and report';
  const { previousVersion } = pinned;
  const assembled = await heavy.verifyMix.executeWithOptions({ summary }, [
    {
      ...{ context, inventory, plan: plan.ref, risk, approval },
      ...{ selection: selected.ref, previousVersion },
    },
  ]);
  upsertSearchAttributes([
    { key: SyntheticShare, value: assembled.syntheticShare },
    { key: MixTokens, value: assembled.tokens },
  ]);
  story.step('publish', `${assembled.caps} caps kept, 0 breached`);
  return assembled;
}

async function scatter({ pinned, selected, files, story }: WriteInput): Promise<void> {
  const { context, sources } = pinned;
  story.enter('scatter', files);
  const step = { step: 'scatter', phase: 'scatter' } as const;
  await overShards({ context, ...step, selection: selected.ref, shards: files, sources }, story);
}

type WriteJob =
  | { split: 'train' | 'holdout'; outputShard: number; outputShards: number }
  | { source: string }
  | { benchmark: number };

function writeJobs({ wanted, selected }: WriteInput): WriteJob[] {
  const outputs = (split: 'train' | 'holdout', count: number): WriteJob[] =>
    Array.from({ length: count }, (_, outputShard) => ({
      split,
      outputShard,
      outputShards: count,
    }));
  const labels = wanted.sources.map(({ name }) => ({ source: name }));
  const benchmarks = wanted.benchmarks.map((_, benchmark) => ({ benchmark }));
  return [
    ...outputs('train', selected.trainShards),
    ...outputs('holdout', selected.holdoutShards),
    ...labels,
    ...benchmarks,
  ];
}

/** Writes and re-reads the output shards; beside them label tables are written, benchmarks labelled. */
async function gatherAndLabel(input: WriteInput): Promise<void> {
  const { wanted, pinned, selected, story } = input;
  const { context } = pinned;
  const jobs = writeJobs(input);
  const outputs = selected.trainShards + selected.holdoutShards;
  story.enter('gather', jobs.length);
  story.enter('verify', outputs * wanted.output.formats.length);
  await fanOut(jobs, WIDTH, async (job) => {
    if ('source' in job) {
      const summary =
        `write verdict, evidence and outcome of every document of source ${job.source}`.slice(
          0,
          150,
        );
      await heavy.writeLabels.executeWithOptions({ summary }, [
        { context, selection: selected.ref, source: job.source },
      ]);
      story.step('gather');
      return;
    }
    if ('benchmark' in job) {
      const { name } = wanted.benchmarks[job.benchmark]!;
      const summary = `label the items of benchmark ${name} as documents are labelled`.slice(
        0,
        150,
      );
      await heavy.labelBenchmark.executeWithOptions({ summary }, [{ context, ...job }]);
      story.step('gather');
      return;
    }
    const name = `${job.split} ${job.outputShard + 1} of ${job.outputShards}`;
    const gathered = await heavy.gatherShard.executeWithOptions(
      { summary: `write data file ${name} in the global order` },
      [{ context, selection: selected.ref, ...job }],
    );
    story.step('gather');
    for (const file of gathered.files) {
      const as = file.endsWith('.arrow') ? 'Arrow' : 'Parquet';
      const summary = `read ${as} file ${name} back with another reader and count afresh`;
      await heavy.verifyFile.executeWithOptions({ summary }, [{ context, ...job, file, gathered }]);
      story.step('verify', `${gathered.rows} rows of ${name} agree`);
    }
  });
}
