/** `ballast watch-source`: new and changed files of a recipe's sources become arrivals of its line. */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineCommand } from 'citty';
import { plural } from '../../core/report/format.js';
import type { Arrival } from '../../core/schema/arrival.js';
import { Failure } from '../../core/schema/failure.js';
import { duration } from '../../core/schema/file-values.js';
import { suggest } from '../../core/schema/nearest.js';
import { openSession, type Session } from '../build/session.js';
import { isRemote, recordedPath } from '../line/arriving-files.js';
import { firstRunOf } from '../line/find-line.js';
import { startFrom } from '../line/line-args.js';
import type { LineStart } from '../line/line-start.js';
import { printArrivals } from '../line/print-line.js';
import { lineSourcesOf, sendHashed } from '../line/send-arrivals.js';
import { buildArgs, usage, valuesOf } from '../terminal/arguments.js';
import { createOutput, type Output } from '../terminal/output.js';
import { keepWatching, sayTurn } from '../watch-source/keep-watching.js';
import { SentFiles } from '../watch-source/sent-files.js';
import { SourceWatch } from '../watch-source/watch.js';

/** Between the two looks of --once. */
const SETTLE_MS = 2_000;

function intervalOf(given: string | undefined): number {
  const read = duration().safeParse(given || '10s');
  if (read.success) return read.data * 1000;
  throw usage('option --interval', 'a length of time such as 10s or 5m', String(given));
}

function sourcesOf({ read: { recipe } }: LineStart, wanted: string | undefined) {
  if (wanted === undefined || wanted === '') return recipe.sources;
  const found = recipe.sources.filter(({ name }) => name === wanted);
  if (found.length > 0) return found;
  const names = recipe.sources.map(({ name }) => name);
  throw new Failure('ARRIVAL_INVALID', {
    ...{ subject: `source ${wanted}`, expected: 'a source of the recipe', found: 'none' },
    ...{ where: '--source', remedy: suggest(wanted, names) },
  });
}

/** The line may run from another folder: paths are told as it would write them. */
async function sendTo(session: Session, start: LineStart, arrivals: readonly Arrival[]) {
  const { recipe, baseFolder } = start.read;
  const options = { name: recipe.name, start };
  const line = await lineSourcesOf(session, options);
  const told = arrivals.map((arrival) => {
    const { file } = arrival;
    const place = isRemote(file) ? file : resolve(baseFolder, file.replace(/^file:\/\//, ''));
    return { ...arrival, file: recordedPath(place, line.baseFolder) };
  });
  return sendHashed(session, options, told);
}

function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  return stopping.signal;
}

async function once(watch: SourceWatch, output: Output, mix: string): Promise<number> {
  await watch.turn();
  await sleep(SETTLE_MS);
  const turn = await watch.turn();
  sayTurn(output, turn);
  const { answers, unsettled, unchanged } = turn;
  if (answers.length > 0) printArrivals(output, mix, answers);
  else output.line('nothing new');
  for (const file of unsettled)
    output.warn(`${file} is still being written: left for the next time`);
  output.emit({ mix, arrivals: answers, unsettled, unchanged });
  return 0;
}

export default defineCommand({
  meta: {
    name: 'watch-source',
    description: 'Watch the folders of a recipe and tell its line of new files',
  },
  args: {
    source: { type: 'string', valueHint: 'name', description: 'Only this source of the recipe' },
    once: { type: 'boolean', description: 'Look, send what is ready, and end' },
    interval: { type: 'string', valueHint: '10s', description: 'Between two looks' },
    ...buildArgs,
  },
  run: async ({ args, rawArgs }) => {
    const output = createOutput({ json: args.json === true });
    const intervalMs = intervalOf(args.interval);
    const start = await startFrom({ ...args, set: valuesOf(rawArgs, 'set') });
    if (start === null) throw usage('ballast watch-source', 'a recipe, -c recipe.yaml', 'none');
    const sources = sourcesOf(start, args.source);
    const { recipe, baseFolder } = start.read;
    const session = await openSession({ address: args.address, onProgress: output.progress });
    const sent = new SentFiles({ mix: recipe.name, workspace: start.workspace });
    if (sent.wasBroken)
      output.warn('what was sent before could not be read: everything is sent again');
    const send = (arrivals: readonly Arrival[]) => sendTo(session, start, arrivals);
    const line = () => firstRunOf(session, recipe.name);
    const watch = new SourceWatch({ sources, baseFolder, sent, line, send, warn: output.warn });
    if (args.once === true) return once(watch, output, recipe.name);
    output.progress(
      `watching ${plural(sources.length, 'source')} of ${recipe.name} every ${intervalMs / 1000} s; Ctrl-C ends it`,
    );
    const stop = stopSignal();
    const watched = await keepWatching({ watch, output, intervalMs, stop, revive: session.revive });
    output.progress(
      `stopped; ${plural(watched.sent, 'file')} sent, ${watched.known} of them known`,
    );
    output.emit({ mix: recipe.name, ...watched });
    return 0;
  },
});
