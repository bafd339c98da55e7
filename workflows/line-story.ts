/** What a line says of itself: attributes to find it by, and its state in words. */
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { LineStatus } from '../core/schema/arrival.js';
import { MixName, MixPhase } from './search-attributes.js';

type LinePhase = 'waiting' | 'building' | 'frozen';

function phaseOf({ building, frozen }: LineStatus): LinePhase {
  if (building !== null) return 'building';
  return frozen === null ? 'waiting' : 'frozen';
}

function wordsOf(status: LineStatus): string {
  const { name, lastPublished, building, pending, listed, taken, refused } = status;
  const waiting = pending.length + listed;
  const due = status.dueAtMs;
  const when =
    due === null
      ? ''
      : due === 0
        ? '; a build is due'
        : `; a build is due at ${new Date(due).toISOString()}`;
  return [
    `**${name}**: ${lastPublished === null ? 'nothing published yet' : `last published ${lastPublished}`}`,
    '',
    `- ${building === null ? 'no build under way' : `builds ${building}`}`,
    `- ${waiting} files wait${when}`,
    `- ${taken} files taken, ${refused} set aside`,
    ...(status.frozen === null ? [] : [`- frozen: ${status.frozen}`]),
    ...(status.lastOutcome === null ? [] : [`- last build: ${status.lastOutcome}`]),
  ].join('\n');
}

export class LineStory {
  readonly #name: string;
  #phase: LinePhase | null = null;

  constructor(name: string) {
    this.#name = name;
  }

  tell(status: LineStatus): void {
    setCurrentDetails(wordsOf(status));
    const phase = phaseOf(status);
    if (phase === this.#phase) return;
    this.#phase = phase;
    upsertSearchAttributes([
      { key: MixName, value: this.#name },
      { key: MixPhase, value: phase },
    ]);
  }
}
