/** Turn after turn until it is told to stop; a server that is gone is waited for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { plural } from '../../core/report/format.js';
import { Failure } from '../../core/schema/failure.js';
import type { Output } from '../terminal/output.js';
import type { SourceWatch, Turn } from './watch.js';

export interface KeepWatching {
  readonly watch: SourceWatch;
  readonly output: Output;
  readonly intervalMs: number;
  readonly stop: AbortSignal;
  /** Brings the server back, or says why it cannot. */
  readonly revive: () => Promise<Error | null>;
}

export interface Watched {
  readonly turns: number;
  readonly sent: number;
  readonly known: number;
}

export function sayTurn(output: Output, { answers }: Turn): void {
  if (answers.length === 0) return;
  const known = answers.filter((answer) => answer.known).length;
  const sources = [...new Set(answers.map(({ source }) => source))].join(', ');
  output.progress(
    `${plural(answers.length, 'file')} of ${sources} sent: ${answers.length - known} new, ${known} known`,
  );
}

/** Null where it was told to stop meanwhile: what was sent and not answered is sent again next time. */
async function orStop<T>(stop: AbortSignal, work: Promise<T>): Promise<T | null> {
  const stopped = new Promise<null>((end) => {
    if (stop.aborted) end(null);
    stop.addEventListener('abort', () => end(null), { once: true });
  });
  work.catch(() => undefined);
  return Promise.race([work, stopped]);
}

export async function keepWatching(options: KeepWatching): Promise<Watched> {
  const { watch, output, intervalMs, stop, revive } = options;
  const total = { turns: 0, sent: 0, known: 0 };
  let isAway = false;
  while (!stop.aborted) {
    try {
      const turn = await orStop(stop, watch.turn());
      if (turn === null) break;
      total.turns++;
      total.sent += turn.answers.length;
      total.known += turn.answers.filter(({ known }) => known).length;
      sayTurn(output, turn);
      if (isAway) output.progress('the server answers again');
      isAway = false;
    } catch (error) {
      if (error instanceof Failure && error.code !== 'SERVER_UNREACHABLE') throw error;
      const what = (error as Error).message.split('\n')[0];
      if (!isAway) output.warn(`could not tell the line, and will try again: ${what}`);
      isAway = true;
      const failed = await orStop(stop, revive());
      if (failed !== null) output.warn(`the server is not back: ${failed.message.split('\n')[0]}`);
    }
    await sleep(intervalMs, undefined, { signal: stop }).catch(() => undefined);
  }
  return total;
}
