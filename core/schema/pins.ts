/** Pins: the exact files of a build, by digest, fixed before anything is read. */
import { z } from 'zod';
import { lineage } from './own-output.js';

export const pinnedShard = z.strictObject({
  /** As the record keeps it: relative to the recipe's folder where the recipe says so. */
  file: z.string(),
  sha256: z.string(),
  bytes: z.int(),
  modifiedMs: z.number(),
  /** The object store's own mark of the content; null for a file on a disk. */
  etag: z.string().nullable().default(null),
  format: z.string(),
});
export type PinnedShard = z.infer<typeof pinnedShard>;

/** A published version of the mix, by what it holds. */
export const publishedMix = z.strictObject({
  version: z.string(),
  /** Digest of its `mix.json`, which holds the digest of every file. */
  manifestSha256: z.string(),
});
export type PublishedMix = z.infer<typeof publishedMix>;

export const pins = z.strictObject({
  schemaVersion: z.literal(1),
  recipeFingerprint: z.string(),
  /** Name written into files, and digest of the file where it is one. */
  tokenizer: z.strictObject({
    name: z.string(),
    sha256: z.string().nullable(),
    file: z.string().nullable(),
  }),
  sources: z.array(z.strictObject({ name: z.string(), shards: z.array(pinnedShard) })),
  /** Files of own outputs and of benchmarks, by the names of their entries. */
  ownOutputs: z.array(z.strictObject({ name: z.string(), shards: z.array(pinnedShard) })),
  benchmarks: z.array(z.strictObject({ name: z.string(), file: pinnedShard })),
  /** Lists of terms whose survival is watched. */
  terms: z.array(z.strictObject({ name: z.string(), file: pinnedShard })).default([]),
  /** Lineage of every family of own outputs, from the registry and the published versions. */
  lineages: z.array(lineage),
  /** What the plan looks back at; null where nothing in the recipe does, or no version stands yet. */
  previous: z
    .strictObject({
      ...publishedMix.shape,
      /** The version whose human text is to stay; null where the recipe has no `anchor`. */
      anchor: publishedMix.nullable(),
    })
    .nullable(),
});
export type Pins = z.infer<typeof pins>;
