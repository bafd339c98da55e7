/** Keys of a packet. What one types into a field is never a command. */
import { DIRECTIONS, LABELS, TRANSFORMATIONS } from './answer-panel.js';
import type { PacketView } from './packet-view.js';

/** Left and right turn; up and down scroll a long text. */
const STEPS: Readonly<Record<string, number>> = { j: 1, ArrowRight: 1, k: -1, ArrowLeft: -1 };

export const PACKET_HELP = [
  ['1', 'human authored'],
  [
    '2 or e',
    'human edited; then a: AI, then human; h: human, then AI; i: interleaved; u: cannot tell',
  ],
  ['3', 'synthetic'],
  ['4', 'cannot tell'],
  ['t', 'transformed by; then 1 to 5 on or off, Enter when done'],
  ['r', 'reason; Escape when done'],
  ['j or right', 'next document'],
  ['k or left', 'document before'],
  ['u', 'take the last step back'],
  ['Enter', 'go to the next document without an answer; send where all are answered'],
  ['?', 'this help'],
] as const;

function inDirection(view: PacketView, key: string): boolean {
  const chosen = DIRECTIONS.find(
    (direction, at) => direction.key === key || String(at + 1) === key,
  );
  if (chosen !== undefined) view.direction(chosen.name);
  else if (key === 'Escape') view.mode('label');
  return chosen !== undefined || key === 'Escape';
}

function inTransformation(view: PacketView, key: string): boolean {
  const name = /^[1-5]$/.test(key) ? TRANSFORMATIONS[Number(key) - 1] : undefined;
  if (name !== undefined) view.transformation(name);
  else if (key === 'Escape' || key === 'Enter' || key === 't') view.mode('label');
  else return false;
  return true;
}

/** Keys that give an answer. */
function inAnswer(view: PacketView, key: string): boolean {
  if (view.now === 'direction') return inDirection(view, key);
  if (view.now === 'transformation') return inTransformation(view, key);
  const label = /^[1-4]$/.test(key) ? LABELS[Number(key) - 1] : undefined;
  if (key === 'e' || label === 'human_edited') view.mode('direction');
  else if (label !== undefined) view.label(label);
  else if (key === 't') view.mode('transformation');
  else if (key === 'r') document.getElementById('reason')?.focus();
  else if (key === 'u') view.undo();
  else if (key === 'Enter') void view.send();
  else return false;
  return true;
}

export function packetKey(view: PacketView, { key }: KeyboardEvent): boolean {
  if (view.isOpen && inAnswer(view, key)) return true;
  const by = STEPS[key];
  if (by !== undefined) view.step(by);
  return by !== undefined;
}
