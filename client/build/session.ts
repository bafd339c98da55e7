/** A connection to the server, with everything running that a build needs. */
import { hostname, userInfo } from 'node:os';
import { Client, Connection } from '@temporalio/client';
import { ensureRuntime, type Runtime } from '../server/runtime.js';

export interface Session {
  readonly client: Client;
  readonly runtime: Runtime;
  /** Starts again what died. */
  revive(): Promise<void>;
  /** Address of a run in the Temporal UI; null where the server has no UI that we know. */
  runUrl(workflowId: string, runId: string): string | null;
}

export interface SessionOptions {
  readonly address?: string | undefined;
  readonly onProgress: (line: string) => void;
}

function identity(): string {
  return `cli:${userInfo().username}@${hostname()}`;
}

export async function openSession({ address, onProgress }: SessionOptions): Promise<Session> {
  const runtime = await ensureRuntime({ address, onProgress });
  const connection = await Connection.connect({ address: runtime.server.address });
  const { namespace, uiUrl } = runtime.server;
  return {
    client: new Client({ connection, namespace, identity: identity() }),
    runtime,
    revive: async () => {
      await ensureRuntime({ address, onProgress }).catch(() => undefined);
    },
    runUrl: (workflowId, runId) =>
      uiUrl === null
        ? null
        : `${uiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}/${runId}/history`,
  };
}
