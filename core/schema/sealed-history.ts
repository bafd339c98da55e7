/**
 * A sealed history: what Temporal recorded of a workflow and of all that belongs to it, exported beside
 * the mix because servers forget. `index.json` lists the files with their digests; a line of the ledger
 * holds the digest of the index.
 */
import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A file of the sealed folder; its path is relative to the folder. */
export const sealedFile = z.strictObject({
  path: z.string(),
  sha256,
  bytes: z.int().min(0),
});
export type SealedFile = z.infer<typeof sealedFile>;

/** One run of one workflow. */
export const sealedRun = z.strictObject({
  workflowId: z.string(),
  runId: z.string(),
  workflowType: z.string(),
  /** First run of its chain of continue-as-new; itself where there is none. */
  firstRunId: z.string(),
  /** Workflow that started it as a child; null for what was sealed itself. */
  parent: z.strictObject({ workflowId: z.string(), runId: z.string() }).nullable(),
  /** How its last event ends it; `open` where it still ran when it was sealed. */
  state: z.enum([
    'open',
    'completed',
    'failed',
    'cancelled',
    'terminated',
    'timed-out',
    'continued',
  ]),
  events: z.int().min(1),
  /** As Temporal's tools write it: it replays. */
  history: sealedFile,
  /** The same with its payloads decoded and a sentence per event. */
  readable: sealedFile,
});
export type SealedRun = z.infer<typeof sealedRun>;

/** A run as lines of the ledger name it. */
export function runName({ workflowId, runId }: Pick<SealedRun, 'workflowId' | 'runId'>): string {
  return `${workflowId}/${runId}`;
}

/** A line of the ledger, by number and hash; number 0 stands for an empty ledger. */
export const ledgerHead = z.strictObject({ sequence: z.int().min(0), hash: z.string() });
export type LedgerHead = z.infer<typeof ledgerHead>;

export const historyIndex = z.strictObject({
  schemaVersion: z.literal(1),
  /** name@version, or the id of the workflow where it is no build. */
  subject: z.string(),
  workflowId: z.string(),
  /** Last line of the ledger before the histories were read. */
  ledgerHead,
  /** What wrote the files: version of the tool, of its code, and digest of its workflows' bundle. */
  tool: z.strictObject({ name: z.string(), version: z.string() }),
  codeVersion: z.string(),
  bundleSha256: z.string(),
  /** By workflow id, then run id. */
  runs: z.array(sealedRun).min(1),
  /** Runs that the histories name and the server no longer has. */
  missing: z.array(z.strictObject({ workflowId: z.string(), runId: z.string() })),
});
export type HistoryIndex = z.infer<typeof historyIndex>;

/** Body of a ledger line of kind `seal`. */
export const sealLine = z.strictObject({
  schemaVersion: z.literal(1),
  subject: z.string(),
  workflowId: z.string(),
  /** Folder of the files, relative to the workspace. */
  path: z.string(),
  /** Of the published version; null where none was. */
  manifestSha256: sha256.nullable(),
  indexSha256: sha256,
  runs: z.int().min(1),
  files: z.int().min(2),
  bytes: z.int().min(0),
  ledgerHead,
  codeVersion: z.string(),
});
export type SealLine = z.infer<typeof sealLine>;

/** One event in words. */
export const readableEvent = z.strictObject({
  id: z.int().min(1),
  /** ISO time in UTC. */
  time: z.string(),
  type: z.string(),
  /** What happened, in one sentence. */
  sentence: z.string(),
  /** Identity of the client or worker that caused it; '' where the server did. */
  who: z.string(),
  /** Its attributes with decoded payloads. */
  attributes: z.unknown(),
});
export type ReadableEvent = z.infer<typeof readableEvent>;

export const readableHistory = z.strictObject({
  schemaVersion: z.literal(1),
  workflowId: z.string(),
  runId: z.string(),
  events: z.array(readableEvent).min(1),
});
export type ReadableHistory = z.infer<typeof readableHistory>;

/** What starts `seal-audit`; complete, and parsed again on replay. */
export const sealAuditInput = z.strictObject({
  schemaVersion: z.literal(1),
  workspace: z.string(),
  /** name@version, or the id of the workflow where it is no build. */
  subject: z.string(),
  workflowId: z.string(),
  /** Run that asks. */
  runId: z.string(),
  /** True: its end is waited for; false: it is sealed as it stands. */
  waits: z.boolean(),
});
export type SealAuditInput = z.infer<typeof sealAuditInput>;

/** What one sealing wrote, or found. */
export const sealed = z.strictObject({
  /** Folder of the files, relative to the workspace. */
  path: z.string(),
  indexSha256: sha256,
  runs: z.int(),
  files: z.int(),
  bytes: z.int(),
  missing: z.int(),
  /** False where the same histories were sealed before. */
  isNew: z.boolean(),
  ledgerSequence: z.int(),
});
export type Sealed = z.infer<typeof sealed>;
