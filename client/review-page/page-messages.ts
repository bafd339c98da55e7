/** What the page may send: anything else is refused before it is looked at. */
import { z } from 'zod';
import { Failure } from '../../core/schema/failure.js';
import { LIMITS } from '../../core/schema/limits.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const person = z.string().trim().min(1).max(200);

/** Words of an answer; `answerOf` judges them as it judges those of the command line. */
const pageAnswer = z.strictObject({
  document: z.string().min(1).max(4_096),
  label: z.string().max(100),
  editDirection: z.string().max(100),
  transformedBy: z.array(z.string().max(100)).max(10),
  reason: z.string().max(LIMITS.reviewReasonCharacters * 2),
});
export type PageAnswer = z.infer<typeof pageAnswer>;

export const answersMessage = z.strictObject({
  mix: z.string().min(1).max(400),
  packet: z.string().min(1).max(64),
  /** Digest of what was shown. */
  sha256,
  reviewer: person,
  answers: z.array(pageAnswer).min(1).max(200),
  /** Corrects an earlier answer. */
  again: z.boolean(),
});
export type AnswersMessage = z.infer<typeof answersMessage>;

export const approvalMessage = z.strictObject({
  mix: z.string().min(1).max(400),
  packetSha256: sha256,
  approver: person,
  decision: z.enum(['approve', 'reject']),
  reason: z.string().trim().max(LIMITS.reviewReasonCharacters),
});
export type ApprovalMessage = z.infer<typeof approvalMessage>;

/** The message in the body, or a failure that says which part is wrong. */
export function messageOf<T>(schema: z.ZodType<T>, body: unknown): T {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  const [issue] = error.issues;
  throw new Failure('USAGE', {
    subject: 'a message of the review page',
    expected: 'one that this version of ballast knows',
    found: issue?.message ?? 'another shape',
    where: issue?.path.join('.') || 'body of the request',
    remedy: 'reload the page',
  });
}
