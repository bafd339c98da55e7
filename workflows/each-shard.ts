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
import { heavy, WIDTH } from './steps.js';

export interface EachShardInput {
  readonly context: BuildContext;
  readonly step: 'match' | 'screen' | 'label' | 'anchor' | 'sample' | 'scatter';
  /** Phase of the build that the step belongs to. */
  readonly phase: Phase;
  /** Of the scatter step. */
  readonly selection: ArtifactRef | null;
  readonly shards: number;
  readonly shardsPerRun: number;
  /** Where this run starts, and the conflicts that the runs before it saw. */
  readonly next: number;
  readonly conflicts: number;
}

/** Runs the step for one shard; answers its conflicts of evidence. */
export async function shardStep(
  input: Pick<EachShardInput, 'context' | 'step' | 'selection' | 'shards'>,
  shard: number,
): Promise<number> {
  const { context, step, selection, shards } = input;
  const which = `shard ${shard + 1} of ${shards}`;
  if (step === 'match') {
    const summary = `search ${which} for what our own models wrote`;
    await heavy.matchOwnOutputs.executeWithOptions({ summary }, [{ context, shard }]);
    return 0;
  }
  if (step === 'screen') {
    const summary = `search ${which} for benchmark items`;
    await heavy.screenShard.executeWithOptions({ summary }, [{ context, shard }]);
    return 0;
  }
  if (step === 'label') {
    const summary = `label ${which}: evidence, grant, duplicates, holdout`;
    return (await heavy.labelShard.executeWithOptions({ summary }, [{ context, shard }])).conflicts;
  }
  if (step === 'anchor') {
    const summary = `find in ${which} the human documents that are to stay`;
    await heavy.matchHeld.executeWithOptions({ summary }, [{ context, shard }]);
    return 0;
  }
  if (step === 'sample') {
    const summary = `count the words of ${which}, for the simulation of collapse`;
    await heavy.sampleShard.executeWithOptions({ summary }, [{ context, shard }]);
    return 0;
  }
  const summary = `scatter ${which} to the output shards`;
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
