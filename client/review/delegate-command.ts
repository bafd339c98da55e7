/** `ballast review delegate`: one who is asked hands over to another, for packets and plans of a mix. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { defineCommand } from 'citty';
import { delegationsIn } from '../../activities/approval-lines.js';
import { reviewWorkflowId } from '../../core/review/ids.js';
import { delegationsOf } from '../../core/review/seats.js';
import { delegationPayload } from '../../core/review/signed-payload.js';
import type {
  DecisionScope,
  DelegationInput,
  DelegationOutcome,
} from '../../core/schema/approval-lines.js';
import { Failure } from '../../core/schema/failure.js';
import { readLedger } from '../../storage/ledger.js';
import { openSession } from '../build/session.js';
import { openWorkspace } from '../build/workspace-option.js';
import { sharedArgs } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';
import { readKeyFile, signWith } from './private-key.js';
import { keyArg, mixArg, needed } from './review-args.js';

interface Delegated {
  readonly scope: DecisionScope;
  /** Null where no such workflow runs. */
  readonly outcome: DelegationOutcome | null;
}

async function send(
  client: Client,
  workflowId: string,
  input: DelegationInput,
): Promise<DelegationOutcome | null> {
  try {
    return await client.workflow
      .getHandle(workflowId)
      .executeUpdate<DelegationOutcome, [DelegationInput]>('delegate', { args: [input] });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** The end of a day, in ms since 1970, UTC. */
function endOfDay(until: string | undefined): number | null {
  if (until === undefined || until === '') return null;
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(until) ? Date.parse(`${until}T23:59:59.999Z`) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  throw new Failure('USAGE', {
    subject: 'ballast review delegate',
    expected: 'a day such as 2026-12-05',
    found: until,
    where: '--until',
    remedy: 'write the last day on which the other person answers',
  });
}

function refusal(mix: string, from: string, sent: readonly Delegated[]): Failure {
  const sentences = sent.flatMap(({ scope, outcome }) =>
    outcome !== null && !outcome.accepted ? [`${scope}: ${outcome.sentence}`] : [],
  );
  return new Failure('APPROVAL_REFUSED', {
    subject: `delegation of ${from} for ${mix}`,
    expected: 'a review or a build that asks this person',
    found: sentences.join('; ') || 'none that runs',
    where: mix,
    remedy: 'see who is asked: ballast review list',
  });
}

export const delegate = defineCommand({
  meta: { name: 'delegate', description: 'Let another person answer for you until a day' },
  args: {
    ...mixArg,
    from: { type: 'string', valueHint: 'name', description: 'Who hands over' },
    to: { type: 'string', valueHint: 'name', description: 'Who answers; the same name: take back' },
    until: { type: 'string', valueHint: 'YYYY-MM-DD', description: 'Last day of it, UTC' },
    reason: { type: 'string', valueHint: 'text', description: 'Why; kept in the ledger' },
    ...keyArg,
    ...sharedArgs.workspace,
    ...sharedArgs.address,
    ...sharedArgs.json,
  },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const mix = needed(args.mix, 'delegate', 'a mix, name@version');
    const said = {
      from: needed(args.from, 'delegate', 'who hands over, --from <name>'),
      to: needed(args.to, 'delegate', 'who answers, --to <name>'),
      untilMs: endOfDay(args.until),
      reason: args.reason ?? '',
    };
    const key = await readKeyFile(args.key);
    const entries = await readLedger(await openWorkspace(args.workspace));
    const inputOf = (scope: DecisionScope): DelegationInput => {
      const ordinal = delegationsOf(delegationsIn(entries, mix, scope), said.from);
      const whole = { scope, ordinal, ...said };
      const signature = key === null ? null : signWith(key, delegationPayload(mix, whole));
      return { ...whole, signature };
    };
    const { client } = await openSession({ address: args.address, onProgress: output.progress });
    const sent: Delegated[] = [];
    for (const [scope, id] of [
      ['review', reviewWorkflowId(mix)],
      ['approval', `build-mix/${mix}`],
    ] as const)
      sent.push({ scope, outcome: await send(client, id, inputOf(scope)) });
    const taken = sent.filter(({ outcome }) => outcome?.accepted === true);
    if (taken.length === 0) throw refusal(mix, said.from, sent);
    const scopes = taken.map(({ scope }) => scope).join(' and ');
    output.line(`${said.to} answers for ${said.from}: ${scopes} of ${mix}`);
    output.emit({ mix, ...said, sent });
    return 0;
  },
});
