/** The answers to a packet: from the command line, or asked for one by one at a terminal. */
import { Failure } from '../../core/schema/failure.js';
import type { Packet, ReviewAnswer } from '../../core/schema/review-packet.js';
import { parseAnswers } from './answers.js';
import { askPacket } from './ask.js';
import { isTerminal, terminalAsking } from './terminal-asking.js';

/** Null where the person left before the end. */
export async function answersFrom(
  packet: Packet,
  written: readonly string[],
): Promise<ReviewAnswer[] | null> {
  if (written.length > 0) return parseAnswers(written, packet);
  if (isTerminal())
    return askPacket(
      packet,
      terminalAsking((text) => process.stderr.write(`${text}\n`)),
    );
  throw new Failure('USAGE', {
    subject: `packet ${packet.packet}`,
    expected: 'an answer to each of its documents, or a terminal to ask at',
    found: 'neither',
    where: 'command line',
    remedy: 'write --answer 1=human_authored --answer 2=synthetic ..',
  });
}
