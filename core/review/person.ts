/**
 * Who is who. A name is what a person says of themselves: `Ann`, ` ann ` and `ann` are one. Who asked for a
 * build is named by their account, `cli:ann@laptop`; a person of that account's name counts as them, for a
 * rule against approving one's own work must rather refuse a namesake than let the same person by.
 */

import { foldName } from '../schema/fold-name.js';

export function isSamePerson(a: string, b: string): boolean {
  return foldName(a) === foldName(b);
}

/** The part of an address before the last `@`, or the whole name. */
function accountOf(folded: string): string {
  const at = folded.lastIndexOf('@');
  return at > 0 ? folded.slice(0, at) : folded;
}

/**
 * Whether `who` is the person behind `requestedBy`: the same name, or the same account on any machine.
 * @param requestedBy `cli:<user>@<host>`, or a program such as `line`: no person is that
 */
export function isRequester(who: string, requestedBy: string): boolean {
  const asked = foldName(requestedBy);
  if (!asked.startsWith('cli:')) return foldName(who) === asked;
  const person = foldName(who).replace(/^cli:/, '');
  return accountOf(person) === accountOf(asked.slice('cli:'.length));
}
