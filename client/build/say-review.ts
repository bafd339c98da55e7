/** What a finished build says of the documents that people are asked about. */
import { plural } from '../../core/report/format.js';
import type { BuildMixResult } from '../../workflows/build-mix.js';
import type { Output } from '../terminal/output.js';

export function sayReview(output: Output, mix: string, review: BuildMixResult['review']): void {
  if (review === null || review.packets === 0) return;
  const { documents, packets } = review;
  const wait = documents === 1 ? 'waits' : 'wait';
  output.line(
    `${plural(documents, 'document')} ${wait} for review in ${plural(packets, 'packet')}: ${output.colors.cyan(`ballast review list ${mix}`)}`,
  );
}
