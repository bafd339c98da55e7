/** A source, a document and a context of labelling, of which a test states only what matters to it. */
import { type LabelContext, type LabelInput, labelContext } from '../core/label/label-input.js';
import type { AllowList, Label, LabelPolicy, Source } from '../core/schema/index.js';
import type { Lineage } from '../core/schema/own-output.js';
import type { Declarer } from '../core/schema/recipe.js';
import type { ReviewDecision } from '../core/schema/review.js';

/** A source of which nothing is said but its name, its domain and where its fields are. */
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

/** A document of which nothing is known. */
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
    boilerplate: [],
    ownOutputs: [],
    reviews: [],
    textScore: null,
    cluster: null,
    ...change,
  };
}

/** A source that declares a label for all its text, by default on its publisher's word. */
export function declaring(label: Label, by: Declarer = 'publisher'): Source {
  return sourceOf({ provenance: { kind: 'declared', label, by } });
}

/** What a recipe that says nothing of labels asks for. */
export const POLICY: LabelPolicy = {
  policy: 'labels-v2',
  thresholds: { human_authored: 0.95, human_edited: 0.95, synthetic: 0.95 },
  reviewConflict: 0.3,
  textStatistics: 'calibrated',
  trustAnchors: [],
  reason: 'the default of the policy',
};

/** Text of source `s` from before chat models; a list without an author, a site or an end. */
export function allowListOf(change: Partial<AllowList> = {}): AllowList {
  return {
    source: 's',
    before: '2022-11-30',
    after: null,
    url: null,
    author: null,
    auditRate: 0.02,
    label: 'human_authored',
    reason: 'before chat models',
    expires: '2027-06-30',
    ...change,
  };
}

/** One person's answer about a text. */
export function reviewOf(change: Partial<ReviewDecision> = {}): ReviewDecision {
  return {
    source: 's',
    id: '1',
    textSha256: 'a'.repeat(64),
    domain: 'd',
    label: 'human_authored',
    editDirection: null,
    transformedBy: [],
    reason: '',
    reviewer: 'ada',
    authMethod: 'self-declared',
    mix: 'mix@2026.11.23',
    packet: '1',
    why: 'random',
    inclusionProbability: 1,
    isRandom: true,
    ...change,
  };
}

export interface ContextParts {
  readonly allowLists?: readonly AllowList[];
  readonly lineages?: readonly Lineage[];
  readonly labels?: LabelPolicy;
}

/** The context of a build on a day; without parts: no allow-list, no own outputs, the default policy. */
export function contextOf(
  { allowLists = [], lineages = [], labels = POLICY }: ContextParts = {},
  asOf = '2026-11-23',
): LabelContext {
  return labelContext({ allowLists: [...allowLists], labels }, asOf, lineages);
}
