/**
 * Arrivals: files that came in for a source of a mix, by digest. The line of the mix (`mix-line/<name>`)
 * takes each once, and gives it to exactly one next version.
 */
import { z } from 'zod';
import { artifactRef } from './artifact.js';
import { LIMITS } from './limits.js';
import { lineSettings } from './operations.js';
import { execution, recipe } from './recipe.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A file that came in. */
export const arrival = z.strictObject({
  source: z.string(),
  /** As a path of the recipe: relative to its folder, absolute, or s3://. */
  file: z.string().max(2_048),
  sha256,
  bytes: z.int().min(0),
  /** Tokens of its usable rows; null where nobody counted yet. */
  tokens: z.int().min(0).nullable(),
});
export type Arrival = z.infer<typeof arrival>;

export const arriveInput = z.strictObject({
  arrivals: z.array(arrival).min(1).max(LIMITS.arrivalsPerMessage),
  by: z.string().min(1).max(200),
});
export type ArriveInput = z.infer<typeof arriveInput>;

/** What became of one file: taken to wait for the next version, or known by its digest already. */
export const arrivedFile = z.strictObject({
  file: z.string(),
  sha256,
  state: z.enum(['waiting', 'building', 'published', 'refused']),
  /** True where this digest had arrived before. */
  known: z.boolean(),
  /** Version that took it; null while it waits. */
  version: z.string().nullable(),
  /** Why it is in no version; null unless refused. */
  reason: z.string().nullable(),
});
export type ArrivedFile = z.infer<typeof arrivedFile>;

/** While it is frozen a line takes arrivals and builds nothing. A freeze is lifted by whoever asked for it. */
export const lineFreeze = z.strictObject({ reason: z.string(), by: z.string() });
export type LineFreeze = z.infer<typeof lineFreeze>;

/** A schedule's word to the line. */
export const lineTick = z.strictObject({
  schedule: z.string(),
  atMs: z.number(),
  act: z.enum(['build-new', 'build-always']),
});
export type LineTick = z.infer<typeof lineTick>;

/** A build of the line that is under way. */
export const lineBuild = z.strictObject({
  version: z.string(),
  /** New files in it. */
  arrivals: z.int(),
});
export type LineBuild = z.infer<typeof lineBuild>;

/** What a run of a line hands to the next one beside what a start says. */
export const lineMemory = z.strictObject({
  /** Of the list. */
  counts: z.strictObject({
    waiting: z.int(),
    tokensWaiting: z.int(),
    taken: z.int(),
    refused: z.int(),
  }),
  building: lineBuild.nullable(),
  freezes: z.array(lineFreeze),
  /** The strongest tick that came during a build or a freeze. */
  tick: lineTick.nullable(),
  /** Newest version that a build was ever started under. */
  lastTried: z.string().nullable(),
  lastOutcome: z.string().nullable(),
  /** Builds that failed in a row. */
  failures: z.int(),
  retryAtMs: z.number().nullable(),
  /** First arrival that no build has been composed without; null where nothing is new. */
  newSinceMs: z.number().nullable(),
  lastArrivalAtMs: z.number().nullable(),
});
export type LineMemory = z.infer<typeof lineMemory>;

/** What starts a line; complete. `state` is what earlier runs of it knew. */
export const mixLineInput = z.strictObject({
  schemaVersion: z.literal(1),
  /** Its version is replaced by the next one at every build. */
  recipe,
  execution,
  settings: lineSettings,
  state: z.strictObject({
    lastPublished: z.string().nullable(),
    pending: z.array(z.strictObject({ ...arrival.shape, atMs: z.number() })),
    /** Every arrival that a version took or that was refused; a file of the workspace. */
    taken: artifactRef.nullable(),
    frozen: z.string().nullable(),
    /** Left out by a start. */
    memory: lineMemory.optional(),
  }),
  /** Builds and messages of one run before it continues as new. */
  turnsPerRun: z.int().min(1),
});
export type MixLineInput = z.infer<typeof mixLineInput>;

/** A running line gets another recipe for its next build. */
export const lineSetup = z.strictObject({ recipe, execution, settings: lineSettings });
export type LineSetup = z.infer<typeof lineSetup>;

/** What a sender of arrivals asks a running line. */
export const lineSources = z.strictObject({
  workspace: z.string(),
  baseFolder: z.string(),
  recipeFingerprint: z.string(),
  sources: z.array(z.strictObject({ name: z.string(), paths: z.array(z.string()) })),
});
export type LineSources = z.infer<typeof lineSources>;

export const lineStatus = z.strictObject({
  name: z.string(),
  lastPublished: z.string().nullable(),
  /** Version under way. */
  building: z.string().nullable(),
  pending: z.array(arrival),
  /** Files that wait on the list, beside those above. */
  listed: z.int(),
  /** Files that versions took, and files that none will take. */
  taken: z.int(),
  refused: z.int(),
  frozen: z.string().nullable(),
  /** When the next build is due as things stand; null where nothing waits. */
  dueAtMs: z.number().nullable(),
  /** What the last build came to, in a sentence; null before the first. */
  lastOutcome: z.string().nullable(),
});
export type LineStatus = z.infer<typeof lineStatus>;
