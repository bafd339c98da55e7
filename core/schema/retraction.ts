/**
 * Retraction: text that may no longer be used, or labels that were overturned. What is withdrawn, what
 * published versions hold of it, who says so, and what was done; each a line of the ledger. No line and
 * no table of a retraction holds text.
 */
import { z } from 'zod';
import { artifactRef } from './artifact.js';
import { capUsage } from './plan.js';
import { execution, ownOutput, recipe } from './recipe.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const isoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const person = z.string().min(1).max(200);

/** Body of a ledger line of kind `register-run`: a model was trained on a published version. */
export const registeredRun = z.strictObject({
  /** name@version. */
  mix: z.string(),
  /** Digest of its `mix.json`: what the model really saw. */
  manifestSha256: sha256,
  model: z.string().min(1).max(200),
  /** Family under which its outputs stand in a mix; the model's name where nobody says. */
  family: z.string().min(1).max(200),
  started: isoDate.nullable(),
  ended: isoDate.nullable(),
  note: z.string().max(2_000).nullable(),
});
export type RegisteredRun = z.infer<typeof registeredRun>;

/** Documents by source and id, and texts by digest; both sorted. A file of the workspace. */
export const withdrawnDocuments = z.strictObject({
  schemaVersion: z.literal(1),
  documents: z.array(z.tuple([z.string(), z.string()])),
  textSha256: z.array(sha256),
});
export type WithdrawnDocuments = z.infer<typeof withdrawnDocuments>;

/**
 * What a retraction is about. `grant`, `source`: every row under it. `documents`: these, and every copy
 * with the same text. `label_documents`, `label_evidence`: text stays, labels of one mix are made anew.
 */
export const retractionScope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('grant'), grant: z.string().min(1) }),
  z.strictObject({ kind: z.literal('source'), source: z.string().min(1) }),
  z.strictObject({ kind: z.literal('documents'), documents: artifactRef }),
  z.strictObject({
    kind: z.literal('label_documents'),
    mix: z.string().min(1),
    documents: artifactRef,
  }),
  z.strictObject({
    kind: z.literal('label_evidence'),
    mix: z.string().min(1),
    /** `family`, `family/tier`, `family/tier/reason`, as the column `reasons` of the labels writes it. */
    evidence: z.string().min(1),
  }),
]);
export type RetractionScope = z.infer<typeof retractionScope>;

const tally = {
  /** Distinct documents; rows are documents times their passes. */
  documents: z.int(),
  rows: z.int(),
  tokens: z.int(),
};

const tallyBy = z.array(z.strictObject({ name: z.string(), ...tally, passesMax: z.int() }));

/** What one published version holds of what is retracted. */
export const versionImpact = z.strictObject({
  /** name@version. */
  mix: z.string(),
  manifestSha256: sha256,
  /** Of the training split. */
  ...tally,
  passesMax: z.int(),
  holdout: z.strictObject(tally),
  byDomain: tallyBy,
  byProvenance: tallyBy,
  /** Caps that its rows would break without the retracted ones; null where its recipe cannot be read. */
  capsBroken: z.array(capUsage).nullable(),
  /** Models that were registered as trained on it. */
  runs: z.array(registeredRun),
});
export type VersionImpact = z.infer<typeof versionImpact>;

/** Synthetic text in a version whose family was trained on an affected version. It is not withdrawn. */
export const derivedText = z.strictObject({
  mix: z.string(),
  modelFamily: z.string(),
  /** Affected versions, or versions with text derived from them, that the family was trained on. */
  trainedOn: z.array(z.string()),
  ...tally,
});
export type DerivedText = z.infer<typeof derivedText>;

/** Answer of the impact query, over every published version that still has its data. */
export const impact = z.strictObject({
  schemaVersion: z.literal(1),
  key: z.string(),
  scope: retractionScope,
  /** Versions read, affected or not, and versions whose data files were deleted before. */
  versionsRead: z.array(z.strictObject({ mix: z.string(), manifestSha256: sha256 })),
  versionsDeleted: z.array(z.string()),
  /** Affected versions, by name and version. */
  versions: z.array(versionImpact),
  derived: z.array(derivedText),
  notes: z.array(z.string()),
});
export type Impact = z.infer<typeof impact>;

/** References of an impact: summary, rows without text, derived rows, documents with the digests of their texts. */
export const impactRefs = z.strictObject({
  summary: artifactRef,
  rows: artifactRef,
  derived: artifactRef,
  documents: artifactRef,
});
export type ImpactRefs = z.infer<typeof impactRefs>;

