/** A document found again in what our own models wrote. */
import { z } from 'zod';

export const OWN_OUTPUT_METHODS = ['exact', 'minhash', 'retrieval'] as const;

export const ownOutputHit = z.strictObject({
  /** Name of the entry under `own_outputs`, and the id of the output in it. */
  output: z.string(),
  id: z.string(),
  modelFamily: z.string(),
  /** ISO day on which it was generated; null where nobody says. */
  generated: z.string().nullable(),
  method: z.enum(OWN_OUTPUT_METHODS),
  /** Cosine of TF-IDF vectors of character 4-grams, in [0, 1]. */
  cosine: z.number().min(0).max(1),
  /** Share of the document's character n-grams that stand in the output, in [0, 1]. */
  containment: z.number().min(0).max(1),
  /** Log-likelihood ratio (natural log) of "rewritten from this output" against "unrelated", >= 0. */
  strength: z.number().min(0),
  /** Where in the document: UTF-16 code units, [start, end). */
  span: z.tuple([z.int().min(0), z.int().min(0)]),
  /** Share of the document that the span is, in [0, 1]: a quotation is a small part. */
  covered: z.number().min(0).max(1),
});
export type OwnOutputHit = z.infer<typeof ownOutputHit>;

/**
 * What is known of a family of own outputs: how many of our own models lie between its text and
 * human text, and whether it was trained on this mix.
 */
export const lineage = z.strictObject({
  output: z.string(),
  modelFamily: z.string(),
  trainedOn: z.array(z.string()),
  /** 1: trained on text without own outputs; n + 1: trained on text of depth n. */
  depth: z.int().min(1),
  /** Versions of the mix under build that the family was trained on: its text coming back is a loop. */
  loops: z.array(z.string()),
});
export type Lineage = z.infer<typeof lineage>;
