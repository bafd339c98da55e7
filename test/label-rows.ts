/** Families of evidence by themselves, and the real documents, for tests of labels. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { decideLabel } from '../core/label/decide.js';
import type { EvidenceFamilyReader, LabelContext, LabelInput } from '../core/label/label-input.js';
import { posteriorOf } from '../core/label/posterior.js';
import type { Evidence } from '../core/schema/index.js';
import { SHARED_DATA } from './ballast-runner.js';

/** Evidence of some families, and the label that it alone leads to: `label` or `unknown/reason`. */
export function judge(
  readers: readonly EvidenceFamilyReader[],
  row: LabelInput,
  context: LabelContext,
): { outcome: string; evidence: Evidence[] } {
  const evidence = readers.flatMap((read) => read(row, context));
  const { label, unknownReason } = decideLabel(evidence, posteriorOf(evidence), context.policy);
  return { outcome: unknownReason === null ? label : `${label}/${unknownReason}`, evidence };
}

export interface SharedRow {
  readonly id: string;
  readonly text: string;
  readonly created?: string | null;
  readonly url?: string;
}

/** True where the real documents are there; tests that need them skip elsewhere, and say so. */
export const HAS_SHARED_DATA = existsSync(join(SHARED_DATA, 'peps.jsonl.gz'));

export function sharedRows(name: string): SharedRow[] {
  const lines = gunzipSync(readFileSync(join(SHARED_DATA, `${name}.jsonl.gz`))).toString();
  return lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as SharedRow);
}
