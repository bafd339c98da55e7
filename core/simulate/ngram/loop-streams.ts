/** Streams of a run, by purpose, generation and family; a swept share is in no key. */
import { derive } from '../../random/draw.js';
import { RandomStream } from '../../random/stream.js';
import type { LoopRun } from './loop-settings.js';

export function streamOf(
  { seed, domain, run }: LoopRun,
  purpose: string,
  ...parts: number[]
): RandomStream {
  return new RandomStream(derive(seed, `loop-${purpose}`, domain, run, ...parts));
}
