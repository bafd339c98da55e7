/** What a schedule starts: a trigger with one schedule's settings, and what a line would be started with. */
import { z } from 'zod';
import { mixLineInput } from './arrival.js';
import { scheduleSettings } from './operations.js';

export const triggerLineInput = z.strictObject({
  schemaVersion: z.literal(1),
  schedule: scheduleSettings,
  /** With an empty state: the line takes over what its workspace has on record. */
  line: mixLineInput,
});
export type TriggerLineInput = z.infer<typeof triggerLineInput>;
