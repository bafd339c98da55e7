/** Dates that stand in a text itself. */
import { z } from 'zod';

const isoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/** Latest days that are kept: some may still be to come, those behind them are past. */
export const MENTIONED_DAYS_MAX = 8;

export const textDates = z.strictObject({
  /** Day that a line of its head states as its own (`Created:`, `Start Date:`, `Published:`); null where none does. */
  stated: isoDate.nullable(),
  /** Latest distinct days, written in full, that it mentions; newest first. */
  mentioned: z.array(isoDate).max(MENTIONED_DAYS_MAX),
});
export type TextDates = z.infer<typeof textDates>;
