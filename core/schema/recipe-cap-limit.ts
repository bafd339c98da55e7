/** The one limit of a cap, out of the four keys that can state one. */
import type { z } from 'zod';
import type { CapLimit } from './recipe.js';

interface WrittenLimits {
  readonly max_share: number | null;
  readonly min_share: number | null;
  readonly max_tokens: number | null;
  readonly min_tokens: number | null;
}

export function readCapLimit(written: WrittenLimits, context: z.core.$RefinementCtx): CapLimit {
  const limits: CapLimit[] = [];
  const { max_share, min_share, max_tokens, min_tokens } = written;
  if (max_share !== null) limits.push({ kind: 'max_share', share: max_share });
  if (min_share !== null) limits.push({ kind: 'min_share', share: min_share });
  if (max_tokens !== null) limits.push({ kind: 'max_tokens', tokens: max_tokens });
  if (min_tokens !== null) limits.push({ kind: 'min_tokens', tokens: min_tokens });
  const [first, second] = limits;
  if (first !== undefined && second === undefined) return first;
  context.addIssue({
    code: 'custom',
    message: 'exactly one of max_share, min_share, max_tokens, min_tokens',
    params: {
      found: first === undefined ? 'none' : limits.map((limit) => limit.kind).join(' and '),
      remedy: first === undefined ? 'add one of them' : 'write a cap of its own for each limit',
    },
  });
  return { kind: 'max_share', share: 1 };
}
