/**
 * `wright-fisher`: types resampled generation after generation (W1-W7). t = 0 is the law, t = 1 the first sample of n.
 * `hRatio` of several families is that of all their text together; `hWithin` is the mean within one family.
 */
import { Failure } from '../../schema/failure.js';
import { absorptionBounds, absorptionMoments } from '../closed-forms/absorption.js';
import { humanFamilyRatio, humanFamilyWithinRatio } from '../closed-forms/family-human.js';
import { fixedBlockSimpson } from '../closed-forms/wright-fisher.js';
import { zipfShares } from '../closed-forms/zipf.js';
import { kindOfHeterozygosity } from '../loops/rare-events.js';
import { judgedMean } from '../loops/trust.js';
import { scaled, simpsonOf } from '../loops/type-law.js';
import { absorptionTime, heterozygosity, type TypeLoop, typeChain } from '../loops/type-loop.js';
import type { Model, ModelRun, ParameterValues, SimulatedRow } from '../model.js';
import { eachReplicate, ReplicateMeans } from '../replicate-means.js';
import { WRIGHT_FISHER_PARAMETERS, WRIGHT_FISHER_QUANTITIES } from './wright-fisher-parameters.js';

/** Tokens up to which a chain is followed until one type has all of them: about 2 n generations. */
const ABSORPTION_TOKENS_MAX = 1_000;
/** Tokens up to which the chain of two types is solved. */
const SOLVED_TOKENS_MAX = 400;

function loopOf(values: ParameterValues, probabilities?: readonly number[]): TypeLoop {
  const law =
    probabilities === undefined
      ? zipfShares(values.types as number, values['zipf-beta'] as number)
      : scaled(probabilities);
  if (law.length < 2) {
    throw new Failure('USAGE', {
      subject: 'model wright-fisher',
      expected: 'two types or more with a share above 0',
      found: `${law.length}`,
      where: '--probs',
      remedy: 'give a file with two or more numbers above 0, or --types',
    });
  }
  return {
    n: values.n as number,
    law,
    humanShare: values.alpha as number,
    human: values.human as TypeLoop['human'],
    draw: values.draw as TypeLoop['draw'],
    families: values.families as number,
    structure: values.structure as TypeLoop['structure'],
  };
}

function check(values: ParameterValues): ReturnType<Model['check']> {
  const { n, humanShare, human, draw, families } = loopOf({ ...values, types: 2 });
  const quota = Math.round(humanShare * n);
  const isQuota = human === 'fixed' || draw === 'quota';
  if (humanShare > 0 && isQuota && (quota === 0 || (quota === n && human === 'fixed'))) {
    const expected = `0, or a quota of 1 to ${human === 'fixed' ? n - 1 : n} of ${n} tokens`;
    return { parameter: 'alpha', expected, found: String(humanShare) };
  }
  if (human === 'fixed' && humanShare > 0 && families > 1) {
    return { parameter: 'families', expected: '1 with --human fixed', found: String(families) };
  }
  return null;
}

/** H_t / H_0 of all text, and within one family. */
function theoryAt(loop: TypeLoop, t: number): { all: number; within: number } {
  const { n, humanShare, human, law } = loop;
  if (humanShare === 0 || human === 'fresh') {
    return { all: humanFamilyRatio(loop, t), within: humanFamilyWithinRatio(loop, t) };
  }
  const humans = Math.round(humanShare * n);
  const simpson = simpsonOf(law);
  const fixed = { humanTokens: humans, syntheticTokens: n - humans, simpson };
  const ratio = (1 - fixedBlockSimpson(fixed, t)) / (1 - simpson);
  return { all: ratio, within: ratio };
}

const [ALL, WITHIN] = [0, 1] as const;

function simulated(run: ModelRun, loop: TypeLoop): ReplicateMeans {
  const means = new ReplicateMeans(2, run.ts.length);
  const indexOf = new Map(run.ts.map((t, i) => [t, i]));
  const together = new Float64Array(loop.law.length);
  eachReplicate(run, 'wright-fisher', (stream) => {
    typeChain(stream, loop, run.ts.at(-1) ?? 0, (t, families) => {
      const i = indexOf.get(t);
      if (i === undefined) return;
      together.fill(0);
      let within = 0;
      for (const counts of families) {
        for (let k = 0; k < together.length; k++) together[k]! += counts[k]!;
        within += heterozygosity(counts) / families.length;
      }
      means.add(ALL, i, heterozygosity(together));
      means.add(WITHIN, i, within);
    });
  });
  return means;
}

/** Of two types the chain is solved, with the exact error of its mean; of more there are bounds. */
function absorptionRow(run: ModelRun, { n, law }: TypeLoop): SimulatedRow {
  const { replicates } = run;
  const means = new ReplicateMeans(1, 1);
  eachReplicate(run, 'absorption', (stream) => {
    means.add(0, 0, absorptionTime(stream, n, law));
  });
  const at = { quantity: 'absorption', t: run.ts.at(-1) ?? 0, mean: means.mean(0, 0) };
  const sampled = means.standardError(0, 0);
  if (law.length === 2 && n <= SOLVED_TOKENS_MAX) {
    const { mean, ...spread } = absorptionMoments(n, law[0]!);
    return { ...at, theory: mean, ...judgedMean(sampled, spread, replicates) };
  }
  const bounds = absorptionBounds({ n, types: law.length, simpson: simpsonOf(law) });
  return { ...at, se: sampled, theory: bounds, kind: 'B' };
}

function rowsAt(run: ModelRun, loop: TypeLoop, means: ReplicateMeans, i: number): SimulatedRow[] {
  const t = run.ts[i] ?? 0;
  const start = 1 - simpsonOf(loop.law);
  const { all, within } = theoryAt(loop, t);
  const row = (quantity: string, index: number, unit: number, ratio: number): SimulatedRow => ({
    ...{ quantity, t, theory: ratio * unit },
    mean: t === 0 ? unit : means.mean(index, i) * (unit / start),
    se: t === 0 ? 0 : means.standardError(index, i) * (unit / start),
    kind: t === 0 ? 'E' : kindOfHeterozygosity(ratio * start, run.replicates),
  });
  const together = [row('hRatio', ALL, 1, all), row('h', ALL, start, all)];
  return loop.families > 1 ? [...together, row('hWithin', WITHIN, 1, within)] : together;
}

/** Both parts of a run as one for its progress. */
function half(run: ModelRun, index: 0 | 1): ModelRun {
  return { ...run, tick: (done, total) => run.tick(index * total + done, 2 * total) };
}

function run(given: ModelRun): SimulatedRow[] {
  const loop = loopOf(given.values, given.probabilities);
  const { n, humanShare, families } = loop;
  const ends = humanShare === 0 && families === 1 && n <= ABSORPTION_TOKENS_MAX;
  const means = simulated(ends ? half(given, 0) : given, loop);
  const rows = given.ts.flatMap((_, i) => rowsAt(given, loop, means, i));
  return ends ? [...rows, absorptionRow(half(given, 1), loop)] : rows;
}

export const wrightFisher: Model = {
  name: 'wright-fisher',
  summary:
    'Types drawn again and again from the last draw; t = 0 is the law, t = 1 the first sample',
  parameters: WRIGHT_FISHER_PARAMETERS,
  quantities: WRIGHT_FISHER_QUANTITIES,
  check,
  run,
};
