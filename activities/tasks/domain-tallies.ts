/** Documents, words and tokens of a shard by domain, label and family. */
import type { Label } from '../../core/schema/label.js';
import {
  type DomainTally,
  NO_TEXT,
  sumOfTexts,
  type TextTally,
  type WordCountsSummary,
} from '../word-counts.js';

export interface TalliedText {
  readonly domain: string;
  readonly label: Label;
  /** Of synthetic text. */
  readonly family: string;
  readonly text: TextTally;
  readonly direction: string;
}

interface Tally {
  readonly labels: Map<Label, TextTally>;
  readonly families: Map<string, TextTally>;
  readonly editDirections: Map<string, number>;
}

export class DomainTallies {
  readonly #domains = new Map<string, Tally>();

  add({ domain, label, family, text, direction }: TalliedText): void {
    const tally = this.#domains.get(domain) ?? {
      ...{ labels: new Map(), families: new Map(), editDirections: new Map() },
    };
    this.#domains.set(domain, tally);
    tally.labels.set(label, sumOfTexts(tally.labels.get(label) ?? NO_TEXT, text));
    if (label === 'synthetic')
      tally.families.set(family, sumOfTexts(tally.families.get(family) ?? NO_TEXT, text));
    if (label !== 'human_edited') return;
    const known = direction === '' ? 'unknown' : direction;
    tally.editDirections.set(known, (tally.editDirections.get(known) ?? 0) + text.words);
  }

  /** Names in code order. */
  summary(): WordCountsSummary {
    const domains = [...this.#domains].map(([name, tally]): [string, DomainTally] => [
      name,
      {
        labels: sorted(tally.labels),
        families: sorted(tally.families),
        editDirections: sorted(tally.editDirections),
      },
    ]);
    return { domains: sorted(new Map(domains)) };
  }
}

function sorted<K extends string, T>(map: ReadonlyMap<K, T>): Record<K, T> {
  const entries = [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries) as Record<K, T>;
}
