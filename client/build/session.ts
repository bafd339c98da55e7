/**
 * A connection to the server, with everything running that a build needs. A server that was brought
 * back may stand at another address: `client` and `runtime` are those of the last revival, so ask
 * the session each time and keep neither.
 */
import { hostname, userInfo } from 'node:os';
import { Client, Connection } from '@temporalio/client';
import { connectionTo } from '../server/reach.js';
import { ensureRuntime, type Runtime } from '../server/runtime.js';

export interface Session {
  readonly client: Client;
  readonly runtime: Runtime;
  /** Starts again what died, and connects to it; answers why that failed, null where it did not. */
  revive(): Promise<Error | null>;
  /** Address of a run in the Temporal UI; null where the server has no UI that we know. */
  runUrl(workflowId: string, runId: string): string | null;
}

export interface SessionOptions {
  readonly address?: string | undefined;
  readonly onProgress: (line: string) => void;
}

/** Who runs this command, as far as the operating system says. */
export function identity(): string {
  return `cli:${userInfo().username}@${hostname()}`;
}

async function connect({ server }: Runtime): Promise<Client> {
  const connection = await Connection.connect(connectionTo(server.address, server.embedded));
  return new Client({ connection, namespace: server.namespace, identity: identity() });
}

export async function openSession(options: SessionOptions): Promise<Session> {
  let runtime = await ensureRuntime(options);
  let client = await connect(runtime);
  const bringBack = async (): Promise<void> => {
    const found = await ensureRuntime(options);
    if (found.server.address !== runtime.server.address) {
      const left = client.connection;
      client = await connect(found);
      await left.close();
    }
    runtime = found;
  };
  return {
    get client() {
      return client;
    },
    get runtime() {
      return runtime;
    },
    revive: () =>
      bringBack().then(
        () => null,
        (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
      ),
    runUrl: (workflowId, runId) => {
      const { uiUrl, namespace } = runtime.server;
      if (uiUrl === null) return null;
      return `${uiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}/${runId}/history`;
    },
  };
}
