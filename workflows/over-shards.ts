/** One step over all shards of a build, however many there are. */
import { executeChild, workflowInfo } from '@temporalio/workflow';
import { LIMITS } from '../core/schema/limits.js';
import type { BuildStory } from './build-story.js';
import { childAttributes } from './child-attributes.js';
import { type EachShardInput, eachShard, STEP_WORDS, shardStep } from './each-shard.js';
import { fanOut } from './fan-out.js';
import { WIDTH } from './steps.js';

type ShardStep = Pick<
  EachShardInput,
  'context' | 'step' | 'phase' | 'selection' | 'shards' | 'sources'
>;

/** A step over all shards: here while they are few, in a child that continues as new when not. */
export async function overShards(input: ShardStep, story: BuildStory): Promise<number> {
  const { step, phase, shards } = input;
  const { shardsPerRun } = LIMITS;
  if (shards > shardsPerRun) {
    const workflowId = `${workflowInfo().workflowId}/${step}`;
    const args: [EachShardInput] = [{ ...input, shardsPerRun, next: 0, conflicts: 0 }];
    const conflicts = await executeChild(eachShard, {
      workflowId,
      args,
      typedSearchAttributes: childAttributes(),
      staticSummary: `${STEP_WORDS[step]} ${shards} shards`,
    });
    story.step(phase, '', shards);
    return conflicts;
  }
  let conflicts = 0;
  await fanOut(
    Array.from({ length: shards }, (_, shard) => shard),
    WIDTH,
    async (shard) => {
      conflicts += await shardStep(input, shard);
      story.step(phase);
    },
  );
  return conflicts;
}
