/** Provenance labels: what a document is. A closed set; codes are positions in `LABELS`. */
import { z } from 'zod';

export const LABELS = ['human_authored', 'human_edited', 'synthetic', 'unknown'] as const;
export const label = z.enum(LABELS);
export type Label = z.infer<typeof label>;

/** The three classes that a truth can have; `unknown` is a decision to abstain. */
export const TRUTH_LABELS = ['human_authored', 'human_edited', 'synthetic'] as const;
export type TruthLabel = (typeof TRUTH_LABELS)[number];

export const EDIT_DIRECTIONS = [
  'ai_then_human',
  'human_then_ai',
  'interleaved',
  'unknown',
] as const;
export const editDirection = z.enum(EDIT_DIRECTIONS);
export type EditDirection = z.infer<typeof editDirection>;

export const UNKNOWN_REASONS = [
  'no_evidence',
  'weak',
  'conflict',
  'out_of_scope',
  'uncalibrated',
] as const;
export const unknownReason = z.enum(UNKNOWN_REASONS);
export type UnknownReason = z.infer<typeof unknownReason>;

/** Text by a language model, or by a program that fills in records. */
export const syntheticKind = z.enum(['llm', 'programmatic']);
export type SyntheticKind = z.infer<typeof syntheticKind>;

export function labelCode(value: Label): number {
  return LABELS.indexOf(value);
}
