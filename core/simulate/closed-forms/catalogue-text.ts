/** The closed forms of text: power laws (Z), decoders (D), verifiers and repetition (V), families and chains (F). */
import type { Formula } from './formula.js';

export const TEXT_FORMULAS: readonly Formula[] = [
  {
    id: 'Z1',
    says: 'A power law always has types that a corpus misses.',
    formula:
      'missing mass about C^{1/beta} Gamma(1-1/beta) n^{-(1-1/beta)}/beta; distinct about Gamma(1-1/beta)(Cn)^{1/beta}',
    validity:
      'beta >= 1.01, n >> 1; with K types C n K^-beta << 1. The sums over types are exact for any law.',
    kind: 'A',
    source: 'Karlin 1967, J. Math. Mech. 17',
  },
  {
    id: 'Z2',
    says: 'Replacing without human text loses mass as a smaller corpus would.',
    formula: 'sum p exp(-n p (1 - f_g))',
    validity: 'Replace, w = 1, Poisson counts; with human text T_eff/T_0 stands for 1 - f_g.',
    kind: 'A',
    source: 'derived',
  },
  {
    id: 'Z3',
    says: 'Text cut at rank k leaves the tail to the human tokens alone.',
    formula:
      'floor sum_{i>k} p about C k^{1-beta}/(beta-1); a share alpha of n tokens acts as alpha n there',
    validity: 'beta >= 1.01 over all ranks, k >> 1 for the approximation.',
    kind: 'A',
    source: 'Dohmatob et al. 2024, ICML (A tale of tails)',
  },
  {
    id: 'D1',
    says: 'A temperature multiplies all log-odds in every generation.',
    formula: 'log-odds x tau^-g; Zipf exponent beta tau^-g',
    validity: 'tau > 0, no human text, no sampling noise.',
    kind: 'E',
    source: 'derived',
  },
  {
    id: 'D2',
    says: 'Cutting to a head of mass p keeps about p^g of the true mass.',
    formula: 'mass kept >= p^g',
    validity: '0 < p <= 1, no human text, no sampling noise.',
    kind: 'B',
    source: 'derived; decoder: Holtzman et al. 2020, ICLR',
  },
  {
    id: 'D3',
    says: 'With human text a type that every text cuts keeps the share alpha of its frequency.',
    formula: 'fixed point of p = alpha p_0 + b decode(p); ratio of a cut type = alpha',
    validity: '0 < alpha <= 1, no sampling noise, reached from p_0.',
    kind: 'E',
    source: 'derived',
  },
  {
    id: 'D4',
    says: 'Selection by a preference narrows a law without end.',
    formula: 'variance 1/(1 + t/kappa^2)',
    validity: 'Standard normal law, reward -x^2/(2 kappa^2), limit of many candidates.',
    kind: 'E',
    source: 'Ferbach et al. 2024, arXiv 2407.09499',
  },
  {
    id: 'V1',
    says: 'A verifier helps where right labels outnumber wrong ones among those kept.',
    formula: 'q = p phi/(p phi + (1-p) psi); helps iff p > p* = 1/(1 + phi/psi)',
    validity: 'Binary labels, many of them, phi and psi the same for all examples, not both 0.',
    kind: 'E',
    source: 'Feng et al. 2025, ICLR (Beyond model collapse)',
  },
  {
    id: 'V2',
    says: 'There is one best weight of fresh human data beside synthetic data.',
    formula: 'v = (w^2 + (1-w)^2/k)/(1 - (1-w)^2); best w = (sqrt(1+4k)-1)/(2k) = v',
    validity: 'Estimation of a mean, 0 < weight <= 1, k > 0 synthetic draws per human one.',
    kind: 'E',
    source: 'He, Xu and Cheng 2026, JRSS-B (arXiv 2502.18049)',
  },
  {
    id: 'V3',
    says: 'Tokens that are read again are worth less each time, and at most 15.4 passes more.',
    formula: "1 + R(1 - e^{-(e-1)/R}), R = 15.387756; L = E + A/N'^a + B/D'^a",
    validity: 'e >= 1; the loss is a fit on English web text up to 9e9 parameters and 9e11 tokens.',
    kind: 'E',
    source: 'Muennighoff et al. 2023, NeurIPS (Scaling data-constrained language models)',
  },
  {
    id: 'F1',
    says: 'What some families cut, the others dilute; correlated families count for fewer.',
    formula: 'w = 1 - j/F in B4; K_eff = F/(1 + (F-1) rho)',
    validity:
      'Equal shares of F families; rho > -1/(F-1), the mean correlation of log w over types; K_eff is an approximation.',
    kind: 'E',
    source: 'derived; Kish 1965, Survey Sampling, 5.4',
  },
  {
    id: 'F2',
    says: 'Chains stay short while human text comes in, and grow like a logarithm in a pool.',
    formula:
      'mean s/(1-s), P(depth >= k) = s^k; at g: s + .. + s^g; accumulate, s = 1: 1 + 1/2 + .. + 1/g; replace, s = 1: g',
    validity:
      '0 <= s <= 1, the limit needs s < 1; each synthetic text follows one random text of its model.',
    kind: 'E',
    source: 'derived',
  },
];
