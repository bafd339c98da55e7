/**
 * A bad road to an S3 server: by a seeded draw a request is passed on, delayed, answered with 503, reset before it
 * is passed on, reset after it was carried out (the answer is lost), or its answer breaks off in the middle.
 */
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { derive, draw } from '../core/random/draw.js';

export const FAULTS = ['delay', 'busy', 'reset', 'lost', 'cut'] as const;
export type Fault = (typeof FAULTS)[number];

export interface FaultProxy {
  readonly endpoint: string;
  /** How often each fault was done, and requests in all. */
  readonly done: Record<Fault | 'requests', number>;
  /** Share of the requests that each fault befalls; may be changed at any time. */
  shares: Partial<Record<Fault, number>>;
  stop(): Promise<void>;
}

const SLOW_DOWN =
  '<?xml version="1.0" encoding="UTF-8"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>';

export async function startFaultProxy(
  target: string,
  shares: FaultProxy['shares'],
  seed = 1,
): Promise<FaultProxy> {
  const key = derive(seed, 'faults');
  const done = { requests: 0, delay: 0, busy: 0, reset: 0, lost: 0, cut: 0 };
  const proxy: FaultProxy = { endpoint: '', done, shares, stop: async () => undefined };
  const { hostname, port } = new URL(target);

  function faultOf(n: number): Fault | null {
    let left = draw(key, String(n));
    for (const fault of FAULTS) {
      left -= proxy.shares[fault] ?? 0;
      if (left < 0) return fault;
    }
    return null;
  }

  function pass(incoming: IncomingMessage, outgoing: ServerResponse, fault: Fault | null): void {
    const { method, url, headers } = incoming;
    const behind = request({ hostname, port, method, path: url, headers }, (answer) => {
      if (fault === 'lost') {
        answer.resume().on('end', () => outgoing.socket?.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode!, answer.headers);
      const hasBody = method === 'GET' && answer.statusCode! < 300;
      if (fault !== 'cut' || !hasBody) return void answer.pipe(outgoing);
      const half = Number(answer.headers['content-length'] ?? 0) / 2;
      let sent = 0;
      answer.on('data', (chunk: Buffer) => {
        outgoing.write(chunk);
        sent += chunk.length;
        if (sent >= half) outgoing.socket?.destroy();
      });
      answer.on('end', () => outgoing.end());
    });
    behind.on('error', () => outgoing.socket?.destroy());
    incoming.pipe(behind);
  }

  const server: Server = createServer((incoming, outgoing) => {
    const fault = faultOf(done.requests++);
    if (fault !== null) done[fault]++;
    if (fault === 'reset') return void outgoing.socket?.destroy();
    if (fault === 'busy') {
      incoming.resume();
      return void outgoing.writeHead(503, { 'content-type': 'application/xml' }).end(SLOW_DOWN);
    }
    if (fault !== 'delay') return pass(incoming, outgoing, fault);
    setTimeout(() => pass(incoming, outgoing, null), 20 + 300 * draw(key, `${done.requests}/wait`));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return Object.assign(proxy, {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  });
}
