/** What the verification found wrong in the written files. Nothing is published after one. */
import { Failure } from '../../core/schema/failure.js';

export function breach(where: string, expected: string, found: string): Failure {
  return new Failure('VERIFICATION_FAILED', {
    subject: 'written mix',
    expected,
    found,
    where,
    remedy: 'nothing was published; run the build again, and report this if it comes back',
  });
}
