/**
 * `repetition`: what repeated tokens are worth, and the loss of a model trained on them (V3). No randomness: the worth of each
 * repetition, e^{-x / R}, is integrated, and the closed form is the integral. Standard errors are 0; rows stand at t = 1.
 */
import {
  REPEATED_TOKENS,
  repeatedLoss,
  SPARE_PARAMETERS,
  uniqueEquivalentEpochs,
  uniqueEquivalentTokens,
} from '../closed-forms/repetition.js';
import type { Model, ModelRun, ParameterValues, SimulatedRow } from '../model.js';

/** Nodes and weights of Gauss and Legendre's rule of five points on [-1, 1]. Source: DLMF 3.5. */
const NODES: readonly [node: number, weight: number][] = [
  [0, 128 / 225],
  [Math.sqrt(5 - 2 * Math.sqrt(10 / 7)) / 3, (322 + 13 * Math.sqrt(70)) / 900],
  [Math.sqrt(5 + 2 * Math.sqrt(10 / 7)) / 3, (322 - 13 * Math.sqrt(70)) / 900],
];
const PANELS = 400;
/** Repetitions, in units of R, after which the rest is below a float's digits. */
const WORTHLESS_AFTER = 40;

/** Integral of e^{-x / decay} over [0, repeats]. Error: relative 1e-14. */
function integratedWorth(repeats: number, decay: number): number {
  const end = Math.min(repeats / decay, WORTHLESS_AFTER);
  const half = end / PANELS / 2;
  let sum = 0;
  for (let panel = 0; panel < PANELS; panel++) {
    const middle = (2 * panel + 1) * half;
    for (const [node, weight] of NODES) {
      sum +=
        (weight / (node === 0 ? 2 : 1)) *
        (Math.exp(-middle - node * half) + Math.exp(-middle + node * half));
    }
  }
  return decay * half * sum;
}

/** The fit's constants, as the method notes print them. */
const FIT = { logA: 6.255414, logB: 7.3049974, logE: 0.6254804, exponent: 0.3526596 };

function integratedLoss(params: number, tokens: number, unique: number): number {
  const { logA, logB, logE, exponent } = FIT;
  const bestParams = unique * Math.exp((logA - logB) / exponent);
  const base = Math.min(params, bestParams);
  const model = base * (1 + integratedWorth(Math.max(params / base - 1, 0), SPARE_PARAMETERS));
  const data = unique * (1 + integratedWorth(tokens / unique - 1, REPEATED_TOKENS));
  return (
    Math.exp(logE) +
    Math.exp(logA - exponent * Math.log(model)) +
    Math.exp(logB - exponent * Math.log(data))
  );
}

/** More epochs than this are worth no more, and lie outside the closed form. */
const EPOCHS_MAX = 1e12;

function check({ tokens, unique }: ParameterValues): ReturnType<Model['check']> {
  const [all, different] = [tokens as number, unique as number];
  if (different <= all && all / different <= EPOCHS_MAX) return null;
  const expected = `at most tokens = ${all}, and at least 1 / ${EPOCHS_MAX} of them`;
  return { parameter: 'unique', expected, found: String(different) };
}

function run({ values, tick }: ModelRun): SimulatedRow[] {
  const [params, tokens, unique] = [values.params, values.tokens, values.unique] as number[] as [
    number,
    number,
    number,
  ];
  const epochs = 1 + integratedWorth(tokens / unique - 1, REPEATED_TOKENS);
  const row = (quantity: string, mean: number, theory: number): SimulatedRow => ({
    ...{ quantity, t: 1, mean, se: 0, theory, kind: 'E' },
  });
  tick(1, 1);
  return [
    row('epochsWorth', epochs, uniqueEquivalentEpochs(tokens / unique)),
    row('tokensWorth', unique * epochs, uniqueEquivalentTokens(tokens, unique)),
    row('loss', integratedLoss(params, tokens, unique), repeatedLoss({ params, tokens, unique })),
  ];
}

export const repetition: Model = {
  name: 'repetition',
  summary:
    'What repeated tokens are worth, and the loss of a model on them; no randomness, at t = 1',
  parameters: [
    {
      ...{ name: 'params', kind: 'number', unit: 'parameters', min: 1e3, max: 1e15 },
      ...{ fallback: 6.34e9, describe: 'Parameters of the model' },
    },
    {
      ...{ name: 'tokens', kind: 'number', unit: 'tokens', min: 1, max: 1e17, fallback: 242e9 },
      describe: 'Tokens that are read in training',
    },
    {
      ...{ name: 'unique', kind: 'number', unit: 'tokens', min: 1, max: 1e17, fallback: 25e9 },
      describe: 'Different tokens among them, at most all',
    },
  ],
  quantities: [
    {
      ...{ name: 'epochsWorth', unit: 'epochs', describe: 'Passes over new data worth as much' },
      source: 'V3: Muennighoff 2023',
    },
    {
      ...{ name: 'tokensWorth', unit: 'tokens', describe: 'Unique tokens worth as much' },
      source: 'V3: Muennighoff 2023',
    },
    {
      ...{ name: 'loss', unit: 'nats per token', describe: 'Loss that the published fit predicts' },
      source: 'V3: Muennighoff 2023',
    },
  ],
  check,
  run,
};
