/**
 * Calls of the page's server. The key came with the first address and is kept by this origin alone:
 * a cookie goes to every port of the machine, the key to none but ours.
 */
import type { PageError } from '../page-types.js';

const KEY = 'ballast-review/key';

/** An answer that says what was expected, what was found, and what to do. */
export class Refused extends Error {
  readonly parts: PageError;

  constructor(parts: PageError) {
    super(`${parts.subject}: ${parts.found}`);
    this.parts = parts;
  }
}

/** Keeps the key of the first address, and takes it out of the address bar and the history. */
export function keepKey(): void {
  const [, key] = /^#key=([A-Za-z0-9_-]+)$/.exec(location.hash) ?? [];
  if (key === undefined) return;
  localStorage.setItem(KEY, key);
  history.replaceState(null, '', '/');
}

function unreachable(found: string): Refused {
  return new Refused({
    ...{ code: 'PAGE_UNREACHABLE', subject: 'the review page', expected: 'an answer', found },
    where: location.host,
    remedy:
      'start it again with ballast review serve, and open the address that it prints; drafts are kept',
    details: null,
  });
}

async function call<T>(path: string, init: RequestInit): Promise<T> {
  const headers = { ...init.headers, 'x-ballast-key': localStorage.getItem(KEY) ?? '' };
  const response = await fetch(path, { ...init, headers, redirect: 'error' }).catch(() => null);
  if (response === null) throw unreachable('none: the command has ended');
  const text = await response.text();
  if (text === '')
    throw unreachable(`status ${response.status}: this tab belongs to an earlier start`);
  const value = JSON.parse(text) as T & { error?: PageError };
  if (!response.ok && value.error !== undefined) throw new Refused(value.error);
  return value;
}

export function read<T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
  return call<T>(`/api/${path}?${new URLSearchParams(query)}`, { method: 'GET' });
}

export function send<T>(path: string, message: unknown): Promise<T> {
  const headers = { 'Content-Type': 'application/json' };
  return call<T>(`/api/${path}`, { method: 'POST', headers, body: JSON.stringify(message) });
}
