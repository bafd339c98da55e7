/** The activities of a retraction: find its impact, record it, plan what is built anew, close it. */
import type { ArtifactRef } from '../core/schema/artifact.js';
import type { TombstonesLine } from '../core/schema/retraction.js';
import { appendLedger } from '../storage/ledger.js';
import type { Dependencies } from './index.js';
import { type PlanRebuildInput, planRebuild } from './plan-rebuild.js';
import { type RecordRetractionInput, recordRetraction } from './record-retraction.js';
import { createRunTask, guardActivity } from './run-task.js';
import type { CloseRetractionInput } from './tasks/close-retraction.js';
import type { FindCopiesInput } from './tasks/find-copies.js';
import type { FindImpactInput, ImpactFound } from './tasks/find-impact.js';
import { TOMBSTONES_LINE } from './version-states.js';

export function createRetractActivities({ pool }: Dependencies) {
  const runTask = createRunTask(pool);
  return {
    /** What published versions hold of a retraction. */
    findImpact: (input: FindImpactInput) => runTask<ImpactFound>('find-impact', input),

    /** Writes the retraction to the ledger: builds leave the text out from here on. */
    recordRetraction: (input: RecordRetractionInput) =>
      guardActivity(input.wanted.workspace, () => recordRetraction(input)),

    /** The build that replaces the newest affected version of a mix. */
    planRebuild: (input: PlanRebuildInput) =>
      guardActivity(input.wanted.workspace, () => planRebuild(input)),

    /** Cached artifacts that hold withdrawn text. */
    findCopies: (input: FindCopiesInput) =>
      runTask<{ ref: ArtifactRef; copies: number }>('find-copies', input),

    /** Removes what is to be removed, writes tombstones and certificate, and says so in the ledger. */
    async closeRetraction(
      input: CloseRetractionInput & { readonly by: string },
    ): Promise<TombstonesLine & { ledgerSequence: number }> {
      const body = await runTask<TombstonesLine>('close-retraction', input);
      return guardActivity(input.workspace, async () => {
        const key = `tombstones/${input.key}/${body.certificateSha256}`;
        const line = { key, kind: TOMBSTONES_LINE, by: input.by, body };
        const { sequence } = await appendLedger(input.workspace, line);
        return { ...body, ledgerSequence: sequence };
      });
    },
  };
}
