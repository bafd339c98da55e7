/** What an audit found wrong: each a sentence with subject, expected, found, where and remedy, in the order found. */
import { Failure, type FailureCode, type FailureParts } from '../../core/schema/failure.js';

export interface Finding extends FailureParts {
  readonly code: Extract<FailureCode, 'LEDGER_BROKEN' | 'AUDIT_BROKEN'>;
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

  /** Runs `step`; a failure of it counts as found, and the audit goes on. */
  async guard(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.code !== 'LEDGER_BROKEN' && error.code !== 'AUDIT_BROKEN') throw error;
      this.all.push({ code: error.code, ...error.parts });
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
