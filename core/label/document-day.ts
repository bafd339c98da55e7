/**
 * The one day from which a document counts: who was first among copies, and against own outputs.
 * A third party's first sight bounds it from above: the text was there by then, whatever the row
 * claims. A late capture contradicts no earlier claim. A page that was seen and says something newer
 * was changed since, so that sight is of another text.
 */
import { type DatedFacts, type DatedRow, datedFacts, isApart } from './dated-facts.js';

/**
 * ISO day of a document: the earlier of `created` and the first credible sight, else the earliest
 * `published`; null where nothing is readable. `asOf` is the ISO day of the build: sights after it
 * are not credible, and days after it that the text mentions are plans.
 */
export function documentDay(row: DatedRow, asOf: string): string | null {
  const facts = datedFacts(row);
  const claimed = facts.created?.day ?? earliest(facts.published.map(({ day }) => day));
  return earliest([...credibleSights(facts, asOf), ...(claimed === null ? [] : [claimed])]);
}

function credibleSights({ firstSeen, stated, mentioned }: DatedFacts, asOf: string): string[] {
  const said = [...(stated === null ? [] : [stated]), ...mentioned].filter(
    ({ day }) => day <= asOf,
  );
  const isNewer = (seen: string) => said.some(({ day }) => isApart(seen, day));
  return firstSeen.flatMap(({ day }) => (day > asOf || isNewer(day) ? [] : [day]));
}

function earliest(days: readonly string[]): string | null {
  return [...days].sort()[0] ?? null;
}
