/**
 * The version that a result carries: that of the simulator and the major version of Node, since
 * mathematical functions are specified by neither the language nor IEEE 754 to the last bit.
 */
import { SIMULATOR_VERSION } from '../../core/simulate/model.js';

export function simulatorVersion(): string {
  return `${SIMULATOR_VERSION}+node${process.versions.node.split('.')[0]}`;
}
