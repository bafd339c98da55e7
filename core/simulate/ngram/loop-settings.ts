/** What a run of the n-gram loop is asked for, and what it answers. */
import type { Scenario } from '../../schema/risk.js';
import type { SplitText } from './split.js';
import type { Order } from './tables.js';

export interface LoopSettings {
  readonly order: Order;
  /** D of the generating models: .75 Kneser-Ney, 0 maximum likelihood. */
  readonly discount: number;
  readonly policy: Scenario['policy'];
  readonly human: Scenario['human'];
  readonly generations: number;
  /** New human share of each generation, alpha. */
  readonly humanShare: number;
  /** Shares of the synthetic text by family, sum 1. */
  readonly families: readonly number[];
  readonly temperature: number;
}

export interface LoopRun {
  readonly text: SplitText;
  /** Words of a generation, n. */
  readonly words: number;
  readonly settings: LoopSettings;
  readonly seed: number;
  readonly domain: string;
  readonly run: number;
  /** Generations whose metrics are wanted, others are null; absent: all. g = 0 always has them. */
  readonly measured?: readonly number[];
  /** Called after each generation g = 1..G; may throw to stop. */
  readonly tick: (g: number) => void;
}

export const LOOP_METRICS = [
  'perplexity',
  'perplexityRatio',
  'perplexityRatioHumanOnly',
  'distinct1',
  'distinct2',
  'distinct3',
  'distinct2Ratio',
  'survival',
  'tailCoverage',
  'entropy',
  'effectiveVocabulary',
  'inverseSimpson',
] as const;
export type LoopMetric = (typeof LOOP_METRICS)[number];

/** Values by metric and generation 0..G. */
export type LoopValues = Record<LoopMetric, (number | null)[]>;

export interface LoopResult {
  readonly values: LoopValues;
  /** Copies at g = 0, and in the human text of g = 1, by word code: what closed forms start from. */
  readonly counts: Int32Array;
  readonly humanCounts: Int32Array;
  /** Copies of each word in the training text and documents of it that hold the word. */
  readonly textCounts: Int32Array;
  readonly documents: Int32Array;
  /** Share of the training text that one generation is: n / N. */
  readonly textShare: number;
}
