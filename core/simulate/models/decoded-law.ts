/** What the models of decoders share: the true law with its human share, and what is read of the decoded one. */
import type { Parameter, Quantity } from '../model.js';

export const lawParameters: readonly Parameter[] = [
  {
    ...{ name: 'alpha', kind: 'number', unit: 'share', min: 0, max: 1, fallback: 0 },
    describe: 'Share of true text in each generation',
  },
  {
    ...{ name: 'types', kind: 'integer', unit: 'types', min: 2, max: 1_000_000 },
    ...{ fallback: 50_000, describe: 'Types of the true law' },
  },
  {
    ...{ name: 'zipf-beta', kind: 'number', unit: 'exponent', min: 0, max: 10, fallback: 1 },
    describe: 'Exponent of the share of a type by its rank',
  },
];

/** Quantities of the law after decoding; `source` of its entropy differs by decoder. */
export const lawQuantities = (source: string): readonly Quantity[] => [
  { name: 'entropy', unit: 'nats', describe: 'Entropy of the law', source },
  {
    ...{ name: 'effectiveVocabulary', unit: 'ratio to g = 0', describe: 'e^entropy' },
    source: 'D3: derived',
  },
  {
    ...{ name: 'tailRatio', unit: 'ratio to g = 0', describe: 'Share of the rarest type' },
    source: 'D3: derived',
  },
];
