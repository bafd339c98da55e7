/**
 * What a platform says of a row beside its text: generator fields, IPTC source types, tags, bylines,
 * edit histories. Naming a known model or AI is strong (T2): nobody gains by it, and composite codes
 * and histories of both name the edit. A name that no table knows is weak (T3), unless the recipe says
 * that its field names the generator; so is the tag `synthetic` alone. Saying "human" is weak (T3): it costs nothing. An empty list, an
 * unset value and a missing field say nothing.
 */
import type { Evidence } from '../../schema/evidence.js';
import type { EvidenceFamilyReader } from '../label-input.js';
import { platformStatements, type Statement } from '../platform-fields.js';
import { STRENGTH_T2, STRENGTH_T3 } from '../policy.js';

/** Characters of a value that evidence repeats. */
const SHOWN_CHARACTERS_MAX = 120;
const WEIGHTS = {
  strong: { tier: 'T2', strength: STRENGTH_T2 },
  weak: { tier: 'T3', strength: STRENGTH_T3 },
  none: { tier: 'T3', strength: 0 },
} as const;

export const readPlatform: EvidenceFamilyReader = (row) => {
  const statements = platformStatements(row);
  const isEdited = statements.some(
    ({ label, weight }) => label === 'human_edited' && weight === 'strong',
  );
  return statements.map((said) => evidenceOf(isEdited ? besideAnEdit(said) : said));
};

/** Beside a named edit, the name of a generator says whose model took part, not that it wrote all. */
function besideAnEdit(said: Statement): Statement {
  if (said.reason !== 'platform_names_generator') return said;
  return { ...said, label: 'human_edited', weight: 'none', reason: 'platform_names_editing_model' };
}

function evidenceOf({ field, value, reason, label, weight }: Statement): Evidence {
  const shown = value.length > SHOWN_CHARACTERS_MAX;
  const repeated = shown ? `${value.slice(0, SHOWN_CHARACTERS_MAX)}..` : value;
  return {
    family: 'platform',
    ...WEIGHTS[weight],
    supports: label,
    direction: 'for',
    reason,
    detail: `field ${field} says ${repeated}`,
    field,
    span: null,
  };
}
