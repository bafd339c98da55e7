/**
 * `ngram`: the loop of word models on a text of people's own. The caller reads `file` and hands its documents over
 * as `sample`; here each replicate splits them anew, so that replicates are independent draws of the loop.
 */
import { Failure } from '../../schema/failure.js';
import { meanInterval } from '../../stats/moments.js';
import type { Model, ModelRun, ParameterValues, SimulatedRow } from '../model.js';
import { runGenerations } from '../ngram/loop.js';
import { LOOP_METRICS, type LoopMetric, type LoopSettings } from '../ngram/loop-settings.js';
import { SCORING_DISCOUNT } from '../ngram/score.js';
import { LEAST_WORDS, type SplitText, splitSample } from '../ngram/split.js';
import { survivalTheory } from '../ngram/survival-theory.js';
import type { Order } from '../ngram/tables.js';
import { ngramParameters } from './ngram-parameters.js';

const DESCRIBED: Readonly<Record<LoopMetric, readonly [unit: string, describe: string]>> = {
  perplexity: ['1', 'Perplexity of held-out human documents, frozen human vocabulary'],
  perplexityRatio: ['1', 'Perplexity over that of n human words'],
  perplexityRatioHumanOnly: ['1', 'Perplexity over that of the alpha n human words alone'],
  distinct1: ['1', 'Distinct words over words, of n words'],
  distinct2: ['1', 'Distinct bigrams over words, of n words'],
  distinct3: ['1', 'Distinct trigrams over words, of n words'],
  distinct2Ratio: ['1', 'distinct2 over that of g = 0'],
  survival: ['share', 'Types of g = 0 that are there'],
  tailCoverage: ['share', 'Types with 1-5 copies at g = 0 that are there'],
  entropy: ['nats', 'Entropy of words'],
  effectiveVocabulary: ['types', 'e^entropy'],
  inverseSimpson: ['types', '1 / sum p^2'],
};

function sourceOf(metric: LoopMetric): string {
  if (metric === 'survival') return 'B1, B6 on measured counts: Harris 1963; Heathcote 1965';
  if (metric.startsWith('perplexity')) return 'Chen and Goodman 1999';
  return 'counts of the corpus';
}

/** Settings that the values ask for. */
function settingsOf(values: ParameterValues, generations: number): LoopSettings {
  return {
    order: values.order as Order,
    discount: values.smoothing === 'mle' ? 0 : SCORING_DISCOUNT,
    policy: values.policy as LoopSettings['policy'],
    human: values.human as LoopSettings['human'],
    ...{ generations, families: [1] },
    humanShare: values.alpha as number,
    temperature: values.temperature as number,
  };
}

function splitOrFail(model: ModelRun, run: number): SplitText {
  const { sample, values, seed } = model;
  const holdout = values.holdout as number;
  const text = sample === undefined ? null : splitSample(sample, { seed, run, holdout });
  if (text !== null) return text;
  throw new Failure('USAGE', {
    subject: 'model ngram',
    expected: `documents with at least ${LEAST_WORDS} words beside the held-out ones`,
    found: `${sample?.documents.length ?? 0} documents in ${values.file}`,
    where: 'file',
    remedy: 'give a file with more text, or a --where that more rows fulfil',
  });
}

function run(model: ModelRun): SimulatedRow[] {
  const { values, ts, replicates, seed, tick } = model;
  const generations = ts.at(-1)!;
  const settings = settingsOf(values, generations);
  const found = new Map<string, number[]>();
  for (let replicate = 0; replicate < replicates; replicate++) {
    const text = splitOrFail(model, replicate);
    const words = Math.min(text.training.words.length, values['max-tokens'] as number);
    const result = runGenerations({
      ...{ text, words, settings, seed, run: replicate, domain: model.sample!.domain },
      measured: ts,
      tick: (g) => tick(replicate * generations + g, replicates * generations),
    });
    for (const t of ts) {
      for (const metric of LOOP_METRICS) note(found, `${metric} ${t}`, result.values[metric][t]!);
      note(found, `theory ${t}`, survivalTheory(result, settings, t));
    }
  }
  return LOOP_METRICS.flatMap((metric) => ts.flatMap((t) => rowOf(found, metric, t)));
}

function note(found: Map<string, number[]>, key: string, value: number | null): void {
  if (value === null) return;
  const list = found.get(key);
  if (list === undefined) found.set(key, [value]);
  else list.push(value);
}

/** Mean over replicates, its standard error, and for survival the mean of the form on each replicate's counts. */
function rowOf(
  found: ReadonlyMap<string, readonly number[]>,
  metric: LoopMetric,
  t: number,
): SimulatedRow[] {
  const values = found.get(`${metric} ${t}`);
  if (values === undefined) return [];
  const { mean, se } = meanInterval(values);
  const theories = metric === 'survival' ? found.get(`theory ${t}`) : undefined;
  const theory = theories === undefined ? null : meanInterval(theories).mean;
  return [{ quantity: metric, t, mean, se, theory, kind: 'A' }];
}

export const ngram: Model = {
  name: 'ngram',
  summary: 'Word n-gram models in a loop on a text of your own: train, generate, mix, retrain',
  parameters: ngramParameters,
  quantities: LOOP_METRICS.map((name) => {
    const [unit, describe] = DESCRIBED[name];
    return { name, unit, describe, source: sourceOf(name) };
  }),
  usual: { replicates: 5, t: '1,5,10' },
  check: () => null,
  run,
};
