/** Starts a build (or attaches to it) and shows its progress until it ends or the user leaves. */
import type { BuildMixResult } from '../../workflows/build-mix.js';
import type { PhaseProgress } from '../../workflows/messages.js';
import type { Output } from '../terminal/output.js';
import { createProgress } from '../terminal/progress.js';
import { followBuild } from './follow-build.js';
import type { Session } from './session.js';
import type { StartedBuild } from './start-build.js';

/** Phases as people read them, in order. */
const LABELS: readonly (readonly [PhaseProgress['phase'], string])[] = [
  ['pin', 'pin sources'],
  ['profile', 'read and count'],
  ['cluster', 'find copies'],
  ['label', 'label'],
  ['plan', 'plan'],
  ['simulate', 'simulate collapse'],
  ['approve', 'approval'],
  ['scatter', 'select'],
  ['gather', 'write'],
  ['verify', 'read back'],
  ['publish', 'publish'],
];

/** Says what a build waits for, of whom, until when: once, and again when it waits for less. */
function waitingOnce(output: Output): (phases: readonly PhaseProgress[]) => void {
  let said = '';
  return (phases) => {
    const approval = phases.find(({ phase }) => phase === 'approve');
    const note = approval?.note ?? '';
    if (note === said || !note.startsWith('waits for')) return;
    said = note;
    output.progress(`the build ${note}`);
  };
}

export interface RunOptions {
  readonly session: Session;
  readonly build: StartedBuild;
  readonly until: 'plan' | 'publish';
  readonly output: Output;
}

/** The build's result; null where the user left it with Ctrl-C: the build itself goes on. */
export async function showBuild({
  session,
  build,
  until,
  output,
}: RunOptions): Promise<BuildMixResult | null> {
  const shown = until === 'plan' ? LABELS.slice(0, 5) : LABELS;
  const progress = createProgress(shown.map(([name, label]) => ({ name, label })));
  const leave = new AbortController();
  const onInterrupt = () => leave.abort();
  process.once('SIGINT', onInterrupt);
  // Only now: whoever reads it may press Ctrl-C at once.
  const url = session.runUrl(build.workflowId, build.runId);
  if (url !== null) output.progress(`follow it in the Temporal UI: ${url}`);
  const sayWaiting = waitingOnce(output);
  try {
    return await followBuild({
      session,
      build,
      say: output.progress,
      signal: leave.signal,
      onProgress: (phases) => {
        sayWaiting(phases);
        for (const { phase, done, total, note } of phases)
          progress.update(phase, done, total, note);
      },
    });
  } finally {
    process.removeListener('SIGINT', onInterrupt);
    progress.stop();
  }
}
