/**
 * Reads the history of one run from the server page by page and writes it as two files: Temporal's own
 * JSON, which replays, and a readable copy. One page is held in memory, however long the history is.
 */
import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { canonicalJson } from '../core/schema/canonical.js';
import { assert } from '../core/schema/failure.js';
import type { SealedFile, SealedRun } from '../core/schema/sealed-history.js';
import { fileSafe } from '../storage/workspace.js';
import { type EventJson, HistoryReader } from './decoded-history.js';

export interface RunName {
  readonly workflowId: string;
  readonly runId: string;
}

/** Characters of a workflow's id in a file name; the run id behind it tells files apart. */
const NAME_CHARACTERS = 120;

/** Events in pages, each as Temporal's JSON. */
export async function* historyPages(
  client: Client,
  namespace: string,
  execution: RunName,
): AsyncGenerator<EventJson[]> {
  let nextPageToken: Uint8Array | undefined;
  do {
    const answer = await client.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution,
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    });
    const { events } = JSON.parse(historyToJSON(answer.history ?? {})) as { events?: EventJson[] };
    // Maps come from the server in any order; sorted keys make the same bytes each time.
    yield (events ?? []).map((event) => JSON.parse(canonicalJson(event)) as EventJson);
    nextPageToken = answer.nextPageToken?.length ? answer.nextPageToken : undefined;
  } while (nextPageToken !== undefined);
}

/** A JSON file that grows by items of one list, one a line, and knows its digest. */
class ListFile {
  readonly #hash: Hash = createHash('sha256');
  readonly #handle: FileHandle;
  #bytes = 0;
  #items = 0;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  static async start(path: string, head: string): Promise<ListFile> {
    const file = new ListFile(await open(path, 'w'));
    await file.#write(head);
    return file;
  }

  async add(items: readonly string[]): Promise<void> {
    const lines = items.map((item, i) => `${this.#items + i === 0 ? '' : ','}\n${item}`);
    this.#items += items.length;
    await this.#write(lines.join(''));
  }

  async end(tail: string): Promise<Omit<SealedFile, 'path'>> {
    await this.#write(tail);
    await this.#handle.sync();
    await this.#handle.close();
    return { sha256: this.#hash.digest('hex'), bytes: this.#bytes };
  }

  async #write(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    await this.#handle.appendFile(bytes);
  }
}

/** State of a run by the type of its last event. */
const STATES: Readonly<Record<string, SealedRun['state']>> = {
  WORKFLOW_EXECUTION_COMPLETED: 'completed',
  WORKFLOW_EXECUTION_FAILED: 'failed',
  WORKFLOW_EXECUTION_CANCELED: 'cancelled',
  WORKFLOW_EXECUTION_TERMINATED: 'terminated',
  WORKFLOW_EXECUTION_TIMED_OUT: 'timed-out',
  WORKFLOW_EXECUTION_CONTINUED_AS_NEW: 'continued',
};

export function stateOf(lastType: string): SealedRun['state'] {
  return STATES[lastType.replace(/^EVENT_TYPE_/, '')] ?? 'open';
}

/** Bytes under one name never change: of a run that goes on, the number of its events is in the name. */
export function historyName({ workflowId, runId }: RunName, openEvents: number | null): string {
  const name = `${fileSafe(workflowId).slice(0, NAME_CHARACTERS)}.${runId}`;
  return openEvents === null ? name : `${name}.open-${openEvents}`;
}

export interface WrittenHistory {
  readonly state: SealedRun['state'];
  readonly events: number;
  /** Names are still those of the scratch folder. */
  readonly history: SealedFile;
  readonly readable: SealedFile;
}

/** Writes both files of a run into `folder` under temporary names; `onEvent` sees each event once. */
export async function writeHistory(
  pages: AsyncIterable<EventJson[]>,
  run: RunName,
  folder: string,
  onEvent: (event: EventJson) => void,
): Promise<WrittenHistory> {
  const [rawPath, readablePath] = [`${run.runId}.part`, `${run.runId}.readable.part`];
  const head = canonicalJson({ runId: run.runId, schemaVersion: 1, workflowId: run.workflowId });
  const raw = await ListFile.start(join(folder, rawPath), '{"events":[');
  const readable = await ListFile.start(
    join(folder, readablePath),
    `${head.slice(0, -1)},"events":[`,
  );
  const reader = new HistoryReader();
  let events = 0;
  let lastType = '';
  for await (const page of pages) {
    page.forEach(onEvent);
    await raw.add(page.map((event) => canonicalJson(event)));
    await readable.add(page.map((event) => canonicalJson(reader.read(event))));
    events += page.length;
    lastType = page.at(-1)?.eventType ?? lastType;
  }
  assert(events > 0, `the history of ${run.workflowId} has events`);
  return {
    ...{ state: stateOf(lastType), events },
    history: { path: rawPath, ...(await raw.end('\n]}\n')) },
    readable: { path: readablePath, ...(await readable.end('\n]}\n')) },
  };
}
