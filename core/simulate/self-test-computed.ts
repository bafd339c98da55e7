/** Acceptance tests without chance: critical human shares of a known spectrum, top-p maps, the repetition law. */
import type { SelfTestRow, Spectrum } from '../schema/risk.js';
import { decodedFixedPoint, decodedLaw, keptMass, tailRatio } from './closed-forms/decoding.js';
import { repeatedLoss, uniqueEquivalentEpochs } from './closed-forms/repetition.js';
import { zipfShares } from './closed-forms/zipf.js';
import { criticalShare } from './gate/critical-share.js';

interface Computed {
  readonly test: number;
  readonly what: string;
  readonly reference: number;
  readonly value: number;
  readonly tolerance: number;
}

export function computedRows(): SelfTestRow[] {
  return [...criticalShares(), ...decoding(), ...repetition()].map(
    ({ test, what, reference, value, tolerance }) => ({
      ...{ test, what, theory: reference, simulated: value, se: 0, z: null },
      pass: Math.abs(value - reference) <= tolerance,
    }),
  );
}

/** Types with one to five copies in the human text of one corpus of 504,543 words. */
const TAIL: readonly number[] = [13_001, 4_666, 2_460, 1_591, 1_108];

const SPECTRUM: Spectrum = {
  counts: TAIL.map((_, i) => i + 1),
  types: [...TAIL],
  words: TAIL.reduce((sum, types, i) => sum + types * (i + 1), 0),
};

/** w, alpha* by types, alpha* by mass: fresh human text, replace, g = 10, coverage .90. */
const CRITICAL = [
  [1, 0.3674, 0.2961],
  [0.9, 0.4484, 0.3715],
  [0.5, 0.6508, 0.569],
  [0, 0.7768, 0.709],
] as const;

function criticalShares(): Computed[] {
  const loop = { spectrum: SPECTRUM, generations: 10, threshold: 0.9 };
  const refresh = { policy: 'replace', human: 'fresh' } as const;
  return CRITICAL.flatMap(([w, byTypes, byMass]) =>
    [byTypes, byMass].map((reference, i) => {
      const massWeighted = i === 1;
      const suppression = () => w;
      return {
        ...{ test: 9, what: `critical human share, w ${w}${massWeighted ? ', by mass' : ''}` },
        ...{ reference, tolerance: 1e-4 },
        value: criticalShare({ ...loop, ...refresh, suppression, massWeighted }),
      };
    }),
  );
}

const TYPES = 50_000;
const TOP_P = { temperature: 1, topP: 0.95 };
/** True mass of what ten maps of top-p .95 leave of 50,000 Zipf types. */
const KEPT = 0.59895;

function decoding(): Computed[] {
  const law = zipfShares(TYPES, 1);
  const cut = decodedLaw(law, { ...TOP_P, humanShare: 0 }, 10);
  const kept: Computed = {
    ...{ test: 10, what: 'D2: mass kept by 10 maps of top-p .95', reference: KEPT },
    ...{ value: keptMass(law, cut), tolerance: 5e-6 },
  };
  const tails = [0.1, 0.3].map((humanShare): Computed => {
    const settled = decodedFixedPoint(law, { ...TOP_P, humanShare });
    return {
      ...{ test: 10, what: `D3: cut types at human share ${humanShare}`, reference: humanShare },
      ...{ value: tailRatio(law, settled, TYPES), tolerance: 1e-4 },
    };
  });
  return [kept, ...tails];
}

/** Parameters, training tokens, unique tokens, loss; relative tolerance 1e-12. */
const LOSSES = [
  [6.34e9, 242e9, 25e9, 2.225_644_088_998_447_7],
  [8.67e9, 178e9, 25e9, 2.226_963_407_508_786_7],
] as const;

/** Epochs and what they are worth in unique ones. */
const EPOCHS = [
  [4, 3.7257],
  [16, 10.5825],
  [40, 15.1675],
] as const;

function repetition(): Computed[] {
  const losses = LOSSES.map(([params, tokens, unique, reference]) => ({
    ...{ test: 12, what: `V3: loss of ${params / 1e9} B parameters`, reference },
    ...{ value: repeatedLoss({ params, tokens, unique }), tolerance: 1e-12 * reference },
  }));
  const epochs = EPOCHS.map(([count, reference]) => ({
    ...{ test: 12, what: `V3: worth of ${count} epochs`, reference },
    ...{ value: uniqueEquivalentEpochs(count), tolerance: 5e-5 },
  }));
  return [...losses, ...epochs];
}
