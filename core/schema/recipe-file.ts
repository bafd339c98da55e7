/**
 * recipe.yaml as people write it: the only schema with defaults, and the only crossing from
 * snake_case keys to the camelCase `Recipe`. Every key is described: docs/reference is generated
 * from here. What one value alone cannot show to be wrong is checked in `recipe-checks.ts`.
 */
import { z } from 'zod';
import {
  constantOrField,
  day,
  decimalNumber,
  listOf,
  mapping,
  oneOf,
  pattern,
  prose,
  share,
  territory,
  text,
  wholeNumber,
  yesNo,
} from './file-values.js';
import type { Grant } from './grant.js';
import { LICENCE_TIERS, USES } from './grant.js';
import { grantFile } from './grants-file.js';
import { LABELS, TRUTH_LABELS } from './label.js';
import { LIMITS } from './limits.js';
import type { Operations } from './operations.js';
import type { PLATFORM_ROLES } from './platform.js';
import type { Cap, Recipe } from './recipe.js';
import { DECLARERS } from './recipe.js';
import { readCapLimit } from './recipe-cap-limit.js';
import { benchmarkFile, labelsFile, ownOutputFile } from './recipe-evidence.js';
import { lineFile, schedulesFile } from './recipe-operations.js';
import { licenceBudgetFile, planningFile, tolerancesOf } from './recipe-planning.js';
import { reviewFile } from './recipe-review.js';
import { riskFile } from './recipe-risk.js';
import { versionText } from './recipe-version.js';

const optional = <T extends z.ZodType>(schema: T, what: string) =>
  schema.nullable().prefault(null).describe(what);

const repetition = () => decimalNumber(0, LIMITS.maxRepetitionFactor);
const tokenizer = z.union([
  oneOf(['o200k_base', 'cl100k_base', 'bytes']).transform((kind) => ({ kind })),
  mapping({
    file: text('the path of a tokenizer.json').describe(
      'From the recipe on, or s3://; pinned by digest.',
    ),
  }).transform(({ file }) => ({
    kind: 'file' as const,
    path: file,
  })),
]);

const declaredBy = () =>
  oneOf(DECLARERS)
    .prefault('collector')
    .describe(
      'Who says so: `warranty`, a signed contract; `publisher`, whoever wrote or published it; `collector`, whoever gathered it, whose word that text is human is weak.',
    );

const provenance = z.union([
  mapping({
    declared: oneOf(LABELS).describe('The label that the source claims for all its text.'),
    by: declaredBy(),
  }).transform(({ declared, by }) => ({ kind: 'declared' as const, label: declared, by })),
  mapping({
    field: text('the name of a field').describe('Field of each row that names what it is.'),
    map: z
      .record(z.string(), oneOf(LABELS), { error: 'a mapping of values to labels' })
      .prefault({})
      .describe('Label of each value of that field; a value that is a label needs no entry.'),
    by: declaredBy(),
  }).transform(({ field, map, by }) => ({ kind: 'field' as const, field, map, by })),
]);

const ROLE_TEXTS: Readonly<Record<(typeof PLATFORM_ROLES)[number], string>> = {
  generator: 'Names the model that wrote the text.',
  digital_source_type: 'IPTC or schema.org digitalSourceType, a URI or its code.',
  author: 'Names the author.',
  published: 'When it was published.',
  first_seen: 'When somebody else first saw it, e.g. an archive.',
  modified: 'When it was last changed.',
  edit_history: 'Its revisions, a JSON list.',
  transformed_by: 'What translated or scanned it.',
  tags: 'Tags of the platform.',
};

function roleKeys() {
  const field = (role: (typeof PLATFORM_ROLES)[number]) =>
    optional(text('the name of a field'), ROLE_TEXTS[role]);
  return {
    generator: field('generator'),
    digital_source_type: field('digital_source_type'),
    author: field('author'),
    published: field('published'),
    first_seen: field('first_seen'),
    modified: field('modified'),
    edit_history: field('edit_history'),
    transformed_by: field('transformed_by'),
    tags: field('tags'),
  };
}

const SOURCE_NAME = 'a name of letters, digits and . _ -, starting with a letter or digit';

