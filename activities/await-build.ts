/** The end of a build that another run of its line started: asked of the server, for as long as it takes. */
import { Context } from '@temporalio/activity';
import { type BuildEnd, endOfError, endOfResult } from '../core/line/build-end.js';
import { type ListPlace, readArrivalsLines } from './arrival-list.js';
import { readManifest } from './published-version.js';

export interface AwaitBuildInput extends ListPlace {
  readonly version: string;
}

const HEARTBEAT_MS = 2_000;

/** Whether the version stands with every file that the line gave it. */
async function isPublished({ workspace, name, version }: AwaitBuildInput): Promise<boolean> {
  const found = readManifest(workspace, name, version);
  if (found === null) return false;
  const inputs = new Set(found.inputs.map(({ sha256 }) => sha256));
  const lines = await readArrivalsLines(workspace, name);
  const composed = lines.findLast((line) => line.event === 'composed' && line.version === version);
  return composed?.arrivals.every(({ sha256 }) => inputs.has(sha256)) ?? false;
}

export async function awaitBuild(input: AwaitBuildInput): Promise<BuildEnd> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
  const handle = context.client.workflow.getHandle(`build-mix/${input.name}@${input.version}`);
  try {
    const result = (await Promise.race([handle.result(), context.cancelled])) as { status: string };
    return endOfResult(result);
  } catch (error) {
    const { name } = error as Error;
    if (name !== 'WorkflowFailedError' && name !== 'WorkflowNotFoundError') throw error;
    if (await isPublished(input)) return { failure: null };
    return endOfError(error);
  } finally {
    clearInterval(timer);
  }
}
