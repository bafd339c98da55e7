/**
 * Tells a line of files: hashes them, finds the source of each, and sends them in messages of bounded
 * size, starting the line where none runs. Which of them it knows already is the line's to say, so
 * the same files may be sent any number of times, in any order, from any machine.
 */
import { randomUUID } from 'node:crypto';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { Arrival, ArrivedFile, ArriveInput, LineSources } from '../../core/schema/arrival.js';
import { Failure, type FailureParts } from '../../core/schema/failure.js';
import { LIMITS } from '../../core/schema/limits.js';
import { digestOf } from '../../storage/digest.js';
import { arriveUpdate, sourcesQuery } from '../../workflows/messages.js';
import { identity, type Session } from '../build/session.js';
import { type OnRead, readArrival, recordedPath, sourcesOf } from './arriving-files.js';
import { askLine, handleOf, noLine, startOf } from './find-line.js';
import { type LineStart, lineInput } from './line-start.js';

export interface SendArrivals {
  /** Name of the mix. */
  readonly name: string;
  /** Paths of this machine, or s3://. */
  readonly files: readonly string[];
  /** Source of all of them; null: by their paths. */
  readonly source: string | null;
  /** What starts a line where none runs; null: one must run. */
  readonly start: LineStart | null;
  /** Told while files are hashed. */
  readonly onRead?: OnRead;
}

export interface SentArrival extends ArrivedFile {
  readonly source: string;
}

/** What the line that runs goes by, or what it would be started with. */
async function sourcesFor(
  session: Session,
  { name, start }: Pick<SendArrivals, 'name' | 'start'>,
): Promise<{ sources: LineSources; isRunning: boolean }> {
  const running = await askLine(session, name, (handle) => handle.query(sourcesQuery));
  if (running !== null) return { sources: running, isRunning: true };
  if (start === null) throw noLine(name);
  const { recipe, execution } = lineInput(start);
  const { workspace, baseFolder, recipeFingerprint } = execution;
  const sources = recipe.sources.map(({ name: source, paths }) => ({ name: source, paths }));
  return { sources: { workspace, baseFolder, recipeFingerprint, sources }, isRunning: false };
}

function assertSameWorkspace(
  { name, start }: Pick<SendArrivals, 'name' | 'start'>,
  { workspace }: LineSources,
): void {
  if (start === null || start.workspace === workspace) return;
  throw new Failure('ARRIVAL_INVALID', {
    subject: `line of ${name}`,
    expected: `workspace ${start.workspace}`,
    found: `a line that runs in ${workspace}`,
    where: '--workspace',
    remedy: 'send to the workspace of the line, or stop it with: ballast line stop',
  });
}

/** What the line goes by, or would be started with; refuses a line of another workspace. */
export async function lineSourcesOf(
  session: Session,
  options: Pick<SendArrivals, 'name' | 'start'>,
): Promise<LineSources> {
  const { sources } = await sourcesFor(session, options);
  assertSameWorkspace(options, sources);
  return sources;
}

/** The answers of the line, in the order of the files. */
export async function sendArrivals(
  session: Session,
  options: SendArrivals,
): Promise<SentArrival[]> {
  const sources = await lineSourcesOf(session, options);
  const { baseFolder } = sources;
  const files = [...new Set(options.files.map((file) => recordedPath(file, baseFolder)))];
  const named = await sourcesOf(files, sources, options.source);
  const onRead = options.onRead ?? (() => undefined);
  const arrivals: Arrival[] = [];
  for (const [i, file] of files.entries())
    arrivals.push(await readArrival(file, { source: named[i]!, baseFolder, onRead }));
  return sendHashed(session, options, arrivals);
}

/** Files whose digests are known; the answers of the line, in their order. */
export async function sendHashed(
  session: Session,
  options: Pick<SendArrivals, 'name' | 'start'>,
  arrivals: readonly Arrival[],
): Promise<SentArrival[]> {
  const answers: SentArrival[] = [];
  for (let at = 0; at < arrivals.length; at += LIMITS.arrivalsPerMessage) {
    const some = arrivals.slice(at, at + LIMITS.arrivalsPerMessage);
    const found = await send(session, options, some);
    answers.push(...found.map((answer, i) => ({ ...answer, source: some[i]!.source })));
  }
  return answers;
}

/** One message. A repeated attempt of the same call is known by its id, and answered as the first. */
async function send(
  session: Session,
  { name, start }: Pick<SendArrivals, 'name' | 'start'>,
  arrivals: Arrival[],
): Promise<ArrivedFile[]> {
  const content = digestOf(arrivals.map(({ sha256 }) => sha256).sort());
  const args: [ArriveInput] = [{ arrivals, by: identity() }];
  const options = { args, updateId: `${content.slice(0, 24)}:${randomUUID()}` };
  try {
    if (start === null) return await handleOf(session, name).executeUpdate(arriveUpdate, options);
    const startWorkflowOperation = startOf(name, lineInput(start));
    return await session.client.workflow.executeUpdateWithStart(arriveUpdate, {
      ...options,
      startWorkflowOperation,
    });
  } catch (error) {
    throw asFailure(error);
  }
}

/** A refusal by the line, as the failure that it is. */
export function asFailure(error: unknown): unknown {
  if (!(error instanceof WorkflowUpdateFailedError)) return error;
  const cause = error.cause as { message?: string; details?: unknown[] } | undefined;
  const parts = (cause?.details?.[0] as { parts?: FailureParts } | undefined)?.parts;
  return parts === undefined ? error : new Failure('ARRIVAL_INVALID', parts);
}
