/**
 * `zipf`: what corpora of n tokens of a power law miss (Z1-Z3). t is g: 0 the human corpus, each later one drawn from the
 * counts before it and a share alpha of fresh human tokens; with a cut, models generate the ranks up to it only.
 *
 * g = 0 has exact sums over types (E) and Karlin's asymptotics (A); later generations have B1 with Poisson counts, or Z3
 * with a cut (A). Types above the cut live by human tokens alone, so their missing mass is exact at every g.
 * An exact row becomes A where misses or repeats are too rare for a sample error.
 */
import {
  cutFloorApproximation,
  distinctTypes,
  missingMass,
  zipfShares,
} from '../closed-forms/zipf.js';
import { missedBy, type ZipfLoop, zipfChain } from '../loops/zipf-loop.js';
import { distinctTheory, massTheory, type Theory, tailTheory } from '../loops/zipf-theory.js';
import type { Model, ModelRun, ParameterValues, SimulatedRow } from '../model.js';
import { eachReplicate, ReplicateMeans } from '../replicate-means.js';

const [MASS, DISTINCT, TAIL] = [0, 1, 2] as const;
/** Karlin's law needs a finite sum over all ranks. */
const KARLIN_BETA_MIN = 1.01;

function check({ cut, types, alpha, n }: ParameterValues): ReturnType<Model['check']> {
  if (cut !== null && (cut as number) >= (types as number)) {
    return { parameter: 'cut', expected: `a rank below types = ${types}`, found: String(cut) };
  }
  if ((alpha as number) > 0 && (alpha as number) * (n as number) < 1) {
    return {
      parameter: 'alpha',
      expected: `0, or one token of n = ${n} or more`,
      found: String(alpha),
    };
  }
  return null;
}

function run(given: ModelRun): SimulatedRow[] {
  const { values, ts } = given;
  const beta = values['zipf-beta'] as number;
  const loop: ZipfLoop = {
    shares: zipfShares(values.types as number, beta),
    n: values.n as number,
    cut: values.cut as number | null,
    humanShare: values.alpha as number,
  };
  const means = simulated(given, loop);
  const rows = ts.flatMap((t, i) => {
    const row = (quantity: string, index: number, { theory, kind }: Theory): SimulatedRow => ({
      ...{ quantity, t, mean: means.mean(index, i), se: means.standardError(index, i) },
      ...{ theory, kind },
    });
    const found = [
      row('missingMass', MASS, massTheory(given, loop, t)),
      row('distinct', DISTINCT, distinctTheory(given, loop, t)),
    ];
    if (loop.cut !== null) found.push(row('tailMissing', TAIL, tailTheory(given, loop, t)));
    if (t === 0 && beta >= KARLIN_BETA_MIN) {
      const law = { beta, types: loop.shares.length };
      found.push(
        row('missingMassLaw', MASS, { theory: missingMass(law, loop.n), kind: 'A' }),
        row('distinctLaw', DISTINCT, { theory: distinctTypes(law, loop.n), kind: 'A' }),
      );
    }
    return found;
  });
  return [...rows, ...cutRows(loop, beta, ts[0] ?? 0)];
}

function simulated(run: ModelRun, loop: ZipfLoop): ReplicateMeans {
  const { shares, cut } = loop;
  const means = new ReplicateMeans(3, run.ts.length);
  const indexOf = new Map(run.ts.map((t, i) => [t, i]));
  eachReplicate(run, 'zipf', (stream) => {
    zipfChain(stream, loop, run.ts.at(-1) ?? 0, (g, counts) => {
      const i = indexOf.get(g);
      if (i === undefined) return;
      const { mass, distinct } = missedBy(shares, counts, 0);
      means.add(MASS, i, mass);
      means.add(DISTINCT, i, distinct);
      if (cut !== null) means.add(TAIL, i, missedBy(shares, counts, cut).mass);
    });
  });
  return means;
}

/** What the cut loses for ever without human text: a sum over the types, no simulation. */
function cutRows({ shares, cut }: ZipfLoop, beta: number, t: number): SimulatedRow[] {
  if (cut === null) return [];
  let mean = 0;
  for (let i = shares.length - 1; i >= cut; i--) mean += shares[i]!;
  const theory = beta >= KARLIN_BETA_MIN ? cutFloorApproximation(beta, cut) : null;
  return [{ quantity: 'tailMass', t, mean, se: 0, theory, kind: 'A' }];
}

export const zipf: Model = {
  name: 'zipf',
  summary: 'What corpora of a power law of types miss; t is g, 0 the human corpus',
  parameters: [
    {
      ...{ name: 'zipf-beta', kind: 'number', unit: 'exponent', min: 0, max: 20, fallback: 1.5 },
      describe: 'Exponent of the share of a type by its rank',
    },
    {
      ...{ name: 'types', kind: 'integer', unit: 'types', min: 2, max: 10_000_000 },
      ...{ fallback: 10_000, describe: 'Types of the true law' },
    },
    {
      ...{ name: 'n', kind: 'integer', unit: 'tokens', min: 1, max: 1e12, fallback: 10_000 },
      describe: 'Tokens of each generation',
    },
    {
      ...{ name: 'cut', kind: 'integer', unit: 'rank', min: 1, max: 9_999_999, fallback: null },
      describe: 'Last rank that a model generates; without it models generate all',
    },
    {
      ...{ name: 'alpha', kind: 'number', unit: 'share', min: 0, max: 1, fallback: 0 },
      describe: 'Share of fresh human tokens in each generation after 0',
    },
  ],
  quantities: [
    {
      ...{ name: 'missingMass', unit: 'share', describe: 'True mass of the types that are absent' },
      source: 'g = 0: exact sum; later: Z2, Z3 (Dohmatob 2024)',
    },
    {
      ...{ name: 'distinct', unit: 'types', describe: 'Types that are present' },
      source: 'g = 0: exact sum',
    },
    {
      ...{ name: 'tailMissing', unit: 'share', describe: 'True mass above the cut that is absent' },
      source: 'exact sum; Z3',
    },
    {
      ...{
        name: 'missingMassLaw',
        unit: 'share',
        describe: 'missingMass at g = 0 by its asymptotics',
      },
      source: 'Z1: Karlin 1967',
    },
    {
      ...{ name: 'distinctLaw', unit: 'types', describe: 'distinct at g = 0 by its asymptotics' },
      source: 'Z1: Karlin 1967',
    },
    {
      ...{ name: 'tailMass', unit: 'share', describe: 'True mass above the cut' },
      source: 'Z3: Dohmatob 2024',
    },
  ],
  check,
  run,
};
