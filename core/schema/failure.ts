/**
 * Failures that a user can cause or mend: each has a stable code, an exit code, and says what was
 * expected, what was found, where, and what to do. Anything else that is thrown is our bug.
 */

/** Exit codes of the CLI contract. */
export const EXIT = {
  done: 0,
  check: 1,
  usage: 2,
  infeasible: 3,
  rejected: 4,
  verification: 5,
  unreachable: 6,
  refused: 7,
} as const;

/** Stable failure codes and the exit code that each one leads to. */
export const FAILURE_EXIT = {
  USAGE: EXIT.usage,
  RECIPE_INVALID: EXIT.usage,
  NOT_SUPPORTED_YET: EXIT.usage,
  GRANTS_INVALID: EXIT.usage,
  TOKENIZER_INVALID: EXIT.usage,
  SOURCE_MISSING: EXIT.usage,
  SOURCE_UNREADABLE: EXIT.usage,
  SOURCE_CHANGED: EXIT.usage,
  SOURCE_REJECTS: EXIT.usage,
  DUPLICATE_ID: EXIT.usage,
  NOTHING_USABLE: EXIT.infeasible,
  CAP_INFEASIBLE: EXIT.infeasible,
  RISK_GATE_FAILED: EXIT.rejected,
  RISK_INCONCLUSIVE: EXIT.rejected,
  SIMULATION_CHECK_FAILED: EXIT.check,
  VERIFICATION_FAILED: EXIT.verification,
  LEDGER_BROKEN: EXIT.verification,
  SERVER_UNREACHABLE: EXIT.unreachable,
  STORAGE_UNREACHABLE: EXIT.unreachable,
  STORAGE_FULL: EXIT.unreachable,
  VERSION_EXISTS: EXIT.refused,
  BUILD_CANCELLED: EXIT.rejected,
  REVIEW_REFUSED: EXIT.rejected,
  REVIEW_CLOSED: EXIT.rejected,
  REVIEW_ANSWERS_INVALID: EXIT.usage,
  APPROVAL_REJECTED: EXIT.rejected,
  APPROVAL_REFUSED: EXIT.rejected,
  APPROVAL_EXPIRED: EXIT.rejected,
  KEY_INVALID: EXIT.usage,
  ARRIVAL_INVALID: EXIT.usage,
  SCHEDULE_MISSING: EXIT.usage,
  SCHEDULE_EXISTS: EXIT.refused,
  RETRACTION_INVALID: EXIT.usage,
  AUDIT_BROKEN: EXIT.verification,
} as const;

export type FailureCode = keyof typeof FAILURE_EXIT;

/** The five parts of an error message. `where` is file:line, a recipe key path, or a command. */
export interface FailureParts {
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
  readonly where: string;
  readonly remedy: string;
}

/** An expected failure; `core`, `engines` and `storage` throw it, activities translate it. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly parts: FailureParts;
  /** Machine-readable extras (a conflict, a field diff); JSON only. */
  readonly details: unknown;

  constructor(code: FailureCode, parts: FailureParts, details: unknown = null) {
    super(failureMessage(parts));
    this.name = 'Failure';
    this.code = code;
    this.parts = parts;
    this.details = details;
  }
}

/** `subject: expected .., found .. (where); remedy` on one line. */
export function failureMessage(parts: FailureParts): string {
  const { subject, expected, found, where, remedy } = parts;
  return `${subject}: expected ${expected}, found ${found} (${where}); ${remedy}`;
}

export function exitCodeOf(code: FailureCode): number {
  return FAILURE_EXIT[code];
}

export function isFailureCode(text: string): text is FailureCode {
  return Object.hasOwn(FAILURE_EXIT, text);
}

/** Throws when one of our own invariants does not hold. Never used for user input. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}
