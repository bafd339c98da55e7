/**
 * `curation`: selection by preference, p_t proportional to p_0 e^{t r} with reward r = -x^2 / (2 kappa^2) and p_0 = N(0, 1) (D4).
 * t counts rounds of selection.
 *
 * Simulated from candidates: one is drawn from p_0 and passes a round with chance e^r, and the first one that passes t rounds
 * is taken. That is the limit of choosing one of many candidates by the odds of their rewards. Kind E.
 */

import { normal } from '../../random/samplers.js';
import type { RandomStream } from '../../random/stream.js';
import { Failure } from '../../schema/failure.js';
import { curatedVariance } from '../closed-forms/curation.js';
import { judgedMean, squareSpread } from '../loops/trust.js';
import type { Model, ModelRun, SimulatedRow } from '../model.js';
import { eachReplicate, ReplicateMeans } from '../replicate-means.js';

/** Candidates per taken one: sqrt(1 + t / kappa^2) on average. */
const CANDIDATES_MAX = 10_000;
/** A draw that passes `rounds` rounds. Rounds passed are geometric: floor(-ln U / -r). */
function selected(stream: RandomStream, rounds: number, kappaSquared: number): number {
  for (;;) {
    const x = normal(stream);
    const loss = (x * x) / (2 * kappaSquared);
    const passed = Math.floor(-Math.log(1 - stream.uniform()) / loss);
    // 0 / 0: no loss passes every round.
    if (loss === 0 || passed >= rounds) return x;
  }
}

function run(given: ModelRun): SimulatedRow[] {
  const { values, ts, replicates } = given;
  const kappaSquared = values.kappa2 as number;
  const candidates = Math.sqrt(1 + (ts.at(-1) ?? 0) / kappaSquared);
  if (candidates > CANDIDATES_MAX) {
    throw new Failure('USAGE', {
      subject: 'model curation',
      expected: `at most ${CANDIDATES_MAX} candidates for each that is taken`,
      found: `sqrt(1 + t / kappa2) = ${candidates.toPrecision(3)}`,
      where: '--t, --kappa2',
      remedy: 'give a smaller --t or a larger --kappa2',
    });
  }
  const means = new ReplicateMeans(1, ts.length);
  eachReplicate(given, 'curation', (stream) => {
    ts.forEach((t, i) => {
      means.add(0, i, selected(stream, t, kappaSquared) ** 2);
    });
  });
  return ts.map((t, i) => {
    const theory = curatedVariance(kappaSquared, t);
    const judged = judgedMean(means.standardError(0, i), squareSpread(theory), replicates);
    return { quantity: 'variance', t, mean: means.mean(0, i), theory, ...judged };
  });
}

export const curation: Model = {
  name: 'curation',
  summary: 'Selection by preference narrows a normal law; t counts rounds of selection',
  parameters: [
    {
      ...{ name: 'kappa2', kind: 'number', unit: 'true variances', min: 1e-6, max: 1e6 },
      ...{ fallback: 4, describe: 'Squared width of the preference: reward -x^2 / (2 kappa2)' },
    },
  ],
  quantities: [
    {
      ...{ name: 'variance', unit: 'true variances', describe: 'Mean square of what is selected' },
      source: 'D4: Ferbach 2024',
    },
  ],
  check: () => null,
  run,
};
