/** `mix.json`: the sum of a published version. Holds no clock; the ledger says when. */
import { z } from 'zod';
import { manifestApproval } from './approval-lines.js';
import { benchmarkLabels, screenedBenchmark } from './contamination.js';
import { capUsage, leftOut, sourceTally, stratumKey } from './plan.js';
import { riskDecision } from './risk.js';

export const dataFile = z.strictObject({
  path: z.string(),
  split: z.enum(['train', 'holdout']),
  format: z.enum(['parquet', 'arrow']),
  sha256: z.string(),
  bytes: z.int(),
  rows: z.int(),
  tokens: z.int(),
});
export type DataFile = z.infer<typeof dataFile>;

export const stratumOutcome = z.strictObject({
  ...stratumKey.shape,
  /** Versions that were published before own outputs were traced do not say it. */
  lineageDepth: stratumKey.shape.lineageDepth.default(0),
  site: stratumKey.shape.site.default(''),
  language: stratumKey.shape.language.default(''),
  anchored: stratumKey.shape.anchored.default(false),
  tokensAvailable: z.int(),
  /** What the wishes came to before whole tokens; null in versions published before it was kept. */
  tokensRequested: z.number().nullable().default(null),
  tokensPlanned: z.int(),
  tokensWritten: z.int(),
  documentsWritten: z.int(),
});
export type StratumOutcome = z.infer<typeof stratumOutcome>;

/** What the simulation of collapse came to; `risk.json` beside the manifest has all of it. */
export const manifestRisk = z.strictObject({
  decision: riskDecision,
  policy: z.string(),
  simulator: z.string(),
  /** Plans that were judged, this one included. */
  attempts: z.int().min(1),
  /** Caps that the gate added to the recipe above, by id. */
  capsAdded: z.array(z.string()),
});

export const manifest = z.strictObject({
  schemaVersion: z.literal(1),
  name: z.string(),
  version: z.string(),
  recipeFingerprint: z.string(),
  /** The resolved recipe, complete; with the caps that the gate added, which its fingerprint leaves out. */
  recipe: z.unknown(),
  seed: z.int(),
  tokenizer: z.string(),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
  policies: z.strictObject({ labels: z.string(), duplicates: z.string(), selection: z.string() }),
  asOf: z.string(),
  inputs: z.array(
    z.strictObject({ source: z.string(), path: z.string(), sha256: z.string(), bytes: z.int() }),
  ),
  sources: z.array(sourceTally),
  leftOut: z.array(leftOut),
  duplicates: z.strictObject({
    exactGroups: z.int(),
    nearPairs: z.int(),
    clusters: z.int(),
    documentsRemoved: z.int(),
  }),
  /** Benchmarks it was screened for, and labels of their own items; none in older manifests. */
  benchmarks: z.array(screenedBenchmark).default([]),
  evaluation: z.array(benchmarkLabels).default([]),
  tokenBudget: z.int(),
  tokensPlanned: z.int(),
  tokensWritten: z.int(),
  documentsWritten: z.int(),
  /** Per domain: target share (null where none), and share really written. */
  targets: z.array(
    z.strictObject({
      domain: z.string(),
      target: z.number().nullable(),
      written: z.number(),
      tokens: z.int(),
    }),
  ),
  strata: z.array(stratumOutcome),
  /** Strata that were planned and hold no document, each with the reason; none in older manifests. */
  notes: z.array(z.string()).default([]),
  /** Caps recomputed from the written files by the second reader. */
  caps: z.array(capUsage),
  licenceCost: z.strictObject({ currency: z.string(), minorUnits: z.int() }).nullable(),
  /** Null where the recipe asks for no simulation; older manifests had none. */
  risk: manifestRisk.nullable().default(null),
  /** Who approved what; null where the recipe asks nobody; older manifests had none. */
  approval: manifestApproval.nullable().default(null),
  holdout: z.strictObject({ documents: z.int(), tokens: z.int() }),
  files: z.array(dataFile),
  /** Every other file of the version with its digest, by path. */
  attachments: z.array(z.strictObject({ path: z.string(), sha256: z.string(), bytes: z.int() })),
  previousVersion: z.string().nullable(),
});
export type Manifest = z.infer<typeof manifest>;
