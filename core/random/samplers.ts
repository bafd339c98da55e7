/** All samplers on a RandomStream, from one place: continuous laws, and counts. */
export {
  chiSquare,
  gamma,
  logChiSquare,
  logGammaDraw,
  normal,
} from './continuous-samplers.js';
export { binomial, poisson } from './count-samplers.js';
export { hypergeometric, multinomial } from './urn-samplers.js';
