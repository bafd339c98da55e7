/**
 * Copies: what the cluster of a document says about its label. The oldest dated copy with a label
 * speaks (T2) for younger ones that are near-duplicates of it by themselves, so a copy that declares
 * another label is a conflict, not a fresh start; exact copies that declare otherwise, and are not known to
 * be younger, oppose. All else is named with strength 0: a leader that says nothing, one that only a
 * chain of copies leads to, and a template, inside which no label travels but between exact copies.
 * An undated copy of a dated text counts as the younger one: a known date is older than none.
 */
import type { Evidence } from '../../schema/evidence.js';
import type {
  ClusterCopy,
  ClusterPlace,
  EvidenceFamilyReader,
  LinkedCopy,
} from '../label-input.js';
import { STRENGTH_T2 } from '../policy.js';

export const readCluster: EvidenceFamilyReader = ({ cluster }) => {
  if (cluster === null) return [];
  const { kind, leader, speaker, opposing } = cluster;
  const others = opposing.filter(({ label }) => label !== speaker?.label);
  return [
    ...(speaker === null ? [] : [olderCopy(speaker)]),
    ...(kind === 'template' ? [templateFamily(cluster)] : []),
    ...(kind === 'copies' && speaker === null && leader !== null ? [copyOf(leader)] : []),
    ...others.map(equalText),
  ];
};

function nameOf({ source, id, created }: ClusterCopy): string {
  return `${source}/${id}${created === null ? '' : ` of ${created}`}`;
}

/** What was measured, rounded down: a value below a threshold never reads as one above. */
function likenessOf({ jaccard, containment }: LinkedCopy): string {
  const down = (value: number) => (Math.floor(value * 100) / 100).toFixed(2);
  return `Jaccard ${down(jaccard)}, ${down(containment)} of its word 5-grams stand there`;
}

function named(reason: string, detail: string): Evidence {
  return {
    family: 'cluster',
    tier: 'T2',
    supports: 'unknown',
    direction: 'for',
    strength: 0,
    reason,
    detail,
    field: 'cluster',
    span: null,
  };
}

function copyOf(leader: LinkedCopy): Evidence {
  const likeness = likenessOf(leader);
  return leader.isDirect
    ? named('duplicate_of', `near-duplicate of ${nameOf(leader)}: ${likeness}`)
    : named('chained_copy', `only a chain of copies leads to ${nameOf(leader)}: ${likeness}`);
}

function templateFamily({ texts, leader }: ClusterPlace): Evidence {
  const beside = leader === null ? '' : `; beside ${nameOf(leader)}: ${likenessOf(leader)}`;
  return named('template_family', `one of ${texts} texts that share a frame${beside}`);
}

function olderCopy(speaker: LinkedCopy): Evidence {
  const { label } = speaker;
  const detail = `near-duplicate of ${nameOf(speaker)}, which is ${label} and older: ${likenessOf(speaker)}`;
  return { ...named('older_copy_says', detail), supports: label, strength: STRENGTH_T2 };
}

function equalText(copy: ClusterCopy): Evidence {
  const detail = `the same text as ${nameOf(copy)}, which is ${copy.label} and not known to be younger`;
  return { ...named('equal_text_says', detail), supports: copy.label, strength: STRENGTH_T2 };
}
