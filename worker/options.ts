/** What a worker process is told on its command line; `ballast worker` passes its own flags on. */
import { parseArgs } from 'node:util';
import { namedServerOf } from '../engines/server-settings.js';

export const QUEUES = ['ballast', 'ballast-cpu'] as const;
export type Queue = (typeof QUEUES)[number];

const TEXTS = ['address', 'namespace', 'profile', 'ready-file', 'queues', 'threads'] as const;
const MORE = ['health', 'metrics', 'log', 'grace', 'rate', 'deployment', 'build-id'] as const;
type Flag = (typeof TEXTS)[number] | (typeof MORE)[number];

export interface WorkerSettings {
  readonly namespace: string;
  /** For `NativeConnection.connect`; without TLS or key for the embedded server. */
  readonly connection: { readonly address: string };
  readonly readyFile: string | null;
  readonly queues: readonly Queue[];
  /** Threads for work on texts; null: one per core. */
  readonly threads: number | null;
  /** host:port where `/healthz` and `/readyz` answer. */
  readonly health: string | null;
  /** host:port where Prometheus finds metrics. */
  readonly metrics: string | null;
  readonly log: 'errors' | 'text' | 'json';
  /** Seconds that running activities get after SIGTERM. */
  readonly graceSeconds: number;
  /** Activities that start per second on each queue, over all workers; null: no limit. */
  readonly rate: number | null;
  /** Worker versioning; null: off. */
  readonly deployment: { readonly name: string; readonly buildId: string } | null;
}

function flags(argv: readonly string[]): Partial<Record<Flag, string>> & { named?: boolean } {
  const text = Object.fromEntries([...TEXTS, ...MORE].map((name) => [name, { type: 'string' }]));
  const options = { ...text, named: { type: 'boolean' } } as const;
  return parseArgs({ args: [...argv], options: options as never }).values as never;
}

function number(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (!(value > 0)) throw new Error(`worker: --${name} wants a number above 0, found "${text}"`);
  return value;
}

function queuesOf(text = QUEUES.join(',')): Queue[] {
  return text.split(',').map((name) => {
    const queue = QUEUES.find((known) => known === name);
    if (queue === undefined) throw new Error(`worker: --queues knows ${QUEUES.join(', ')}`);
    return queue;
  });
}

export function workerSettings(argv: readonly string[], env: NodeJS.ProcessEnv): WorkerSettings {
  const given = flags(argv);
  const { address, profile, log = 'errors', deployment } = given;
  const named = given.named === true ? namedServerOf({ address, profile }, env) : null;
  if (named === null && address === undefined) throw new Error('worker: --address is required');
  return {
    namespace: given.namespace ?? named?.namespace ?? 'ballast',
    connection: { ...named?.connection, address: named?.address ?? address! },
    readyFile: given['ready-file'] ?? null,
    queues: queuesOf(given.queues),
    threads: number('threads', given.threads),
    health: given.health ?? null,
    metrics: given.metrics ?? null,
    log: log === 'text' || log === 'json' ? log : 'errors',
    graceSeconds: number('grace', given.grace) ?? 10,
    rate: number('rate', given.rate),
    deployment:
      deployment === undefined
        ? null
        : { name: deployment, buildId: given['build-id'] ?? env.BALLAST_CODE_VERSION ?? 'unknown' },
  };
}
