/**
 * Decisions of people on this very text: the newest of each reviewer. Reviewers who agree are one
 * decisive witness (T1); reviewers who differ stand against each other, which is a conflict. A
 * reviewer who cannot tell is kept visible and says nothing.
 */
import type { EvidenceFamilyReader } from '../label-input.js';
import { STRENGTH_T1 } from '../policy.js';

export const readReviews: EvidenceFamilyReader = ({ reviews }) =>
  reviews.map(({ label, reviewer, authMethod, packet, reason }) => ({
    family: 'review',
    tier: 'T1',
    supports: label,
    direction: 'for',
    strength: label === 'unknown' ? 0 : STRENGTH_T1,
    reason: label === 'unknown' ? 'reviewer_cannot_tell' : 'reviewed',
    detail: `${reviewer} (${authMethod})${reason === '' ? '' : `: ${reason}`}`,
    field: `packet ${packet}`,
    span: null,
  }));
