/**
 * The recipe: what is wanted. This schema is identity: complete (no default, no transform), in
 * camelCase, and hashed into the fingerprint (less `name` and `version`). `recipe-file.ts` is the
 * only crossing from what people write. The workflow parses this schema on replay: never tighten it.
 */
import { z } from 'zod';
import { grant, licenceTier, use } from './grant.js';
import { label } from './label.js';
import { LIMITS } from './limits.js';
import { platformRole } from './platform.js';
import { riskSettings } from './risk-settings.js';

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
export const constantOrField = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant'), value: z.string() }),
  z.strictObject({ kind: z.literal('field'), field: z.string() }),
]);

/**
 * Who says what a text is. `warranty`: a signed contract warrants it. `publisher`: whoever wrote,
 * made or published the text. `collector`: whoever gathered it.
 */
export const DECLARERS = ['warranty', 'publisher', 'collector'] as const;
export const declarer = z.enum(DECLARERS);
export type Declarer = z.infer<typeof declarer>;

export const declaredProvenance = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('declared'), label, by: declarer }),
  /** `map` gives the label of a field's value; a value outside the map that is itself a label is taken; any other declares nothing. */
  z.strictObject({
    kind: z.literal('field'),
    field: z.string(),
    map: z.record(z.string(), label),
    by: declarer,
  }),
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
  /** Language of its text, a BCP 47 tag; null where nobody says. */
  language: constantOrField.nullable(),
  /** Fields that say how a text came about, beside the well-known ones. */
  platform: z.strictObject({
    wellKnown: z.boolean(),
    fields: z.partialRecord(platformRole, z.string()),
  }),
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
  /** Only rows whose url matches this pattern (`*` stands for any characters); null: every row. */
  url: z.string().nullable(),
  /** Only rows whose author matches this pattern; null: every row. */
  author: z.string().nullable(),
  /** Share of its documents that reviewers are shown, to check it. */
  auditRate: share,
  label,
  reason: z.string().min(1),
  expires: isoDate,
});
export type AllowList = z.infer<typeof allowList>;

/** What our own models wrote, to search against. */
export const ownOutput = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
  paths: z.array(z.string()).min(1),
  fields: z.strictObject({ id: z.string(), text: z.string() }),
  modelFamily: constantOrField,
  /** When each was generated: a field of the rows, one day for all, or null where nobody knows. */
  generated: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('field'), field: z.string() }),
      z.strictObject({ kind: z.literal('constant'), day: isoDate }),
    ])
    .nullable(),
  /** Mix versions, name@version, that the models were trained on. */
  trainedOn: z.array(z.string()),
});
export type OwnOutput = z.infer<typeof ownOutput>;

/** An evaluation set that the mix must not hold. */
export const benchmark = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
  path: z.string(),
  /** Fields of an item that are looked for, each by itself: question, answer. */
  fields: z.array(z.string()).min(1),
  version: z.string().nullable(),
  action: z.enum(['drop', 'flag']),
});
export type Benchmark = z.infer<typeof benchmark>;

/** What a label needs. Its name changes with every number in it. */
export const labelPolicy = z.strictObject({
  policy: z.literal('labels-v2'),
  /** Posterior that each label needs; higher errs towards `unknown`. */
  thresholds: z.strictObject({ human_authored: share, human_edited: share, synthetic: share }),
  /** Conflict K from which a document goes to review. */
  reviewConflict: share,
  textStatistics: z.enum(['calibrated', 'off']),
  /** SHA-256 of the certificates under which a credential counts as signed. */
  trustAnchors: z.array(z.string()),
  reason: z.string(),
});
export type LabelPolicy = z.infer<typeof labelPolicy>;

/** Who must approve a plan before anything of it is written. */
export const approvalPolicy = z.strictObject({
  /** Empty: anyone who gives a name. */
  approvers: z.array(z.string()).max(LIMITS.reviewers),
  /** Different people who must approve. */
  approvals: z.int().min(1).max(10),
  /** Whether the approval of the person who asked for the build counts. */
  requesterApproves: z.boolean(),
  deadlineSeconds: z.int().min(1),
  onDeadline: z.enum(['reject', 'approve']),
});
export type ApprovalPolicy = z.infer<typeof approvalPolicy>;

