/**
 * One event of a history as a sentence. An event is Temporal's JSON of it with decoded payloads: what
 * a workflow wrote as its summary stands as it is, the rest is put into words here.
 */

/** A value of Temporal's JSON, with payloads decoded. */
export type Attributes = Readonly<Record<string, unknown>>;

export interface DecodedEvent {
  readonly id: number;
  /** Without its prefix: `ACTIVITY_TASK_SCHEDULED`. */
  readonly type: string;
  readonly attributes: Attributes;
  /** What its author says of it; '' where nothing was said. */
  readonly summary: string;
}

/** What earlier events of the same history are called, by their numbers. */
export type Names = ReadonlyMap<number, string>;

export function textAt(attributes: Attributes, ...path: readonly string[]): string {
  let value: unknown = attributes;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return '';
    value = (value as Attributes)[key];
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Name of an event that later ones refer to: the summary of an activity, the id of a child. */
export function nameOf({ type, attributes, summary }: DecodedEvent): string | null {
  if (summary !== '') return summary;
  if (type === 'ACTIVITY_TASK_SCHEDULED') return textAt(attributes, 'activityType', 'name');
  if (type === 'START_CHILD_WORKFLOW_EXECUTION_INITIATED') return textAt(attributes, 'workflowId');
  if (type === 'TIMER_STARTED') return `timer ${textAt(attributes, 'timerId')}`;
  return null;
}

function failureOf(attributes: Attributes): string {
  const failure = attributes.failure as Attributes | undefined;
  const deepest = (failure?.cause as Attributes | undefined) ?? failure;
  const message = textAt(deepest ?? {}, 'message').split('\n')[0]!;
  return message === '' ? 'no reason was given' : message;
}

/** `ACTIVITY_TASK_COMPLETED` -> `activity task completed`. */
function wordsOf(type: string): string {
  return type.toLowerCase().replaceAll('_', ' ');
}

const WORKFLOW: Readonly<Record<string, (attributes: Attributes) => string>> = {
  WORKFLOW_EXECUTION_STARTED: (a) => `started as ${textAt(a, 'workflowType', 'name')}`,
  WORKFLOW_EXECUTION_COMPLETED: () => 'ended with a result',
  WORKFLOW_EXECUTION_FAILED: (a) => `failed: ${failureOf(a)}`,
  WORKFLOW_EXECUTION_CANCELED: () => 'ended, cancelled',
  WORKFLOW_EXECUTION_CANCEL_REQUESTED: (a) => `cancellation asked for ${reasonOf(a)}`.trimEnd(),
  WORKFLOW_EXECUTION_TERMINATED: (a) => `terminated from outside ${reasonOf(a)}`.trimEnd(),
  WORKFLOW_EXECUTION_TIMED_OUT: () => 'ended: its time ran out',
  WORKFLOW_EXECUTION_CONTINUED_AS_NEW: (a) =>
    `goes on in run ${textAt(a, 'newExecutionRunId')}, so that no history grows without end`,
  WORKFLOW_EXECUTION_SIGNALED: (a) => `signal ${textAt(a, 'signalName')} came in`,
  WORKFLOW_EXECUTION_UPDATE_ACCEPTED: (a) =>
    `update ${textAt(a, 'acceptedRequest', 'input', 'name')} taken: ${textAt(a, 'acceptedRequest', 'meta', 'updateId')}`,
  WORKFLOW_EXECUTION_UPDATE_COMPLETED: (a) => `update answered: ${textAt(a, 'meta', 'updateId')}`,
  UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: (a) => `says of itself: ${attributesOf(a)}`,
  WORKFLOW_TASK_FAILED: (a) => `workflow code did not answer (${textAt(a, 'cause')})`,
  WORKFLOW_TASK_TIMED_OUT: () => 'the worker that ran the workflow code was lost',
  SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: (a) =>
    `sends signal ${textAt(a, 'signalName')} to ${textAt(a, 'workflowExecution', 'workflowId')}`,
};

function reasonOf(attributes: Attributes): string {
  const reason = textAt(attributes, 'reason') || textAt(attributes, 'cause');
  return reason === '' ? '' : `(${reason})`;
}

function attributesOf(attributes: Attributes): string {
  const fields = (attributes.searchAttributes as Attributes | undefined)?.indexedFields ?? {};
  return Object.entries(fields as Attributes)
    .map(([name, value]) => `${name} ${[value].flat().join(', ')}`)
    .join('; ');
}

const REFERS: Readonly<Record<string, string>> = {
  ACTIVITY_TASK_STARTED: 'taken by a worker',
  ACTIVITY_TASK_COMPLETED: 'done',
  ACTIVITY_TASK_FAILED: 'failed',
  ACTIVITY_TASK_TIMED_OUT: 'its time ran out',
  ACTIVITY_TASK_CANCELED: 'cancelled',
  CHILD_WORKFLOW_EXECUTION_STARTED: 'child started',
  CHILD_WORKFLOW_EXECUTION_COMPLETED: 'child done',
  CHILD_WORKFLOW_EXECUTION_FAILED: 'child failed',
  CHILD_WORKFLOW_EXECUTION_CANCELED: 'child cancelled',
  CHILD_WORKFLOW_EXECUTION_TERMINATED: 'child terminated',
  CHILD_WORKFLOW_EXECUTION_TIMED_OUT: 'child ended: its time ran out',
  TIMER_FIRED: 'time is over',
  TIMER_CANCELED: 'no longer waited for',
};

/** Number of the event that this one is the outcome of; 0 where it is none. */
export function refersTo(attributes: Attributes): number {
  for (const key of ['scheduledEventId', 'initiatedEventId', 'startedEventId']) {
    const id = Number(textAt(attributes, key));
    if (id > 0) return id;
  }
  return 0;
}

/** @param names of earlier events, by `nameOf` */
export function eventSentence(event: DecodedEvent, names: Names): string {
  const { type, attributes } = event;
  const own = WORKFLOW[type]?.(attributes);
  if (own !== undefined) return own;
  const outcome = REFERS[type];
  if (outcome !== undefined) {
    const name = names.get(refersTo(attributes)) ?? '';
    const why = /FAILED|TIMED_OUT/.test(type) ? ` (${failureOf(attributes)})` : '';
    const attempt = Number(textAt(attributes, 'attempt'));
    const again = attempt > 1 ? `, attempt ${attempt}` : '';
    return `${name}: ${outcome}${again}${why}`;
  }
  return nameOf(event) ?? wordsOf(type);
}
