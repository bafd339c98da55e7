/**
 * How a mix is kept going: when its line builds the next version, and the schedules that tell it to.
 * No part of the recipe's identity: the same recipe makes the same mix whenever it is built.
 */
import { z } from 'zod';

/** When arrivals become a build. */
export const lineSettings = z.strictObject({
  /** No arrival for so long. */
  quietSeconds: z.number().min(0),
  /** Since the first arrival that waits. */
  maxWaitSeconds: z.number().min(0),
  /** Tokens that must have arrived before a build is worth it; after the longest wait any number is. */
  minNewTokens: z.int().min(0),
});
export type LineSettings = z.infer<typeof lineSettings>;

export const SCHEDULE_OVERLAPS = ['skip', 'buffer-one', 'buffer-all', 'allow-all'] as const;

/** What a schedule asks for: a build of what is new, a build in any case, or a look at the grants. */
export const SCHEDULE_ACTS = ['build-new', 'build-always', 'watch-grants'] as const;
export const scheduleAct = z.enum(SCHEDULE_ACTS);
export type ScheduleAct = z.infer<typeof scheduleAct>;

export const scheduleSettings = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/),
  act: scheduleAct,
  /** Five fields of cron, in `timezone`; null where `everySeconds` says when. */
  cron: z.string().nullable(),
  everySeconds: z.number().min(1).nullable(),
  /** IANA name. */
  timezone: z.string(),
  jitterSeconds: z.number().min(0),
  overlap: z.enum(SCHEDULE_OVERLAPS),
  /** Runs missed while the server was down are made up within this window only. */
  catchupSeconds: z.number().min(10),
  note: z.string().nullable(),
});
export type ScheduleSettings = z.infer<typeof scheduleSettings>;

export const operations = z.strictObject({
  line: lineSettings,
  schedules: z.array(scheduleSettings).max(100),
});
export type Operations = z.infer<typeof operations>;
