/**
 * The worker process: polls `ballast` (workflows, light activities) and `ballast-cpu` (work in the
 * thread pool, as many at once as threads), or one of them. Told to stop, it lets running activities end first.
 */
import { rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../activities/index.js';
import { type CpuPool, createCpuPool } from '../engines/cpu-pool.js';
import { activityLog } from './activity-log.js';
import { serveHealth } from './health.js';
import { type Queue, type WorkerSettings, workerSettings } from './options.js';
import { collectorOf, installTelemetry } from './telemetry.js';
import type { Traces } from './traces.js';

const codeVersion = process.env.BALLAST_CODE_VERSION ?? 'unknown';

/** What all queues of a process share. */
interface Shared {
  readonly settings: WorkerSettings;
  readonly connection: NativeConnection;
  readonly pool: CpuPool;
  readonly activities: object;
  readonly traces: Traces | null;
}

async function tracesOf(collector: string | null): Promise<Traces | null> {
  if (collector === null) return null;
  const own = process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const { startTraces } = await import('./traces.js');
  return startTraces(own || `${collector.replace(/\/$/, '')}/v1/traces`, codeVersion);
}

function optionsOf(queue: Queue, shared: Shared): WorkerOptions {
  const { settings, connection, pool, activities, traces } = shared;
  const { namespace, graceSeconds, rate, deployment, log } = settings;
  const bundle = traces === null ? './workflow-bundle.js' : './workflow-bundle-traced.js';
  const codePath = fileURLToPath(new URL(bundle, import.meta.url));
  const work =
    queue === 'ballast'
      ? { workflowBundle: { codePath } }
      : { maxConcurrentActivityTaskExecutions: pool.threads + 1 };
  return {
    ...{ connection, namespace, taskQueue: queue, activities, ...work },
    shutdownGraceTime: `${graceSeconds}s`,
    maxHeartbeatThrottleInterval: '2s',
    stickyQueueScheduleToStartTimeout: '2s',
    ...(rate === null ? {} : { maxTaskQueueActivitiesPerSecond: rate }),
    ...(traces === null ? {} : { plugins: [traces.plugin] }),
    ...(log === 'errors'
      ? {}
      : { interceptors: { activity: [activityLog(Runtime.instance().logger)] } }),
    ...(deployment === null ? {} : { workerDeploymentOptions: versioning(deployment) }),
  };
}

/** Builds stay with the code that they began with; lines say for themselves that they move on. */
function versioning({ name, buildId }: NonNullable<WorkerSettings['deployment']>) {
  return {
    version: { deploymentName: name, buildId },
    useWorkerVersioning: true as const,
    defaultVersioningBehavior: 'PINNED' as const,
  };
}

async function sayReady({ readyFile, connection, namespace }: WorkerSettings): Promise<void> {
  if (readyFile === null) return;
  const { address } = connection;
  const startedAt = new Date().toISOString();
  const ready = { pid: process.pid, codeVersion, address, namespace, startedAt };
  await writeFile(`${readyFile}.${process.pid}`, JSON.stringify(ready));
  await rename(`${readyFile}.${process.pid}`, readyFile);
}

async function main(): Promise<void> {
  const settings = workerSettings(process.argv.slice(2), process.env);
  const traces = await tracesOf(collectorOf(process.env, 'TRACES'));
  installTelemetry(settings, process.env);
  const connection = await NativeConnection.connect(settings.connection);
  const pool = createCpuPool(settings.threads ?? undefined);
  const shared = { settings, connection, pool, activities: createActivities({ pool }), traces };
  const workers = await Promise.all(
    settings.queues.map(async (queue) => ({
      queue,
      worker: await Worker.create(optionsOf(queue, shared)),
    })),
  );
  if (settings.health !== null)
    await serveHealth(settings.health, { workers, connection, codeVersion });
  const running = Promise.all(workers.map(({ worker }) => worker.run()));
  await sayReady(settings);
  try {
    await running;
  } finally {
    await pool.close();
    await connection.close();
    await traces?.flush();
  }
}

await main();
