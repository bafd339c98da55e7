/** Counts documents with benchmark items by benchmark and domain, while a shard is labelled. */
import type { ContaminationHit } from '../core/schema/contamination.js';
import { CONTAMINATED, type ContaminationTally, type LabelSummary } from './label-columns.js';

/** One document: where it stands, what was found in it, and what became of it. */
export interface ScreenedDocument {
  readonly domain: string;
  readonly tokens: number;
  readonly outcome: string;
  readonly hits: readonly ContaminationHit[];
  /** Benchmarks whose hits drop it. */
  readonly contaminatedBy: readonly string[];
}

const NONE: ContaminationTally = { documentsDropped: 0, tokensDropped: 0, documentsFlagged: 0 };

function sum(a: ContaminationTally, b: ContaminationTally): ContaminationTally {
  return {
    documentsDropped: a.documentsDropped + b.documentsDropped,
    tokensDropped: a.tokensDropped + b.tokensDropped,
    documentsFlagged: a.documentsFlagged + b.documentsFlagged,
  };
}

export class ContaminationCounter {
  readonly #tallies = new Map<string, Map<string, ContaminationTally>>();

  add({ domain, tokens, outcome, hits, contaminatedBy }: ScreenedDocument): void {
    for (const benchmark of new Set(hits.map((hit) => hit.benchmark))) {
      // A duplicate that is left out as such is neither: its kept copy is counted.
      if (outcome === CONTAMINATED && contaminatedBy.includes(benchmark))
        this.#count(benchmark, domain, { ...NONE, documentsDropped: 1, tokensDropped: tokens });
      else if (!contaminatedBy.includes(benchmark))
        this.#count(benchmark, domain, { ...NONE, documentsFlagged: 1 });
    }
  }

  #count(benchmark: string, domain: string, tally: ContaminationTally): void {
    const domains = this.#tallies.get(benchmark) ?? new Map<string, ContaminationTally>();
    this.#tallies.set(benchmark, domains);
    domains.set(domain, sum(domains.get(domain) ?? NONE, tally));
  }

  addAll(summary: LabelSummary['contamination']): void {
    for (const [benchmark, domains] of Object.entries(summary))
      for (const [domain, tally] of Object.entries(domains)) this.#count(benchmark, domain, tally);
  }

  /** By benchmark, then by domain, names in code order. */
  summary(): LabelSummary['contamination'] {
    const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] =>
      [...map].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(
      sorted(this.#tallies).map(([name, domains]) => [name, Object.fromEntries(sorted(domains))]),
    );
  }

  /** Sums over the domains of one benchmark. */
  total(benchmark: string): ContaminationTally {
    return [...(this.#tallies.get(benchmark)?.values() ?? [])].reduce(sum, NONE);
  }

  domains(benchmark: string): Readonly<Record<string, ContaminationTally>> {
    return this.summary()[benchmark] ?? {};
  }
}
