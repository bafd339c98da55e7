/** Profiles all shards of one source in a window, then checks the source as a whole. */
import { allHandlersFinished, condition, continueAsNew, setHandler } from '@temporalio/workflow';
import type { BuildContext } from '../activities/build-context.js';
import { fanOut } from './fan-out.js';
import { type SourceProgress, sourceProgressQuery } from './messages.js';
import { shardName } from './shard-name.js';
import { heavy, WIDTH } from './steps.js';

export interface BuildSourceInput {
  readonly context: BuildContext;
  readonly source: string;
  /** Numbers of its shards over all sources: [firstShard, firstShard + shards). */
  readonly firstShard: number;
  readonly shards: number;
  /** Shards that one run profiles before it continues as new. */
  readonly shardsPerRun: number;
  /** Where this run starts, and what the runs before it did. */
  readonly next: number;
  readonly reused: number;
}

export interface SourceResult {
  readonly source: string;
  readonly rowsKept: number;
  readonly rowsRejected: number;
  readonly tokens: number;
  /** Shards whose profile stood already: no work was done for them. */
  readonly reused: number;
}

export async function buildSource(input: BuildSourceInput): Promise<SourceResult> {
  const { context, source, firstShard, shards } = input;
  let done = input.next;
  let reused = input.reused;
  setHandler(sourceProgressQuery, (): SourceProgress => ({ source, done, total: shards, reused }));
  const end = Math.min(shards, input.next + input.shardsPerRun);
  const window = Array.from({ length: end - input.next }, (_, i) => input.next + i);
  await fanOut(window, WIDTH, async (index) => {
    const which = shardName(source, index, shards);
    const summary = `read ${which} once: count its tokens and take its fingerprints`.slice(0, 150);
    const made = await heavy.profileShard.executeWithOptions({ summary }, [
      { context, shard: firstShard + index },
    ]);
    done++;
    if (made.reused) reused++;
  });
  if (end < shards) {
    await condition(allHandlersFinished);
    await continueAsNew<typeof buildSource>({ ...input, next: end, reused });
  }
  const summary =
    `check source ${source}: rows read = kept + rejected, ids unique, few enough rejects`.slice(
      0,
      150,
    );
  const check = await heavy.checkSource.executeWithOptions({ summary }, [{ context, source }]);
  return {
    source,
    rowsKept: check.rowsKept,
    rowsRejected: check.rowsRejected,
    tokens: check.tokens,
    reused,
  };
}
