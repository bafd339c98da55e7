/**
 * `top-p`: a law of types cut to its smallest head of mass >= p in each generation, mixed with a share alpha of true text (D2,
 * D3): a deterministic map, so standard errors are 0. t is g, 0 the true law.
 *
 * Without human text the true mass of the kept types is at least p^g (B). A type outside the head of a text has exactly
 * the share alpha p_0 in it (E). The effective vocabulary is compared with that of the fixed point (A).
 */
import { entropyOf, keptMass, keptMassBound } from '../closed-forms/decoding.js';
import { zipfShares } from '../closed-forms/zipf.js';
import { cutMap } from '../loops/type-maps.js';
import type { Model, ModelRun, SimulatedRow } from '../model.js';
import { lawParameters, lawQuantities } from './decoded-law.js';
import { fixedPointOf } from './temperature.js';

function run({ values, ts, tick }: ModelRun): SimulatedRow[] {
  const topP = values['top-p'] as number;
  const humanShare = values.alpha as number;
  const human = zipfShares(values.types as number, values['zipf-beta'] as number);
  const law = Float64Array.from(human);
  const fixed = fixedPointOf(human, { temperature: 1, topP, humanShare });
  const last = ts.at(-1) ?? 0;
  const rows: SimulatedRow[] = [];
  let ranks = law.length;
  for (let g = 0; g <= last; g++) {
    if (g > 0) ranks = cutMap(law, human, topP, humanShare);
    if (ts.includes(g)) rows.push(...rowsAt(g, { topP, humanShare, human, law, fixed, ranks }));
    tick(g + 1, last + 1);
  }
  return rows;
}

interface State {
  readonly topP: number;
  readonly humanShare: number;
  readonly human: Float64Array;
  readonly law: Float64Array;
  readonly fixed: Float64Array | null;
  /** Ranks in the head of the last text. */
  readonly ranks: number;
}

function rowsAt(t: number, { topP, humanShare, human, law, fixed, ranks }: State): SimulatedRow[] {
  const types = law.length;
  const start = entropyOf(human);
  const entropy = entropyOf(law);
  const map = (quantity: string, mean: number) => ({ quantity, t, mean, se: 0 });
  const isCut = ranks < types;
  return [
    {
      ...map('massKept', keptMass(human, law)),
      theory: humanShare === 0 ? [keptMassBound(topP, t), 1] : null,
      kind: 'B',
    },
    { ...map('typesGenerated', ranks), theory: null, kind: 'A' },
    { ...map('entropy', entropy), theory: null, kind: 'A' },
    {
      ...map('effectiveVocabulary', Math.exp(entropy - start)),
      theory: fixed === null ? null : Math.exp(entropyOf(fixed) - start),
      kind: 'A',
    },
    {
      ...map('tailRatio', law[types - 1]! / human[types - 1]!),
      theory: t === 0 ? 1 : isCut ? humanShare : null,
      kind: 'E',
    },
  ];
}

export const topP: Model = {
  name: 'top-p',
  summary: 'A power law cut to a head of mass p in each generation; t is g, 0 the true law',
  parameters: [
    {
      ...{ name: 'top-p', kind: 'number', unit: 'share', min: 0, exclusiveMin: true, max: 1 },
      ...{ fallback: 0.95, describe: 'Mass of the head that the decoder keeps' },
    },
    ...lawParameters,
  ],
  quantities: [
    {
      ...{ name: 'massKept', unit: 'share', describe: 'True mass of the types that are left' },
      source: 'D2: derived',
    },
    {
      ...{ name: 'typesGenerated', unit: 'types', describe: 'Types in the head of the last text' },
      source: 'none',
    },
    ...lawQuantities('none'),
  ],
  check: () => null,
  run,
};
