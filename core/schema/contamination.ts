/** A benchmark item found again in a document. */
import { z } from 'zod';

/** `item`: a short item stands in it whole; `13-gram`, `8-gram`: that many words in a row do. */
export const CONTAMINATION_KINDS = ['item', '13-gram', '8-gram'] as const;

export const contaminationHit = z.strictObject({
  benchmark: z.string(),
  /** Place of the item in the benchmark's file, from 1, and the field that was found. */
  item: z.int().min(1),
  field: z.string(),
  kind: z.enum(CONTAMINATION_KINDS),
  /** Share of the field's n-grams of that length that stand in the document, in (0, 1]. */
  ratio: z.number().min(0).max(1),
  /** Where in the document: UTF-16 code units, [start, end). */
  span: z.tuple([z.int().min(0), z.int().min(0)]),
});
export type ContaminationHit = z.infer<typeof contaminationHit>;
