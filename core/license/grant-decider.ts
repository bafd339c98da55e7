/**
 * The grant decision of each row of a build, remembered per distinct question: source, what the
 * row says about its licence, and the date only where some grant covers dated text.
 */
import { keyOfParts } from '../schema/key-of-parts.js';
import { parseDate } from '../schema/parse-date.js';
import type { Recipe, Source } from '../schema/recipe.js';
import type { GrantDecision } from './decide.js';
import { decideGrant } from './decide.js';
import { indexGrants, resolveGrant } from './resolve.js';
import type { SpdxParser } from './spdx.js';

export interface GrantRow {
  readonly source: Source;
  /** Value of the field that the source's `grant` names; null where there is none. */
  readonly grantValue: string | null;
  /** Date of the text as written; null where there is none. */
  readonly created: string | null;
}

/** Decisions kept per source; beyond that (a field with a value of its own per row) none are kept. */
const REMEMBERED = 10_000;

const NONE: ReadonlyMap<string, string> = new Map();

/**
 * A decider for one recipe on one day; the same row always gets the same decision. `retracted`: grants that
 * a retraction withdrew, each with the sentence that says so.
 */
export function createGrantDecider(
  recipe: Recipe,
  asOf: string,
  parse: SpdxParser,
  retracted: ReadonlyMap<string, string> = NONE,
): (row: GrantRow) => GrantDecision {
  const index = indexGrants(recipe.grants);
  const dated = recipe.grants.some(
    ({ scope }) => scope.contentBefore !== null || scope.contentAfter !== null,
  );
  const remembered = new Map<string, Map<string, GrantDecision>>();

  function decideRow(
    source: Source,
    rowValue: string | null,
    created: string | null,
  ): GrantDecision {
    return resolveGrant({
      index,
      spec: source.grant,
      rowValue,
      parse,
      decide: (grant) =>
        decideGrant({
          ...{ grant, use: recipe.use, asOf, source: source.name, created },
          retracted: grant === null ? null : (retracted.get(grant.grantId) ?? null),
        }),
    });
  }

  return ({ source, grantValue, created }) => {
    const day = dated ? parseDate(created) : null;
    const key = keyOfParts(day, grantValue);
    let known = remembered.get(source.name);
    if (known === undefined) {
      known = new Map();
      remembered.set(source.name, known);
    }
    const before = known.get(key);
    if (before !== undefined) return before;
    const decision = decideRow(source, grantValue, day);
    if (known.size < REMEMBERED) known.set(key, decision);
    return decision;
  };
}
