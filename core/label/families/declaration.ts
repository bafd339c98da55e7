/**
 * What the source itself declares, weighed by who says it. A warranty in a signed contract decides
 * (T1). Whoever wrote or published a text is a strong witness (T2). A collector is one where the text
 * would be worth less for it (synthetic, edited): nobody admits that lightly; a collector's word that
 * text is human is weak (T3). `unknown` and values outside the map declare nothing.
 */
import type { Evidence } from '../../schema/evidence.js';
import type { Label } from '../../schema/label.js';
import { LABELS } from '../../schema/label.js';
import type { Declarer, Source } from '../../schema/recipe.js';
import type { EvidenceFamilyReader } from '../label-input.js';
import { STRENGTH_T1, STRENGTH_T2, STRENGTH_T3 } from '../policy.js';

export const readDeclaration: EvidenceFamilyReader = (row) => {
  const { provenance, name } = row.source;
  if (provenance.kind === 'none') return [];
  const label = declaredLabel(row.source, row.provenanceValue);
  if (label === null || label === 'unknown') return [];
  const byRow = provenance.kind === 'field';
  const says = byRow
    ? `field ${provenance.field} says "${row.provenanceValue?.trim()}"`
    : `source ${name} declares ${label}`;
  return [
    {
      family: 'declaration',
      ...weightOf(provenance.by, label),
      supports: label,
      direction: 'for',
      reason: byRow ? 'declared_by_row' : 'declared_by_source',
      detail: `${says}, on the word of its ${WORDS[provenance.by]}`,
      field: byRow ? provenance.field : 'provenance.declared',
      span: null,
    },
  ];
};

const WORDS: Readonly<Record<Declarer, string>> = {
  warranty: 'contract, which warrants it',
  publisher: 'publisher',
  collector: 'collector',
};

function weightOf(by: Declarer, label: Label): Pick<Evidence, 'tier' | 'strength'> {
  if (by === 'warranty') return { tier: 'T1', strength: STRENGTH_T1 };
  if (by === 'collector' && label === 'human_authored')
    return { tier: 'T3', strength: STRENGTH_T3 };
  return { tier: 'T2', strength: STRENGTH_T2 };
}

/** The label that a source declares for a row; null where it declares nothing. */
export function declaredLabel(source: Source, value: string | null): Label | null {
  const { provenance } = source;
  if (provenance.kind === 'declared') return provenance.label;
  if (provenance.kind === 'none' || value === null) return null;
  const trimmed = value.trim();
  if (Object.hasOwn(provenance.map, trimmed)) return provenance.map[trimmed]!;
  return LABELS.find((known) => known === trimmed) ?? null;
}
