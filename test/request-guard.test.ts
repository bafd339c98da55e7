/** Who gets anything from the review page: every request that is not of our own page is refused, as a table. */
import { describe, expect, test } from 'vitest';
import {
  BODY_BYTES_MAX,
  cookieName,
  drawSecrets,
  type GuardedRequest,
  isSame,
  judgeRequest,
  KEY_HEADER,
} from '../client/review-page/request-guard.js';

const PORT = 8123;
const HOST = `127.0.0.1:${PORT}`;
const secrets = drawSecrets();
const site = { port: PORT, secrets };
const cookie = `${cookieName(PORT)}=${secrets.session}`;

/** As our own page sends it. */
const GET: GuardedRequest = {
  method: 'GET',
  url: '/api/queue?page=0',
  headers: {
    ...{ host: HOST, cookie, 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' },
    [KEY_HEADER]: secrets.key,
  },
};
const POST: GuardedRequest = {
  method: 'POST',
  url: '/api/answers',
  headers: {
    ...GET.headers,
    ...{ origin: `http://${HOST}`, 'content-type': 'application/json', 'content-length': '2' },
  },
};
const ENTER: GuardedRequest = {
  method: 'GET',
  url: `/?token=${secrets.token}`,
  headers: { host: HOST, 'sec-fetch-site': 'none', 'sec-fetch-dest': 'document' },
};
const FILE: GuardedRequest = { ...GET, url: '/browser/main.js', headers: { host: HOST, cookie } };

const withHeaders = (
  request: GuardedRequest,
  headers: GuardedRequest['headers'],
  part: Partial<GuardedRequest> = {},
): GuardedRequest => ({ ...request, ...part, headers: { ...request.headers, ...headers } });

const outcome = (request: GuardedRequest): string => {
  const verdict = judgeRequest(request, site);
  return verdict.kind === 'refuse' ? String(verdict.status) : verdict.kind;
};

const LET_IN: readonly (readonly [string, GuardedRequest, string])[] = [
  ['a call of the page', GET, 'call'],
  ['a message of the page', POST, 'call'],
  [
    'the same under the other name of this machine',
    withHeaders(POST, { host: `localhost:${PORT}`, origin: `http://localhost:${PORT}` }),
    'call',
  ],
  [
    'a browser without Sec-Fetch headers',
    withHeaders(POST, { 'sec-fetch-site': undefined, 'sec-fetch-dest': undefined }),
    'call',
  ],
  [
    'JSON in UTF-8',
    withHeaders(POST, { 'content-type': 'application/json; charset=UTF-8' }),
    'call',
  ],
  ['the right token', ENTER, 'enter'],
  ['a file of the page', FILE, 'file'],
  ['a cookie among others', withHeaders(FILE, { cookie: `a=b; ${cookie}; c=d` }), 'file'],
  ['the largest body', withHeaders(POST, { 'content-length': String(BODY_BYTES_MAX) }), 'call'],
];

const KEPT_OUT: readonly (readonly [string, GuardedRequest, string])[] = [
  // Names of this machine: a name that resolves here is not ours (DNS rebinding).
  ['a foreign host', withHeaders(GET, { host: `evil.example:${PORT}` }), '403'],
  ['a foreign host with the right token', withHeaders(ENTER, { host: 'evil.example' }), '403'],
  ['a host without the port', withHeaders(GET, { host: '127.0.0.1' }), '403'],
  ['another port', withHeaders(GET, { host: '127.0.0.1:80' }), '403'],
  ['another address of this machine', withHeaders(GET, { host: `127.0.0.2:${PORT}` }), '403'],
  ['a host that only starts so', withHeaders(GET, { host: `${HOST}.evil.example` }), '403'],
  ['a host with a user', withHeaders(GET, { host: `a@${HOST}` }), '403'],
  ['an address that is none', { ...GET, url: '/\\[' }, '400'],
  ['no host', withHeaders(GET, { host: undefined }), '403'],
  ['two hosts', withHeaders(GET, { host: [HOST, HOST] }), '403'],
  // The session.
  ['no cookie', withHeaders(GET, { cookie: undefined }), '403'],
  ['no cookie for a file', withHeaders(FILE, { cookie: undefined }), '403'],
  ['another session', withHeaders(GET, { cookie: `${cookieName(PORT)}=${secrets.token}` }), '403'],
  ['an empty session', withHeaders(GET, { cookie: `${cookieName(PORT)}=` }), '403'],
  ['a session cut short', withHeaders(GET, { cookie: cookie.slice(0, -1) }), '403'],
  [
    'two sessions, the second right',
    withHeaders(GET, { cookie: `${cookieName(PORT)}=x; ${cookie}` }),
    '403',
  ],
  [
    'the cookie of another port',
    withHeaders(GET, { cookie: `${cookieName(1)}=${secrets.session}` }),
    '403',
  ],
  [
    'the key in place of the session',
    withHeaders(GET, { cookie: `${cookieName(PORT)}=${secrets.key}` }),
    '403',
  ],
  // The token.
  ['a wrong token', { ...ENTER, url: '/?token=x' }, '403'],
  ['an empty token', { ...ENTER, url: '/?token=' }, '403'],
  ['the token twice', { ...ENTER, url: `/?token=${secrets.token}&token=${secrets.token}` }, '403'],
  ['a wrong token with a right session', { ...FILE, url: '/?token=x' }, '403'],
  ['the token at another path', { ...ENTER, url: `/api/queue?token=${secrets.token}` }, '403'],
  ['the token in a POST', { ...ENTER, method: 'POST' }, '403'],
  [
    'the right token from a foreign page',
    withHeaders(ENTER, { 'sec-fetch-site': 'cross-site' }),
    '403',
  ],
  // The key of the page: a cookie goes to every port of this machine.
  ['no key', withHeaders(GET, { [KEY_HEADER]: undefined }), '403'],
  ['a wrong key', withHeaders(GET, { [KEY_HEADER]: secrets.session }), '403'],
  ['the key twice', withHeaders(GET, { [KEY_HEADER]: [secrets.key, secrets.key] }), '403'],
  ['a message without the key', withHeaders(POST, { [KEY_HEADER]: undefined }), '403'],
  // Where it comes from.
  ['a foreign origin', withHeaders(POST, { origin: 'http://evil.example' }), '403'],
  ['another port as origin', withHeaders(POST, { origin: 'http://127.0.0.1:9999' }), '403'],
  ['our address as https', withHeaders(POST, { origin: `https://${HOST}` }), '403'],
  ['the other name as origin', withHeaders(POST, { origin: `http://localhost:${PORT}` }), '403'],
  ['a sandboxed page', withHeaders(POST, { origin: 'null' }), '403'],
  ['a message without origin', withHeaders(POST, { origin: undefined }), '403'],
  ['a read with a foreign origin', withHeaders(GET, { origin: 'http://evil.example' }), '403'],
  [
    'a foreign page, by Sec-Fetch-Site',
    withHeaders(POST, { 'sec-fetch-site': 'cross-site' }),
    '403',
  ],
  ['another port, by Sec-Fetch-Site', withHeaders(GET, { 'sec-fetch-site': 'same-site' }), '403'],
  [
    'a word that Sec-Fetch-Site does not have',
    withHeaders(GET, { 'sec-fetch-site': 'ours' }),
    '403',
  ],
  ['a frame', withHeaders(FILE, { 'sec-fetch-dest': 'iframe' }), '403'],
  ['an object', withHeaders(FILE, { 'sec-fetch-dest': 'object' }), '403'],
  // What is sent.
  ['a form', withHeaders(POST, { 'content-type': 'application/x-www-form-urlencoded' }), '415'],
  [
    'plain text, which needs no preflight',
    withHeaders(POST, { 'content-type': 'text/plain' }),
    '415',
  ],
  ['JSON by another name', withHeaders(POST, { 'content-type': 'text/json' }), '415'],
  ['no type', withHeaders(POST, { 'content-type': undefined }), '415'],
  ['a body too large', withHeaders(POST, { 'content-length': String(BODY_BYTES_MAX + 1) }), '413'],
  ['a body of unknown length', withHeaders(POST, { 'content-length': undefined }), '400'],
  ['a negative length', withHeaders(POST, { 'content-length': '-1' }), '400'],
  ['PUT', withHeaders(POST, {}, { method: 'PUT' }), '405'],
  ['DELETE', withHeaders(POST, {}, { method: 'DELETE' }), '405'],
  ['OPTIONS, a preflight', withHeaders(POST, {}, { method: 'OPTIONS' }), '405'],
  ['a POST to a file', withHeaders(POST, {}, { url: '/' }), '403'],
  ['an absolute address', withHeaders(GET, {}, { url: `http://${HOST}/api/queue` }), '403'],
  ['an address without a scheme', withHeaders(GET, {}, { url: '//evil.example/api/queue' }), '403'],
];

describe('the guard', () => {
  test.each(LET_IN)('lets in %s', (_what, request, expected) => {
    expect(outcome(request)).toBe(expected);
  });

  test.each(KEPT_OUT)('keeps out %s', (_what, request, expected) => {
    expect(outcome(request)).toBe(expected);
  });

  test('judges every method alike without a session', () => {
    const methods = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE', 'X'];
    for (const method of methods)
      expect(outcome(withHeaders(POST, { cookie: undefined }, { method }))).toBe('403');
  });

  test('names what is called by method and path, never by what the query says', () => {
    expect(judgeRequest({ ...GET, url: '/api/queue?page=2&path=/etc' }, site)).toMatchObject({
      ...{ kind: 'call', path: 'GET /api/queue' },
    });
    expect(judgeRequest({ ...FILE, url: '/browser/../../x' }, site)).toEqual({
      ...{ kind: 'file', path: '/x' },
    });
  });
});

describe('secrets', () => {
  test('have 256 bits each and differ at every start', () => {
    const drawn = [drawSecrets(), drawSecrets()].flatMap((each) => Object.values(each));
    expect(new Set(drawn).size).toBe(6);
    for (const secret of drawn) expect(Buffer.from(secret, 'base64url').length).toBe(32);
  });

  test('are compared whole, whatever their lengths', () => {
    expect(isSame('abc', 'abc')).toBe(true);
    for (const other of ['', 'ab', 'abcd', 'abd']) expect(isSame(other, 'abc')).toBe(false);
  });
});
