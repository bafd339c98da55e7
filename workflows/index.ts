/** All workflows of the bundle. */
export { buildMix } from './build-mix.js';
export { buildSource } from './build-source.js';
export { eachDomain } from './each-domain.js';
export { eachShard } from './each-shard.js';
export { mixLine } from './mix-line.js';
export { retract } from './retract.js';
export { reviewMix } from './review.js';
export { sealAudit } from './seal-audit.js';
export { triggerLine } from './trigger-line.js';
