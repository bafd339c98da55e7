/** All closed forms by id, for reports and pages: what each says, where it holds, who found it. */
import { SAMPLE_FORMULAS } from './catalogue-samples.js';
import { TEXT_FORMULAS } from './catalogue-text.js';
import { TYPE_FORMULAS } from './catalogue-types.js';
import type { Formula } from './formula.js';

/** In the order of the method notes: G, R, W, B, Z, D, V, F, each by number. */
export const CLOSED_FORMS: readonly Formula[] = [
  ...SAMPLE_FORMULAS,
  ...TYPE_FORMULAS,
  ...TEXT_FORMULAS,
].sort((a, b) => place(a.id) - place(b.id));

function place(id: string): number {
  return 'GRWBZDVF'.indexOf(id[0]!) * 100 + Number(id.slice(1));
}

/** The card of an id; undefined where there is none. */
export function closedForm(id: string): Formula | undefined {
  return CLOSED_FORMS.find((form) => form.id === id);
}
