/**
 * The line of a mix: takes files that arrive, each once, and builds the next version of them when it
 * is due, never two at once. What arrives during a build waits for the next. It lives for years: its
 * list of arrivals is a file, and it continues as new when its history is long.
 */
import {
  allHandlersFinished,
  CancellationScope,
  continueAsNew,
  setHandler,
} from '@temporalio/workflow';
import {
  type ArriveInput,
  arriveInput,
  type LineSetup,
  lineSetup,
  type MixLineInput,
  mixLineInput,
} from '../core/schema/arrival.js';
import { Line } from './line.js';
import {
  arriveUpdate,
  configureUpdate,
  freezeSignal,
  lineQuery,
  sourcesQuery,
  tickSignal,
  unfreezeSignal,
} from './messages.js';
import { movesOn } from './moves-on.js';
import { parseOrFail } from './parse-or-fail.js';
import { startSeal } from './start-seal.js';

export interface MixLineResult {
  readonly lastPublished: string | null;
  readonly taken: number;
  readonly refused: number;
  /** Files on the list that wait for the line to be started again. */
  readonly waiting: number;
}

movesOn(mixLine);

export async function mixLine(input: MixLineInput): Promise<MixLineResult> {
  const line = new Line(parseOrFail(mixLineInput, input, 'line input'));
  setHandler(lineQuery, () => line.status());
  setHandler(sourcesQuery, () => line.sources());
  setHandler(arriveUpdate, (arrived) => line.arrive(arrived), {
    validator: (arrived: ArriveInput) => void parseOrFail(arriveInput, arrived, 'arrivals'),
    description: 'files came in',
  });
  setHandler(configureUpdate, (setup) => line.configure(setup), {
    validator: (setup: LineSetup) => void parseOrFail(lineSetup, setup, 'setup of a line'),
    description: 'the next build goes by another recipe',
  });
  setHandler(tickSignal, (tick) => line.tick(tick), { description: "a schedule's word" });
  setHandler(freezeSignal, (freeze) => line.freeze(freeze));
  setHandler(unfreezeSignal, (freeze) => line.unfreeze(freeze));
  // A line that is cancelled stops in good order: the build that runs is waited for, nothing is lost.
  CancellationScope.current().cancelRequested.catch(() => line.stop());
  const next = await CancellationScope.nonCancellable(() => line.run());
  await CancellationScope.nonCancellable(async () => {
    await startSeal({ workspace: input.execution.workspace, mix: null });
    await line.rest(allHandlersFinished);
  });
  if (next === 'goes on' && !line.isStopping) await continueAsNew<typeof mixLine>(line.next());
  return CancellationScope.nonCancellable(() => line.close(allHandlersFinished));
}
