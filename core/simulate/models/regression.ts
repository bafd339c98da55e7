/**
 * `regression`: least squares refitted to labels of its own fits (R1-R3), by real fits to drawn data. t = 1 is the first fit,
 * on true labels (shifted ones, where a shift is given).
 *
 * Kind E where the theory is exact and z can be trusted: the error of a fit has a power tail of index (r - d + 1) / 2, so
 * with fewer than 8 rows more than features, or few replicates, a sample error is too small and the row is of kind A.
 * R3 is an approximation. A new design in each generation has no closed form for `accumulate` from t = 2 on.
 */
import { accumulatedError, replacedError, shiftedLabelsError } from '../closed-forms/regression.js';
import { errorVariance, type RegressionLoop, regressionChain } from '../loops/regression-loop.js';
import { judgedMean, type Spread } from '../loops/trust.js';
import type { Model, ModelRun, ParameterValues, SimulatedRow, TheoryKind } from '../model.js';
import { eachReplicate, ReplicateMeans } from '../replicate-means.js';

/** Rows beyond features from which the tail has a fourth moment. */
const SPARE_ROWS_MIN = 8;

function loopOf(values: ParameterValues): RegressionLoop {
  return {
    rows: values.rows as number,
    dim: values.dim as number,
    sigma: values.sigma as number,
    policy: values.policy as RegressionLoop['policy'],
    design: values.design as RegressionLoop['design'],
    share: values.share as number,
    shift: values.shift as number,
  };
}

function check(values: ParameterValues): ReturnType<Model['check']> {
  const { rows, dim, policy, share, shift } = loopOf(values);
  if (rows <= dim + 1) {
    return { parameter: 'rows', expected: `more than dim + 1 = ${dim + 1}`, found: String(rows) };
  }
  if (policy === 'accumulate' && (share !== 1 || shift !== 0)) {
    const parameter = share === 1 ? 'shift' : 'share';
    return { parameter, expected: '--policy replace with it', found: `--policy ${policy}` };
  }
  return null;
}

/** The closed form at t and whether it is exact. */
function theoryAt(loop: RegressionLoop, t: number): { theory: number | null; kind: TheoryKind } {
  const { policy, design, share, shift } = loop;
  if (t === 0) return { theory: 0, kind: 'E' };
  if (policy === 'accumulate') {
    const isKnown = design === 'same' || t === 1;
    return { theory: isKnown ? accumulatedError(loop, t) : null, kind: 'E' };
  }
  if (share === 0) return { theory: replacedError(loop, 1), kind: 'E' };
  // All labels shifted: the shifts add up, and the noise as without them.
  if (share === 1) return { theory: (t * shift) ** 2 + replacedError(loop, t), kind: 'E' };
  if (t > 1) return { theory: null, kind: 'A' };
  return { theory: shiftedLabelsError(loop), kind: 'A' };
}

/**
 * Exact variance of an error whose labels are all of one kind, and its skewness from the coefficient of variation, as between
 * that of a gamma law (2 cv) and of a log-normal one. A sum of shifts b adds 4 b^2 E|u|^2 / d to the variance of |u|^2.
 */
function spreadAt(loop: RegressionLoop, t: number): Spread {
  const { share, shift, dim } = loop;
  const steps = share === 0 ? 1 : t;
  const error = meanError(loop, steps);
  const offset = share === 0 ? 0 : (t * shift) ** 2;
  const variance = errorVariance(loop, steps) + (4 * offset * error) / dim;
  const cv = Math.sqrt(errorVariance(loop, steps)) / error;
  const hasTail = loop.rows - dim < SPARE_ROWS_MIN;
  return { variance, skewness: hasTail ? Infinity : cv ** 3 + 2 * cv };
}

function meanError(loop: RegressionLoop, t: number): number {
  return loop.policy === 'replace' ? replacedError(loop, t) : accumulatedError(loop, t);
}

function run(given: ModelRun): SimulatedRow[] {
  const loop = loopOf(given.values);
  const means = new ReplicateMeans(1, given.ts.length);
  const indexOf = new Map(given.ts.map((t, i) => [t, i]));
  eachReplicate(given, 'regression', (stream) => {
    regressionChain(stream, loop, given.ts.at(-1) ?? 0, (t, error) => {
      const i = indexOf.get(t);
      if (i !== undefined) means.add(0, i, error);
    });
  });
  return given.ts.map((t, i) => {
    const { theory, kind } = theoryAt(loop, t);
    const mean = means.mean(0, i);
    if (t === 0) return { quantity: 'testError', t, mean, se: 0, theory, kind };
    const sampled = means.standardError(0, i);
    const isOneKind = loop.share === 0 || loop.share === 1;
    const hasForm = loop.policy === 'replace' || loop.design === 'same' || t === 1;
    if (!isOneKind || !hasForm) {
      return { quantity: 'testError', t, mean, se: sampled, theory, kind: 'A' };
    }
    const judged = judgedMean(sampled, spreadAt(loop, t), given.replicates);
    return {
      quantity: 'testError',
      t,
      mean,
      se: judged.se,
      theory,
      kind: kind === 'E' ? judged.kind : kind,
    };
  });
}

export const regression: Model = {
  name: 'regression',
  summary: 'Least squares fitted to labels of its own fits; t counts fits, t = 1 is the first one',
  parameters: [
    {
      ...{ name: 'rows', kind: 'integer', unit: 'rows per generation', min: 3, max: 100_000 },
      ...{ fallback: 100, describe: 'Labelled rows in each generation, more than dim + 1' },
    },
    {
      ...{ name: 'dim', kind: 'integer', unit: 'features', min: 1, max: 500 },
      ...{ fallback: 10, describe: 'Standard normal features of a row' },
    },
    {
      ...{ name: 'sigma', kind: 'number', unit: 'label units', min: 1e-6, max: 1e6 },
      ...{ fallback: 1, describe: 'Standard deviation of the noise of a label' },
    },
    {
      ...{ name: 'policy', kind: 'choice', unit: '', choices: ['replace', 'accumulate'] },
      ...{ fallback: 'replace', describe: 'Fit the last labels, or those of all generations' },
    },
    {
      ...{ name: 'design', kind: 'choice', unit: '', choices: ['same', 'fresh'] },
      ...{ fallback: 'same', describe: 'One design matrix in all generations, or new ones' },
    },
    {
      ...{ name: 'shift', kind: 'number', unit: 'coefficient units', min: 0, max: 1e6 },
      ...{ fallback: 0, describe: 'Length of the error of the model that labels, besides its fit' },
    },
    {
      ...{ name: 'share', kind: 'number', unit: 'share', min: 0, max: 1, fallback: 1 },
      describe: 'Share of labels that come from a model; the others are true',
    },
  ],
  quantities: [
    {
      ...{ name: 'testError', unit: 'squared label units' },
      describe: 'Squared distance of the coefficients from the true ones: excess test error',
      source: 'R1, R2: Gerstgrasser 2024; R3: Dohmatob 2025',
    },
  ],
  check,
  run,
};
