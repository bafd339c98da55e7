/** Parameters and quantities of `wright-fisher`. */
import type { Parameter, Quantity } from '../model.js';

export const WRIGHT_FISHER_PARAMETERS: readonly Parameter[] = [
  {
    ...{ name: 'n', kind: 'integer', unit: 'tokens per generation', min: 2, max: 1e9 },
    ...{ fallback: 200, describe: 'Tokens of a generation, of each family' },
  },
  {
    ...{ name: 'types', kind: 'integer', unit: 'types', min: 2, max: 1e6, fallback: 50 },
    describe: 'Types of a power law',
  },
  {
    ...{ name: 'zipf-beta', kind: 'number', unit: 'exponent', min: 0, max: 10, fallback: 1 },
    describe: 'Exponent of the power law of shares by rank; 0: all equal',
  },
  {
    ...{ name: 'probs', kind: 'text', unit: 'path of a file', fallback: null },
    describe: 'File of numbers, one per type, instead of a power law',
    excludes: ['types', 'zipf-beta'],
  },
  {
    ...{ name: 'alpha', kind: 'number', unit: 'share', min: 0, max: 1, fallback: 0 },
    describe: 'Share of human tokens in each generation',
  },
  {
    ...{ name: 'draw', kind: 'choice', unit: '', choices: ['multinomial', 'quota'] },
    fallback: 'multinomial',
    describe: 'Fresh human tokens: each token by chance, or round(alpha n) of them',
  },
  {
    ...{ name: 'human', kind: 'choice', unit: '', choices: ['fresh', 'fixed'] },
    ...{ fallback: 'fresh', describe: 'New human tokens in each generation, or one set in all' },
  },
  {
    ...{ name: 'families', kind: 'integer', unit: 'families', min: 1, max: 1000, fallback: 1 },
    describe: 'Model families of n tokens each; for a fixed total give n / families',
  },
  {
    ...{ name: 'structure', kind: 'choice', unit: '', choices: ['pooled', 'isolated'] },
    ...{ fallback: 'pooled', describe: 'Families train on all text, or each on its own' },
  },
];

export const WRIGHT_FISHER_QUANTITIES: readonly Quantity[] = [
  {
    ...{ name: 'hRatio', unit: 'of H_0', describe: 'Heterozygosity of all text over the law’s' },
    source: 'W1, W4-W7: Seddik 2024; derived',
  },
  {
    ...{ name: 'h', unit: 'chance', describe: 'Chance that two tokens of all text differ' },
    source: 'W1, W4-W7: Seddik 2024; derived',
  },
  {
    ...{ name: 'hWithin', unit: 'of H_0', describe: 'The same within one family, with several' },
    source: 'W5, W6: derived',
  },
  {
    ...{ name: 'absorption', unit: 'generations' },
    describe: 'Time until one type has all; alpha 0, one family, n up to 1000',
    source: 'W2, W3: Seddik 2024; two types: exact chain',
  },
];
