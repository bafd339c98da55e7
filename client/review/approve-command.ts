/** `ballast review approve|reject`: one person's word on the plan that a build waits with. */
import { userInfo } from 'node:os';
import { defineCommand } from 'citty';
import { plural } from '../../core/report/format.js';
import { type ApprovalInput, approvalPacket } from '../../core/schema/approval.js';
import { readJsonArtifact } from '../../storage/artifact.js';
import { openSession } from '../build/session.js';
import { openWorkspace } from '../build/workspace-option.js';
import { sharedArgs, usage } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';
import { printApprovalPacket } from './approval-records.js';
import { readKeyFile } from './private-key.js';
import { keyArg, mixArg, needed } from './review-args.js';
import { askApproval, sendApproval } from './send-approval.js';

type Decision = ApprovalInput['decision'];

const DONE = { approve: 'approved', reject: 'rejected' } as const;

/** The plan that was looked at, by its digest or the start of it; what does not fit is the build's to refuse. */
function planNamed(named: string | undefined, waiting: string, decision: Decision): string {
  if (named === undefined) return waiting;
  if (/^[0-9a-f]{12,64}$/.test(named)) return waiting.startsWith(named) ? waiting : named;
  const remedy = 'copy it from: ballast review list';
  throw usage(`ballast review ${decision}`, '12 or more digits of a digest', named, remedy);
}

function decisionCommand(decision: Decision, description: string) {
  return defineCommand({
    meta: { name: decision, description },
    args: {
      ...mixArg,
      as: { type: 'string', valueHint: 'name', description: 'Who answers; else your account' },
      reason: { type: 'string', valueHint: 'text', description: 'Why; kept in the ledger' },
      plan: {
        type: 'string',
        valueHint: 'sha256',
        description:
          'Digest of the plan that you looked at, or 12 digits of it; else the one that waits now',
      },
      ...keyArg,
      ...sharedArgs.workspace,
      ...sharedArgs.address,
      ...sharedArgs.json,
    },
    run: async ({ args }) => {
      const output = createOutput({ json: args.json === true });
      const workspace = await openWorkspace(args.workspace);
      const mix = needed(args.mix, decision, 'a mix, name@version');
      const approver = args.as ?? userInfo().username;
      const reason =
        decision === 'reject' ? needed(args.reason, decision, 'a reason, --reason') : args.reason;
      const key = await readKeyFile(args.key);
      const session = await openSession({ address: args.address, onProgress: output.progress });
      const { packet } = await askApproval(session, mix);
      const shown = await readJsonArtifact(workspace, packet, approvalPacket);
      printApprovalPacket(output, shown, packet.sha256);
      const packetSha256 = planNamed(args.plan, packet.sha256, decision);
      const said = { packetSha256, approver, decision };
      const sending = { mix, ...said, reason: reason ?? '', key };
      const { ledgerSequence, missing } = await sendApproval(session, sending);
      const rest =
        missing > 0 && decision === 'approve' ? `; ${plural(missing, 'approval')} missing` : '';
      output.line(
        output.colors.green(
          `${DONE[decision]} by ${approver}: line ${ledgerSequence} of the ledger${rest}`,
        ),
      );
      const signed = key !== null;
      output.emit({ mix, ...said, ledgerSequence, missing, signed, packet: shown });
      return 0;
    },
  });
}

export const approve = decisionCommand('approve', 'Approve the plan that a build waits with');
export const reject = decisionCommand('reject', 'Reject it, with a reason; the build ends');