const sourceFile = mapping({
  name: pattern(SOURCE_NAME, /^[A-Za-z0-9][A-Za-z0-9._-]*$/).describe('Its name in every report.'),
  paths: listOf(text('a path or glob'), 'paths', 1, 10_000).describe(
    'Globs of .jsonl, .jsonl.gz, .jsonl.zst, .parquet and .arrow files, from the recipe on or in s3://.',
  ),
  fields: mapping({
    id: text('the name of a field').prefault('id').describe('Stable id; missing: a digest.'),
    text: text('the name of a field').prefault('text').describe('The text.'),
    created: text('the name of a field').prefault('created').describe('When it was written.'),
    url: text('the name of a field').prefault('url').describe('Where it came from.'),
  })
    .prefault({})
    .describe('Which field of a row holds what.'),
  domain: constantOrField('a domain').describe(
    'Topic of its text, or the field of each row that holds it.',
  ),
  provenance: optional(
    provenance,
    'What the source claims: evidence, not the verdict. Without it: no claim.',
  ).transform((value) => value ?? { kind: 'none' as const }),
  model_family: optional(
    constantOrField('a model family'),
    'Whose models wrote its synthetic text.',
  ),
  language: optional(constantOrField('a language tag'), 'Language of its text, a BCP 47 tag.'),
  platform: mapping({
    well_known: yesNo()
      .prefault(true)
      .describe('Read the well-known fields, e.g. model_name, digitalSourceType, author.'),
    ...roleKeys(),
  })
    .prefault({})
    .transform(({ well_known, ...roles }) => ({
      wellKnown: well_known,
      fields: Object.fromEntries(Object.entries(roles).filter(([, name]) => name !== null)),
    }))
    .describe('Fields of its rows that say how a text came about: evidence.'),
  grant: optional(
    constantOrField('a grant id'),
    'Grant id, or the field of each row that holds a grant id or SPDX expression. Without a grant no text is used.',
  ),
  value: decimalNumber(0, 1e9).prefault(1).describe('Preference among sources of one domain.'),
  max_repetition_factor: optional(
    repetition(),
    'Passes over its documents; else the mix-wide one.',
  ),
  metadata: listOf(text('the name of a field'), 'field names', 0, 100)
    .prefault([])
    .describe('Fields of its rows that are copied into the written mix.'),
}).transform((s) => ({
  name: s.name,
  paths: s.paths,
  fields: s.fields,
  domain: s.domain,
  provenance: s.provenance,
  modelFamily: s.model_family,
  language: s.language,
  platform: s.platform,
  grant: s.grant,
  value: s.value,
  maxRepetitionFactor: s.max_repetition_factor,
  metadata: s.metadata,
}));

const allowListFile = mapping({
  source: text('the name of a source').describe('Where: a source of this recipe.'),
  before: optional(day(), 'When: text created before this day.'),
  after: optional(day(), 'When: text created on this day or later.'),
  url: optional(
    prose('a pattern'),
    'Where: rows whose url matches; `*` stands for any characters.',
  ),
  author: optional(prose('a pattern'), 'Who: rows whose author matches; `*` likewise.'),
  audit_rate: share()
    .prefault(0.02)
    .describe('Share of its documents that reviewers are shown, to check it.'),
  label: oneOf(TRUTH_LABELS).describe('What such text is.'),
  reason: prose('a reason').describe('Why that can be said.'),
  expires: day().describe('First day on which this no longer counts; must be renewed by a person.'),
}).transform(({ audit_rate, ...list }) => ({ ...list, auditRate: audit_rate }));

