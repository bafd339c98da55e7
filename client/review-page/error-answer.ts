/** What the page is told of an error: the five parts of a failure, or that it is our bug. */
import { EXIT, exitCodeOf } from '../../core/schema/failure.js';
import { asFailure } from '../terminal/report-failure.js';
import type { PageError } from './page-types.js';

const STATUS: Readonly<Record<number, number>> = {
  [EXIT.usage]: 400,
  [EXIT.rejected]: 409,
  [EXIT.refused]: 409,
  [EXIT.unreachable]: 503,
};

export function errorAnswer(error: unknown): { status: number; value: { error: PageError } } {
  const failure = asFailure(error);
  if (failure === null) {
    const found = error instanceof Error ? error.message : String(error);
    const parts = { subject: 'the review page', expected: 'an answer', where: 'ballast' };
    const remedy = 'this is a fault of ballast; BALLAST_DEBUG=1 shows where';
    return {
      status: 500,
      value: { error: { code: 'INTERNAL', ...parts, found, remedy, details: null } },
    };
  }
  const { code, parts, details } = failure;
  const status = STATUS[exitCodeOf(code)] ?? 500;
  return { status, value: { error: { code, ...parts, details: details ?? null } } };
}
