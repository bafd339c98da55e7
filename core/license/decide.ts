/**
 * The decision per grant x use x date x territory. Deny beats allow; unstated and conditional are
 * not allow; no grant is not usable. A grant must hold on the day of the build and on the last day
 * of training, in all of the territory, for every purpose. Validity is half-open: it no longer
 * holds on `validUntil`.
 */
import { dayOf, isoOfDay } from '../schema/calendar.js';
import type { Grant, GrantRefusal, Use, UseRight } from '../schema/grant.js';
import type { Recipe } from '../schema/recipe.js';
import { holdsAll, touches } from './territory.js';

export type GrantDecision =
  | { readonly usable: true; readonly grantId: string; readonly warnings: readonly string[] }
  | { readonly usable: false; readonly refusal: GrantRefusal; readonly sentence: string };

export interface GrantQuestion {
  readonly grant: Grant | null;
  readonly use: Recipe['use'];
  /** ISO day of the build. */
  readonly asOf: string;
  readonly source: string;
  /** ISO day on which the text was created; null where nobody knows. */
  readonly created: string | null;
  /** Which retraction withdraws the grant, as a sentence; absent or null where none does. */
  readonly retracted?: string | null;
}

type Refused = Extract<GrantDecision, { usable: false }>;

function refuse(refusal: GrantRefusal, sentence: string): Refused {
  return { usable: false, refusal, sentence };
}

/** Whether text of `source` may be used under `grant`, and if not, why. Pure; a few comparisons. */
export function decideGrant(question: GrantQuestion): GrantDecision {
  const { grant, use, asOf } = question;
  if (grant === null) return refuse('no_grant', 'no grant covers this text');
  const days = use.trainingEnds === null ? [asOf] : [asOf, use.trainingEnds];
  return (
    refuseScope(grant, question) ??
    refuseRetracted(question) ??
    refuseStatus(grant) ??
    refuseDays(grant, days) ??
    refuseUse(grant, use.purposes, 'deny') ??
    refuseTerritory(grant, use.territory) ??
    refuseUse(grant, use.purposes, 'unstated') ??
    refuseUse(grant, use.purposes, 'conditional') ?? {
      usable: true,
      grantId: grant.grantId,
      warnings: warningsOf(grant, days),
    }
  );
}

function refuseScope(grant: Grant, question: GrantQuestion): Refused | null {
  const { sources, contentBefore, contentAfter } = grant.scope;
  const { source, created } = question;
  const id = grant.grantId;
  if (sources !== null && !sources.includes(source)) {
    return refuse('out_of_scope', `grant ${id} does not cover source ${source}`);
  }
  if (contentBefore === null && contentAfter === null) return null;
  if (created === null) {
    return refuse('out_of_scope', `grant ${id} covers dated text only, and this has no date`);
  }
  if (contentBefore !== null && created >= contentBefore) {
    return refuse('out_of_scope', `grant ${id} covers text created before ${contentBefore} only`);
  }
  if (contentAfter !== null && created < contentAfter) {
    return refuse('out_of_scope', `grant ${id} covers text created from ${contentAfter} on only`);
  }
  return null;
}

function refuseRetracted({ retracted }: GrantQuestion): Refused | null {
  return retracted == null ? null : refuse('retracted', retracted);
}

function refuseStatus(grant: Grant): Refused | null {
  const { status, grantId } = grant;
  if (status === 'active' || status === 'expiring') return null;
  const refusal =
    status === 'expired'
      ? 'grant_expired'
      : status === 'revoked'
        ? 'grant_revoked'
        : 'grant_not_active';
  return refuse(refusal, `grant ${grantId} has status ${status}`);
}

function refuseDays(grant: Grant, days: readonly string[]): Refused | null {
  const { grantId, revokedAt, validFrom, validUntil } = grant;
  for (const day of days) {
    if (revokedAt !== null && day >= revokedAt) {
      return refuse(
        'grant_revoked',
        `grant ${grantId} is revoked from ${revokedAt}; needed on ${day}`,
      );
    }
    if (validFrom !== null && day < validFrom) {
      const sentence = `grant ${grantId} holds from ${validFrom}; needed on ${day}`;
      return refuse('grant_not_yet_valid', sentence);
    }
    if (validUntil !== null && day >= validUntil) {
      return refuse('grant_expired', `grant ${grantId} ends on ${validUntil}; needed on ${day}`);
    }
  }
  return null;
}

const USE_REFUSALS = {
  deny: ['use_denied', 'denies'],
  unstated: ['use_unstated', 'does not state'],
  conditional: ['use_conditional', 'allows only under a condition'],
} as const;

function refuseUse(
  grant: Grant,
  purposes: readonly Use[],
  right: Exclude<UseRight, 'allow'>,
): Refused | null {
  const purpose = purposes.find((wanted) => grant.uses[wanted] === right);
  if (purpose === undefined) return null;
  const [refusal, verb] = USE_REFUSALS[right];
  return refuse(refusal, `grant ${grant.grantId} ${verb} the use ${purpose}`);
}

function refuseTerritory(grant: Grant, territory: string): Refused | null {
  const { include, exclude } = grant.territory;
  if (holdsAll(include, territory) && !touches(exclude, territory)) return null;
  return refuse(
    'territory_excluded',
    `grant ${grant.grantId} does not hold in all of ${territory}`,
  );
}

/** What a person should know about a grant that holds: its end is near, its conditions. */
function warningsOf(grant: Grant, days: readonly string[]): string[] {
  const { grantId, validUntil, noticeDays, conditions, status } = grant;
  const warnings: string[] = [];
  if (validUntil !== null) {
    const notice = isoOfDay(dayOf(validUntil) - noticeDays);
    if (days.some((day) => day >= notice)) {
      warnings.push(`grant ${grantId} ends on ${validUntil} (notice from ${notice})`);
    }
  }
  if (status === 'expiring') warnings.push(`grant ${grantId} has status expiring`);
  if (conditions.shareAlike) warnings.push(`grant ${grantId} is share-alike`);
  if (conditions.noDerivatives) warnings.push(`grant ${grantId} forbids derivatives`);
  return warnings;
}