const capFile = mapping({
  id: text('a cap id').describe('Name of the cap in plan, report and errors.'),
  domain: text('a domain, `each` or `all`')
    .prefault('all')
    .describe('What a share is of: one domain, `each` domain by itself, or `all` of the mix.'),
  provenance: optional(
    listOf(oneOf(LABELS), 'labels', 1, LABELS.length),
    'Counts text with one of these labels only.',
  ),
  source: optional(text('the name of a source'), 'Counts text of this source only.'),
  model_family: optional(text('a model family'), 'Counts text of this model family only.'),
  licensed: optional(yesNo(), 'true: counts text under a grant that allows the use only.'),
  lineage_depth: optional(
    wholeNumber(1, 1000),
    'Counts text with at least so many of our own models behind it only.',
  ),
  site: optional(
    pattern(
      'a host in small letters, such as example.org',
      /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/,
      () => 'write the host alone, in small letters: no https://, no path',
    ),
    'Counts text of this host and its subdomains only.',
  ),
  language: optional(
    pattern('a language tag such as en or pt-BR', /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/),
    'Counts text in this language only, a BCP 47 tag; `en` counts `en-GB` too.',
  ),
  licence_tier: optional(
    listOf(oneOf(LICENCE_TIERS), 'licence tiers', 1, LICENCE_TIERS.length),
    'Counts text whose grants are of one of these tiers only; of several grants the narrowest counts.',
  ),
  confidence: optional(
    decimalNumber(0.5, 0.9999),
    'Holds at this confidence over the uncertainty of the labels; else labels count as they are.',
  ),
  max_share: optional(share(), 'At most this share. Exactly one of the four limits is given.'),
  min_share: optional(share(), 'At least this share.'),
  max_tokens: optional(wholeNumber(0, LIMITS.tokenBudget), 'At most so many tokens.'),
  min_tokens: optional(wholeNumber(0, LIMITS.tokenBudget), 'At least so many tokens.'),
  reason: optional(prose('a reason'), 'Why; shown wherever the cap binds.'),
}).transform(
  (c, context): Cap => ({
    id: c.id,
    domain: c.domain,
    provenance: c.provenance,
    source: c.source,
    modelFamily: c.model_family,
    licensed: c.licensed,
    lineageDepth: c.lineage_depth,
    site: c.site,
    language: c.language,
    licenceTier: c.licence_tier,
    confidence: c.confidence,
    limit: readCapLimit(c, context),
    reason: c.reason ?? '',
  }),
);

