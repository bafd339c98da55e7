/** Parses what started a workflow: anyone may start one, and a bare throw would retry for ever. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { z } from 'zod';

export function parseOrFail<T>(schema: z.ZodType<T>, value: unknown, subject: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.join('.') ?? '';
  const parts = {
    subject,
    expected: 'a complete value of its schema',
    found: issue?.message ?? 'something else',
    where,
    remedy: 'start builds with the ballast command, which completes recipes',
  };
  const message = `${subject}: ${parts.found} (${where})`;
  throw ApplicationFailure.nonRetryable(message, 'RECIPE_INVALID', { parts, details: null });
}
