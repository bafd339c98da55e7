/** Waits until the seals of builds stand: they come beside the builds, a moment after their end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readLedger } from '../storage/ledger.js';

const WAIT_MS_MAX = 60_000;

/** Ends when the ledger holds this many seal lines, of folders that begin so. */
export async function untilSealed(
  workspace: string,
  seals: number,
  folder: '' | 'mixes/' = '',
): Promise<void> {
  const until = Date.now() + WAIT_MS_MAX;
  for (;;) {
    const entries = await readLedger(workspace);
    const found = entries.filter(
      ({ kind, body }) => kind === 'seal' && (body as { path: string }).path.startsWith(folder),
    ).length;
    if (found >= seals) return;
    if (Date.now() > until) throw new Error(`${found} of ${seals} seals after ${WAIT_MS_MAX} ms`);
    await sleep(100);
  }
}
