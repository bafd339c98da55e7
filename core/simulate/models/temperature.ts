/**
 * `temperature`: a law of types sharpened (tau < 1) or flattened in each generation, mixed with a share alpha of true text (D1,
 * D3): a deterministic map, so standard errors are 0. t is g, 0 the true law.
 *
 * Without human text exponent and entropy are exact; with it the long run of the rarest type and of the effective
 * vocabulary is the fixed point (A: it is compared with the law of g).
 */

import { Failure } from '../../schema/failure.js';
import {
  decodedFixedPoint,
  entropyOf,
  tailRatio,
  zipfExponentAfter,
} from '../closed-forms/decoding.js';
import { zipfShares } from '../closed-forms/zipf.js';
import { entropyOfLogs, mixLogs, temperLogs } from '../loops/type-maps.js';
import type { Model, ModelRun, SimulatedRow } from '../model.js';
import { lawParameters, lawQuantities } from './decoded-law.js';

/** Above this exponent the entropy is lost in the rounding of the largest share. */
const ENTROPY_EXPONENT_MAX = 8;
/** Below this a slope is a difference of nearly equal logarithms: its rounding shows, and the row is of kind A. */
const EXPONENT_MIN = 0.05;

/** The fixed point of the map; null without human text, or where the law does not settle. */
export function fixedPointOf(
  human: Float64Array,
  decoder: { temperature: number; topP: number; humanShare: number },
): Float64Array | null {
  if (decoder.humanShare === 0) return null;
  try {
    return decodedFixedPoint(human, decoder);
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

function run({ values, ts, tick }: ModelRun): SimulatedRow[] {
  const beta = values['zipf-beta'] as number;
  const temperature = values.temperature as number;
  const humanShare = values.alpha as number;
  const human = zipfShares(values.types as number, beta);
  const logs = human.map(Math.log);
  const fixed = fixedPointOf(human, { temperature, topP: 1, humanShare });
  const last = ts.at(-1) ?? 0;
  const rows: SimulatedRow[] = [];
  for (let g = 0; g <= last; g++) {
    if (g > 0) {
      temperLogs(logs, temperature);
      mixLogs(logs, human, humanShare);
    }
    if (ts.includes(g))
      rows.push(...rowsAt(g, { beta, temperature, humanShare, human, logs, fixed }));
    tick(g + 1, last + 1);
  }
  return rows;
}

interface State {
  readonly beta: number;
  readonly temperature: number;
  readonly humanShare: number;
  readonly human: Float64Array;
  readonly logs: Float64Array;
  readonly fixed: Float64Array | null;
}

function rowsAt(t: number, state: State): SimulatedRow[] {
  const { beta, temperature, humanShare, human, logs, fixed } = state;
  const types = logs.length;
  const exponent = humanShare === 0 ? zipfExponentAfter(beta, temperature, t) : Infinity;
  const isKnown = Number.isFinite(exponent) && exponent < 1e290;
  const hasEntropy = humanShare === 0 && exponent <= ENTROPY_EXPONENT_MAX;
  const entropy = entropyOfLogs(logs);
  const start = entropyOf(human);
  const slope = (logs[0]! - logs[types - 1]!) / Math.log(types);
  const map = (quantity: string, mean: number) => ({ quantity, t, mean, se: 0 });
  return [
    {
      ...map('exponent', slope),
      theory: isKnown ? exponent : null,
      kind: exponent >= EXPONENT_MIN ? 'E' : 'A',
    },
    {
      ...map('entropy', entropy),
      theory: hasEntropy ? entropyOf(zipfShares(types, exponent)) : null,
      kind: 'E',
    },
    {
      ...map('effectiveVocabulary', Math.exp(entropy - start)),
      theory: fixed === null ? null : Math.exp(entropyOf(fixed) - start),
      kind: 'A',
    },
    {
      ...map('tailRatio', Math.exp(logs[types - 1]! - Math.log(human[types - 1]!))),
      theory: fixed === null ? null : tailRatio(human, fixed, types),
      kind: 'A',
    },
  ];
}

export const temperature: Model = {
  name: 'temperature',
  summary: 'A power law decoded at a temperature in each generation; t is g, 0 the true law',
  parameters: [
    {
      ...{ name: 'temperature', kind: 'number', unit: 'ratio', min: 0.05, max: 20 },
      ...{ fallback: 0.9, describe: 'Temperature tau of the decoder: shares to the power 1/tau' },
    },
    ...lawParameters,
  ],
  quantities: [
    {
      ...{ name: 'exponent', unit: 'exponent' },
      describe: 'Slope between the first and the last rank on logarithmic axes',
      source: 'D1: derived',
    },
    ...lawQuantities('D1: derived'),
  ],
  check: () => null,
  run,
};
