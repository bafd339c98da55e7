/**
 * Asks a reviewer about the documents of a packet, one key each: back, skip and cannot tell among
 * them. What was skipped comes again at the end, since a packet is answered whole. Asking is a
 * function, so that a test answers in place of a person.
 */
import { documentName } from '../../activities/record-review.js';
import type { EditDirection, Label } from '../../core/schema/label.js';
import type { Packet, ReviewAnswer } from '../../core/schema/review-packet.js';
import { describeDocument } from './print-packet.js';

export interface Asking {
  /** One key; null where the person left. */
  readonly key: (prompt: string) => Promise<string | null>;
  readonly line: (prompt: string) => Promise<string | null>;
  readonly say: (text: string) => void;
}

const LABEL_KEYS: Readonly<Record<string, Label>> = {
  h: 'human_authored',
  e: 'human_edited',
  s: 'synthetic',
  u: 'unknown',
};

const DIRECTION_KEYS: Readonly<Record<string, EditDirection>> = {
  a: 'ai_then_human',
  h: 'human_then_ai',
  i: 'interleaved',
  u: 'unknown',
};

const PROMPT =
  '[h] human  [e] human edited  [s] synthetic  [u] cannot tell | [r] reason  [b] back  [k] skip  [q] quit > ';
const DIRECTIONS = 'edited how? [a] AI, then human  [h]uman, then AI  [i]nterleaved  [u]nknown > ';

async function directionOf(ask: Asking): Promise<EditDirection | null> {
  for (;;) {
    const key = await ask.key(DIRECTIONS);
    if (key === null) return null;
    const direction = DIRECTION_KEYS[key];
    if (direction !== undefined) return direction;
  }
}

type Step = 'next' | 'back' | 'left';

/** One document, until a key says where to go. */
async function askOne(
  ask: Asking,
  { packet, place, answers }: { packet: Packet; place: number; answers: Map<number, ReviewAnswer> },
): Promise<Step> {
  const document = packet.documents[place]!;
  const known = answers.get(place);
  ask.say(describeDocument(document, place, packet.documents.length));
  if (known !== undefined) ask.say(`your answer so far: ${known.label}`);
  let reason = known?.reason ?? '';
  for (;;) {
    const key = await ask.key(PROMPT);
    if (key === null || key === 'q') return 'left';
    if (key === 'b') return 'back';
    if (key === 'k') return 'next';
    if (key === 'r') {
      reason = (await ask.line('reason: ')) ?? reason;
      continue;
    }
    const label = LABEL_KEYS[key];
    if (label === undefined) continue;
    const editDirection = label === 'human_edited' ? await directionOf(ask) : null;
    if (label === 'human_edited' && editDirection === null) return 'left';
    const name = documentName(document);
    answers.set(place, { document: name, label, editDirection, transformedBy: [], reason });
    return 'next';
  }
}

/** The answers to all documents; null where the person left before the end. */
export async function askPacket(packet: Packet, ask: Asking): Promise<ReviewAnswer[] | null> {
  const answers = new Map<number, ReviewAnswer>();
  const { length } = packet.documents;
  let place = 0;
  for (;;) {
    const step = await askOne(ask, { packet, place, answers });
    if (step === 'left') return null;
    if (step === 'back') {
      place = Math.max(0, place - 1);
      continue;
    }
    const rest = Array.from({ length }, (_, i) => (place + 1 + i) % length);
    const isThrough = place === length - 1 || answers.size === length;
    if (!isThrough) place++;
    else {
      const open = rest.find((i) => !answers.has(i));
      if (open === undefined) return packet.documents.map((_, i) => answers.get(i)!);
      ask.say(`${length - answers.size} documents have no answer yet`);
      place = open;
    }
  }
}
