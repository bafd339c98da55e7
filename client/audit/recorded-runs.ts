/** Runs of a build's story with their events: from the sealed histories, else from a server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { attributesOf, HistoryReader, typeOf } from '../../activities/decoded-history.js';
import {
  type ChainRun,
  isForgotten,
  rootRuns,
  runsNamedBy,
} from '../../activities/history-chain.js';
import { historyPages, stateOf } from '../../activities/history-pages.js';
import type { RecordedRun } from '../../core/audit/audit-story.js';
import {
  type HistoryIndex,
  type ReadableEvent,
  readableHistory,
} from '../../core/schema/sealed-history.js';

export function sealedRuns(workspace: string, path: string, index: HistoryIndex): RecordedRun[] {
  return index.runs.map(({ workflowId, runId, workflowType, state, readable }) => {
    const text = readFileSync(join(workspace, path, readable.path), 'utf8');
    const { events } = readableHistory.parse(JSON.parse(text));
    return { workflowId, runId, workflowType, state, events };
  });
}

export interface ServerOfRuns {
  readonly client: Client;
  readonly namespace: string;
}

/** Every run that the server still has of this workflow and its children. */
export async function serverRuns(
  server: ServerOfRuns,
  root: { workflowId: string; runId: string },
  workspace: string,
): Promise<RecordedRun[]> {
  const known = new Map<string, ChainRun>();
  const add = (run: ChainRun) => known.set(`${run.workflowId}\n${run.runId}`, run);
  for (const run of await rootRuns(server.client, root, workspace)) add(run);
  const runs: RecordedRun[] = [];
  // The map grows while it is walked.
  for (const run of known.values()) {
    const found = await readRun(server, run, (next) => {
      if (!known.has(`${next.workflowId}\n${next.runId}`)) add(next);
    });
    if (found !== null) runs.push(found);
  }
  return runs;
}

async function readRun(
  { client, namespace }: ServerOfRuns,
  run: ChainRun,
  onNamed: (run: ChainRun) => void,
): Promise<RecordedRun | null> {
  const reader = new HistoryReader();
  const events: ReadableEvent[] = [];
  let workflowType = '';
  try {
    for await (const page of historyPages(client, namespace, run)) {
      for (const json of page) {
        for (const next of runsNamedBy(json, run)) onNamed(next);
        if (typeOf(json) === 'WORKFLOW_EXECUTION_STARTED')
          workflowType = (attributesOf(json).workflowType as { name: string }).name;
        events.push(reader.read(json));
      }
    }
  } catch (error) {
    if (isForgotten(error)) return null;
    throw error;
  }
  const { workflowId, runId } = run;
  return { workflowId, runId, workflowType, state: stateOf(events.at(-1)!.type), events };
}
