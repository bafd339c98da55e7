/**
 * Replays histories against the workflows of this release, with no server: one JSON line per history on
 * stdin (`path`, `workflowId`, `runId`), one per history on stdout (`path`, `error` or null).
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';

interface Wanted {
  readonly path: string;
  readonly workflowId: string;
  readonly runId: string;
}

interface HistoryJson {
  readonly events: {
    workflowExecutionStartedEventAttributes?: { originalExecutionRunId?: string };
  }[];
}

/** A reset run keeps the id of the run that it was copied from; its own is the one that its code saw. */
function readHistory({ path, runId }: Wanted): HistoryJson {
  const history = JSON.parse(readFileSync(path, 'utf8')) as HistoryJson;
  const started = history.events[0]?.workflowExecutionStartedEventAttributes;
  if (started !== undefined) started.originalExecutionRunId = runId;
  return history;
}

async function main(): Promise<void> {
  // What replayed code logs was logged when it ran.
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
  });
  const workflowBundle = {
    codePath: fileURLToPath(new URL('./workflow-bundle.js', import.meta.url)),
  };
  const under: Wanted[] = [];
  async function* histories() {
    for await (const line of createInterface({ input: process.stdin })) {
      const wanted = JSON.parse(line) as Wanted;
      under.push(wanted);
      yield { workflowId: wanted.workflowId, history: readHistory(wanted) };
    }
  }
  for await (const { error } of Worker.runReplayHistories({ workflowBundle }, histories())) {
    const { path } = under.shift()!;
    const said = error === undefined ? null : error.message;
    process.stdout.write(`${JSON.stringify({ path, error: said })}\n`);
  }
}

await main();
