/**
 * Near-duplicates: a copy of an older document is one text, not two. In this policy the copy is
 * left out and inherits nothing, so the entry has strength 0 and says only whose copy it is.
 */
import type { EvidenceFamilyReader } from '../label-input.js';

export const readCluster: EvidenceFamilyReader = (row) => {
  const leader = row.clusterLeader;
  if (leader === null) return [];
  const dated = leader.created === null ? '' : ` of ${leader.created}`;
  return [
    {
      family: 'cluster',
      tier: 'T2',
      supports: 'unknown',
      strength: 0,
      reason: 'duplicate_of',
      detail: `near-duplicate of ${leader.source}/${leader.id}${dated}`,
      field: 'cluster',
    },
  ];
};
