/**
 * Uniform numbers for one piece of work (one generated document, one training run). Each stream is
 * keyed by (seed, purpose, id) as everywhere in Ballast, so the order of the work cannot matter.
 * The generator is sfc32 (C. Doty-Humphrey, PractRand, public domain): 128 bits of state, period
 * at least 2^32, fast in integer arithmetic.
 */
import { derive } from '../../core/random/draw.js';

/** Gives the next uniform number on [0, 1), with 32 random bits. */
export type UniformStream = () => number;

export function uniformStream(seed: number, purpose: string, id: string): UniformStream {
  const key = derive(seed, purpose, id);
  let a = key.hi | 0;
  let b = key.lo | 0;
  let c = (key.hi ^ 0x9e3779b9) | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}
