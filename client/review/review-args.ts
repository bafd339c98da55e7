/** The words and flags of the `review` commands. */
import type { ArgsDef } from 'citty';
import { readPacket } from '../../activities/review-packets.js';
import { Failure } from '../../core/schema/failure.js';
import type { Packet } from '../../core/schema/review-packet.js';
import { type FoundPacket, findPacket, readReviews } from './review-records.js';

export const mixArg = {
  mix: { type: 'positional', required: false, description: 'name@version' },
} as const satisfies ArgsDef;

/** `[mix] <packet>`: with one word it is the packet's. */
export const packetArgs = {
  mix: { type: 'positional', required: false, description: 'name@version; may be left out' },
  packet: { type: 'positional', required: false, description: 'Id of a packet, or its start' },
} as const satisfies ArgsDef;

export const reviewerArg = {
  reviewer: { type: 'string', valueHint: 'name', description: 'Who answers: a name, as a claim' },
} as const satisfies ArgsDef;

export const againArg = {
  again: {
    type: 'boolean',
    description: 'Correct an answer given before; the older one stays in the ledger',
  },
} as const satisfies ArgsDef;

export const keyArg = {
  key: { type: 'string', valueHint: 'file.pem', description: 'Sign with this private key' },
} as const satisfies ArgsDef;

export function needed(value: string | undefined, command: string, expected: string): string {
  if (value !== undefined && value !== '') return value;
  throw new Failure('USAGE', {
    subject: `ballast review ${command}`,
    expected,
    found: 'none',
    where: 'command line',
    remedy: `see: ballast review ${command} --help`,
  });
}

export interface ShownPacket extends FoundPacket {
  readonly packet: Packet;
}

/** The packet that the words name, as its reviewer sees it. */
export async function packetOf(
  { mix, packet }: { mix?: string | undefined; packet?: string | undefined },
  workspace: string,
  command: string,
): Promise<ShownPacket> {
  const words = [mix, packet].filter((word) => word !== undefined && word !== '');
  const id = needed(words.at(-1), command, 'the id of a packet');
  const reviews = await readReviews(workspace, words.length > 1 ? words[0] : undefined);
  const found = findPacket(reviews, id);
  const shown = await readPacket(workspace, found.review.opened.index, found.entry);
  return { ...found, packet: shown };
}
