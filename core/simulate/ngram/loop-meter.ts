/** Metrics of the corpora of one run, against its g = 0 and against a model of its human words alone. */
import { type Corpus, drawDocuments } from './corpus.js';
import { countsOf, distinctOf, diversityOf, presenceOf } from './corpus-metrics.js';
import { fitTables } from './fit.js';
import { LOOP_METRICS, type LoopRun, type LoopValues } from './loop-settings.js';
import { streamOf } from './loop-streams.js';
import { perplexity } from './score.js';
import type { NgramTables } from './tables.js';

export interface LoopMeter {
  /** Copies at g = 0 by word code. */
  readonly counts: Int32Array;
  readonly values: LoopValues;
  /** Measures the corpus of g; `whole` is fitted to it. Generations come in order, g = 0 first. */
  measure(corpus: Corpus, g: number): void;
}

interface Parts {
  readonly loop: LoopRun;
  /** Tables of the whole corpus of a generation; free while a meter is made. */
  readonly whole: NgramTables;
  /** Tables for other texts. */
  readonly spare: () => NgramTables;
}

/** Meter of a run; `human` is the human text of its g = 1. Leaves `whole` fitted to `first`, the text of g = 0. */
export function loopMeter(parts: Parts, first: Corpus, human: Corpus): LoopMeter {
  const { loop, whole } = parts;
  const { order } = loop.settings;
  const scoreOf = (corpus: Corpus): number => {
    fitTables(whole, corpus.words, corpus.words.length, order);
    return perplexity(whole, loop.text.heldOut);
  };
  const humanOnly = human.words.length === 0 ? null : scoreOf(human);
  const reference = scoreOf(first);
  const counts = countsOf(whole);
  const length = loop.settings.generations + 1;
  const values = Object.fromEntries(
    LOOP_METRICS.map((metric) => [metric, new Array<number | null>(length).fill(null)]),
  ) as LoopValues;
  const meter: LoopMeter = {
    counts,
    values,
    measure(corpus, g) {
      const now = countsOf(whole);
      const scored = g === 0 ? reference : perplexity(whole, loop.text.heldOut);
      const distinct = distinctAt(parts, corpus, g);
      const row = {
        ...{ perplexity: scored, perplexityRatio: scored / reference, ...distinct },
        perplexityRatioHumanOnly: humanOnly === null ? null : scored / humanOnly,
        distinct2Ratio: g === 0 ? 1 : distinct.distinct2 / meter.values.distinct2[0]!,
        ...{ ...presenceOf(counts, now), ...diversityOf(now, corpus.words.length) },
      };
      for (const metric of LOOP_METRICS) meter.values[metric][g] = row[metric];
    },
  };
  return meter;
}

/** Distinct-1, 2 and 3 of n words: of a pool that has grown, in n words of random documents. */
function distinctAt({ loop, whole, spare }: Parts, corpus: Corpus, g: number) {
  if (corpus.words.length === loop.words) return distinctOf(whole);
  const equal = drawDocuments(corpus, loop.words, streamOf(loop, 'distinct', g));
  const tables = spare();
  fitTables(tables, equal.words, equal.words.length, 1);
  return distinctOf(tables);
}
