/** The closed forms of samples from a law of numbers: normal laws (G) and regression (R). */
import type { Formula } from './formula.js';

export const SAMPLE_FORMULAS: readonly Formula[] = [
  {
    id: 'G1',
    says: 'Refitting a normal law without bias drifts away for ever, though its variance is kept on average.',
    formula: 'E mu^2 = t/n, E sigma^2 = 1, E sigma = c4^t, E W2^2 = t/n + 2(1 - c4^t)',
    validity: 'n >= 2, replace, no human data after t = 1, variance divided by n - 1.',
    kind: 'E',
    source: 'derived; divergence: Shumailov et al. 2024, Nature 631:755, theorem 3.1',
  },
  {
    id: 'G2',
    says: 'A typical chain loses variance in every generation.',
    formula:
      'geometric mean of sigma^2 = exp t[psi((n-1)/2) + ln 2 - ln(n-1)]; mle: ln n for ln(n-1)',
    validity: 'n >= 2, replace, no human data after t = 1.',
    kind: 'E',
    source: 'derived',
  },
  {
    id: 'G3',
    says: 'With maximum likelihood the variance dies out and the distance stays below 2.',
    formula:
      'E sigma^2 = (1-1/n)^t, E mu^2 = 1 - E sigma^2, E sigma = c_ML^t, E W2^2 = 2(1 - c_ML^t)',
    validity: 'n >= 2, replace, no human data after t = 1, variance divided by n.',
    kind: 'E',
    source: 'derived',
  },
  {
    id: 'G4',
    says: 'Sampling with less variance than was fitted kills the variance geometrically.',
    formula: 'E sigma^2 = lambda^t',
    validity: 'n >= 2, lambda > 0, unbiased, replace, every draw from t = 1 on is biased.',
    kind: 'E',
    source: 'Alemohammad et al. 2024, ICLR (Self-Consuming Generative Models Go MAD)',
  },
  {
    id: 'G7',
    says: 'A model of all data so far keeps nearly all variance.',
    formula: 'E sigma^2 = prod_{k<=t}(1 - 1/(n k^2)) -> sin(pi/sqrt n)/(pi/sqrt n)',
    validity: 'n >= 1, accumulate, mle, lambda = 1, no human data after t = 1.',
    kind: 'E',
    source: 'derived; setting Kazdan et al. 2025, ICML (PMLR 267)',
  },
  {
    id: 'G5',
    says: 'Fresh human data in every generation holds variance and mean at a fixed distance.',
    formula:
      'k = ab/((n-1)(1-b^2)), V = a(1+k)/(1 - b lambda(1+k)), M = (a + b lambda V)/(n(1-b^2)); n -> inf: V = a/(1 - b lambda)',
    validity: 'n >= 2, 0 < alpha <= 1, quota draw, replace, unbiased, b lambda(1+k) < 1.',
    kind: 'E',
    source: 'derived; setting Alemohammad et al. 2024, ICLR',
  },
  {
    id: 'G6',
    says: 'One human set in every generation holds them too, but its own error stays for ever.',
    formula:
      'q = b lambda/(n(1-b^2)), V = n a v/[(n-1) - n b lambda - n b a q + b lambda], M = qV (+ 1/n_r over random sets)',
    validity: 'n >= 2, n_r = alpha n >= 1 whole, replace, unbiased, divisor > 0.',
    kind: 'E',
    source: 'derived',
  },
  {
    id: 'G8',
    says: 'A sample of n from all data so far loses a little more than all of it, and stops losing.',
    formula:
      'A_1 = 1/n, B_t = A_t + (1-A_t)(t-1)/(tn-1), E sigma_t^2 = 1 - B_t, A_{t+1} = [t^2 A_t + 2t A_t + B_t + (1-B_t)/n]/(t+1)^2',
    validity: 'n >= 2, accumulate-subsample without replacement, mle, lambda = 1, alpha = 0.',
    kind: 'E',
    source: 'derived; setting Kazdan et al. 2025, ICML (PMLR 267)',
  },
  {
    id: 'R1',
    says: 'Refitting on the labels of the model before adds the same error each time.',
    formula: 'E|w_t - w*|^2 = t sigma^2 d/(r-d-1)',
    validity: 'Least squares, normal features, r > d + 1, replace; same or fresh design.',
    kind: 'E',
    source: 'Gerstgrasser et al. 2024, arXiv 2404.01413',
  },
  {
    id: 'R2',
    says: 'With all labels so far the error stays bounded.',
    formula: 'sigma^2 d/(r-d-1) sum_{i<=t} 1/i^2 -> sigma^2 d/(r-d-1) pi^2/6',
    validity:
      'Least squares, normal features, r > d + 1, accumulate on the same design matrix each time; a new design each time has a smaller error and no such form.',
    kind: 'E',
    source: 'Gerstgrasser et al. 2024, arXiv 2404.01413; Dey and Donoho 2024, arXiv 2410.22812',
  },
  {
    id: 'R3',
    says: 'A small share of shifted labels leaves a floor that no amount of data removes.',
    formula: 'about p^2 c^2 + (sigma^2 + p(1-p)c^2(1+2/d)) d/(r-d-1)',
    validity:
      'Least squares, normal features, r >> d, each label from the shifted model with chance p.',
    kind: 'A',
    source: 'derived; Dohmatob et al. 2025, ICLR (Strong model collapse)',
  },
];
