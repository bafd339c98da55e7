/**
 * The parts of recipe.yaml that are about evidence: own outputs, benchmarks, what a label needs, and
 * whom to ask. Read by `recipe-file.ts`.
 */
import { z } from 'zod';
import {
  constantOrField,
  day,
  listOf,
  mapping,
  oneOf,
  pattern,
  prose,
  share,
  text,
} from './file-values.js';

const NAME = 'a name of letters, digits and . _ -, starting with a letter or digit';
const named = () => pattern(NAME, /^[A-Za-z0-9][A-Za-z0-9._-]*$/);

const generated = z.union([
  day().transform((value) => ({ kind: 'constant' as const, day: value })),
  mapping({
    field: text('the name of a field').describe('Field of each row that holds the day.'),
  }).transform(({ field }) => ({ kind: 'field' as const, field })),
]);

export const ownOutputFile = mapping({
  name: named().describe('Its name in evidence and reports.'),
  paths: listOf(text('a path or glob'), 'paths', 1, 10_000).describe(
    'Globs of files, as those of sources.',
  ),
  fields: mapping({
    id: text('the name of a field').prefault('id').describe('Stable id; missing: a digest.'),
    text: text('the name of a field').prefault('text').describe('What the model wrote.'),
  })
    .prefault({})
    .describe('Which field of a row holds what.'),
  model_family: constantOrField('a model family').describe('Which of our models wrote it.'),
  generated: generated
    .nullable()
    .prefault(null)
    .describe(
      'When: a day, or the field that holds it. Only an output older than a document speaks.',
    ),
  trained_on: listOf(text('a mix version'), 'mix versions', 0, 1000)
    .prefault([])
    .describe('Mix versions, name@version, that these models were trained on.'),
}).transform(({ model_family, trained_on, ...entry }) => ({
  ...entry,
  modelFamily: model_family,
  trainedOn: trained_on,
}));

export const benchmarkFile = mapping({
  name: named().describe('Its name in reports.'),
  path: text('a path').describe('Its file, .jsonl and so on, one item a row.'),
  fields: listOf(text('the name of a field'), 'field names', 1, 100).describe(
    'Fields that are looked for, each by itself: question, answer.',
  ),
  version: text('a version').nullable().prefault(null).describe('As its publisher calls it.'),
  action: oneOf(['drop', 'flag'])
    .prefault('drop')
    .describe('What becomes of a document that holds an item.'),
});

const threshold = () => share().prefault(0.95);

export const labelsFile = mapping({
  policy: oneOf(['labels-v2']).prefault('labels-v2').describe('The rules, by name.'),
  thresholds: mapping({
    human_authored: threshold().describe('Posterior that this label needs.'),
    human_edited: threshold().describe('Posterior that this label needs.'),
    synthetic: threshold().describe('Posterior that this label needs; higher errs to unknown.'),
  })
    .prefault({})
    .describe('What each label needs; below it a document is unknown.'),
  review_conflict: share()
    .prefault(0.3)
    .describe('Conflict of the evidence, 0 to 1, from which people are asked.'),
  text_statistics: oneOf(['calibrated', 'off'])
    .prefault('calibrated')
    .describe('`calibrated`: used where reviews of the domain calibrate it, nowhere else.'),
  trust_anchors: listOf(
    pattern('a SHA-256 in hex', /^[0-9a-f]{64}$/),
    'certificate digests',
    0,
    1000,
  )
    .prefault([])
    .describe('SHA-256 of the certificates under which a content credential counts as signed.'),
  reason: prose('a reason').prefault('the default of the policy').describe('Why these numbers.'),
}).transform((l) => ({
  policy: l.policy,
  thresholds: l.thresholds,
  reviewConflict: l.review_conflict,
  textStatistics: l.text_statistics,
  trustAnchors: l.trust_anchors,
  reason: l.reason,
}));
