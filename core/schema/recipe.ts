/**
 * The recipe: what is wanted. This schema is identity: complete (no default, no transform), in
 * camelCase, and hashed into the fingerprint (less `name` and `version`). `recipe-file.ts` is the
 * only crossing from what people write. The workflow parses this schema on replay: never tighten it.
 */
import { z } from 'zod';
import { grant, use } from './grant.js';
import { label } from './label.js';
import { LIMITS } from './limits.js';

const share = z.number().min(0).max(1);
const tokens = z.int().min(0).max(LIMITS.tokenBudget);
const isoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

export const tokenizerSpec = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('o200k_base') }),
  z.strictObject({ kind: z.literal('cl100k_base') }),
  z.strictObject({ kind: z.literal('bytes') }),
  /** A `tokenizer.json`; pinned by digest when the build starts. */
  z.strictObject({ kind: z.literal('file'), path: z.string() }),
]);
export type TokenizerSpec = z.infer<typeof tokenizerSpec>;

/** A constant, or the value of a field of each row. */
const constantOrField = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant'), value: z.string() }),
  z.strictObject({ kind: z.literal('field'), field: z.string() }),
]);

export const declaredProvenance = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('declared'), label }),
  /** `map` gives the label of a field's value; a value outside the map that is itself a label is taken; any other declares nothing. */
  z.strictObject({ kind: z.literal('field'), field: z.string(), map: z.record(z.string(), label) }),
  z.strictObject({ kind: z.literal('none') }),
]);
export type DeclaredProvenance = z.infer<typeof declaredProvenance>;

export const fieldMapping = z.strictObject({
  id: z.string(),
  text: z.string(),
  created: z.string(),
  url: z.string(),
});
export type FieldMapping = z.infer<typeof fieldMapping>;

export const source = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
  paths: z.array(z.string()).min(1),
  fields: fieldMapping,
  domain: constantOrField,
  provenance: declaredProvenance,
  modelFamily: constantOrField.nullable(),
  grant: constantOrField.nullable(),
  value: z.number().min(0),
  maxRepetitionFactor: z.number().min(0).max(LIMITS.maxRepetitionFactor).nullable(),
  /** Fields copied into the `metadata` column of the written mix, as JSON. */
  metadata: z.array(z.string()),
});
export type Source = z.infer<typeof source>;

export const allowList = z.strictObject({
  source: z.string(),
  before: isoDate.nullable(),
  after: isoDate.nullable(),
  label,
  reason: z.string().min(1),
  expires: isoDate,
});
export type AllowList = z.infer<typeof allowList>;

export const capLimit = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('max_share'), share }),
  z.strictObject({ kind: z.literal('min_share'), share }),
  z.strictObject({ kind: z.literal('max_tokens'), tokens }),
  z.strictObject({ kind: z.literal('min_tokens'), tokens }),
]);
export type CapLimit = z.infer<typeof capLimit>;

/**
 * A hard limit on tokens really written. The scope (`domain`: a name, `each`, or `all`) is the
 * denominator of a share; the filters (provenance, source, model family, licensed) select the part.
 */
export const cap = z.strictObject({
  id: z.string().min(1),
  domain: z.string(),
  provenance: z.array(label).nullable(),
  source: z.string().nullable(),
  modelFamily: z.string().nullable(),
  /** true: only text under a grant that allows the recipe's use counts (all written text has one). */
  licensed: z.boolean().nullable(),
  limit: capLimit,
  reason: z.string(),
});
export type Cap = z.infer<typeof cap>;

export const recipe = z.strictObject({
  schemaVersion: z.literal(1),
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/),
  version: z.string().regex(/^(dev|\d{4}\.\d{2}\.\d{2}(\.\d+)?)$/),
  seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  tokenizer: tokenizerSpec,
  tokenBudget: tokens.min(1),
  targetShares: z.record(z.string(), share),
  sources: z.array(source).min(1).max(LIMITS.sources),
  allowLists: z.array(allowList).max(LIMITS.allowLists),
  ownOutputs: z.array(z.unknown()),
  benchmarks: z.array(z.unknown()),
  grants: z.array(grant).max(LIMITS.grants),
  caps: z.array(cap).max(LIMITS.caps),
  modelFamilies: z.strictObject({ minCount: z.int().min(1).max(100), maxShare: share }).nullable(),
  maxRepetitionFactor: z.number().min(0).max(LIMITS.maxRepetitionFactor),
  licenceBudget: z
    .strictObject({
      currency: z.string().regex(/^[A-Z]{3}$/),
      /** Decimal string in major units, as written: "12000.00". */
      amount: z.string().regex(/^\d+(\.\d{1,6})?$/),
    })
    .nullable(),
  use: z.strictObject({
    purposes: z.array(use).min(1),
    territory: z.string(),
    trainingEnds: isoDate.nullable(),
  }),
  /** Near-duplicates: Jaccard of word 5-gram sets at which two documents are one text. */
  nearDuplicates: z.strictObject({ jaccard: z.number().min(0.5).max(1) }),
  /** The build stops when a source rejects more than this share of the rows it read. */
  rejects: z.strictObject({ maxShare: share }),
  risk: z.unknown(),
  review: z.unknown(),
  output: z.strictObject({
    formats: z.array(z.enum(['parquet', 'arrow'])).min(1),
    compression: z.enum(['zstd', 'snappy', 'gzip', 'uncompressed']),
    shardMegabytes: z.number().min(1).max(4096),
    holdoutShare: z.number().min(0).max(0.5),
  }),
});
export type Recipe = z.infer<typeof recipe>;

/** Where and how a recipe is carried out; no part of its identity. */
export const execution = z.strictObject({
  /** Absolute path of the workspace. */
  workspace: z.string(),
  /** Absolute folder that the recipe's relative paths start from. */
  baseFolder: z.string(),
  /** `plan` stops after the plan and publishes nothing. */
  until: z.enum(['plan', 'publish']),
  /** sha256 of the canonical recipe less name and version. */
  recipeFingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  /** ISO date on which grants and allow-lists are judged: the day the build was asked for. */
  asOf: isoDate,
});
export type Execution = z.infer<typeof execution>;
