/** Freezes and unfreezes the line of a mix by a signal. A mix without a line that runs has nothing to freeze. */
import { getExternalWorkflowHandle, isCancellation, log } from '@temporalio/workflow';
import type { LineFreeze } from '../core/schema/arrival.js';
import { freezeSignal, lineWorkflowId, unfreezeSignal } from './messages.js';

type LineSignal = typeof freezeSignal | typeof unfreezeSignal;

async function signalLine(name: string, signal: LineSignal, freeze: LineFreeze): Promise<void> {
  try {
    await getExternalWorkflowHandle(lineWorkflowId(name)).signal(signal, freeze);
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.info('no line runs', { name });
  }
}

export function freezeLine(name: string, freeze: LineFreeze): Promise<void> {
  return signalLine(name, freezeSignal, freeze);
}

export function unfreezeLine(name: string, freeze: LineFreeze): Promise<void> {
  return signalLine(name, unfreezeSignal, freeze);
}
