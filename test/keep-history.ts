/**
 * BALLAST_WRITE_HISTORIES=1 keeps what this release's workflows did as test/histories/<name>.json, which
 * histories.test.ts replays ever after; who and where it was is taken out. A name starts with its workflow's.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { ROOT } from './tree-files.js';

export function writeHistory(name: string, text: string): void {
  if (process.env.BALLAST_WRITE_HISTORIES !== '1') return;
  const anonymous = text
    .replaceAll(/"identity":\s*"[^"]*"/g, '"identity": "someone"')
    .replaceAll(hostname(), 'host')
    .replaceAll(ROOT.replace(/\/$/, ''), '/ballast');
  const folder = join(import.meta.dirname, 'histories');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), anonymous);
}

/** Keeps the history of one run; does nothing unless histories are being written. */
export async function keepHistory(
  client: Client,
  workflowId: string,
  name: string,
  runId?: string,
): Promise<void> {
  if (process.env.BALLAST_WRITE_HISTORIES !== '1') return;
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  writeHistory(name, historyToJSON(history));
}
