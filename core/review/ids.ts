/** Names under which Temporal knows a review and an answer. */
import type { ReviewInput } from '../schema/review-packet.js';

/** Id of the review of a mix, name@version. */
export function reviewWorkflowId(mix: string): string {
  return `review/${mix}`;
}

/**
 * Id of the update: a repeated call finds the first outcome; a correction has an id of its own, and so has
 * every call after a refusal, which may hold no longer.
 * @param refusals of this reviewer and packet that the ledger holds
 */
export function decideUpdateId(
  {
    packetSha256,
    reviewer,
    again,
    signature,
  }: Pick<ReviewInput, 'packetSha256' | 'reviewer' | 'again' | 'signature'>,
  refusals = 0,
): string {
  const id = `${packetSha256.slice(0, 12)}:${reviewer}${refusals === 0 ? '' : `:r${refusals}`}`;
  const numbered = again === 0 ? id : `${id}:${again}`;
  // An answer that was refused unsigned comes again signed, and is another call.
  return signature === undefined ? numbered : `${numbered}:${signature.signature.slice(0, 12)}`;
}
