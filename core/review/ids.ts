/** Names under which Temporal knows a review and an answer. */
import type { ReviewInput } from '../schema/review-packet.js';

/** Id of the review of a mix, name@version. */
export function reviewWorkflowId(mix: string): string {
  return `review/${mix}`;
}

/** Id of the update: a repeated call finds the first answer; a correction has an id of its own. */
export function decideUpdateId({
  packetSha256,
  reviewer,
  again,
  signature,
}: Pick<ReviewInput, 'packetSha256' | 'reviewer' | 'again' | 'signature'>): string {
  const id = `${packetSha256.slice(0, 12)}:${reviewer}`;
  const numbered = again === 0 ? id : `${id}:${again}`;
  // An answer that was refused unsigned comes again signed, and is another call.
  return signature === undefined ? numbered : `${numbered}:${signature.signature.slice(0, 12)}`;
}
