/** One wording for strata whose quota comes to no document, in the notes of plans and of written mixes. */
import type { StratumKey } from '../schema/plan.js';
import { count } from './rule-statement.js';
import { stratumName } from './stratum.js';

/** `drafts / health / synthetic / gpt / open: 10 tokens planned, none written: its smallest document has 50`. */
export function emptyNote(key: StratumKey, tokensPlanned: number, why: string): string {
  const where = stratumName(key);
  return `${where}: ${count(tokensPlanned)} ${tokensPlanned === 1 ? 'token' : 'tokens'} planned, none written: ${why}`;
}

export const smallestText = (tokensMin: number) => `its smallest document has ${count(tokensMin)}`;
