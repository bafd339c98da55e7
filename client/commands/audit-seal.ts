/** `ballast audit seal`: seals a history by hand: one that was not, or again after a review has closed. */
import { defineCommand } from 'citty';
import { Failure } from '../../core/schema/failure.js';
import type { SealAuditInput, Sealed } from '../../core/schema/sealed-history.js';
import { sealWorkflowId } from '../../workflows/messages.js';
import { findRun, noRun } from '../audit/find-run.js';
import { openSession } from '../build/session.js';
import { workspaceOf } from '../build/workspace-option.js';
import { sharedArgs } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';

function otherWorkspace(subject: string, found: string, workspace: string): Failure {
  return new Failure('USAGE', {
    subject,
    expected: `a build in ${workspace}`,
    found: `one in ${found}`,
    where: '--workspace',
    remedy: 'name the workspace of that build',
  });
}

export default defineCommand({
  meta: { name: 'seal', description: 'Export the histories of a build beside its mix' },
  args: {
    mix: {
      type: 'positional',
      required: true,
      description: 'name@version, or the id of a workflow',
    },
    ...sharedArgs.workspace,
    ...sharedArgs.address,
    ...sharedArgs.json,
  },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const workspace = workspaceOf(args.workspace);
    const session = await openSession({ address: args.address, onProgress: output.progress });
    const { client } = session;
    const run = await findRun(client, args.mix);
    if (run === null) throw noRun(args.mix, session.runtime.server.address);
    const { workflowId, runId, subject } = run;
    if (run.workspace !== null && run.workspace !== workspace)
      throw otherWorkspace(subject, run.workspace, workspace);
    const input: SealAuditInput = {
      ...{ schemaVersion: 1, workspace, subject, workflowId, runId, waits: false },
    };
    const sealed = await client.workflow.execute<(input: SealAuditInput) => Promise<Sealed>>(
      'sealAudit',
      {
        ...{ workflowId: sealWorkflowId(workflowId), taskQueue: 'ballast', args: [input] },
        ...{ workflowIdReusePolicy: 'ALLOW_DUPLICATE', workflowIdConflictPolicy: 'USE_EXISTING' },
        staticSummary: `seal the history of ${subject}`.slice(0, 150),
      },
    );
    const { runs, path, ledgerSequence, missing, isNew } = sealed;
    const again = isNew ? '' : '; they were sealed before';
    output.line(`${runs} histories in ${path}, line ${ledgerSequence} of the ledger${again}`);
    if (missing > 0)
      output.warn(`${missing} runs are no longer on the server; the index names them`);
    output.emit({ workspace, ...sealed });
    return 0;
  },
});
