/** Whether a person may hand over: they are asked, for a time to come, and proven where the recipe wants it. */
import type {
  DecisionScope,
  DelegationInput,
  DelegationRefusedLine,
} from '../schema/approval-lines.js';
import type { ReviewPolicy } from '../schema/recipe.js';
import type { SignatureState } from './judge-approval.js';
import { isSamePerson } from './person.js';

type Refused = Pick<DelegationRefusedLine, 'refusal' | 'sentence'>;

function refused(refusal: Refused['refusal'], sentence: string): Refused {
  return { refusal, sentence };
}

/** Null where it holds. @param people whom the recipe names @param atMs ms since 1970 */
export function judgeDelegation(
  { scope, ordinal, from, untilMs }: DelegationInput,
  given: {
    readonly scope: DecisionScope;
    /** Delegations of this person that stand in the ledger. */
    readonly earlier: number;
    readonly people: readonly string[];
    readonly signatures: ReviewPolicy['signatures'];
    readonly signature: SignatureState;
    readonly atMs: number;
  },
): Refused | null {
  const { people, signatures, signature, atMs } = given;
  if (scope !== given.scope)
    return refused('other_scope', `it hands over the ${scope}, and was sent to the ${given.scope}`);
  if (people.length === 0)
    return refused('not_asked', 'anyone may answer here: there is nothing to hand over');
  if (!people.some((name) => isSamePerson(name, from)))
    return refused('not_asked', `${from} is not named in the recipe, and hands nothing over`);
  if (untilMs !== null && untilMs <= atMs) return refused('past', 'its last day is over');
  if (signature === 'bad')
    return refused('bad_signature', `not signed by the key that the recipe names for ${from}`);
  if (signature === 'none' && signatures === 'required')
    return refused('unsigned', 'the recipe takes signed decisions only');
  if (ordinal !== given.earlier)
    return refused(
      'not_next',
      `it is number ${ordinal} of ${from}; the next one is ${given.earlier}`,
    );
  return null;
}
