/** What the shards of a build hold of one domain, by what it is. */
import { byCode } from '../../core/plan/stratum.js';
import { assert } from '../../core/schema/failure.js';
import type { Inventory } from '../../core/schema/plan.js';
import type { DomainMeasure } from '../../core/schema/risk.js';
import type { MeasureInputs } from '../domain-measures.js';
import { NO_TEXT, sumOfTexts, type TextTally, wordsOfPeople } from '../word-counts.js';

/** Text of the domain by what it is: sums over its shards. */
export interface DomainTexts {
  readonly human: TextTally;
  readonly synthetic: TextTally;
  readonly usable: TextTally;
  readonly families: DomainMeasure['families'];
  readonly editDirections: Record<string, number>;
}

export function textsOf({ domain, counts }: MeasureInputs): DomainTexts {
  const tallies = counts.map(({ summary }) => summary.domains[domain]!);
  const sum = (texts: readonly TextTally[]) => texts.reduce(sumOfTexts, NO_TEXT);
  const families = new Map<string, TextTally>();
  const directions = new Map<string, number>();
  for (const tally of tallies) {
    for (const [family, its] of Object.entries(tally.families))
      families.set(family, sumOfTexts(families.get(family) ?? NO_TEXT, its));
    for (const [direction, words] of Object.entries(tally.editDirections))
      directions.set(direction, (directions.get(direction) ?? 0) + words);
  }
  const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => byCode(a, b);
  return {
    human: sum(counts.map((one) => wordsOfPeople(one, domain))),
    synthetic: sum([...families.values()]),
    usable: sum(tallies.flatMap(({ labels }) => Object.values(labels))),
    families: [...families]
      .sort(byName)
      .map(([family, { words, documents }]) => ({ family, words, documents })),
    editDirections: Object.fromEntries([...directions].sort(byName)),
  };
}

/** The inventory and the counts must tell of the same documents. */
export function assertSameTexts(
  { strata }: Inventory,
  domain: string,
  { usable }: DomainTexts,
): void {
  const ours = strata.filter((stratum) => stratum.domain === domain);
  const documents = ours.reduce((sum, stratum) => sum + stratum.documents, 0);
  const tokens = ours.reduce((sum, stratum) => sum + stratum.tokens, 0);
  const isSame = documents === usable.documents && tokens === usable.tokens;
  assert(isSame, `inventory and word counts of domain ${domain} hold the same documents`);
}
