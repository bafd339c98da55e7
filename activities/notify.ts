/**
 * Tells the world outside: one JSON document posted to BALLAST_NOTIFY_URL of the worker, where it is set. What
 * must not be lost stands in the ledger: an address that does not answer holds nothing up.
 */
const ANSWER_MS_MAX = 5_000;

export interface NotifyEvent {
  readonly kind: string;
  /** name@version, or a name. */
  readonly mix: string;
  readonly sentence: string;
  readonly details: unknown;
}

/** Whether it was taken; false where no address is set or it did not answer well. */
export async function notify(event: NotifyEvent): Promise<boolean> {
  const url = process.env.BALLAST_NOTIFY_URL ?? '';
  if (url === '') return false;
  try {
    const { ok } = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    return ok;
  } catch {
    return false;
  }
}
