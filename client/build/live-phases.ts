/**
 * The phases of a running build, with what its children and its activities tell: the build itself
 * counts a source, or all shards of a step, when a child has ended; until then the open child is
 * asked. Only open ones: a closed one is counted already, and its id may have stood for older runs.
 */
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { BuildProgress, PhaseProgress, SourceProgress } from '../../workflows/messages.js';
import type { StartedBuild } from './start-build.js';
import { type Beat, beatsOf, underWay } from './under-way.js';

/** What an open child tells; null where it cannot answer just now. */
interface ChildState {
  readonly progress: SourceProgress | null;
  readonly beats: readonly Beat[];
}

/**
 * Ids of the open children. Their run ids would be those of first runs: a child that has continued
 * as new is another run by now, and the one open run of an id is what the id alone means.
 */
function openChildren({ raw }: WorkflowExecutionDescription): string[] {
  return (raw.pendingChildren ?? []).map(({ workflowId }) => workflowId ?? '');
}

async function askChild(client: Client, workflowId: string): Promise<ChildState> {
  const handle = client.workflow.getHandle(workflowId);
  const [progress, description] = await Promise.allSettled([
    handle.query<SourceProgress>('progress'),
    handle.describe(),
  ]);
  return {
    progress: progress.status === 'fulfilled' ? progress.value : null,
    beats: description.status === 'fulfilled' ? beatsOf(description.value) : [],
  };
}

/** `12 of 40 files, 3 read back`; sources that have ended are counted by the phase itself. */
function filesNote(children: readonly SourceProgress[]): string {
  const sum = (part: 'done' | 'total' | 'reused') =>
    children.reduce((total, child) => total + child[part], 0);
  if (children.length === 0) return '';
  const reused = sum('reused') > 0 ? `, ${sum('reused')} read back` : '';
  return `${sum('done')} of ${sum('total')} files${reused}`;
}

/** Steps over so many shards that a child does them: its count is added to the phase's. */
function withChild(phase: PhaseProgress, children: readonly SourceProgress[]): PhaseProgress {
  const child = children.find(({ source }) => source === phase.phase);
  return child === undefined ? phase : { ...phase, done: phase.done + child.done };
}

function withNote(phase: PhaseProgress, note: string): PhaseProgress {
  return note === '' || phase.done >= phase.total ? phase : { ...phase, note };
}

/** The phases now. `description` is that of the build, taken just before. */
export async function livePhases(
  client: Client,
  build: StartedBuild,
  description: WorkflowExecutionDescription,
): Promise<BuildProgress> {
  const handle = client.workflow.getHandle(build.workflowId, build.runId);
  const children = openChildren(description);
  const [{ phases, current }, asked] = await Promise.all([
    handle.query<BuildProgress>('progress'),
    Promise.all(children.map((id) => askChild(client, id))),
  ]);
  const told = asked.flatMap(({ progress }) => progress ?? []);
  const beats = [...beatsOf(description), ...asked.flatMap((child) => child.beats)];
  const shown = phases.map((phase) => {
    if (phase.phase !== current) return phase;
    const counted = withChild(phase, told);
    const notes = [current === 'profile' ? filesNote(told) : '', underWay(beats)];
    return withNote(counted, notes.filter((note) => note !== '').join('; '));
  });
  return { phases: shown, current };
}

/** The phases as last seen, with the reason why the workflow does not answer. */
export function stalledPhases(
  { phases, current }: BuildProgress,
  { raw }: WorkflowExecutionDescription,
  reason: string,
): readonly PhaseProgress[] {
  const attempt = raw.pendingWorkflowTask?.attempt ?? 0;
  const tries = attempt > 1 ? ` (its task failed ${attempt - 1} times)` : '';
  const note = `the workflow does not answer${tries}: ${reason}`;
  return phases.map((phase) => (phase.phase === current ? { ...phase, note } : phase));
}
