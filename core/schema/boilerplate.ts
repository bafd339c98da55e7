/** Set phrases of assistants at the edge of a text. */
import { z } from 'zod';

export const boilerplateFinding = z.strictObject({
  /** The phrase as it was recognised: lower case, look-alikes undone. */
  phrase: z.string(),
  edge: z.enum(['start', 'end']),
  /** The edge that holds it: UTF-16 code units, [start, end). */
  span: z.tuple([z.int().min(0), z.int().min(0)]),
});
export type BoilerplateFinding = z.infer<typeof boilerplateFinding>;