/** Which documents people are asked about, and who may answer. */
export const reviewPolicy = z.strictObject({
  conflicts: z.enum(['all', 'sample', 'none']),
  /** Share of the documents asked about that chance alone picks. */
  randomShare: z.number().min(0.2).max(1),
  /** Share of the documents that two people see. */
  doubleShare: share,
  /** Documents asked about per build, and per packet. */
  documents: z.int().min(1).max(LIMITS.reviewDocuments),
  packetSize: z.int().min(1).max(200),
  /** Who may decide; empty: anyone who gives a name. */
  reviewers: z.array(z.string()).max(LIMITS.reviewers),
  /** Seconds after which the packets close. */
  deadlineSeconds: z.int().min(1),
  /** Seconds before a deadline at which those who owe an answer are reminded, largest first. */
  reminderSeconds: z.array(z.int().min(1)).max(10),
  /** Ed25519 public key of each person who signs, `ed25519:` and base64 of its 32 bytes. */
  keys: z.record(z.string(), z.string().regex(/^ed25519:[A-Za-z0-9+/]{43}=$/)),
  signatures: z.enum(['optional', 'required']),
  /** Null where nobody must approve. */
  approval: approvalPolicy.nullable(),
});
export type ReviewPolicy = z.infer<typeof reviewPolicy>;

/** What may be spread: model families of synthetic text, sources of a domain. */
export const DIVERSITY = ['families', 'sources'] as const;

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
  /** Counts text with at least so many own models behind it only. */
  lineageDepth: z.int().min(1).nullable(),
  /** Counts text of this host and its subdomains only. */
  site: z.string().nullable(),
  /** Counts text in this language only, a BCP 47 tag; `en` counts `en-GB` too. */
  language: z.string().nullable(),
  /** Counts text under grants of these licence tiers only. */
  licenceTier: z.array(licenceTier).nullable(),
  /** Confidence at which the cap holds over the uncertainty of labels; null: labels as they are. */
  confidence: z.number().min(0.5).max(0.9999).nullable(),
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
  /** By domain with a target: distance from it that costs nothing, in shares of the mix. */
  targetTolerances: z.record(z.string(), share),
  /** Share of the budget that must be reached; less is infeasible. */
  minBudgetShare: share,
  sources: z.array(source).min(1).max(LIMITS.sources),
  allowLists: z.array(allowList).max(LIMITS.allowLists),
  ownOutputs: z.array(ownOutput).max(LIMITS.ownOutputs),
  benchmarks: z.array(benchmark).max(LIMITS.benchmarks),
  labels: labelPolicy,
  grants: z.array(grant).max(LIMITS.grants),
  caps: z.array(cap).max(LIMITS.caps),
  modelFamilies: z.strictObject({ minCount: z.int().min(1).max(100), maxShare: share }).nullable(),
  /** Of what text shall be spread where nothing above decides. */
  diversity: z.array(z.enum(DIVERSITY)),
  /** Human text of an earlier version stays: at least this share of its tokens that may still be used. */
  anchor: z.strictObject({ keepHumanOf: z.string(), minShare: share }).nullable(),
  /** Most that the mix may move against the previous version, as total variation of strata, in [0, 1]. */
  churnMax: share.nullable(),
  maxRepetitionFactor: z.number().min(0).max(LIMITS.maxRepetitionFactor),
  licenceBudget: z
    .strictObject({
      currency: z.string().regex(/^[A-Z]{3}$/),
      /** Decimal string in major units, as written: "12000.00". */
      amount: z.string().regex(/^\d+(\.\d{1,6})?$/),
      /** Units of `currency` for one unit of another, decimal strings. */
      rates: z.record(z.string().regex(/^[A-Z]{3}$/), z.string().regex(/^\d+(\.\d{1,12})?$/)),
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
  /** Simulation of collapse and its gate; null: none. */
  risk: riskSettings.nullable(),
  review: reviewPolicy.nullable(),
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
  /** Who or what asked: `cli:<user>@<host>`, `line`, `retraction`. */
  requestedBy: z.string().min(1),
});
export type Execution = z.infer<typeof execution>;
