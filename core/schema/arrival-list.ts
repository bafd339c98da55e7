/**
 * What is on record of a line's arrivals. The ledger's `arrivals` lines say what happened; the list
 * is what they add up to (`core/line/list.ts`), kept as a file so that years of arrivals fit.
 */
import { z } from 'zod';
import { arrival } from './arrival.js';

export const ARRIVALS_LINE = 'arrivals';

/** An arrival that waits, and since when. */
export const waitingArrival = z.strictObject({ ...arrival.shape, atMs: z.number() });
export type WaitingArrival = z.infer<typeof waitingArrival>;

/** One that no version will take, or none until it arrives again. */
export const refusedArrival = z.strictObject({
  ...waitingArrival.shape,
  /** A sentence. */
  reason: z.string(),
  /** True where the reason is its place (gone, changed, no such source): it may arrive again. */
  mayReturn: z.boolean(),
});
export type RefusedArrival = z.infer<typeof refusedArrival>;

/** Body of a ledger line of kind `arrivals`. */
export const arrivalsLine = z.strictObject({
  /** Name of the mix. */
  name: z.string(),
  /**
   * `waiting`: put on the list to wait; `refused`: set aside; `composed`: a build was put together of
   * them; `ended`: what that build came to.
   */
  event: z.enum(['waiting', 'refused', 'composed', 'ended']),
  version: z.string().nullable(),
  outcome: z.enum(['published', 'failed']).nullable(),
  sentence: z.string(),
  /** Those that wait, or that the build took. */
  arrivals: z.array(waitingArrival),
  refused: z.array(refusedArrival),
});
export type ArrivalsLine = z.infer<typeof arrivalsLine>;

export const listedArrival = z.strictObject({
  ...waitingArrival.shape,
  state: z.enum(['waiting', 'taken', 'refused']),
  /** Version that took it. */
  version: z.string().nullable(),
  reason: z.string().nullable(),
  mayReturn: z.boolean(),
});
export type ListedArrival = z.infer<typeof listedArrival>;

/** By digest, in code-unit order. */
export const arrivalList = z.strictObject({
  schemaVersion: z.literal(1),
  arrivals: z.array(listedArrival),
});
export type ArrivalList = z.infer<typeof arrivalList>;

/** How many of each a list holds. */
export const listCounts = z.strictObject({
  waiting: z.int(),
  /** Of those that wait and were counted. */
  tokensWaiting: z.int(),
  taken: z.int(),
  refused: z.int(),
});
export type ListCounts = z.infer<typeof listCounts>;
