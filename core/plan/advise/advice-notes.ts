/** Sentences under the tables of an advice: what gains nothing, what was not tried, what is not known. */
import { count } from '../rule-statement.js';
import type { Found } from './headline.js';
import { amountOf } from './replans.js';

/** Names listed in one note. */
const NAMES_SHOWN = 12;

export function adviceNotes(found: Found, skipped: readonly string[]): string[] {
  return [
    ...worthlessNotes(found),
    ...limitNotes(found),
    ...unknownNotes(found),
    ...skippedNotes(skipped),
  ];
}

function named(names: readonly string[]): string {
  const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '';
  return `${names.slice(0, NAMES_SHOWN).join(', ')}${more}`;
}

function worthlessNotes({ text, labels, money }: Found): string[] {
  const notes: string[] = [];
  for (const label of ['human_authored', 'synthetic'] as const) {
    const of = text.filter((line) => line.label === label);
    const domains = of.filter((line) => line.gain === 'none').map((line) => line.domain);
    if (domains.length === 0) continue;
    const where = domains.length === of.length ? 'any domain' : named(domains.sort());
    notes.push(
      `more ${label.replaceAll('_', ' ')} text is worth 0 in ${where}: the plan would not change for it`,
    );
  }
  const idle = labels.filter((line) => line.gain === 'none').map((line) => line.domain);
  if (idle.length > 0) notes.push(`labels of unknown text gain nothing in ${named(idle.sort())}`);
  if (money !== null && !money.binds)
    notes.push('the licence budget does not bind: more money buys nothing');
  return notes;
}

function limitNotes({ limits }: Found): string[] {
  if (limits.every((line) => line.gain === 'none')) return ['no limit costs anything'];
  const idle = limits.flatMap(({ gain, step: { change } }) =>
    gain === 'none' && change.kind === 'set' ? [change.key] : [],
  );
  return idle.length === 0
    ? []
    : [`loosening these gains nothing: ${named([...new Set(idle)].sort())}`];
}

/** Where the truth is unknown a gain is possible, not expected. */
function unknownNotes({ labels }: Found): string[] {
  return labels
    .filter((line) => line.basis === 'unknown' && line.gain !== 'none')
    .map(({ domain, gain, sizes, tokensFirst }) => {
      const size = sizes.find((one) => one.tokens === tokensFirst)!;
      const ends = [size.allHuman, size.noneHuman].map((one) => amountOf(one, gain));
      const range = `${count(Math.min(...ends))} to ${count(Math.max(...ends))} tokens`;
      return `${domain}: nothing is known of what its unknown text is, so labels may gain ${range}; random reviews of some would say what to expect`;
    });
}

function skippedNotes(skipped: readonly string[]): string[] {
  if (skipped.length === 0) return [];
  return [`not tried, for the number of re-plans is limited (--replans): ${named(skipped)}`];
}
