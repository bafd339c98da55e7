/**
 * One step over very many shards: a window of activities, then the next run. A build with few
 * shards calls the activities itself; one with more starts this child, so no history grows with the
 * corpus.
 */
import { continueAsNew, setHandler } from '@temporalio/workflow';
import type { BuildContext } from '../activities/build-context.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import { fanOut } from './fan-out.js';
import { type Phase, type SourceProgress, sourceProgressQuery } from './messages.js';
import { type SourceShards, shardNameOver } from './shard-name.js';
import { heavy, WIDTH } from './steps.js';

export interface EachShardInput {
  readonly context: BuildContext;
  readonly step: 'match' | 'screen' | 'label' | 'anchor' | 'sample' | 'scatter';
  /** Phase of the build that the step belongs to. */
  readonly phase: Phase;
  /** Of the scatter step. */
  readonly selection: ArtifactRef | null;
  readonly shards: number;
  /** Sources with their shards, for names. */
  readonly sources: readonly SourceShards[];
  readonly shardsPerRun: number;
  /** Where this run starts, and the conflicts that the runs before it saw. */
  readonly next: number;
  readonly conflicts: number;
}

/** What a step does to one shard. */
const SUMMARIES: Readonly<Record<EachShardInput['step'], (which: string) => string>> = {
  match: (which) => `search ${which} for what our own models wrote`,
  screen: (which) => `search ${which} for benchmark items`,
  label: (which) => `label ${which}: evidence, grant, duplicates, holdout`,
  anchor: (which) => `find in ${which} the human documents that are to stay`,
  sample: (which) => `count the words of ${which}, for the simulation of collapse`,
  scatter: (which) => `scatter the chosen documents of ${which} to the output shards`,
};

/** The same for all shards together, as the start of a sentence. */
export const STEP_WORDS: Readonly<Record<EachShardInput['step'], string>> = {
  match: 'search for what our own models wrote in',
  screen: 'search for benchmark items in',
  label: 'label',
  anchor: 'find the human documents that are to stay in',
  sample: 'count the words of',
  scatter: 'scatter the chosen documents of',
};

/** Runs the step for one shard; answers its conflicts of evidence. */
export async function shardStep(
  input: Pick<EachShardInput, 'context' | 'step' | 'selection' | 'shards' | 'sources'>,
  shard: number,
): Promise<number> {
  const { context, step, selection, shards, sources } = input;
  const which = shardNameOver(sources, shard, shards);
  const summary = SUMMARIES[step](which).slice(0, 150);
  if (step === 'match') {
    await heavy.matchOwnOutputs.executeWithOptions({ summary }, [{ context, shard }]);
    return 0;
  }
  if (step === 'screen') {
    await heavy.screenShard.executeWithOptions({ summary }, [{ context, shard }]);
    return 0;
  }
  if (step === 'label') {
    return (await heavy.labelShard.executeWithOptions({ summary }, [{ context, shard }])).conflicts;
  }
  if (step === 'anchor') {
    await heavy.matchHeld.executeWithOptions({ summary }, [{ context, shard }]);
    return 0;
  }
  if (step === 'sample') {
    await heavy.sampleShard.executeWithOptions({ summary }, [{ context, shard }]);
    return 0;
  }
  await heavy.scatterShard.executeWithOptions({ summary }, [
    { context, selection: selection!, shard },
  ]);
  return 0;
}

/** Answers how many conflicts of evidence all shards have together. */
export async function eachShard(input: EachShardInput): Promise<number> {
  const { phase, shards, shardsPerRun, next } = input;
  const end = Math.min(shards, next + shardsPerRun);
  let done = next;
  let conflicts = input.conflicts;
  setHandler(
    sourceProgressQuery,
    (): SourceProgress => ({ source: phase, done, total: shards, reused: 0 }),
  );
  const window = Array.from({ length: end - next }, (_, i) => next + i);
  await fanOut(window, WIDTH, async (shard) => {
    conflicts += await shardStep(input, shard);
    done++;
  });
  if (end < shards) await continueAsNew<typeof eachShard>({ ...input, next: end, conflicts });
  return conflicts;
}
