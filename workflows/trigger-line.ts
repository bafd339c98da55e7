/**
 * What a schedule starts. It gives a word to the line of a mix, which decides and builds, and ends:
 * a build that waits for a reviewer holds up no schedule. Or it looks at the grants that end.
 */
import {
  defineSearchAttributeKey,
  SearchAttributeType,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common';
import {
  ApplicationFailure,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { WatchedGrants } from '../activities/watch-grants.js';
import type { LineTick } from '../core/schema/arrival.js';
import type { ScheduleAct } from '../core/schema/operations.js';
import { type TriggerLineInput, triggerLineInput } from '../core/schema/trigger.js';
import { lineWorkflowId, tickSignal } from './messages.js';
import { mixLine } from './mix-line.js';
import { parseOrFail } from './parse-or-fail.js';
import { MixName, TriggerKind } from './search-attributes.js';

/** Set by the server on what a schedule starts: the time that it was due, without jitter. */
const ScheduledStartTime = defineSearchAttributeKey(
  'TemporalScheduledStartTime',
  SearchAttributeType.DATETIME,
);

/** A line may end, or be started by somebody else, between two looks. */
const ATTEMPTS = 5;

const look = proxyActivities<Activities>({
  taskQueue: 'ballast',
  startToCloseTimeout: '10m',
  retry: { initialInterval: '500ms', maximumInterval: '10s', maximumAttempts: 12 },
});

/** After six hours of failures the trigger fails, for people to see; the ledger has the notices. */
const tell = proxyActivities<Activities>({
  taskQueue: 'ballast',
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '6h',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10m' },
});

export interface TriggerLineResult {
  readonly act: ScheduleAct;
  /** When it was due, ISO. */
  readonly scheduledAt: string;
  /** One sentence for people. */
  readonly sentence: string;
  /** What the look at the grants found; null for builds. */
  readonly grants: WatchedGrants | null;
}

export async function triggerLine(input: TriggerLineInput): Promise<TriggerLineResult> {
  const wanted = parseOrFail(triggerLineInput, input, 'trigger input');
  const { typedSearchAttributes, startTime } = workflowInfo();
  const scheduled = typedSearchAttributes.get(ScheduledStartTime) ?? startTime;
  const { act } = wanted.schedule;
  return act === 'watch-grants'
    ? watchGrants(wanted, act, scheduled)
    : tickLine(wanted, act, scheduled);
}

async function tickLine(
  { schedule, line }: TriggerLineInput,
  act: LineTick['act'],
  scheduled: Date,
): Promise<TriggerLineResult> {
  const tick: LineTick = { schedule: schedule.name, atMs: scheduled.getTime(), act };
  const scheduledAt = scheduled.toISOString();
  const id = lineWorkflowId(line.recipe.name);
  const what = act === 'build-new' ? 'what is new' : 'in any case';
  const told = `build ${what}, due ${scheduledAt}`;
  let wasStarted = false;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (await isTold(id, tick)) {
      const how = wasStarted ? 'was started and told' : 'was told';
      return { act, scheduledAt, sentence: `${id} ${how} to ${told}`, grants: null };
    }
    wasStarted = await isStarted(id, line, scheduledAt.slice(0, 10));
  }
  const message = `${id}: neither took a signal nor could be started in ${ATTEMPTS} attempts`;
  throw ApplicationFailure.nonRetryable(message, 'SERVER_UNREACHABLE');
}

/** False where no line runs. */
async function isTold(id: string, tick: LineTick): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(id).signal(tickSignal, tick);
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return false;
  }
}

/** False where a line was started meanwhile. */
async function isStarted(
  id: string,
  line: TriggerLineInput['line'],
  asOf: string,
): Promise<boolean> {
  const { name } = line.recipe;
  const execution = { ...line.execution, asOf, requestedBy: 'line' };
  try {
    await startChild(mixLine, {
      workflowId: id,
      args: [{ ...line, execution }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: `line of ${name}: builds of what arrives`,
      memo: { workspace: execution.workspace },
      typedSearchAttributes: [
        { key: MixName, value: name },
        { key: TriggerKind, value: 'schedule' },
      ],
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

async function watchGrants(
  { line }: TriggerLineInput,
  act: ScheduleAct,
  scheduled: Date,
): Promise<TriggerLineResult> {
  const { recipe, execution } = line;
  const mix = recipe.name;
  const scheduledAt = scheduled.toISOString();
  const day = scheduledAt.slice(0, 10);
  const { workflowId, runId } = workflowInfo();
  const found = await look.watchGrants.executeWithOptions(
    { summary: `look at the grants of ${mix} and of its versions as of ${day}` },
    [
      {
        workspace: execution.workspace,
        mix,
        grants: recipe.grants,
        day,
        by: `${workflowId}/${runId}`,
      },
    ],
  );
  const sentence = sentenceOf(mix, day, found);
  if (found.noticesNew > 0) {
    const details = { day, notices: found.notices.filter(({ isNew }) => isNew) };
    await tell.notify.executeWithOptions(
      { summary: `tell of grants near their end or past it: ${found.noticesNew}` },
      [{ kind: 'grant-notice', mix, sentence, details }],
    );
  }
  return { act, scheduledAt, sentence, grants: found };
}

function sentenceOf(mix: string, day: string, found: WatchedGrants): string {
  const { grants, versions, noticesInAll, noticesNew } = found;
  const looked = `grants of ${mix} as of ${day}: ${grants} looked at (published versions: ${versions})`;
  if (noticesInAll === 0) return `${looked}, none near its end`;
  return `${looked}, ${noticesInAll} near the end or past it, ${noticesNew} of them news`;
}
