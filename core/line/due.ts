/** When the next build of a line is due. */
import type { LineSettings } from '../schema/operations.js';
import { isAnyWaiting, type LineState, ready, uncounted } from './state.js';

/** A time in the past: at once. */
const NOW = 0;

/**
 * Milliseconds since the epoch, or null where nothing is due as things stand. The earliest of:
 * a tick: at once, or after the pause of a failure that left it without a build; quiet: no arrival for so long, all
 * counted, enough tokens; the longest wait since the first arrival that is new; a pause after a failure.
 */
export function dueAtMs(state: LineState, settings: LineSettings): number | null {
  const { tick, building, freezes, newSinceMs, lastArrivalAtMs, retryAtMs } = state;
  if (building !== null || freezes.length > 0) return null;
  const isAlways = tick?.act === 'build-always';
  if (isAlways && retryAtMs === null) return NOW;
  if (!isAnyWaiting(state) || (ready(state).length === 0 && state.counts.waiting === 0))
    return isAlways ? retryAtMs : null;
  if (tick !== null && retryAtMs === null) return NOW;
  const times: number[] = [];
  if (retryAtMs !== null) times.push(retryAtMs);
  if (newSinceMs !== null) {
    times.push(newSinceMs + settings.maxWaitSeconds * 1000);
    const isCounted = uncounted(state).length === 0;
    if (isCounted && tokensWaiting(state) >= settings.minNewTokens)
      times.push((lastArrivalAtMs ?? newSinceMs) + settings.quietSeconds * 1000);
  }
  return times.length === 0 ? null : Math.min(...times);
}

export function tokensWaiting(state: LineState): number {
  return state.held.reduce((sum, { tokens }) => sum + (tokens ?? 0), state.counts.tokensWaiting);
}
