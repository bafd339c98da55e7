/**
 * The keeper's program: every half second it looks whether the embedded server and the worker live
 * (two looks at the process table, no network), and restarts what died. A process that dies again
 * and again is restarted ever more slowly. Everything it does is a line of `keeper.log`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { forgetCodeVersion } from './install-folder.js';
import { isProcess } from './process-identity.js';
import { serverMarkers, workerMarkers } from './process-markers.js';
import { restartDelayMs } from './restart-delay.js';
import {
  readKeeperRecord,
  readServerRecord,
  readWorkerRecord,
  type StateFolder,
  stateFolder,
} from './state.js';

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

function keptProcesses(state: StateFolder, address: string | undefined): Kept[] {
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
  const worker = kept('worker', workerAlive);
  return address === undefined ? [kept('server', serverAlive), worker] : [worker];
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

interface LookOptions {
  readonly address: string | undefined;
  readonly workerEntry: string | undefined;
}

/** One look; restarts what is dead and due. The SDK is loaded only then: the keeper stays small. */
async function look(state: StateFolder, kept: readonly Kept[], options: LookOptions) {
  const nowMs = Date.now();
  const due = kept.filter((one) => !one.isAlive() && isDue(one, nowMs));
  if (due.length === 0) return;
  for (const one of due) one.notBeforeMs = 0;
  try {
    const { startServerAndWorker } = await import('./runtime.js');
    forgetCodeVersion();
    const found = await startServerAndWorker({ ...options, state, onProgress: log });
    const { server, worker } = found;
    log(`server at ${server.address}, worker is process ${worker.pid}`);
  } catch (error) {
    log(`restart failed: ${(error as Error).message}`);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'keeper-file': { type: 'string' },
      'worker-entry': { type: 'string' },
      address: { type: 'string' },
    },
  });
  const state = stateFolder();
  const options = { address: values.address, workerEntry: values['worker-entry'] };
  const kept = keptProcesses(state, values.address);
  log(`keeper ${process.pid} watches ${state.root}`);
  for (let unnamed = 0; unnamed < UNNAMED_LOOKS_MAX; ) {
    unnamed = readKeeperRecord(state)?.pid === process.pid ? 0 : unnamed + 1;
    if (unnamed === 0) await look(state, kept, options);
    await sleep(LOOK_MS);
  }
  log('the record names another keeper or none; this one ends');
}

await main();
