/** What goes with a label: who edited whom, what transformed the text, whose models wrote it. */
import type { Evidence, Verdict } from '../schema/evidence.js';
import type { Label } from '../schema/label.js';
import { lineageOfHits } from './families/own-output.js';
import type { LabelContext, LabelInput } from './label-input.js';
import { platformFacts } from './platform-facts.js';

export interface Described {
  readonly row: LabelInput;
  readonly context: LabelContext;
  readonly evidence: readonly Evidence[];
}

type Description = Pick<
  Verdict,
  'editDirection' | 'syntheticKind' | 'transformedBy' | 'modelFamily' | 'lineageDepth' | 'loop'
>;

export function describeLabel(label: Label, { row, context }: Described): Description {
  const reviewed = row.reviews.find((decision) => decision.label === label);
  const facts = platformFacts(row);
  const traced = lineageOfHits(row, context);
  const edited = label === 'human_edited';
  const synthetic = label === 'synthetic';
  const transformedBy = row.reviews.flatMap((decision) => decision.transformedBy);
  return {
    editDirection: edited ? (reviewed?.editDirection ?? facts.editDirection ?? 'unknown') : null,
    syntheticKind: synthetic ? facts.syntheticKind : null,
    transformedBy: [...new Set([...transformedBy, ...facts.transformedBy])].sort(),
    modelFamily: synthetic ? (traced.modelFamily ?? modelFamilyOf(row) ?? facts.modelFamily) : null,
    // Decided to be no model's text: a match is then a chance, or the model's copy of it.
    lineageDepth: label === 'human_authored' ? 0 : traced.lineageDepth,
    loop: label === 'human_authored' ? null : traced.loop,
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
