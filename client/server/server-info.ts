/** A server as commands see it, and the wait until a started one answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_NAMESPACE, type Prepared } from './namespace.js';
import { isOpen, reachEmbedded } from './reach.js';
import type { ServerRecord } from './state.js';

export interface ServerInfo {
  readonly address: string;
  readonly uiUrl: string | null;
  readonly namespace: string;
  readonly embedded: boolean;
  /** Null for a server that was named by its address. */
  readonly cliVersion: string | null;
  readonly serverVersion: string;
  readonly reused: boolean;
}

export function addressOf(record: ServerRecord): string {
  return `127.0.0.1:${record.port}`;
}

export function serverInfo(record: ServerRecord, reached: Prepared, reused: boolean): ServerInfo {
  return {
    address: addressOf(record),
    uiUrl: `http://127.0.0.1:${record.uiPort}`,
    namespace: DEFAULT_NAMESPACE,
    embedded: true,
    cliVersion: record.cliVersion,
    serverVersion: reached.serverVersion,
    reused,
  };
}

/** Asks until the server answers and its namespace is prepared; null when it dies or stays silent. */
export async function untilReady(
  record: ServerRecord,
  isAlive: () => boolean,
  timeoutMs: number,
): Promise<Prepared | null> {
  const until = Date.now() + timeoutMs;
  const address = addressOf(record);
  while (isAlive() && Date.now() < until) {
    const reached = (await isOpen(address))
      ? await reachEmbedded(address, DEFAULT_NAMESPACE, 1_000)
      : null;
    if (reached !== null) return reached;
    await sleep(25);
  }
  return null;
}
