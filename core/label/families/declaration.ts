/**
 * What the source itself declares. Policy labels-v1 takes a declaration as strong (T2); who
 * declares is weighed by a later policy. `unknown` and values outside the map declare nothing.
 */

import type { Evidence } from '../../schema/evidence.js';
import type { Label } from '../../schema/label.js';
import { LABELS } from '../../schema/label.js';
import type { Source } from '../../schema/recipe.js';
import type { EvidenceFamilyReader } from '../label-input.js';
import { STRENGTH_T2 } from '../policy.js';

export const readDeclaration: EvidenceFamilyReader = (row) => {
  const { provenance } = row.source;
  if (provenance.kind === 'none') return [];
  const label = declaredLabel(row.source, row.provenanceValue);
  if (label === null || label === 'unknown') return [];
  const evidence: Evidence = {
    family: 'declaration',
    tier: 'T2',
    supports: label,
    strength: STRENGTH_T2,
    reason: provenance.kind === 'declared' ? 'declared_by_source' : 'declared_by_row',
    detail:
      provenance.kind === 'declared'
        ? `source ${row.source.name} declares ${label}`
        : `field ${provenance.field} says "${row.provenanceValue?.trim()}"`,
    field: provenance.kind === 'declared' ? 'provenance.declared' : provenance.field,
  };
  return [evidence];
};

/** The label that a source declares for a row; null where it declares nothing. */
export function declaredLabel(source: Source, value: string | null): Label | null {
  const { provenance } = source;
  if (provenance.kind === 'declared') return provenance.label;
  if (provenance.kind === 'none' || value === null) return null;
  const trimmed = value.trim();
  if (Object.hasOwn(provenance.map, trimmed)) return provenance.map[trimmed]!;
  return LABELS.find((known) => known === trimmed) ?? null;
}
