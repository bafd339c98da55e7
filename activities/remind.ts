/** Who owes an answer when, once per deadline and length: a line of the ledger. */
import { whoAnswersFor } from '../core/review/seats.js';
import type { DecisionScope, ReminderLine } from '../core/schema/approval-lines.js';
import { appendLedger, readLedger } from '../storage/ledger.js';
import { delegationsIn, REMINDER_LINE } from './approval-lines.js';

export interface RemindInput {
  readonly workspace: string;
  /** name@version. */
  readonly mix: string;
  readonly scope: DecisionScope;
  /** Whose answer is missing, as the recipe names them; empty: anyone's. */
  readonly owners: readonly string[];
  /** What is missing, and how to answer. */
  readonly sentence: string;
  readonly dueAtMs: number;
  readonly atMs: number;
  readonly secondsBefore: number;
  readonly by: string;
}

export interface Reminded {
  readonly owes: readonly string[];
  readonly ledgerSequence: number;
}

export async function remind(input: RemindInput): Promise<Reminded> {
  const { workspace, mix, scope, owners, sentence, dueAtMs, atMs, secondsBefore, by } = input;
  const delegations = delegationsIn(await readLedger(workspace), mix, scope);
  const owes = [...new Set(owners.map((owner) => whoAnswersFor(owner, delegations, atMs)))];
  const dueAt = new Date(dueAtMs).toISOString();
  const body: ReminderLine = { mix, scope, owes, sentence, dueAt, secondsBefore };
  const key = `reminder/${scope}/${mix}/${dueAt}/${secondsBefore}`;
  const { sequence } = await appendLedger(workspace, { key, kind: REMINDER_LINE, by, body });
  return { owes, ledgerSequence: sequence };
}
