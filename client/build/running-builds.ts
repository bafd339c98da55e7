/** Builds as the server knows them: which run, where they are, how they ended. */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { Failure } from '../../core/schema/failure.js';
import { buildWorkflowId, type StartedBuild } from './start-build.js';

export interface ListedBuild {
  readonly workflowId: string;
  readonly runId: string;
  readonly mix: string;
  readonly status: string;
  readonly phase: string;
  readonly startedAt: string;
  readonly closedAt: string | null;
}

const LISTED = 50;

function listed(info: WorkflowExecutionInfo): ListedBuild {
  const attributes = info.typedSearchAttributes
    .getAll()
    .map(({ key, value }) => [key.name, value] as const);
  const of = (name: string) => String(attributes.find(([known]) => known === name)?.[1] ?? '');
  return {
    workflowId: info.workflowId,
    runId: info.runId,
    mix: `${of('MixName')}@${of('MixVersion')}`,
    status: info.status.name.toLowerCase(),
    phase: of('MixPhase'),
    startedAt: info.startTime.toISOString(),
    closedAt: info.closeTime?.toISOString() ?? null,
  };
}

/** Builds and plans, newest first. */
export async function listBuilds(client: Client): Promise<ListedBuild[]> {
  const builds: ListedBuild[] = [];
  for await (const info of client.workflow.list({ query: 'WorkflowType = "buildMix"' })) {
    builds.push(listed(info));
    if (builds.length === LISTED) break;
  }
  return builds.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

/** The build of `name@version` on this server. */
export async function findBuild(
  client: Client,
  mix: string,
): Promise<StartedBuild & { status: string; sources: string[] }> {
  const at = mix.lastIndexOf('@');
  const workflowId = buildWorkflowId(mix.slice(0, Math.max(at, 0)), mix.slice(at + 1));
  const found = await client.workflow
    .getHandle(workflowId)
    .describe()
    .catch((error: unknown) => {
      if (!(error instanceof Error) || error.name !== 'WorkflowNotFoundError') throw error;
      return null;
    });
  if (at <= 0 || found === null) {
    throw new Failure('USAGE', {
      subject: `build of ${mix}`,
      expected: 'a build that this server knows, name@version',
      found: 'none',
      where: at > 0 ? workflowId : 'command line',
      remedy: 'list builds with: ballast status',
    });
  }
  const names = found.typedSearchAttributes
    .getAll()
    .find(({ key }) => key.name === 'SourceNames')?.value;
  const sources = Array.isArray(names) ? names.map(String) : [];
  return { workflowId, runId: found.runId, attached: true, status: found.status.name, sources };
}
