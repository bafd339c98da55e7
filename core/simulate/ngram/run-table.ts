/**
 * The table people know: 10, 30, 60 and 90 % synthetic text over generations 1-5, replace against accumulate, one
 * model family against several, on the words of all domains together. Human text is the fixed set of the mix.
 */
import { derive } from '../../random/draw.js';
import { RandomStream } from '../../random/stream.js';
import type { TableRow, WordSample } from '../../schema/risk.js';
import { meanInterval } from '../../stats/moments.js';
import { shuffled } from './corpus.js';
import { runGenerations } from './loop.js';
import type { LoopMetric, LoopSettings } from './loop-settings.js';
import { SCORING_DISCOUNT } from './score.js';
import { LEAST_HOLDOUT, splitSample } from './split.js';

export const TABLE_SHARES = [0.1, 0.3, 0.6, 0.9] as const;
export const TABLE_GENERATIONS = 5;
export const TABLE_POLICIES = ['replace', 'accumulate'] as const;
export const TABLE_FAMILIES = [1, 4] as const;
export const TABLE_METRICS = [
  'survival',
  'perplexityRatio',
  'distinct2',
  'effectiveVocabulary',
] as const satisfies readonly LoopMetric[];

/** Words of all domains together, so that the table of 16 loops stays within a minute or two. */
export const TABLE_WORDS = 200_000;

export interface TableRun {
  readonly samples: readonly WordSample[];
  readonly runs: number;
  readonly seed: number;
  /** Called after each generation of each loop; may throw to stop. */
  readonly tick: (done: number, total: number) => void;
}

interface Cell {
  readonly syntheticShare: number;
  readonly policy: LoopSettings['policy'];
  readonly families: number;
}

/** Rows by policy, families, synthetic share, metric and g = 0..5; none where the samples have no words to split. */
export function runTable({ samples, runs, seed, tick }: TableRun): TableRow[] {
  const sample = joinSamples(samples, seed);
  const cells: Cell[] = TABLE_POLICIES.flatMap((policy) =>
    TABLE_FAMILIES.flatMap((families) =>
      TABLE_SHARES.map((syntheticShare) => ({ policy, families, syntheticShare })),
    ),
  );
  const found = cells.map(() => new Map<string, number[]>());
  const total = runs * cells.length * TABLE_GENERATIONS;
  let done = 0;
  for (let run = 0; run < runs; run++) {
    const text = splitSample(sample, { seed, run, holdout: LEAST_HOLDOUT });
    if (text === null) return [];
    cells.forEach((cell, i) => {
      const { values } = runGenerations({
        ...{ text, words: text.training.words.length, seed, run, domain: sample.domain },
        settings: settingsOf(cell),
        tick: () => tick(++done, total),
      });
      for (const metric of TABLE_METRICS) collect(found[i]!, metric, values[metric]);
    });
  }
  return cells.flatMap((cell, i) => rowsOf(cell, found[i]!));
}

function settingsOf({ syntheticShare, policy, families }: Cell): LoopSettings {
  return {
    ...{ order: 3, discount: SCORING_DISCOUNT, policy, human: 'fixed', temperature: 1 },
    generations: TABLE_GENERATIONS,
    humanShare: 1 - syntheticShare,
    families: Array.from({ length: families }, () => 1 / families),
  };
}

function collect(found: Map<string, number[]>, metric: string, curve: readonly (number | null)[]) {
  curve.forEach((value, g) => {
    if (value === null) return;
    const key = `${metric} ${g}`;
    const list = found.get(key);
    if (list === undefined) found.set(key, [value]);
    else list.push(value);
  });
}

function rowsOf(cell: Cell, found: ReadonlyMap<string, readonly number[]>): TableRow[] {
  return TABLE_METRICS.flatMap((metric) =>
    Array.from({ length: TABLE_GENERATIONS + 1 }, (_, g) => g).flatMap((g) => {
      const values = found.get(`${metric} ${g}`);
      if (values === undefined) return [];
      const { mean, low, high } = meanInterval(values);
      return [{ ...cell, metric, g, mean, low, high, runs: values.length }];
    }),
  );
}

/**
 * One sample of all domains: the same share of each one's words, whole documents in an order drawn by the seed,
 * at most TABLE_WORDS in all. Words of one spelling are one type.
 */
export function joinSamples(samples: readonly WordSample[], seed: number): WordSample {
  const sorted = [...samples].sort((a, b) =>
    a.domain < b.domain ? -1 : a.domain > b.domain ? 1 : 0,
  );
  const words = sorted.reduce((sum, sample) => sum + wordsOf(sample), 0);
  const rate = Math.min(1, TABLE_WORDS / Math.max(1, words));
  const codes = new Map<string, number>();
  const documents = sorted.flatMap((sample) => {
    const stream = new RandomStream(derive(seed, 'table-documents', sample.domain));
    const recoded = sample.vocabulary.map((word) => {
      const code = codes.get(word) ?? codes.size;
      codes.set(word, code);
      return code;
    });
    const limit = rate * wordsOf(sample);
    const taken: WordSample['documents'] = [];
    let length = 0;
    for (const d of shuffled(sample.documents.length, stream)) {
      if (length >= limit) break;
      const document = sample.documents[d]!;
      taken.push({ ...document, words: document.words.map((word) => recoded[word]!) });
      length += document.words.length;
    }
    return taken;
  });
  return { domain: 'all', vocabulary: [...codes.keys()], documents };
}

function wordsOf({ documents }: WordSample): number {
  return documents.reduce((sum, { words }) => sum + words.length, 0);
}
