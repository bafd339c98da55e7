/**
 * From what a row says about its licence to the grants that cover it: a grant id, or an SPDX
 * expression whose every licence has a grant. AND: all must be usable, recorded joined
 * (`MIT AND CC-BY-4.0`). OR: the first usable one in the order written, and that one is recorded.
 */
import type { Grant } from '../schema/grant.js';
import type { Source } from '../schema/recipe.js';
import type { GrantDecision } from './decide.js';
import type { SpdxExpression, SpdxParser } from './spdx.js';
import { saysNothing } from './spdx.js';

const JOIN = ' AND ';

/** The grants behind a recorded `grant_id`: one, or those joined by AND. */
export function grantIdsOf(grantId: string): string[] {
  return grantId.split(JOIN);
}

/** Grants by id and by the SPDX licence that they are, for look-ups per row. */
export interface GrantIndex {
  readonly byId: ReadonlyMap<string, Grant>;
  readonly byLicence: ReadonlyMap<string, readonly Grant[]>;
}

export function indexGrants(grants: readonly Grant[]): GrantIndex {
  const byLicence = new Map<string, Grant[]>();
  for (const grant of grants) {
    const licence = grant.spdxConcluded ?? grant.spdxDeclared;
    if (licence === null || saysNothing(licence)) continue;
    const listed = byLicence.get(licence);
    if (listed === undefined) byLicence.set(licence, [grant]);
    else listed.push(grant);
  }
  return { byId: new Map(grants.map((grant) => [grant.grantId, grant])), byLicence };
}

type Decide = (grant: Grant | null) => GrantDecision;

export interface Resolution {
  readonly index: GrantIndex;
  /** `grant` of the source. */
  readonly spec: Source['grant'];
  /** Value of the row's field; null where the row has none or the source's grant is constant. */
  readonly rowValue: string | null;
  readonly parse: SpdxParser;
  readonly decide: Decide;
}

/** The decision for one row. */
export function resolveGrant(resolution: Resolution): GrantDecision {
  const { index, spec, rowValue, parse, decide } = resolution;
  const value = (spec?.kind === 'constant' ? spec.value : (rowValue ?? '')).trim();
  if (spec === null || saysNothing(value)) return decide(null);
  const named = index.byId.get(value);
  if (named !== undefined) return decide(named);
  const whole = index.byLicence.get(value);
  if (whole !== undefined) return decideAny(whole, decide);
  const expression = spec.kind === 'constant' ? null : parse(value);
  if (expression === null) return noGrant(value);
  return decideExpression(expression, index, decide);
}

function noGrant(value: string): GrantDecision {
  const sentence = `no grant has the id or the SPDX licence "${value.slice(0, 80)}"`;
  return { usable: false, refusal: 'no_grant', sentence };
}

function decideExpression(
  expression: SpdxExpression,
  index: GrantIndex,
  decide: Decide,
): GrantDecision {
  if (expression.kind === 'licence') {
    const listed = index.byLicence.get(expression.id);
    return listed === undefined ? noGrant(expression.id) : decideAny(listed, decide);
  }
  const decisions = expression.parts.map((part) => decideExpression(part, index, decide));
  return expression.kind === 'or' ? firstUsable(decisions) : allUsable(decisions);
}

/** Several grants of one licence: a denial by one in force beats the others, else the first usable. */
function decideAny(grants: readonly Grant[], decide: Decide): GrantDecision {
  const decisions = grants.map(decide);
  const denial = decisions.find((d) => !d.usable && d.refusal === 'use_denied');
  return denial ?? firstUsable(decisions);
}

/** The first usable; if none is, the first refusal for another reason than a missing grant. */
function firstUsable(decisions: readonly GrantDecision[]): GrantDecision {
  const telling = decisions.find((d) => d.usable || d.refusal !== 'no_grant');
  return decisions.find((d) => d.usable) ?? telling ?? decisions[0]!;
}

function allUsable(decisions: readonly GrantDecision[]): GrantDecision {
  const refused = decisions.find((decision) => !decision.usable);
  if (refused !== undefined) return refused;
  const usable = decisions.filter((decision) => decision.usable);
  const ids = new Set(usable.flatMap((decision) => grantIdsOf(decision.grantId)));
  return {
    usable: true,
    grantId: [...ids].join(JOIN),
    warnings: [...new Set(usable.flatMap((decision) => decision.warnings))],
  };
}
