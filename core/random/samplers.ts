/** All samplers on a RandomStream, from one place: continuous laws, and counts. */
export {
  chiSquare,
  gamma,
  logChiSquare,
  logGammaDraw,
  normal,
} from './continuous-samplers.js';
export { binomial, hypergeometric, multinomial, poisson } from './count-samplers.js';
