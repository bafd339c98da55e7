/**
 * The worker process: polls `ballast` (workflows, light activities) and `ballast-cpu` (work in the
 * thread pool, as many at once as threads). Told to stop, it lets running activities end first.
 */
import { rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import { createActivities } from '../activities/index.js';
import { createCpuPool } from '../engines/cpu-pool.js';

const GRACE = '10s';

function options() {
  const { values } = parseArgs({
    options: {
      address: { type: 'string' },
      namespace: { type: 'string', default: 'ballast' },
      'ready-file': { type: 'string' },
    },
  });
  if (values.address === undefined) throw new Error('worker: --address is required');
  return { ...values, address: values.address };
}

function workerOptions(connection: NativeConnection, namespace: string): WorkerOptions {
  return {
    connection,
    namespace,
    taskQueue: 'ballast',
    shutdownGraceTime: GRACE,
    maxHeartbeatThrottleInterval: '2s',
    stickyQueueScheduleToStartTimeout: '2s',
  };
}

async function main(): Promise<void> {
  const { address, namespace, 'ready-file': readyFile } = options();
  const codeVersion = process.env.BALLAST_CODE_VERSION ?? 'unknown';
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address });
  const pool = createCpuPool();
  const activities = createActivities({ pool });
  const shared = workerOptions(connection, namespace);
  const codePath = fileURLToPath(new URL('./workflow-bundle.js', import.meta.url));
  const story = await Worker.create({ ...shared, activities, workflowBundle: { codePath } });
  const cpu = await Worker.create({
    ...shared,
    taskQueue: 'ballast-cpu',
    activities,
    maxConcurrentActivityTaskExecutions: pool.threads + 1,
  });
  const running = Promise.all([story.run(), cpu.run()]);
  if (readyFile !== undefined) {
    const ready = {
      pid: process.pid,
      codeVersion,
      address,
      namespace,
      startedAt: new Date().toISOString(),
    };
    await writeFile(`${readyFile}.${process.pid}`, JSON.stringify(ready));
    await rename(`${readyFile}.${process.pid}`, readyFile);
  }
  try {
    await running;
  } finally {
    await pool.close();
    await connection.close();
  }
}

await main();
