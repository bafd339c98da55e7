/** Builds as the server knows them: which run, where they are, how they ended. */
import { type Client, type WorkflowExecutionInfo, WorkflowNotFoundError } from '@temporalio/client';
import { Failure } from '../../core/schema/failure.js';
import type { MixReference } from '../records/mix-reference.js';
import { type Act, actOf, buildWorkflowId, type StartedBuild } from './start-build.js';

export interface ListedBuild {
  readonly workflowId: string;
  readonly runId: string;
  readonly mix: string;
  readonly act: Act;
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
    act: actOf(info.workflowId),
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

export interface FoundBuild extends StartedBuild {
  readonly act: Act;
  readonly status: string;
}

function foundBuild({
  workflowId,
  runId,
  status,
}: Pick<WorkflowExecutionInfo, 'workflowId' | 'runId' | 'status'>): FoundBuild {
  return { workflowId, runId, attached: true, act: actOf(workflowId), status: status.name };
}

/** Builds and plans of one version, running or all, newest first. */
async function listVersion(
  client: Client,
  { name, version }: MixReference,
  isRunning: boolean,
): Promise<FoundBuild[]> {
  const only = isRunning ? ' AND ExecutionStatus = "Running"' : '';
  const query = `WorkflowType = "buildMix" AND MixName = "${name}" AND MixVersion = "${version}"${only}`;
  const found: WorkflowExecutionInfo[] = [];
  for await (const info of client.workflow.list({ query })) {
    found.push(info);
    if (found.length === LISTED) break;
  }
  return found.sort((a, b) => b.startTime.getTime() - a.startTime.getTime()).map(foundBuild);
}

async function describeBuild(client: Client, mix: MixReference): Promise<FoundBuild | null> {
  try {
    const handle = client.workflow.getHandle(buildWorkflowId(mix.name, mix.version));
    return foundBuild(await handle.describe());
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** The parts of `name@version`; null for any other text. Such parts need no quoting in a query. */
function referenceOf(mix: string): MixReference | null {
  const [, name, version] = /^([A-Za-z0-9._-]+)@([A-Za-z0-9._-]+)$/.exec(mix) ?? [];
  return name === undefined || version === undefined ? null : { name, version };
}

/**
 * The build of `name@version`: one that runs, else a plan that runs, else the last build, else the
 * last plan.
 */
export async function findBuild(client: Client, mix: string): Promise<FoundBuild> {
  const reference = referenceOf(mix);
  if (reference === null) throw unknownBuild(mix, 'command line');
  const build = await describeBuild(client, reference);
  if (build?.status === 'RUNNING') return build;
  const [running] = await listVersion(client, reference, true);
  const found = running ?? build ?? (await listVersion(client, reference, false))[0];
  if (found !== undefined) return found;
  throw unknownBuild(mix, buildWorkflowId(reference.name, reference.version));
}

function unknownBuild(mix: string, where: string): Failure {
  return new Failure('USAGE', {
    subject: `build of ${mix}`,
    expected: 'a build or plan that this server knows, name@version',
    found: 'none',
    where,
    remedy: 'list builds with: ballast status',
  });
}
