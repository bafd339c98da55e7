/**
 * Health of a worker process over HTTP: `/healthz` is 200 while every queue is polled, `/readyz` asks the
 * Temporal server besides. Both answer with a JSON object; nothing else is served.
 */
import { createServer, type Server } from 'node:http';
import type { NativeConnection, Worker } from '@temporalio/worker';
import type { Queue } from './options.js';

const ANSWER_MS_MAX = 2_000;

export interface Watched {
  readonly workers: readonly { readonly queue: Queue; readonly worker: Worker }[];
  readonly connection: NativeConnection;
  readonly codeVersion: string;
}

interface Health {
  readonly ok: boolean;
  readonly codeVersion: string;
  readonly queues: Readonly<Record<string, string>>;
  readonly server?: string;
}

function healthOf({ workers, codeVersion }: Watched): Health {
  const queues = Object.fromEntries(
    workers.map(({ queue, worker }) => [queue, worker.getState().toLowerCase()]),
  );
  const ok = Object.values(queues).every((state) => state === 'running');
  return { ok, codeVersion, queues };
}

async function readinessOf(watched: Watched): Promise<Health> {
  const health = healthOf(watched);
  const { connection } = watched;
  const server = await connection
    .withDeadline(Date.now() + ANSWER_MS_MAX, () => connection.workflowService.getSystemInfo({}))
    .then(
      ({ serverVersion }) => `answers, version ${serverVersion}`,
      () => 'does not answer',
    );
  return { ...health, ok: health.ok && server !== 'does not answer', server };
}

/** Serves until the process ends; `at` is host:port. */
export async function serveHealth(at: string, watched: Watched): Promise<Server> {
  const [host, port] = at.split(/:(?=\d+$)/);
  const server = createServer(async ({ method, url }, response) => {
    const known = method === 'GET' && (url === '/healthz' || url === '/readyz');
    if (!known) return response.writeHead(404).end();
    const health = url === '/readyz' ? await readinessOf(watched) : healthOf(watched);
    response.writeHead(health.ok ? 200 : 503, { 'content-type': 'application/json' });
    return response.end(`${JSON.stringify(health)}\n`);
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(Number(port), host, listening);
  });
  server.unref();
  return server;
}
