/**
 * `families`: several generators of which some cut a type (F1). `absent` is read in the long run: each family writes its share
 * of the synthetic text, those that cut the type write none of it. `kEff` is the variance of one of F equally correlated
 * values over that of their mean.
 */
import { normal, poisson } from '../../random/samplers.js';
import { absentWithFamilies, effectiveFamilies } from '../closed-forms/families.js';
import { chanceRow } from '../loops/rare-events.js';
import type { Model, ModelRun, ParameterValues, SimulatedRow } from '../model.js';
import { eachReplicate } from '../replicate-means.js';

const LEFT = 1e-9;
const OFFSPRING_MAX = 0.999;

function offspringOf(values: ParameterValues): number {
  const [families, cut] = [values.families as number, values.cut as number];
  return (1 - (values.alpha as number)) * (1 - cut / families);
}

function check(values: ParameterValues): ReturnType<Model['check']> {
  const [families, cut] = [values.families as number, values.cut as number];
  if (cut > families) {
    return { parameter: 'cut', expected: `at most --families, ${families}`, found: String(cut) };
  }
  if (offspringOf(values) > OFFSPRING_MAX) {
    const expected = `(1 - alpha)(1 - cut / families) of at most ${OFFSPRING_MAX}`;
    return { parameter: 'alpha', expected, found: String(values.alpha) };
  }
  return null;
}

function run(given: ModelRun): SimulatedRow[] {
  const { values, ts, replicates } = given;
  const [families, cut] = [values.families as number, values.cut as number];
  const [h, rho] = [values.h as number, values.rho as number];
  const each = (1 - (values.alpha as number)) / families;
  const m = offspringOf(values);
  const start = m === 0 ? 1 : Math.ceil(Math.log(LEFT) / Math.log(m));
  const lost = new Float64Array(ts.length);
  const [common, own] = [Math.sqrt(rho), Math.sqrt(1 - rho)];
  let squares = 0;
  eachReplicate(given, 'families', (stream) => {
    let count = 0;
    let g = -start;
    ts.forEach((t, i) => {
      for (; g < t; g++) {
        let next = poisson(stream, h);
        for (let f = cut; f < families; f++) next += poisson(stream, each * count);
        count = next;
      }
      if (count === 0) lost[i]! += 1;
    });
    const shared = common * normal(stream);
    let sum = 0;
    for (let f = 0; f < families; f++) sum += shared + own * normal(stream);
    squares += (sum / families) ** 2;
  });
  const line = { humanShare: values.alpha as number, freshCopies: h };
  const theory = absentWithFamilies({ families, cut, ...line });
  const rows = ts.map((t, i) =>
    chanceRow({ quantity: 'absent', t, events: lost[i]!, replicates, theory }),
  );
  return [...rows, effectiveRow({ families, rho, squares, replicates, t: ts.at(-1) ?? 0 })];
}

/** R / sum of squared means; sqrt(2 / R) is its relative error, for the sum is chi-square of R degrees. */
function effectiveRow(at: {
  readonly families: number;
  readonly rho: number;
  readonly squares: number;
  readonly replicates: number;
  readonly t: number;
}): SimulatedRow {
  const { families, rho, squares, replicates, t } = at;
  const theory = effectiveFamilies(families, rho);
  // The cube root of a chi-square is nearly normal (Wilson and Hilferty, 1931): z is taken there and scaled back.
  const mean = replicates / squares;
  const spread = 2 / (9 * replicates);
  const z = ((theory / mean) ** (1 / 3) - (1 - spread)) / Math.sqrt(spread);
  const se = z === 0 ? theory * Math.sqrt(2 / replicates) : Math.abs((mean - theory) / z);
  return { quantity: 'kEff', t, mean, se, theory, kind: 'E' };
}

export const families: Model = {
  name: 'families',
  summary: 'Several generators of which some cut a type; in the long run with fresh human text',
  parameters: [
    {
      ...{ name: 'families', kind: 'integer', unit: 'families', min: 1, max: 1000, fallback: 5 },
      describe: 'Model families with equal shares of the synthetic text',
    },
    {
      ...{ name: 'cut', kind: 'integer', unit: 'families', min: 0, max: 1000, fallback: 1 },
      describe: 'Families that never write the type',
    },
    {
      ...{ name: 'rho', kind: 'number', unit: 'correlation', min: 0, max: 1, fallback: 0.6 },
      describe: 'Correlation of log w over types between families',
    },
    {
      ...{ name: 'alpha', kind: 'number', unit: 'share', min: 0, max: 1, fallback: 0.1 },
      describe: 'Human share of each generation',
    },
    {
      ...{ name: 'h', kind: 'number', unit: 'copies per generation', min: 0, exclusiveMin: true },
      ...{ max: 1e6, fallback: 1, describe: 'Fresh human copies of the type' },
    },
  ],
  quantities: [
    {
      ...{ name: 'absent', unit: 'probability', describe: 'Chance that no copy is there' },
      source: 'F1, B4: derived',
    },
    {
      ...{ name: 'kEff', unit: 'families', describe: 'Families that correlated ones are worth' },
      source: 'F1: Kish 1965',
    },
  ],
  check,
  run,
};
