/** A reference to bytes in the workspace; activities exchange these, never rows. */
import { z } from 'zod';

export const artifactRef = z.strictObject({
  /** Relative to the workspace, with forward slashes. */
  path: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  rows: z.int().min(0),
  bytes: z.int().min(0),
});
export type ArtifactRef = z.infer<typeof artifactRef>;

/** What made a content-addressed artifact, written beside its files as the last one. */
export const artifactRecord = z.strictObject({
  kind: z.string(),
  key: z.string(),
  madeOf: z.unknown(),
  files: z.record(z.string(), artifactRef),
  /** Counts that a reader wants without opening the files. */
  summary: z.unknown(),
});
export type ArtifactRecord = z.infer<typeof artifactRecord>;
