/** A page of somebody else, on another port of this machine, that tries every way to reach the review page. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Ways that the script below tries; each is at least one request. */
export const TRIES = 11;

/** Leaves what it could read in `window.got`, when it is through. */
const script = (target: string): string => `
const target = ${JSON.stringify(target)};
const got = [];
const attempt = async (path, init) => {
  const text = await fetch(target + path, { credentials: 'include', ...init })
    .then((response) => response.text(), () => '');
  got.push(text);
};
const body = JSON.stringify({ mix: 'page-mix@2026.11.23' });
const add = (name, parts) => {
  const made = Object.assign(document.createElement(name), parts);
  document.body.append(made);
  return made;
};
(async () => {
  await attempt('/api/queue', {});
  await attempt('/api/queue', { mode: 'no-cors' });
  await attempt('/', { mode: 'no-cors' });
  await attempt('/api/answers', { method: 'POST', body, mode: 'no-cors' });
  await attempt('/api/answers', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
  await attempt('/api/answers', { method: 'POST', body, headers: { 'Content-Type': 'text/plain' } });
  navigator.sendBeacon(target + '/api/answers', body);
  const frame = add('iframe', { src: target + '/' });
  add('img', { src: target + '/api/queue' });
  add('script', { src: target + '/browser/main.js' });
  add('iframe', { name: 'elsewhere' });
  add('form', { method: 'POST', action: target + '/api/answers', target: 'elsewhere' }).submit();
  await new Promise((done) => setTimeout(done, 700));
  try { got.push(frame.contentDocument ? frame.contentDocument.body.textContent : ''); } catch { got.push(''); }
  window.got = got;
})();
`;

export interface ForeignPage {
  readonly origin: string;
  readonly server: Server;
}

export async function serveForeignPage(target: string): Promise<ForeignPage> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end(`<!doctype html><body><p>another page</p><script>${script(target)}</script>`);
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
