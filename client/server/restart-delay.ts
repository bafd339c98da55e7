/** How long a keeper waits before it restarts what dies again and again. */

/** Deaths that fall out of this window no longer slow a restart. */
const WINDOW_MS = 60_000;
const DELAY_MS_MIN = 500;
const DELAY_MS_MAX = 30_000;

/** Milliseconds before the next restart: none after one death, then doubling with each more in a minute. */
export function restartDelayMs(deathTimesMs: readonly number[], nowMs: number): number {
  const recent = deathTimesMs.filter((time) => nowMs - time < WINDOW_MS).length;
  if (recent <= 1) return 0;
  return Math.min(DELAY_MS_MAX, DELAY_MS_MIN * 2 ** (recent - 2));
}
