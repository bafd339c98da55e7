/** Rows as a labeller sees them, for tests of single families of evidence. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { decideLabel } from '../core/label/decide.js';
import {
  type EvidenceFamilyReader,
  type LabelContext,
  type LabelInput,
  labelContext,
} from '../core/label/label-input.js';
import { posteriorOf } from '../core/label/posterior.js';
import type { AllowList, Evidence, LabelPolicy, Source } from '../core/schema/index.js';
import { SHARED_DATA } from './ballast-runner.js';

export function sourceOf(change: Partial<Source> = {}): Source {
  return {
    name: 's',
    paths: ['p'],
    fields: { id: 'id', text: 'text', created: 'created', url: 'url' },
    domain: { kind: 'constant', value: 'd' },
    provenance: { kind: 'none' },
    modelFamily: null,
    language: null,
    platform: { wellKnown: true, fields: {} },
    grant: null,
    value: 1,
    maxRepetitionFactor: null,
    metadata: [],
    ...change,
  };
}

export function rowOf(change: Partial<LabelInput> = {}): LabelInput {
  return {
    source: sourceOf(),
    id: '1',
    domain: 'd',
    language: null,
    created: null,
    url: null,
    provenanceValue: null,
    modelFamilyValue: null,
    platform: [],
    credentials: [],
    textDates: null,
    ownOutputs: [],
    reviews: [],
    textScore: null,
    cluster: null,
    ...change,
  };
}

/** Text of source `s` from before the chat era is by people. */
export const BEFORE_CHAT: AllowList = {
  source: 's',
  before: '2022-11-30',
  after: null,
  url: null,
  author: null,
  auditRate: 0,
  label: 'human_authored',
  reason: 'before the first chat models',
  expires: '2027-06-30',
};

export const POLICY: LabelPolicy = {
  policy: 'labels-v2',
  thresholds: { human_authored: 0.95, human_edited: 0.95, synthetic: 0.95 },
  reviewConflict: 0.3,
  textStatistics: 'calibrated',
  trustAnchors: [],
  reason: 'test',
};

export function contextOf(
  allowLists: readonly AllowList[] = [],
  change: Partial<LabelPolicy> = {},
): LabelContext {
  const labels = { ...POLICY, ...change };
  return labelContext({ allowLists: [...allowLists], labels }, '2026-11-23');
}

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
