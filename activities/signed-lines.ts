/** Signatures of decisions: what one is worth when it comes in, and whether a ledger's line still bears it out. */
import type { SignatureState } from '../core/review/judge-approval.js';
import { isSamePerson } from '../core/review/person.js';
import { signedPayloadOf } from '../core/review/signed-payload.js';
import type { DecisionSignature } from '../core/schema/approval.js';
import type { LedgerEntry } from '../core/schema/ledger.js';
import { isSignedBy } from '../engines/signature.js';

type Keys = Readonly<Record<string, string>>;

/** Key that a recipe names for a person; null where it names none. */
export function keyOf(keys: Keys, who: string): string | null {
  return Object.entries(keys).find(([name]) => isSamePerson(name, who))?.[1] ?? null;
}

/** `good` only where the person's own key made it: a key that the recipe names for nobody proves nothing. */
export function signatureState(
  payload: string,
  signature: DecisionSignature | null | undefined,
  { keys, who }: { readonly keys: Keys; readonly who: string },
): SignatureState {
  if (signature === null || signature === undefined) return 'none';
  if (signature.publicKey !== keyOf(keys, who)) return 'bad';
  return isSignedBy(payload, signature) ? 'good' : 'bad';
}

/**
 * Whether a line's signature holds over what the line says: `none` where it has none. Needs no server.
 * @param keys of the recipe, where the key must also be the one that it names; null: any key
 */
export function verifySignedLine(
  entry: Pick<LedgerEntry, 'kind' | 'body'>,
  keys: Keys | null = null,
): SignatureState {
  const signed = signedPayloadOf(entry);
  if (signed === null) return 'none';
  const { payload, who, signature } = signed;
  if (keys !== null) return signatureState(payload, signature, { keys, who });
  return isSignedBy(payload, signature) ? 'good' : 'bad';
}
