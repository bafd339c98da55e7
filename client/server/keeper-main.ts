/**
 * The keeper's program: every half second it looks whether the embedded server and the worker live
 * (two looks at the process table, no network), and restarts what died. A process that dies again
 * and again is restarted ever more slowly. Everything it does is a line of `keeper.log`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { restartDelayMs } from './keeper.js';
import { isProcess } from './process-identity.js';
import { serverMarkers } from './spawn-server.js';
import {
  readKeeperRecord,
  readServerRecord,
  readWorkerRecord,
  type StateFolder,
  stateFolder,
} from './state.js';
import { workerMarkers } from './worker-process.js';

const LOOK_MS = 500;
/** A keeper that its record does not name for so long was replaced, or its folder is gone. */
const UNNAMED_LOOKS_MAX = 4;

interface Kept {
  readonly name: string;
  readonly isAlive: () => boolean;
  readonly deathTimesMs: number[];
  notBeforeMs: number;
}

function log(text: string): void {
  console.log(`${new Date().toISOString()} ${text}`);
}

function keptProcesses(state: StateFolder): Kept[] {
  const serverAlive = (): boolean => {
    const record = readServerRecord(state);
    return record !== null && isProcess(record.pid, serverMarkers(state));
  };
  const workerAlive = (): boolean => {
    const record = readWorkerRecord(state);
    return record !== null && isProcess(record.pid, workerMarkers(state));
  };
  const kept = (name: string, isAlive: () => boolean): Kept => {
    return { name, isAlive, deathTimesMs: [], notBeforeMs: 0 };
  };
  return [kept('server', serverAlive), kept('worker', workerAlive)];
}

/** Notes a new death once; says whether it is time to restart. */
function isDue(kept: Kept, nowMs: number): boolean {
  if (kept.notBeforeMs === 0) {
    kept.deathTimesMs.push(nowMs);
    kept.deathTimesMs.splice(0, kept.deathTimesMs.length - 100);
    const delayMs = restartDelayMs(kept.deathTimesMs, nowMs);
    kept.notBeforeMs = nowMs + delayMs;
    log(`the ${kept.name} is not running; restart ${delayMs > 0 ? `in ${delayMs} ms` : 'now'}`);
  }
  return nowMs >= kept.notBeforeMs;
}

/** One look; restarts what is dead and due. The SDK is loaded only then: the keeper stays small. */
async function look(state: StateFolder, kept: readonly Kept[], workerEntry: string | undefined) {
  const nowMs = Date.now();
  const due = kept.filter((one) => !one.isAlive() && isDue(one, nowMs));
  if (due.length === 0) return;
  for (const one of due) one.notBeforeMs = 0;
  try {
    const { startEmbedded } = await import('./runtime.js');
    const { server, worker } = await startEmbedded({ state, workerEntry, onProgress: log });
    log(`server at ${server.address}, worker is process ${worker.pid}`);
  } catch (error) {
    log(`restart failed: ${(error as Error).message}`);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { 'keeper-file': { type: 'string' }, 'worker-entry': { type: 'string' } },
  });
  const state = stateFolder();
  const kept = keptProcesses(state);
  log(`keeper ${process.pid} watches ${state.root}`);
  for (let unnamed = 0; unnamed < UNNAMED_LOOKS_MAX; ) {
    unnamed = readKeeperRecord(state)?.pid === process.pid ? 0 : unnamed + 1;
    if (unnamed === 0) await look(state, kept, values['worker-entry']);
    await sleep(LOOK_MS);
  }
  log('the record names another keeper or none; this one ends');
}

await main();
