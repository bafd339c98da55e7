/** What became of a build, out of its result or of whatever the server's client or a child threw. */
import type { FailureParts } from '../schema/failure.js';

/** What a build that failed says. */
export interface BuildFailure {
  readonly code: string;
  readonly message: string;
  readonly parts: FailureParts | null;
}

/** Null where it was published. */
export interface BuildEnd {
  readonly failure: BuildFailure | null;
}

export function endOfResult({ status }: { readonly status: string }): BuildEnd {
  if (status === 'published' || status === 'present') return { failure: null };
  return { failure: { code: 'INTERNAL', message: `the build ended ${status}`, parts: null } };
}

/** A failure of Temporal's as far as it is read here: the type is our code, the details our parts. */
interface Caused {
  readonly name?: string;
  readonly message?: string;
  readonly type?: string | null;
  readonly details?: readonly unknown[] | null;
  readonly cause?: unknown;
}

const STOPPED = ['CancelledFailure', 'TerminatedFailure'];

/** The outermost cause that has a code, or the innermost one. */
export function endOfError(error: unknown): BuildEnd {
  let at = error as Caused;
  while (!at.type && at.cause !== undefined && at.cause !== null) at = at.cause as Caused;
  const parts = (at.details?.[0] as { parts?: FailureParts } | undefined)?.parts ?? null;
  const other = STOPPED.includes(at.name ?? '') ? 'BUILD_CANCELLED' : (at.name ?? 'INTERNAL');
  const message = (at.message ?? String(error)).slice(0, 2_000);
  return { failure: { code: at.type || other, message, parts } };
}
