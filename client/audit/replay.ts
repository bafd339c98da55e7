/** Replays sealed histories in one process of the worker, which alone loads Temporal's native core. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { assert } from '../../core/schema/failure.js';
import { builtFile } from '../server/install-folder.js';

export interface ReplayWanted {
  /** Absolute. */
  readonly path: string;
  readonly workflowId: string;
  readonly runId: string;
}

/** Error by path, null where the history replays. */
export async function replayHistories(
  wanted: readonly ReplayWanted[],
  onReplayed: (path: string) => void,
): Promise<Map<string, string | null>> {
  const results = new Map<string, string | null>();
  if (wanted.length === 0) return results;
  const child = spawn(process.execPath, [builtFile('worker', 'replay-histories.js')], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log = `${log}${chunk.toString()}`.slice(-2_000);
  });
  // A replayer that died is told by its exit code.
  child.stdin.on('error', () => undefined);
  for (const one of wanted) child.stdin.write(`${JSON.stringify(one)}\n`);
  child.stdin.end();
  const ended = new Promise<number | null>((done) => child.once('close', done));
  for await (const line of createInterface({ input: child.stdout })) {
    const { path, error } = JSON.parse(line) as { path: string; error: string | null };
    results.set(path, error);
    onReplayed(path);
  }
  const code = await ended;
  assert(code === 0 && results.size === wanted.length, `the replayer ended with ${code}: ${log}`);
  return results;
}
