/**
 * How near the end of a grant is on a day. Days are half-open: it holds on the day before
 * `validUntil` (or `revokedAt`) and no longer on that day; notice is given from `noticeDays` before.
 */
import { dayOf, isoOfDay } from '../schema/calendar.js';
import type { Grant } from '../schema/grant.js';
import type { GrantStage } from '../schema/grant-notice.js';

export type GrantEnd = Pick<
  Grant,
  'grantId' | 'validUntil' | 'revokedAt' | 'noticeDays' | 'status'
>;

export interface StagedGrant {
  readonly stage: GrantStage;
  /** First day on which it no longer holds; null where only its status says so. */
  readonly endsOn: string | null;
}

/** The earlier of end and revocation, and which of the two it is; null where neither is known. */
function endOf({ validUntil, revokedAt }: GrantEnd) {
  const isRevoked = revokedAt !== null && (validUntil === null || revokedAt <= validUntil);
  if (isRevoked) return { day: revokedAt, stage: 'revoked' as const };
  return validUntil === null ? null : { day: validUntil, stage: 'expired' as const };
}

/**
 * Null where the grant holds and its end is not near.
 * @param day ISO day
 */
export function grantStage(grant: GrantEnd, day: string): StagedGrant | null {
  const { status, noticeDays } = grant;
  const end = endOf(grant);
  if (end !== null && day >= end.day) return { stage: end.stage, endsOn: end.day };
  if (status === 'revoked' || status === 'expired')
    return { stage: status, endsOn: end?.day ?? null };
  if (end !== null && dayOf(day) >= dayOf(end.day) - noticeDays)
    return { stage: 'notice', endsOn: end.day };
  return status === 'expiring' ? { stage: 'notice', endsOn: end?.day ?? null } : null;
}

/** First day of notice of an end. */
export function noticeFrom(endsOn: string, noticeDays: number): string {
  return isoOfDay(dayOf(endsOn) - noticeDays);
}