/** Body of a ledger line of kind `retraction`. From it on, builds leave out what it names. */
export const retractionLine = z.strictObject({
  key: z.string(),
  scope: retractionScope,
  reason: z.string(),
  requestedBy: person,
  /** Day from which the text may not be used, as the person says; builds leave it out from this line on. */
  effective: isoDate,
  impact: impactRefs,
  /** Affected versions, name@version. */
  versions: z.array(z.string()),
});
export type RetractionLine = z.infer<typeof retractionLine>;

/** One retraction as a build sees it. */
export const pinnedRetraction = z.strictObject({
  key: z.string(),
  scope: retractionScope,
  reason: z.string(),
  /** Documents and digests of their texts; of scopes with documents. */
  documents: z.array(artifactRef),
});
export type PinnedRetraction = z.infer<typeof pinnedRetraction>;

/** All retractions that a build knows, by key. */
export const retractionList = z.strictObject({
  schemaVersion: z.literal(1),
  retractions: z.array(pinnedRetraction),
});
export type RetractionList = z.infer<typeof retractionList>;

export const VERSION_STATES = ['published', 'superseded', 'withdrawn', 'deleted'] as const;
export const versionState = z.enum(VERSION_STATES);
export type VersionState = z.infer<typeof versionState>;

const removedCopy = z.strictObject({
  /** Folder of a cached artifact, relative to the workspace. */
  path: z.string(),
  kind: z.string(),
});

/** Cached artifacts that hold copies of a text. */
export const copyList = z.array(removedCopy);
export type CopyList = z.infer<typeof copyList>;

/** What is read of an artifact's record and of a packet to find copies; of a recipe to find derived text. */
export const profileMadeOfSource = z.object({ source: z.string() });
export const shownDocuments = z.object({
  documents: z.array(z.object({ source: z.string(), id: z.string(), textSha256: z.string() })),
});
export const declaredOutputs = z.object({ ownOutputs: z.array(ownOutput) });

const versionStatus = z.strictObject({
  mix: z.string(),
  manifestSha256: sha256,
  state: versionState,
  /** Files that were removed, with the digests that the manifest has of them. */
  removed: z.array(z.strictObject({ path: z.string(), sha256 })),
});

const rebuilt = z.strictObject({
  /** Name of the mix. */
  name: z.string(),
  newestAffected: z.string(),
  /** The first published version after it that the retraction does not touch; null where there is none. */
  version: z.string().nullable(),
  manifestSha256: sha256.nullable(),
});

/** The deletion certificate: what was withdrawn, where it stood, what was removed, what remains. */
export const certificate = z.strictObject({
  schemaVersion: z.literal(1),
  key: z.string(),
  act: z.enum(['withdrawn', 'relabelled']),
  scope: retractionScope,
  reason: z.string(),
  requestedBy: z.string(),
  effective: isoDate,
  /** Ledger lines that record it, by sequence and hash. */
  recorded: z.array(z.strictObject({ sequence: z.int(), hash: sha256, at: z.string() })),
  /** `tombstones.parquet` beside this file; null where nothing is withdrawn. */
  tombstones: z.strictObject({ sha256, rows: z.int() }).nullable(),
  versions: z.array(versionStatus),
  rebuilt: z.array(rebuilt),
  runs: z.array(registeredRun),
  copiesRemoved: z.array(removedCopy),
  /** Cached artifacts that hold copies and were left: deletion was not asked for. */
  copiesKept: z.array(removedCopy),
  remains: z.array(z.string()),
});
export type Certificate = z.infer<typeof certificate>;

/** Body of a ledger line of kind `tombstones`: how a retraction stands; the last line of a key counts. */
export const tombstonesLine = z.strictObject({
  key: z.string(),
  /** Folder with `certificate.json`, `certificate.html` and `tombstones.parquet`, relative to the workspace. */
  folder: z.string(),
  certificateSha256: sha256,
  tombstones: z.strictObject({ sha256, rows: z.int() }).nullable(),
  versions: z.array(versionStatus),
  rebuilt: z.array(rebuilt),
  copiesRemoved: z.array(removedCopy),
});
export type TombstonesLine = z.infer<typeof tombstonesLine>;

/** What starts a retraction; complete. */
export const retractInput = z.strictObject({
  schemaVersion: z.literal(1),
  workspace: z.string(),
  key: z.string(),
  scope: retractionScope,
  reason: z.string(),
  requestedBy: person,
  effective: isoDate,
  /** Day on which grants of rebuilt versions are judged; their versions carry it. */
  asOf: isoDate,
  /** Where relative paths of recipes start, by name of the mix; '' for those that nobody named. */
  baseFolders: z.record(z.string(), z.string()),
  deleteCopies: z.boolean(),
  deleteVersions: z.boolean(),
});
export type RetractInput = z.infer<typeof retractInput>;

/** The build that follows a retraction, complete. */
export const rebuildInput = z.strictObject({ recipe, execution });
export type RebuildInput = z.infer<typeof rebuildInput>;
