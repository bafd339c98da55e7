/**
 * What the demo is made of. A document has a source, a domain and, because we made or chose it
 * ourselves, a known truth. The truth never stands in a data file: it goes to `demo-truth.jsonl`,
 * which only the demo's last table reads.
 */
import type { TruthLabel } from '../../core/schema/label.js';

export const DEMO_SOURCES = [
  'sotu',
  'novels',
  'archive',
  'readmes',
  'mirror',
  'generated',
] as const;
export type DemoSource = (typeof DEMO_SOURCES)[number];

export const DEMO_DOMAINS = ['government', 'literature', 'software'] as const;
export type DemoDomain = (typeof DEMO_DOMAINS)[number];

/** How a document of the mirror came about. */
export type Planted = 'exact_copy' | 'near_copy' | 'edited' | 'undeclared';

export interface DemoDocument {
  readonly id: string;
  readonly text: string;
  readonly source: DemoSource;
  readonly domain: DemoDomain;
  /** What it really is; null for the READMEs, which nobody declared and we did not see written. */
  readonly truth: TruthLabel | null;
  /** ISO date of publication, where stated. */
  readonly created?: string;
  readonly url?: string;
  /** SPDX expression of the package, where it is valid. */
  readonly license?: string;
  readonly modelFamily?: string;
  readonly planted?: Planted;
  /** Of a planted copy: the id of the document that it was made from. */
  readonly copyOf?: string;
}

/** One JSON line of a data file: only what a real source would say about itself. */
export function dataLine(document: DemoDocument): string {
  const row: Record<string, string> = { id: document.id, text: document.text };
  row.domain = document.domain;
  if (document.created !== undefined) row.created = document.created;
  if (document.url !== undefined) row.url = document.url;
  if (document.license !== undefined) row.license = document.license;
  if (document.modelFamily !== undefined) row.model_family = document.modelFamily;
  return `${JSON.stringify(row)}\n`;
}

/** One JSON line of `demo-truth.jsonl`. */
export function truthLine(document: DemoDocument): string {
  const { id, source, domain, truth } = document;
  const planted = document.planted === undefined ? {} : { planted: document.planted };
  const copyOf = document.copyOf === undefined ? {} : { copy_of: document.copyOf };
  return `${JSON.stringify({ id, source, domain, truth, ...planted, ...copyOf })}\n`;
}
