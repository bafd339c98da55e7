/**
 * `verification`: binary labels of accuracy p pass a verifier that keeps right ones with chance phi and wrong ones with psi, and
 * a linear classifier is fitted to those kept (V1). Two classes at +mu and -mu with |mu| = 1 and unit noise, so the best
 * accuracy is Phi(1) = .841; the fit is the mean of label times features. One round: rows stand at t = 1.
 *
 * Simulated from sufficient statistics: numbers kept right and wrong are binomial, and the fit of N rows is
 * (right - wrong) mu / N plus normal noise of variance 1/N per feature. `precision` is exact (A where errors are too rare
 * for a sample error); `accuracy` is compared with Phi at the root mean square noise (A).
 */
import { binomial, normal } from '../../random/samplers.js';
import type { RandomStream } from '../../random/stream.js';
import { normalCdf } from '../../stats/normal.js';
import {
  keptShare,
  type Verifier,
  verifiedPrecision,
  verifierBreakEven,
} from '../closed-forms/curation.js';
import { kindOfMean } from '../loops/trust.js';
import type { Model, ModelRun, ParameterValues, SimulatedRow, TheoryKind } from '../model.js';
import { eachReplicate, ReplicateMeans } from '../replicate-means.js';

const [PRECISION, ACCURACY] = [0, 1] as const;

function verifierOf(values: ParameterValues): Verifier {
  return {
    accuracy: values.p as number,
    keepRight: values.phi as number,
    keepWrong: values.psi as number,
  };
}

function check(values: ParameterValues): ReturnType<Model['check']> {
  const verifier = verifierOf(values);
  const { keepRight, keepWrong } = verifier;
  if (keptShare(verifier) > 0) return null;
  const parameter = keepRight === 0 ? 'phi' : keepWrong === 0 ? 'psi' : 'p';
  return { parameter, expected: 'labels that are kept', found: 'p phi + (1 - p) psi = 0' };
}

/** Accuracy of the fitted direction, Phi(mu'w / |w|). */
function fittedAccuracy(
  stream: RandomStream,
  { right, wrong, dim }: { right: number; wrong: number; dim: number },
): number {
  const kept = right + wrong;
  const noise = 1 / Math.sqrt(kept);
  const along = (right - wrong) / kept + noise * normal(stream);
  let square = along * along;
  for (let i = 1; i < dim; i++) square += (noise * normal(stream)) ** 2;
  return normalCdf(along / Math.sqrt(square));
}

function run(given: ModelRun): SimulatedRow[] {
  const verifier = verifierOf(given.values);
  const [n, dim] = [given.values.n as number, given.values.dim as number];
  const means = new ReplicateMeans(2, 1);
  eachReplicate(given, 'verification', (stream) => {
    const rightLabels = binomial(stream, n, verifier.accuracy);
    const right = binomial(stream, rightLabels, verifier.keepRight);
    const wrong = binomial(stream, n - rightLabels, verifier.keepWrong);
    // Where nothing is kept there is no precision; given that something is, its mean is exactly q.
    if (right + wrong === 0) return;
    means.add(PRECISION, 0, right / (right + wrong));
    means.add(ACCURACY, 0, fittedAccuracy(stream, { right, wrong, dim }));
  });
  const { keepRight, keepWrong } = verifier;
  const row = (quantity: string, index: number) => ({
    ...{ quantity, t: 1, mean: means.mean(index, 0), se: means.standardError(index, 0) },
  });
  const precision = verifiedPrecision(verifier);
  return [
    { ...row('precision', PRECISION), theory: precision, kind: precisionKind(given, verifier) },
    { ...row('accuracy', ACCURACY), theory: accuracyTheory(verifier, n, dim), kind: 'A' },
    {
      ...{ quantity: 'breakEven', t: 1, mean: bisectedBreakEven(verifier), se: 0, kind: 'E' },
      theory: verifierBreakEven({ keepRight, keepWrong }),
    },
  ];
}

function precisionKind({ values, replicates }: ModelRun, verifier: Verifier): TheoryKind {
  const q = verifiedPrecision(verifier);
  if (q === 0 || q === 1) return 'E';
  const kept = (values.n as number) * keptShare(verifier);
  const skewness = (1 - 2 * q) / Math.sqrt(kept * q * (1 - q));
  // With few kept rows a replicate's precision is a ratio of small counts: rare errors are then rare events.
  return kindOfMean(
    Math.max(Math.abs(skewness), 1 / Math.sqrt(kept * Math.min(q, 1 - q))),
    replicates,
  );
}

function accuracyTheory(verifier: Verifier, n: number, dim: number): number {
  const lean = 2 * verifiedPrecision(verifier) - 1;
  const noise = dim / (n * keptShare(verifier));
  return normalCdf(lean / Math.sqrt(lean * lean + noise));
}

/** The p at which right and wrong labels are kept alike, p phi = (1 - p) psi, by bisection. */
function bisectedBreakEven({ keepRight, keepWrong }: Verifier): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 1100 && low < high; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (middle * keepRight > (1 - middle) * keepWrong) high = middle;
    else low = middle;
  }
  return keepWrong === 0 ? low : high;
}

export const verification: Model = {
  name: 'verification',
  summary: 'A verifier of labels and the classifier trained on what it keeps; one round, at t = 1',
  parameters: [
    {
      ...{ name: 'p', kind: 'number', unit: 'share', min: 0, max: 1, fallback: 0.4 },
      describe: 'Share of labels that are right',
    },
    {
      ...{ name: 'phi', kind: 'number', unit: 'share', min: 0, max: 1, fallback: 0.9 },
      describe: 'Chance that a right label is kept',
    },
    {
      ...{ name: 'psi', kind: 'number', unit: 'share', min: 0, max: 1, fallback: 0.5 },
      describe: 'Chance that a wrong label is kept',
    },
    {
      ...{ name: 'n', kind: 'integer', unit: 'labels', min: 1, max: 1e12, fallback: 100_000 },
      describe: 'Labelled rows before the verifier',
    },
    {
      ...{ name: 'dim', kind: 'integer', unit: 'features', min: 1, max: 10_000, fallback: 20 },
      describe: 'Features of a row',
    },
  ],
  quantities: [
    {
      ...{ name: 'precision', unit: 'share', describe: 'Right labels among those kept' },
      source: 'V1: Feng 2025',
    },
    {
      ...{ name: 'accuracy', unit: 'share', describe: 'Accuracy of the classifier; at best .841' },
      source: 'derived; setting of V1',
    },
    {
      ...{
        name: 'breakEven',
        unit: 'share',
        describe: 'p above which kept labels teach the truth',
      },
      source: 'V1: Feng 2025',
    },
  ],
  check,
  run,
};
