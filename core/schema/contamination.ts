/** A benchmark item found again in a document. */
import { z } from 'zod';
import { label } from './label.js';
import { shareEstimate } from './truth-shares.js';

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

const contaminationTally = z.strictObject({
  /** Left out for it. */
  documentsDropped: z.int().min(0),
  tokensDropped: z.int().min(0),
  /** With hits that leave the document where it is: 8-grams, or a benchmark whose action is `flag`. */
  documentsFlagged: z.int().min(0),
});

/** A benchmark that a version was screened for, so that it can be screened again. */
export const screenedBenchmark = z.strictObject({
  name: z.string(),
  version: z.string().nullable(),
  path: z.string(),
  sha256: z.string(),
  fields: z.array(z.string()),
  action: z.enum(['drop', 'flag']),
  items: z.int().min(0),
  /** Items of which no field is looked for: too short, or without words that tell anything. */
  itemsUnsearched: z.int().min(0),
  ...contaminationTally.shape,
  byDomain: z.record(z.string(), contaminationTally),
});
export type ScreenedBenchmark = z.infer<typeof screenedBenchmark>;

/** A benchmark's own items, labelled as documents are: evaluation sets rot too. */
export const benchmarkLabels = z.strictObject({
  name: z.string(),
  version: z.string().nullable(),
  sha256: z.string(),
  items: z.int().min(0),
  byLabel: z.record(label, z.int().min(0)),
  /** Share of the items that is synthetic; [0, 1] where nothing is known. */
  syntheticShare: shareEstimate,
});
export type BenchmarkLabels = z.infer<typeof benchmarkLabels>;
