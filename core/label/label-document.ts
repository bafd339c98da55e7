/** The label of one document: families of evidence, their posterior, the decision. */
import type { Verdict } from '../schema/evidence.js';
import { decideLabel } from './decide.js';
import { readAllowLists } from './families/allow-list.js';
import { readCluster } from './families/cluster.js';
import { readDeclaration } from './families/declaration.js';
import type { EvidenceFamilyReader, LabelContext, LabelInput } from './label-input.js';
import { posteriorOf } from './posterior.js';

/** Every family of witnesses; a new one is added here and nowhere else. */
export const FAMILY_READERS: readonly EvidenceFamilyReader[] = [
  readDeclaration,
  readAllowLists,
  readCluster,
];

export function labelDocument(row: LabelInput, context: LabelContext): Verdict {
  const evidence = FAMILY_READERS.flatMap((read) => read(row, context));
  const posterior = posteriorOf(evidence);
  const { label, unknownReason } = decideLabel(evidence, posterior);
  return {
    label,
    editDirection: label === 'human_edited' ? 'unknown' : null,
    unknownReason,
    modelFamily: label === 'synthetic' ? modelFamilyOf(row) : null,
    posterior,
    evidence,
  };
}

/** Whose models wrote a text, as stated; an unmapped name is a family of its own. */
export function modelFamilyOf(row: LabelInput): string | null {
  const spec = row.source.modelFamily;
  const stated =
    spec?.kind === 'constant' ? spec.value : spec === null ? null : row.modelFamilyValue;
  const family = stated?.trim() ?? '';
  return family === '' ? null : family;
}
