/** One person hands over to another, or takes it back: judged, and a line of the ledger where it holds. */
import { judgeDelegation } from '../core/review/judge-delegation.js';
import { delegationPayload } from '../core/review/signed-payload.js';
import type {
  DecisionScope,
  DelegationInput,
  DelegationLine,
  DelegationOutcome,
} from '../core/schema/approval-lines.js';
import type { ReviewPolicy } from '../core/schema/recipe.js';
import { digestOf } from '../storage/digest.js';
import { appendLedger } from '../storage/ledger.js';
import { DELEGATION_LINE } from './approval-lines.js';
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

export async function recordDelegation(input: RecordDelegationInput): Promise<DelegationOutcome> {
  const { workspace, mix, scope, people, keys, signatures, delegation, atMs, by } = input;
  const { signature, from } = delegation;
  const payload = delegationPayload(mix, delegation);
  const state = signatureState(payload, signature, { keys, who: from });
  const refused = judgeDelegation(delegation, { people, signatures, signature: state, atMs });
  if (refused !== null) return refused;
  const authMethod = state === 'good' ? 'signed' : 'self-declared';
  const body: DelegationLine = { mix, scope, ...delegation, authMethod };
  // The same words at another time are another line: what was handed over may have been taken back.
  const key = `delegation/${scope}/${mix}/${digestOf({ ...delegation, atMs })}`;
  const { sequence } = await appendLedger(workspace, { key, kind: DELEGATION_LINE, by, body });
  return { accepted: true, ledgerSequence: sequence };
}
