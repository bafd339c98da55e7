/**
 * S2: the logarithm of document length as a Gaussian loop in units of the human spread.
 *
 * g = 0 is N(0, 1). A model fits mean and variance (n - 1) of the corpus it is trained on and writes from
 * N(mean, lambda variance); lambda is the measured variance of synthetic over that of human documents. A corpus has
 * round(alpha n) human documents, fresh or one fixed set, the rest is written. G5 and G6 of the closed forms are
 * its exact moments under `replace`. Sums of squares of normal documents are chi-square, so a generation costs
 * two draws; a pool holds a fixed set once; `accumulate-subsample` keeps the documents themselves, at most 5,000 per generation (fewer
 * documents overstate drift). A shift of the mean is not carried on: it is a choice of form, like lambda at g = 1.
 */
import { derive } from '../../random/draw.js';
import { chiSquare } from '../../random/samplers.js';
import { RandomStream } from '../../random/stream.js';
import type { DomainMeasure, Scenario, SimulationBlock } from '../../schema/risk.js';
import { addDocuments, type Corpus, drawDocuments, momentsOfCorpus } from './length-corpus.js';
import { outerShare } from './outer-draw.js';
import type { SimulationRun } from './run-drift.js';

/** Documents of a subsampled pool that are simulated one by one. */
const SUBSAMPLE_MOST = 5_000;

/** `varianceRatio` and `w2` (mean^2 + (sd - 1)^2) by run and generation 0..G. */
export function runLengths(run: SimulationRun): SimulationBlock['values'] {
  const { measure, mix, scenario, seed, firstRun, runs, tick } = run;
  const values: SimulationBlock['values'] = { varianceRatio: [], w2: [] };
  const documents = plannedDocuments(measure, mix.words, scenario);
  for (let i = 0; i < runs; i++) {
    const streamOf = (purpose: string, g: number) =>
      new RandomStream(derive(seed, `lengths-${purpose}`, scenario.domain, firstRun + i, g));
    const lambda = drawLambda(measure, streamOf('lambda', 0));
    const humanShare = outerShare(mix, scenario, firstRun + i);
    const chain = lengthChain({ documents, lambda, humanShare, scenario, streamOf });
    values.varianceRatio!.push([1, ...chain.map(({ variance }) => variance)]);
    values.w2!.push([
      0,
      ...chain.map(({ mean, variance }) => mean ** 2 + (Math.sqrt(variance) - 1) ** 2),
    ]);
    tick((i + 1) * scenario.generations, runs * scenario.generations);
  }
  return values;
}

/** Documents of the planned size, at least 4. */
function plannedDocuments(
  { humanDocuments, humanWords }: DomainMeasure,
  words: number,
  { policy }: Scenario,
): number {
  const planned = humanWords > 0 ? Math.round((words * humanDocuments) / humanWords) : 0;
  const most = policy === 'accumulate-subsample' ? SUBSAMPLE_MOST : Number.MAX_SAFE_INTEGER;
  return Math.max(4, Math.min(most, planned));
}

/** Variance ratio with the uncertainty of both variances (chi-square); 1 where no synthetic text is measured. */
function drawLambda(
  { lengths: { human, synthetic } }: DomainMeasure,
  stream: RandomStream,
): number {
  if (synthetic === null || synthetic.documents < 2 || human.documents < 2) return 1;
  if (human.variance <= 0) return 1;
  const mean = (documents: number) => chiSquare(stream, documents - 1) / (documents - 1);
  return (
    ((synthetic.variance / human.variance) * mean(human.documents)) / mean(synthetic.documents)
  );
}

interface Chain {
  readonly documents: number;
  readonly lambda: number;
  readonly humanShare: number;
  readonly scenario: Scenario;
  readonly streamOf: (purpose: string, g: number) => RandomStream;
}

/** Mean and variance that generations 1..G are trained on. */
export function lengthChain({ documents, lambda, humanShare, scenario, streamOf }: Chain) {
  const { policy, human, generations } = scenario;
  const quota = Math.round(humanShare * documents);
  const keep = policy === 'accumulate-subsample';
  const draw = (count: number, law: { mean: number; variance: number }, stream: RandomStream) =>
    drawDocuments({ count, law, keep }, stream);
  const block = human === 'fixed' ? draw(quota, STANDARD, streamOf('block', 0)) : null;
  let [pool, trained]: [Corpus | null, { mean: number; variance: number }] = [null, STANDARD];
  const seen: { mean: number; variance: number }[] = [];
  for (let g = 1; g <= generations; g++) {
    const people = block ?? draw(quota, STANDARD, streamOf('human', g));
    const law = { mean: trained.mean, variance: lambda * trained.variance };
    const written = draw(documents - quota, law, streamOf('synthetic', g));
    const isThere = block !== null && g > 1 && policy !== 'replace';
    const next: Corpus = isThere ? written : addDocuments(people, written);
    pool = policy === 'replace' || pool === null ? next : addDocuments(pool, next);
    trained = momentsOfCorpus(keep ? subsample(pool, documents, streamOf('subsample', g)) : pool);
    seen.push(trained);
  }
  return seen;
}

const STANDARD = { mean: 0, variance: 1 };

/** `count` documents without replacement: the head of a partial shuffle. */
function subsample({ kept }: Corpus, count: number, stream: RandomStream): Corpus {
  const values = Float64Array.from(kept);
  let [sum, squares] = [0, 0];
  for (let i = 0; i < count; i++) {
    const j = i + stream.below(values.length - i);
    [values[i], values[j]] = [values[j]!, values[i]!];
    sum += values[i]!;
    squares += values[i]! ** 2;
  }
  return { count, sum, squares, kept: values.subarray(0, count) };
}
