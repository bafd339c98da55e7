/**
 * Free ports on the loopback interface: the wanted pair if both are free, else the next pair, so
 * that the UI keeps its address over restarts where it can.
 */
import { createServer } from 'node:net';

export interface PortPair {
  readonly port: number;
  readonly uiPort: number;
}

export const DEFAULT_PORTS: PortPair = { port: 7233, uiPort: 8233 };
const PAIRS_TRIED = 64;

/** The first free pair of (wanted, then default + 1, + 2, ..); the system's choice at last. */
export async function freePorts(wanted: PortPair = DEFAULT_PORTS): Promise<PortPair> {
  if (await bothFree(wanted)) return { port: wanted.port, uiPort: wanted.uiPort };
  for (let step = 0; step < PAIRS_TRIED; step++) {
    const pair = { port: DEFAULT_PORTS.port + step, uiPort: DEFAULT_PORTS.uiPort + step };
    if (await bothFree(pair)) return pair;
  }
  return { port: (await bind(0)) ?? 0, uiPort: (await bind(0)) ?? 0 };
}

async function bothFree(pair: PortPair): Promise<boolean> {
  return (await bind(pair.port)) !== null && (await bind(pair.uiPort)) !== null;
}

/** Binds and releases the port; the bound port, or null if it is taken. */
function bind(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === 'object' && bound ? bound.port : null));
    });
  });
}
