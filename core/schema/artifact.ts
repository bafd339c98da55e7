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
