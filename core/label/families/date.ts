/**
 * Dates against each other. A day that contradicts the claimed one speaks against `human_authored`
 * (T2) where the chat era begins between the two, for then it decides what the text can be: an
 * allow-list "before the first chat models" turns into a conflict that people look at. Any other
 * contradiction stays visible with strength 0. A third party that saw the text before the chat era
 * is a weak witness (T3) for a human author: templates, translations and older models wrote too.
 *
 * Contradictions of a claimed day of creation: a later day that the page, its address or the text
 * states or mentions as past; a first sight or a change before it. Unreadable dates are missing.
 */
import type { Evidence } from '../../schema/evidence.js';
import { type DatedFact, type DatedFacts, datedFacts, isApart } from '../dated-facts.js';
import type { EvidenceFamilyReader } from '../label-input.js';
import { STRENGTH_T2, STRENGTH_T3 } from '../policy.js';

/** The first chat model for everyone was published on this day; a flood of model text began. */
export const CHAT_ERA_BEGINS = '2022-11-30';

export const readDates: EvidenceFamilyReader = (row, { asOf }) => {
  const facts = datedFacts(row);
  const claims = facts.created === null ? facts.published : [facts.created];
  return [
    ...claims.flatMap((claim) => contradictions(claim, facts, asOf)),
    ...firstSights(facts, asOf),
  ];
};

/** Everything that says that a claimed day of creation cannot be. */
function contradictions(claim: DatedFact, facts: DatedFacts, asOf: string): Evidence[] {
  const later = (fact: DatedFact) => isApart(claim.day, fact.day);
  const earlier = (fact: DatedFact) => isApart(fact.day, claim.day);
  const [past] = facts.mentioned.filter(({ day }) => day <= asOf);
  // What the head states it also mentions: one witness.
  const mentioned = past?.day === facts.stated?.day ? [] : listOf(past ?? null);
  const published = facts.published.filter((fact) => fact !== claim);
  const add = (code: string, says: string, found: readonly DatedFact[]) =>
    found.map((fact) => contradiction(claim, fact, { code, says }));
  return [
    ...add('first_seen_before', 'was first seen on', facts.firstSeen.filter(earlier)),
    ...add('modified_before', 'was changed on', facts.modified.filter(earlier)),
    ...add('text_states_later', 'states that it is of', listOf(facts.stated).filter(later)),
    ...add('text_mentions_later', 'mentions', mentioned.filter(later)),
    ...add('published_later', 'was published on', published.filter(later)),
    ...add('address_is_later', 'has an address of', listOf(facts.address).filter(later)),
    ...(isApart(asOf, claim.day)
      ? [entry('date_in_future', claim, `${claim.day} is to come`)]
      : []),
  ];
}

function contradiction(
  claim: DatedFact,
  found: DatedFact,
  { code, says }: { code: string; says: string },
): Evidence {
  const isConflict = isChatEra(claim.day) !== isChatEra(found.day);
  const detail = `${claim.field} says ${claim.day}, but the text ${says} ${found.day}`;
  if (!isConflict) return entry(`date_${code}`, found, detail);
  return {
    ...entry(`date_conflict_${code}`, found, `${detail}; the chat era begins between them`),
    tier: 'T2',
    direction: 'against',
    strength: STRENGTH_T2,
  };
}

/** The earliest first sight by a third party, where it lies before the chat era. */
function firstSights(facts: DatedFacts, asOf: string): Evidence[] {
  const [seen] = [...facts.firstSeen].sort((a, b) => (a.day < b.day ? -1 : 1));
  if (seen === undefined || isChatEra(seen.day)) return [];
  const { created, stated, mentioned } = facts;
  const newer = [...listOf(created), ...listOf(stated), ...mentioned].find(
    ({ day }) => day <= asOf && isChatEra(day),
  );
  const detail = `first seen by a third party on ${seen.day}`;
  if (newer !== undefined) {
    const but = `${detail}, but ${newer.field} holds the day ${newer.day}`;
    return [entry('first_seen_then_changed', seen, but)];
  }
  return [{ ...entry('first_seen_before_chat_era', seen, detail), strength: STRENGTH_T3 }];
}

function isChatEra(day: string): boolean {
  return day >= CHAT_ERA_BEGINS;
}

function listOf<T>(value: T | null): readonly T[] {
  return value === null ? [] : [value];
}

function entry(reason: string, { field }: DatedFact, detail: string): Evidence {
  return {
    family: 'date',
    tier: 'T3',
    supports: 'human_authored',
    direction: 'for',
    strength: 0,
    reason,
    detail,
    field,
    span: null,
  };
}
