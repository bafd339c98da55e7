/** Dates that stand in a text itself. */
import { z } from 'zod';

const isoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

export const textDates = z.strictObject({
  /** Day that a line of its head states as its own (`Created:`, `Start Date:`, `Published:`); null where none does. */
  stated: isoDate.nullable(),
  /** Latest day, written in full, that it mentions; null where it mentions none. */
  latest: isoDate.nullable(),
});
export type TextDates = z.infer<typeof textDates>;
