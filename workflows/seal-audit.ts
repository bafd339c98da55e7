/**
 * Seals the history of a build beside its mix: waits until the run that asked has ended, then exports every
 * run of its story. A later run of the same build asks by signal; one sealing at a time.
 */
import { setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { type SealAuditInput, type Sealed, sealAuditInput } from '../core/schema/sealed-history.js';
import { sealAlsoSignal } from './messages.js';
import { movesOn } from './moves-on.js';
import { parseOrFail } from './parse-or-fail.js';
import { MixPhase } from './search-attributes.js';
import { sealing } from './steps.js';

movesOn(sealAudit);

export async function sealAudit(input: SealAuditInput): Promise<Sealed> {
  const { workspace, subject, workflowId, runId, waits } = parseOrFail(
    sealAuditInput,
    input,
    'seal-audit input',
  );
  // Each run of a line, a review or a retraction asks for itself.
  const isAlone = waits && subject === workflowId;
  const runs = [runId];
  setHandler(sealAlsoSignal, (also) => void runs.push(also), {
    description: 'a later run of the same build asks to be sealed',
  });
  upsertSearchAttributes([{ key: MixPhase, value: 'seal' }]);
  let sealed: Sealed | null = null;
  // The list grows by signals: a workflow cannot end while one of them is unread.
  for (const run of runs) {
    const summary = `wait until ${subject} has ended, run ${run}`.slice(0, 150);
    if (waits)
      await sealing.awaitClosed.executeWithOptions({ summary }, [{ workflowId, runId: run }]);
    sealed = await sealing.sealHistory.executeWithOptions(
      { summary: `export every history of ${subject}, and say so in the ledger`.slice(0, 150) },
      [{ workspace, subject, workflowId, runId: run, isAlone }],
    );
  }
  return sealed!;
}
