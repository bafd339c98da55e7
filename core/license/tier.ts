/** How far the grants of a text go: the most restrictive of them counts. */
import type { Grant, LicenceTier } from '../schema/grant.js';
import { LICENCE_TIERS } from '../schema/grant.js';
import { grantIdsOf } from './resolve.js';

/**
 * Tier of one grant: `commercial` where commercial use is allowed (conditions included), `unspecified`
 * where nothing is said of it, `non_commercial` where it is denied, `academic_only` where redistribution
 * is denied as well and pretraining depends on a condition.
 */
export function tierOfGrant({ uses }: Pick<Grant, 'uses'>): LicenceTier {
  const { commercial } = uses;
  if (commercial === 'allow' || commercial === 'conditional') return 'commercial';
  if (commercial === undefined || commercial === 'unstated') return 'unspecified';
  const narrow = uses.redistribute_text === 'deny' && uses.pretrain === 'conditional';
  return narrow ? 'academic_only' : 'non_commercial';
}

/** Tier by the grant id of a stratum, `A AND B` included; text under an unknown grant is `unspecified`. */
export function tiersOf(grants: readonly Grant[]): (grantId: string) => LicenceTier {
  const byId = new Map(grants.map((grant) => [grant.grantId, tierOfGrant(grant)]));
  return (grantId) =>
    grantIdsOf(grantId)
      .map((id) => byId.get(id) ?? 'unspecified')
      .reduce((a, b) => (LICENCE_TIERS.indexOf(b) > LICENCE_TIERS.indexOf(a) ? b : a));
}
