/**
 * Seats: each person whom a recipe names has one, and may hand it over. An answer is given from a seat, and a
 * seat answers once, so that a delegate adds no voice. Nobody hands over a seat that they were handed.
 */
import type { DelegationLine } from '../schema/approval-lines.js';
import { isSamePerson } from './person.js';

export type Delegation = Pick<DelegationLine, 'from' | 'to' | 'untilMs'>;

export interface Seat {
  /** Name of its owner, as the recipe spells it; with nobody named, as the person does. */
  readonly owner: string;
  /** The owner, where another answers; null where they answer themselves. */
  readonly onBehalfOf: string | null;
}

/** How often a person has handed over or taken back; the number of their next delegation. */
export function delegationsOf(delegations: readonly Delegation[], owner: string): number {
  return delegations.filter(({ from }) => isSamePerson(from, owner)).length;
}

/** Newest delegation of each owner that holds at a time, in ms since 1970. */
function holding(delegations: readonly Delegation[], owner: string, atMs: number): string | null {
  const last = delegations.filter(({ from }) => isSamePerson(from, owner)).at(-1);
  if (last === undefined || isSamePerson(last.to, owner)) return null;
  return last.untilMs === null || atMs <= last.untilMs ? last.to : null;
}

/**
 * Seats that a person may answer from, their own first, then in the order of the recipe.
 * @param people whom the recipe names; empty: anyone, each from a seat of their own
 * @param delegations oldest first
 */
export function seatsOf(
  people: readonly string[],
  delegations: readonly Delegation[],
  who: string,
  atMs: number,
): Seat[] {
  if (people.length === 0) return [{ owner: who, onBehalfOf: null }];
  const own = people.filter((name) => isSamePerson(name, who)).slice(0, 1);
  const handed = people.filter((owner) => {
    const to = holding(delegations, owner, atMs);
    return to !== null && isSamePerson(to, who) && !isSamePerson(owner, who);
  });
  return [
    ...own.map((owner) => ({ owner, onBehalfOf: null })),
    ...handed.map((owner) => ({ owner, onBehalfOf: owner })),
  ];
}

/** Who is to be reminded for each owner: their delegate while there is one. */
export function whoAnswersFor(
  owner: string,
  delegations: readonly Delegation[],
  atMs: number,
): string {
  return holding(delegations, owner, atMs) ?? owner;
}