/** The whole recipe file. */
export const recipeFile = mapping({
  name: pattern(
    'a name of small letters, digits and . _ -, starting with a letter or digit',
    /^[a-z0-9][a-z0-9._-]*$/,
    (value) => (typeof value === 'string' ? 'use small letters, digits and hyphens' : null),
  ).describe('Name of the mix; `name@version` is immutable once published.'),
  version: versionText().describe('YYYY.MM.DD with an optional .N, or `dev`, never published.'),
  seed: wholeNumber(0, Number.MAX_SAFE_INTEGER).prefault(0).describe('Key of every draw.'),
  tokenizer: tokenizer
    .prefault('o200k_base')
    .describe('o200k_base, cl100k_base, bytes, or {file: tokenizer.json}. Counts are exact.'),
  token_budget: wholeNumber(1, LIMITS.tokenBudget).describe('Tokens that the mix shall hold.'),
  target_shares: z
    .record(z.string(), share(), { error: 'a mapping of domains to shares' })
    .prefault({})
    .describe('Wanted share of each domain; sums to 1. Without it, domains are free.'),
  sources: listOf(sourceFile, 'sources', 1, LIMITS.sources).describe('Named corpora.'),
  allow_lists: listOf(allowListFile, 'allow-lists', 0, LIMITS.allowLists)
    .prefault([])
    .describe('Where and when text is known to be of one kind, why, and until when that counts.'),
  own_outputs: listOf(ownOutputFile, 'own outputs', 0, LIMITS.ownOutputs)
    .prefault([])
    .describe('What our own models wrote, to search against.'),
  benchmarks: listOf(benchmarkFile, 'benchmarks', 0, LIMITS.benchmarks)
    .prefault([])
    .describe('Evaluation sets that the mix must not hold.'),
  labels: labelsFile.prefault({}).describe('What a label needs: the policy, versioned.'),
  grants: z
    .union([
      text('the path of a grants file').transform((file) => ({ kind: 'file' as const, file })),
      listOf(grantFile, 'grants', 0, LIMITS.grants).transform((drafts) => ({
        kind: 'inline' as const,
        drafts,
      })),
    ])
    .prefault([])
    .describe('Path of a grants file, or its entries.'),
  caps: listOf(capFile, 'caps', 0, LIMITS.caps).prefault([]).describe('Hard limits.'),
  model_families: optional(
    mapping({
      min_count: wholeNumber(1, 100).prefault(1).describe('At least so many families.'),
      max_share: share().prefault(1).describe('At most this share of the synthetic tokens each.'),
    }).transform((m) => ({ minCount: m.min_count, maxShare: m.max_share })),
    'Variety of the synthetic text, mix-wide and in every domain that has any.',
  ),
  max_repetition_factor: repetition().prefault(1).describe('Passes over a document.'),
  ...planningFile,
  licence_budget: optional(licenceBudgetFile, 'The most that licences may cost.'),
  use: mapping({
    purposes: listOf(oneOf(USES), 'uses', 1, USES.length)
      .prefault(['pretrain'])
      .describe('What the mix is for; every grant must allow all of it.'),
    territory: territory().prefault('WORLD').describe('Where it is used.'),
    training_ends: optional(day(), 'Grants must still hold on this day.'),
  })
    .prefault({})
    .transform((u) => ({
      purposes: u.purposes,
      territory: u.territory,
      trainingEnds: u.training_ends,
    }))
    .describe('What the mix is for.'),
  near_duplicates: mapping({
    jaccard: decimalNumber(0.5, 1)
      .prefault(0.8)
      .describe('Jaccard of word 5-grams from which two documents are one.'),
  })
    .prefault({})
    .describe('When two documents are one text.'),
  rejects: mapping({
    max_share: share().prefault(0.01).describe('The build stops beyond this share of bad rows.'),
  })
    .prefault({})
    .transform((r) => ({ maxShare: r.max_share }))
    .describe('Unreadable rows.'),
  risk: optional(riskFile, 'Simulation of collapse on the mix’s own text, and its gate.'),
  review: optional(reviewFile, 'Which documents people are asked about, and who may answer.'),
  line: lineFile
    .prefault({})
    .describe('When arrivals become the next version; no part of the recipe’s identity.'),
  schedules: schedulesFile
    .prefault([])
    .describe('When the line is told to build; no part of the recipe’s identity.'),
  output: mapping({
    formats: listOf(oneOf(['parquet', 'arrow']), 'formats', 1, 2)
      .prefault(['parquet'])
      .describe('Which files are written.'),
    compression: oneOf(['zstd', 'snappy', 'gzip', 'uncompressed'])
      .prefault('zstd')
      .describe('Compression of the Parquet files.'),
    shard_megabytes: decimalNumber(1, 4096).prefault(256).describe('Size of a data file.'),
    holdout_share: decimalNumber(0, 0.5)
      .prefault(0)
      .describe('Share of documents that is never trained on, the same in every version.'),
  })
    .prefault({})
    .transform((o) => ({
      formats: o.formats,
      compression: o.compression,
      shardMegabytes: o.shard_megabytes,
      holdoutShare: o.holdout_share,
    }))
    .describe('What is written.'),
});
export type RecipeFile = z.output<typeof recipeFile>;

/** The recipe of a parsed file, once its grants are complete. */
export function recipeOfFile(file: RecipeFile, grants: readonly Grant[]): Recipe {
  return {
    schemaVersion: 1,
    name: file.name,
    version: file.version,
    seed: file.seed,
    tokenizer: file.tokenizer,
    tokenBudget: file.token_budget,
    targetShares: file.target_shares,
    targetTolerances: tolerancesOf(file.target_tolerance, file.target_shares),
    minBudgetShare: file.min_budget_share,
    sources: file.sources,
    allowLists: file.allow_lists,
    ownOutputs: file.own_outputs,
    benchmarks: file.benchmarks,
    labels: file.labels,
    grants: [...grants],
    caps: file.caps,
    modelFamilies: file.model_families,
    diversity: file.diversity,
    anchor: file.anchor,
    churnMax: file.churn_max,
    maxRepetitionFactor: file.max_repetition_factor,
    licenceBudget: file.licence_budget,
    use: file.use,
    nearDuplicates: file.near_duplicates,
    rejects: file.rejects,
    risk: file.risk,
    review: file.review,
    output: file.output,
  };
}

/** How the mix is kept going; no part of its identity. */
export function operationsOfFile({ line, schedules }: RecipeFile): Operations {
  return { line, schedules };
}
