/**
 * Set phrases of assistants at the edge of a text. Few model texts bear one, hardly any human text
 * does: 161 of 15,481 rewrites of `l2r`, none of 28,015 human texts of five sets (measured). As strong as weak
 * evidence may be, and no stronger: people quote and paste. One witness with the text statistics.
 */
import type { EvidenceFamilyReader } from '../label-input.js';
import { CLAMP } from '../policy.js';

export const readBoilerplate: EvidenceFamilyReader = ({ boilerplate }) =>
  boilerplate.slice(0, 1).map(({ phrase, edge, span }) => ({
    family: 'text_statistics',
    tier: 'T3',
    supports: 'synthetic',
    direction: 'for',
    strength: CLAMP.T3,
    reason: 'model_boilerplate',
    detail: `its ${edge} says "${phrase}"`,
    field: 'text',
    span,
  }));
