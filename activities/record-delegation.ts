/** One person hands over to another, or takes it back: judged, and a line of the ledger either way. */
import { judgeDelegation } from '../core/review/judge-delegation.js';
import { delegationsOf } from '../core/review/seats.js';
import { delegationPayload } from '../core/review/signed-payload.js';
import type {
  DecisionScope,
  DelegationInput,
  DelegationLine,
  DelegationOutcome,
  DelegationRefusedLine,
} from '../core/schema/approval-lines.js';
import type { ReviewPolicy } from '../core/schema/recipe.js';
import { digestOf } from '../storage/digest.js';
import { appendLedger, readLedger } from '../storage/ledger.js';
import { DELEGATION_LINE, DELEGATION_REFUSED_LINE, delegationsIn } from './approval-lines.js';
import { signatureState } from './signed-lines.js';

export interface RecordDelegationInput {
  readonly workspace: string;
  /** name@version. */
  readonly mix: string;
  readonly scope: DecisionScope;
  /** Whom the recipe names for it; empty: anyone. */
  readonly people: readonly string[];
  readonly keys: ReviewPolicy['keys'];
  readonly signatures: ReviewPolicy['signatures'];
  readonly delegation: DelegationInput;
  /** Ms since 1970. */
  readonly atMs: number;
  /** Workflow and run, as the ledger names them. */
  readonly by: string;
}

/** What the key of its line names: the same call again finds it, the same words at another time do not. */
const callOf = ({ mix, scope, delegation, atMs }: RecordDelegationInput) =>
  `${scope}/${mix}/${digestOf({ ...delegation, atMs })}`;

async function refuse(
  input: RecordDelegationInput,
  { refusal, sentence }: Pick<DelegationRefusedLine, 'refusal' | 'sentence'>,
): Promise<DelegationOutcome> {
  const { workspace, mix, delegation, by } = input;
  const { scope, ordinal, from, to, untilMs } = delegation;
  const said = { scope, ordinal, from, to, untilMs };
  const body: DelegationRefusedLine = { mix, ...said, refusal, sentence };
  const key = `delegation-refused/${callOf(input)}`;
  const entry = await appendLedger(workspace, { key, kind: DELEGATION_REFUSED_LINE, by, body });
  return { accepted: false, ledgerSequence: entry.sequence, refusal, sentence };
}

export async function recordDelegation(input: RecordDelegationInput): Promise<DelegationOutcome> {
  const { workspace, mix, scope, people, keys, signatures, delegation, atMs, by } = input;
  const { signature, from } = delegation;
  const entries = await readLedger(workspace);
  const key = `delegation/${callOf(input)}`;
  const standing = entries.find((entry) => entry.key === key);
  if (standing !== undefined) return { accepted: true, ledgerSequence: standing.sequence };
  const state = signatureState(delegationPayload(mix, delegation), signature, { keys, who: from });
  const earlier = delegationsOf(delegationsIn(entries, mix, scope), from);
  const given = { scope, earlier, people, signatures, signature: state, atMs };
  const refused = judgeDelegation(delegation, given);
  if (refused !== null) return refuse(input, refused);
  const authMethod = state === 'good' ? 'signed' : 'self-declared';
  const body: DelegationLine = { mix, ...delegation, authMethod };
  const { sequence } = await appendLedger(workspace, { key, kind: DELEGATION_LINE, by, body });
  return { accepted: true, ledgerSequence: sequence };
}
