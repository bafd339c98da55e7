/**
 * Copies: what the cluster of a document says about its label. An older leader speaks for its own
 * label (T2), so a copy that declares another one is a conflict, not a fresh start; exact copies
 * that declare otherwise, and are not known to be younger, oppose. A leader that is undated, no
 * older or without a label is named with strength 0. An undated copy of a dated leader counts as
 * the younger one: a known date is older than none.
 */
import type { Evidence } from '../../schema/evidence.js';
import type { ClusterCopy, EvidenceFamilyReader } from '../label-input.js';
import { STRENGTH_T2 } from '../policy.js';

export const readCluster: EvidenceFamilyReader = ({ cluster }) => {
  if (cluster === null) return [];
  const { leader, opposing } = cluster;
  if (leader === null) return opposing.map(equalText);
  const speaks = leader.isOlder && leader.label !== 'unknown';
  const others = opposing.filter(({ label }) => !speaks || label !== leader.label);
  return [speaks ? olderCopy(leader) : duplicateOf(leader), ...others.map(equalText)];
};

function nameOf({ source, id, created }: ClusterCopy): string {
  return `${source}/${id}${created === null ? '' : ` of ${created}`}`;
}

function duplicateOf(leader: ClusterCopy): Evidence {
  return {
    family: 'cluster',
    tier: 'T2',
    supports: 'unknown',
    direction: 'for',
    strength: 0,
    reason: 'duplicate_of',
    detail: `near-duplicate of ${nameOf(leader)}`,
    field: 'cluster',
    span: null,
  };
}

function olderCopy(leader: ClusterCopy): Evidence {
  return {
    ...duplicateOf(leader),
    supports: leader.label,
    strength: STRENGTH_T2,
    reason: 'older_copy_says',
    detail: `near-duplicate of ${nameOf(leader)}, which is ${leader.label} and older`,
  };
}

function equalText(copy: ClusterCopy): Evidence {
  return {
    ...duplicateOf(copy),
    supports: copy.label,
    strength: STRENGTH_T2,
    reason: 'equal_text_says',
    detail: `the same text as ${nameOf(copy)}, which is ${copy.label} and not known to be younger`,
  };
}
