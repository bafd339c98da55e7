/**
 * Is there a Temporal server at this address? A connection is opened, asked and closed; a live
 * process or an open port proves nothing.
 */
import { connect } from 'node:net';
// Only this module: the whole client costs another 35 ms at the start of every command.
import { Connection } from '@temporalio/client/lib/connection.js';
import { Failure } from '../../core/schema/failure.js';
import { namedServerOf } from '../../engines/server-settings.js';
import { type Prepared, prepareNamespace } from './namespace.js';
import { DEFAULT_PORTS } from './ports.js';

const CALL_MS_MAX = 15_000;

/** Options to connect to a server: those that the user gave for it, or none but the address for ours. */
export function connectionTo(address: string, embedded: boolean) {
  const named = embedded ? null : namedServerOf({ address }, process.env);
  return named === null ? { address } : named.connection;
}

/** Opens a connection for `work` and closes it whatever happens. */
export async function withConnection<T>(
  options: ReturnType<typeof connectionTo>,
  timeoutMs: number,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await Connection.connect({ ...options, connectTimeout: timeoutMs });
  try {
    return await connection.withDeadline(Date.now() + CALL_MS_MAX, () => work(connection));
  } finally {
    await connection.close();
  }
}

/** Whether somebody listens there: gRPC waits a second after a refusal, this does not. */
export function isOpen(address: string): Promise<boolean> {
  const [host = '', port = String(DEFAULT_PORTS.port)] = address.split(/:(?=\d+$)/);
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: 1_000 });
    const answer = (isListening: boolean) => (): void => {
      socket.destroy();
      resolve(isListening);
    };
    socket.once('connect', answer(true));
    socket.once('error', answer(false));
    socket.once('timeout', answer(false));
  });
}

/** Prepares the embedded server's namespace; null when nothing answers or it is still starting. */
export async function reachEmbedded(
  address: string,
  namespace: string,
  timeoutMs: number,
): Promise<Prepared | null> {
  try {
    return await withConnection({ address }, timeoutMs, (connection) =>
      prepareNamespace({ connection, namespace, address, raiseRetention: true }),
    );
  } catch (error) {
    const isVerdict = error instanceof Failure && error.parts.found !== 'none';
    if (isVerdict) throw error;
    return null;
  }
}

/** Connects to a server that the user named; never starts one. */
export async function reachExplicit(address: string, namespace: string): Promise<Prepared> {
  // A refusal on this machine is final; farther away a proxy may lie between.
  if (/^(127\.|localhost(:|$))/.test(address) && !(await isOpen(address))) {
    throw unreachable(address, 'connection refused');
  }
  try {
    return await withConnection(connectionTo(address, false), 5_000, (connection) =>
      prepareNamespace({ connection, namespace, address, raiseRetention: false }),
    );
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw unreachable(address, (error as Error).message);
  }
}

export function unreachable(address: string, found: string): Failure {
  return new Failure('SERVER_UNREACHABLE', {
    subject: 'the Temporal server',
    expected: 'an answer',
    found: found.split('\n')[0] ?? 'none',
    where: address,
    remedy:
      'start that server or correct the address (--address, BALLAST_TEMPORAL_ADDRESS, TEMPORAL_ADDRESS); without one, ballast starts its own server',
  });
}
