/** Word to people outside: posted as JSON to the address that a worker has in BALLAST_NOTIFY_URL. */
import { z } from 'zod';

export const notifyEvent = z.strictObject({
  /** What it is about, such as `grant-notice` or `reminder`. */
  kind: z.string().min(1),
  /** Name of the mix, or name@version. */
  mix: z.string().min(1),
  /** One sentence for people. */
  sentence: z.string().min(1),
  /** Small values for programs; no text of documents. */
  details: z.unknown(),
});
export type NotifyEvent = z.infer<typeof notifyEvent>;
