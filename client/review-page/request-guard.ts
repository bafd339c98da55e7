/**
 * Who may ask the review page for anything. The page listens on this machine alone, but so does
 * every other page that a browser shows: a request counts only if it names our host (a foreign name
 * that resolves here is refused), comes from our own page (Origin, Sec-Fetch-Site), and brings two
 * secrets: the session's cookie, and the page's key in a header. The cookie alone is not enough,
 * since browsers send it to every port of this machine. What is refused gets a status and no content.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Bytes of a body: 200 answers with the longest names and reasons fit. */
export const BODY_BYTES_MAX = 4 * 1024 * 1024;
export const KEY_HEADER = 'x-ballast-key';
const SECRET_BYTES = 32;

export interface PageSecrets {
  /** In the address that the terminal shows; opens a session. */
  readonly token: string;
  /** In the session's cookie. */
  readonly session: string;
  /** Kept by the page of this origin; in a header of every call. */
  readonly key: string;
}

/** Three secrets of 256 bits, new at every start. */
export function drawSecrets(): PageSecrets {
  const draw = () => randomBytes(SECRET_BYTES).toString('base64url');
  return { token: draw(), session: draw(), key: draw() };
}

/** What the guard reads of a request. */
export interface GuardedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  /** Lower-case names; of a header that is sent twice, all values. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export type Verdict =
  /** A right token: give the cookie, and send the browser to the page without it. */
  | { readonly kind: 'enter' }
  /** A file of the page, which says nothing of any document. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'call'; readonly path: string; readonly query: URLSearchParams }
  | { readonly kind: 'refuse'; readonly status: 400 | 403 | 405 | 413 | 415 };

const refuse = (status: 400 | 403 | 405 | 413 | 415): Verdict => ({ kind: 'refuse', status });

/** Compares in a time that says nothing of where two secrets differ. */
export function isSame(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}

/** The one value of a header; null where it is absent, or sent twice. */
function headerOf({ headers }: GuardedRequest, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
}

/** Cookies are shared by the ports of a machine, so the name tells ours from another page's. */
export function cookieName(port: number): string {
  return `ballast-review-${port}`;
}

/** Values of our cookie; more than one is somebody's attempt, and none of them counts. */
function sessionOf(request: GuardedRequest, port: number): string | null {
  const pairs = (headerOf(request, 'cookie') ?? '').split(';').map((pair) => pair.trim());
  const name = `${cookieName(port)}=`;
  const ours = pairs.filter((pair) => pair.startsWith(name));
  return ours.length === 1 ? ours[0]!.slice(name.length) : null;
}

function isOurHost(request: GuardedRequest, port: number): boolean {
  const host = headerOf(request, 'host');
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

/** Whether the request comes from our page, or from the browser's own address bar. */
function isOurs(request: GuardedRequest): boolean {
  const origin = request.headers.origin;
  if (origin !== undefined && origin !== `http://${headerOf(request, 'host')}`) return false;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const target = request.headers['sec-fetch-dest'];
  const isFramed = typeof target !== 'string' ? target !== undefined : FRAMED.includes(target);
  return !isFramed;
}

const FRAMED: readonly string[] = ['iframe', 'frame', 'embed', 'object', 'fencedframe'];

/** Why a call that changes something is refused; null where it is not. */
function refusedCall(request: GuardedRequest): Verdict | null {
  // A browser names the origin of every request that is not a plain GET.
  if (headerOf(request, 'origin') === null) return refuse(403);
  const type = headerOf(request, 'content-type')?.toLowerCase().replaceAll(' ', '') ?? '';
  if (type !== 'application/json' && type !== 'application/json;charset=utf-8') return refuse(415);
  const length = Number(headerOf(request, 'content-length') ?? Number.NaN);
  if (!Number.isInteger(length) || length < 0) return refuse(400);
  return length > BODY_BYTES_MAX ? refuse(413) : null;
}

/** The one judgement of a request, before anything is read. */
export function judgeRequest(
  request: GuardedRequest,
  { port, secrets }: { readonly port: number; readonly secrets: PageSecrets },
): Verdict {
  if (!isOurHost(request, port) || !isOurs(request)) return refuse(403);
  if (!request.url.startsWith('/') || request.url.startsWith('//')) return refuse(403);
  if (!URL.canParse(request.url, 'http://127.0.0.1')) return refuse(400);
  const { pathname, searchParams } = new URL(request.url, 'http://127.0.0.1');
  const isRead = request.method === 'GET';
  if (isRead && pathname === '/' && searchParams.has('token'))
    return isSame(searchParams.getAll('token').join(), secrets.token)
      ? { kind: 'enter' }
      : refuse(403);
  const session = sessionOf(request, port);
  if (session === null || !isSame(session, secrets.session)) return refuse(403);
  if (!isRead && request.method !== 'POST') return refuse(405);
  if (!pathname.startsWith('/api/')) return isRead ? { kind: 'file', path: pathname } : refuse(403);
  const key = headerOf(request, KEY_HEADER);
  if (key === null || !isSame(key, secrets.key)) return refuse(403);
  const wrong = isRead ? null : refusedCall(request);
  return wrong ?? { kind: 'call', path: `${request.method} ${pathname}`, query: searchParams };
}
