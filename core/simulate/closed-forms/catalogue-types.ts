/** The closed forms of types in a corpus: resampling (W) and branching lines (B). */
import type { Formula } from './formula.js';

const POISSON = 'Exact for Poisson offspring; for a multinomial corpus accurate while c << n.';
const LINES = 'f_0 = 0, f_{j+1} = exp(m(f_j - 1)), m = bw';

export const TYPE_FORMULAS: readonly Formula[] = [
  {
    id: 'W1',
    says: 'Resampling n tokens loses 1/n of the diversity in each generation.',
    formula: 'H_t = H_0(1 - 1/n)^t',
    validity: 'Replace, no human data, n >= 1.',
    kind: 'E',
    source: 'Seddik et al. 2024, COLM, theorem 1',
  },
  {
    id: 'W4',
    says: 'One human sample in every generation keeps diversity at a fixed level.',
    formula:
      'a = n/(n_h+n), S_1 = 1/n_h + (1-1/n_h)S_0, S* = [(1-a^2)S_1 + a^2/n]/[1 - a^2(1-1/n)], S_t - S* = (a^2(1-1/n))^{t-1}(S_1 - S*)',
    validity: 'Replace, one fixed human sample of n_h beside n synthetic tokens.',
    kind: 'E',
    source: 'derived; Seddik et al. 2024, COLM, theorem 2',
  },
  {
    id: 'W5',
    says: 'A little fresh human text in every generation keeps most of the diversity.',
    formula:
      'H*/H_0 = (1-1/n)(1-b^2)/(1-(1-1/n)b^2) multinomial; (1-b^2-alpha/n)/(1-b^2+b/n) quota; about theta/(1+theta), theta = 2n alpha',
    validity: 'Replace, fresh human data, n >= 1, alpha in [0, 1].',
    kind: 'E',
    source: 'derived',
  },
  {
    id: 'W6',
    says: 'Families that train on the common pool drift like one corpus of all their tokens.',
    formula:
      'pooled (1 - 1/(Fn))^t, one family of it (1 - 1/n)(1 - 1/(Fn))^{t-1}; isolated (1 - 1/F) + (1 - 1/n)^t/F, one family of it (1 - 1/n)^t',
    validity:
      'Replace, F families of n tokens each; with fresh human data by the recursion of W5 at Fn or n tokens.',
    kind: 'E',
    source: 'derived',
  },
  {
    id: 'W7',
    says: 'At a fixed budget pooled families gain nothing, isolated ones keep 1 - 1/F.',
    formula: 'pooled (1 - 1/n)^t; isolated (1 - 1/F) + (1 - F/n)^t/F',
    validity: 'Replace, no human data, F families of n/F tokens each, F divides n.',
    kind: 'E',
    source: 'derived',
  },
  {
    id: 'W8',
    says: 'A pool that only grows keeps nearly all its diversity and every type.',
    formula: 'H_t/H_0 = prod_{k<=t}(1 - 1/(n k^2))',
    validity: 'Accumulate, w = 1; with human data by the recursion of the function.',
    kind: 'E',
    source: 'derived; Polya urn',
  },
  {
    id: 'W2',
    says: 'Without human data one type ends with everything, within these times on average.',
    formula: '1 + (1-S_0)(n-1)/(1-1/K) <= E T <= 1 + (1-S_0)n(n-1)',
    validity: 'Replace, no human data, K >= 2 types; T counts samples from the law on.',
    kind: 'B',
    source: 'Seddik et al. 2024, COLM, eq. 8',
  },
  {
    id: 'W3',
    says: 'Two types take about as many generations as tokens, n different ones twice as many.',
    formula:
      '-2n[p ln p + (1-p)ln(1-p)] for two types; 2(n-1) for n distinct types; exact by solving the chain',
    validity: 'Replace, no human data; the exact chain up to n = 400.',
    kind: 'A',
    source: 'Kimura and Ohta 1969, Genetics 61; Kingman 1982, J. Appl. Prob. 19A',
  },
  {
    id: 'B1',
    says: 'A type is lost when all its lines die and no fresh human copy starts a new one.',
    formula: `P(absent at g) = f_g^c exp(-alpha c sum_{j<g}(1 - f_j)); ${LINES}; w = 0: e^{-alpha c}`,
    validity: `Fresh human data, replace, c >= 0, alpha in [0, 1], w >= 0. ${POISSON}`,
    kind: 'E',
    source:
      'derived; Harris 1963, The Theory of Branching Processes, ch. I; Heathcote 1965, JRSS B 27',
  },
  {
    id: 'B2',
    says: 'A type with c copies is as good as a coin toss after about 2c / ln 2 generations.',
    formula: 'first g with P(absent) >= 1/2; alpha = 0, w = 1: about 2c/ln 2',
    validity: `w <= 1, c <= 1e6 (above: the limit, at alpha = 0, w = 1 alone). ${POISSON}`,
    kind: 'E',
    source: 'derived; Harris 1963, ch. I',
  },
  {
    id: 'B3',
    says: 'Rare types are those that a smaller human corpus would hold.',
    formula:
      'T_eff/T_0 = (1 - f_g) + alpha sum_{j<g}(1 - f_j); alpha = 0, w = 1: 1 - f_g; fixed: 1 - b f_g',
    validity: 'Counts at g = 0 are Poisson around expected counts, c << n, replace.',
    kind: 'A',
    source: 'derived',
  },
  {
    id: 'B4',
    says: 'With fresh human text the chance of absence settles.',
    formula: 'P(absent) = exp(-h sum_{j>=0}(1 - f_j))',
    validity: `m = bw <= .999999, fresh human data, replace. ${POISSON}`,
    kind: 'E',
    source: 'derived; Heathcote 1965, JRSS B 27',
  },
  {
    id: 'B5',
    says: 'A type that is cut from all synthetic text keeps the share alpha of its human frequency.',
    formula: 'r_g = m^g + alpha(1 - m^g)/(1 - m) -> alpha/(1 - m)',
    validity: 'Replace, fresh human data or one block averaged over blocks; the limit needs m < 1.',
    kind: 'E',
    source: 'derived',
  },
  {
    id: 'B6',
    says: 'One human block keeps its own types for ever and no other.',
    formula:
      'P(absent at g) = (b f_g)^c for a random block; f_g^c for a type outside the block; m = bw',
    validity: 'Fixed human data, replace, c << n.',
    kind: 'A',
    source: 'derived',
  },
  {
    id: 'B7',
    says: 'In an accumulated pool a suppressed type gets rarer slowly and never leaves.',
    formula:
      'r_t = Gamma(t+w)/(Gamma(1+w)Gamma(t+1)); with human data r_{t+1} = (r_t(t + bw) + alpha)/(t+1)',
    validity: 'Accumulate, equal blocks, the first of human text, t >= 1.',
    kind: 'E',
    source: 'derived; Polya urn',
  },
  {
    id: 'B8',
    says: 'Survival without human data is at least what a corpus of 1/g of the size would hold.',
    formula: 'P(survive g) >= 1 - e^{-c/g}',
    validity: 'alpha = 0, w = 1, g >= 1, c the expected count.',
    kind: 'B',
    source: 'Suresh et al. 2025, AISTATS',
  },
];
