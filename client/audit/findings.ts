/** What an audit found wrong: each a sentence with subject, expected, found, where and remedy, in the order found. */
import { Failure, type FailureCode, type FailureParts } from '../../core/schema/failure.js';

export interface Finding extends FailureParts {
  readonly code: Extract<FailureCode, 'LEDGER_BROKEN' | 'AUDIT_BROKEN'>;
}

/** Records of another shape than ours were not written by this program. */
function unreadable(where: string, error: unknown): FailureParts {
  const { message = String(error) } = error as Partial<Error>;
  return {
    subject: 'a record',
    expected: 'one that this program wrote',
    found: `one that cannot be read: ${message.split('\n')[0]!.slice(0, 200)}`,
    where,
    remedy: 'restore it from a copy: it was changed',
  };
}

export class Findings {
  readonly all: Finding[] = [];

  /** The ledger or a published file is not what was recorded. */
  ledger(parts: FailureParts): void {
    this.all.push({ code: 'LEDGER_BROKEN', ...parts });
  }

  /** A history, a decision or an anchor disagrees with the records. */
  audit(parts: FailureParts): void {
    this.all.push({ code: 'AUDIT_BROKEN', ...parts });
  }

  /** Runs `step` on what stands at `where`; a failure of it counts as found, and the audit goes on. */
  async guard<T>(where: string, step: () => Promise<T> | T): Promise<T | null> {
    try {
      return await step();
    } catch (error) {
      const isOurs = error instanceof Failure;
      if (isOurs && error.code !== 'LEDGER_BROKEN' && error.code !== 'AUDIT_BROKEN') throw error;
      if (isOurs) this.all.push({ code: error.code as Finding['code'], ...error.parts });
      else this.audit(unreadable(where, error));
      return null;
    }
  }

  /** The first broken link; null where all holds. Its details are all of them. */
  failure(): Failure | null {
    const [first] = this.all;
    if (first === undefined) return null;
    const { code, ...parts } = first;
    const more = this.all.length - 1;
    const remedy =
      more === 0 ? parts.remedy : `${parts.remedy} (${more} more broken: --json lists all)`;
    return new Failure(code, { ...parts, remedy }, { findings: this.all });
  }
}
