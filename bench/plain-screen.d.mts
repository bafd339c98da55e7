import type { ContaminationHit } from '../core/schema/contamination.js';
import type { BenchmarkItem } from '../engines/ngram/ngram-screen.js';

/** What the plain screen finds: hits less their spans, one key each, sorted. */
export function plainScreen(
  items: Iterable<BenchmarkItem>,
  options?: { readonly tellingLeast?: { readonly gram: number; readonly item: number } },
): (text: string) => string[];

/** The same key of one hit. */
export function hitKey(hit: ContaminationHit): string;
