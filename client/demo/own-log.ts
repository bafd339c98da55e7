/**
 * The log of what the demo's own models wrote, kept when they wrote it: two of the three families
 * keep one, so text of the third that the mirror republished stays unknown.
 */
import type { DemoDocument } from './demo-document.js';
import type { DemoFamily } from './language-model.js';

const LOGGING: readonly DemoFamily[] = ['word-trigram-kn', 'neural-hlbl'];
/** Before the mirror was crawled. */
const GENERATED = '2023-03-01';

/** JSON lines of the log, in the order of the outputs. */
export function ownLog(outputs: readonly DemoDocument[]): string {
  return outputs
    .filter(({ modelFamily }) => LOGGING.some((family) => family === modelFamily))
    .map(({ id, text, modelFamily }) =>
      JSON.stringify({ id: `log-${id}`, text, created: GENERATED, model_family: modelFamily }),
    )
    .map((line) => `${line}\n`)
    .join('');
}
