/**
 * The server of the review page: on 127.0.0.1 alone, for as long as the command runs. Every request
 * passes the guard first; every answer carries headers that let the page load nothing from elsewhere
 * and run no script but its own files.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Failure } from '../../core/schema/failure.js';
import { errorAnswer } from './error-answer.js';
import { type PageFile, pageFiles } from './page-files.js';
import {
  BODY_BYTES_MAX,
  cookieName,
  drawSecrets,
  judgeRequest,
  type PageSecrets,
} from './request-guard.js';

/** Answers a call of the page: `path` is method and path, `body` the parsed JSON of a POST. */
export type Calls = Readonly<
  Record<string, (query: URLSearchParams, body: unknown) => Promise<unknown>>
>;

export interface PageServer {
  /** With the token; for the person at this terminal. */
  readonly url: string;
  close(): Promise<void>;
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), clipboard-read=()',
};

function answer(
  response: ServerResponse,
  status: number,
  file: PageFile | null = null,
  more: Readonly<Record<string, string>> = {},
): void {
  const body = file?.body ?? '';
  const type = file === null ? {} : { 'Content-Type': file.type };
  const length = { 'Content-Length': String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...HEADERS, ...type, ...length, ...more }).end(body);
}

/** The whole body; null where it is longer than it may be. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function jsonOrFail(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Failure('USAGE', {
      subject: 'a call of the review page',
      expected: 'one JSON document',
      found: (error as Error).message,
      where: 'body of the request',
      remedy: 'reload the page',
    });
  }
}

interface Site {
  readonly port: number;
  readonly secrets: PageSecrets;
  readonly files: ReadonlyMap<string, PageFile>;
  readonly calls: Calls;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  site: Site,
): Promise<void> {
  const { method = '', url = '' } = request;
  const verdict = judgeRequest({ method, url, headers: sentHeaders(request) }, site);
  if (verdict.kind === 'refuse') {
    // What follows of the body is not read: the connection ends with the answer.
    answer(response, verdict.status, null, { Connection: 'close' });
    return;
  }
  if (verdict.kind === 'enter') {
    const cookie = `${cookieName(site.port)}=${site.secrets.session}; HttpOnly; SameSite=Strict; Path=/`;
    answer(response, 303, null, { Location: `/#key=${site.secrets.key}`, 'Set-Cookie': cookie });
    return;
  }
  if (verdict.kind === 'file') {
    const file = site.files.get(verdict.path);
    answer(response, file === undefined ? 404 : 200, file ?? null);
    return;
  }
  const call = site.calls[verdict.path];
  const text = method === 'POST' ? await readBody(request) : '';
  if (call === undefined || text === null) {
    answer(response, call === undefined ? 404 : 413, null, { Connection: 'close' });
    return;
  }
  const { status, value } = await call(verdict.query, text === '' ? null : jsonOrFail(text)).then(
    (given) => ({ status: 200, value: given }),
    errorAnswer,
  );
  answer(response, status, { type: 'application/json', body: JSON.stringify(value) });
}

/** As sent: Node joins some repeated headers and drops others, and a doubled one is no good sign. */
function sentHeaders({ headersDistinct }: IncomingMessage) {
  return Object.fromEntries(
    Object.entries(headersDistinct).map(([name, values]) => [
      name,
      values?.length === 1 ? values[0] : values,
    ]),
  );
}

/** Listens on `port`, or on a free one where it is 0. */
export async function servePage(port: number, calls: Calls): Promise<PageServer> {
  const files = await pageFiles();
  const secrets = drawSecrets();
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    const { port: own } = server.address() as AddressInfo;
    respond(request, response, { port: own, secrets, files, calls }).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else {
        const { status, value } = errorAnswer(error);
        answer(response, status, { type: 'application/json', body: JSON.stringify(value) });
      }
    });
  });
  await listen(server, port);
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${own}/?token=${secrets.token}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      failed(
        new Failure('USAGE', {
          subject: 'the review page',
          expected: 'a free port of this machine',
          found: error.code ?? error.message,
          where: `127.0.0.1:${port}`,
          remedy: 'leave --port out, and a free one is taken',
        }),
      );
    });
    server.listen(port, '127.0.0.1', () => done());
  });
}
