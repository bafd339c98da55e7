/** The queue of the page: packets of all reviews, those without an answer first, page by page. */
import { formatWord } from '../../core/report/format.js';
import { askQueues } from '../review/review-queue.js';
import { answersTo, type ReviewRecord, readReviews } from '../review/review-records.js';
import type { QueuePage, QueueRow } from './page-types.js';

const ROWS_OF_PAGE = 50;

export function reasonsText(reasons: Readonly<Record<string, number | undefined>>): string {
  return Object.entries(reasons)
    .map(([reason, count]) => `${count} ${formatWord(reason)}`)
    .join(', ');
}

function rowsOf(review: ReviewRecord): QueueRow[] {
  return review.index.packets.map(({ packet, sha256, round, documents, reasons }) => ({
    ...{ mix: review.mix, packet, sha256, round, documents, dueAt: review.dueAt },
    why: reasonsText(reasons),
    state: 'unknown',
    answeredBy: [...new Set(answersTo(review, packet).map(({ reviewer }) => reviewer))].sort(),
  }));
}

/** Still open before past its deadline, without an answer before with one; the newest mix first. */
function rank(row: QueueRow, now: string): number {
  return Number(row.dueAt <= now) * 2 + Number(row.answeredBy.length > 0);
}

export async function queuePage(
  workspace: string,
  wanted: { readonly page: number; readonly mix: string | undefined },
  address: string | undefined,
): Promise<QueuePage> {
  const reviews = await readReviews(workspace);
  const now = new Date().toISOString();
  const all = [...reviews]
    .reverse()
    .filter(({ mix }) => wanted.mix === undefined || mix === wanted.mix)
    .flatMap(rowsOf);
  all.sort((a, b) => rank(a, now) - rank(b, now));
  const pages = Math.max(1, Math.ceil(all.length / ROWS_OF_PAGE));
  const page = Math.min(Math.max(0, wanted.page), pages - 1);
  const shown = all.slice(page * ROWS_OF_PAGE, (page + 1) * ROWS_OF_PAGE);
  const mixes = [...new Set(shown.map(({ mix }) => mix))];
  const { queues, isServerThere } = await askQueues(mixes, address);
  const rows = shown.map((row) => {
    const queue = queues.get(row.mix);
    return queue === undefined ? row : { ...row, state: queue.state, dueAt: queue.dueAt };
  });
  const open = all.filter(({ answeredBy }) => answeredBy.length === 0).length;
  return {
    ...{ rows, packets: all.length, open, page, pages, isServerThere },
    mixes: reviews.map(({ mix }) => mix).reverse(),
  };
}
