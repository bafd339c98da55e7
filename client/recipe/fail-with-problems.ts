/** Problems of a written file as one failure: the first in words, all of them as details. */
import type { FailureCode } from '../../core/schema/failure.js';
import { Failure } from '../../core/schema/failure.js';
import type { KeyPath, Problem } from '../../core/schema/file-problems.js';

export interface ProblemReport {
  readonly code: FailureCode;
  readonly subject: string;
  readonly problems: readonly Problem[];
  readonly where: (path: KeyPath) => string;
}

/** Throws if there is any problem. */
export function failWithProblems({ code, subject, problems, where }: ProblemReport): void {
  const [first, ...others] = problems.map(({ path, expected, found, remedy }) => ({
    subject,
    expected,
    found,
    where: where(path),
    remedy,
  }));
  if (first === undefined) return;
  const count = others.length === 1 ? '1 more problem' : `${others.length} more problems`;
  const remedy = others.length === 0 ? first.remedy : `${first.remedy} (then ${count})`;
  throw new Failure(code, { ...first, remedy }, { problems: [first, ...others] });
}
