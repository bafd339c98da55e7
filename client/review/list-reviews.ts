/** `ballast review list`: packets with their state, who answered, when they close; agreement. */

import { agreementOf } from '../../core/label/review-summary.js';
import { formatWord, plural } from '../../core/report/format.js';
import type { Kappa } from '../../core/stats/kappa.js';
import type { QueuedPacket, ReviewQueue } from '../../workflows/messages.js';
import type { Output } from '../terminal/output.js';
import { answersTo, type ReviewRecord } from './review-records.js';

export interface ListedReview {
  readonly mix: string;
  /** `open`, `done`, `expired`; `unknown` where no server was asked. */
  readonly state: string;
  readonly dueAt: string;
  readonly documents: number;
  readonly refused: number;
  readonly reviewers: readonly string[];
  readonly agreement: Kappa;
  readonly packets: readonly ListedPacket[];
}

interface ListedPacket extends QueuedPacket {
  readonly state: 'answered' | 'open';
  readonly reasons: Readonly<Record<string, number>>;
}

export function listedReview(review: ReviewRecord, queue: ReviewQueue | undefined): ListedReview {
  const packets = review.index.packets.map((entry): ListedPacket => {
    const names = answersTo(review, entry.packet).map(({ reviewer }) => reviewer);
    const answeredBy = [...new Set(names)].sort();
    return { ...entry, answeredBy, state: answeredBy.length > 0 ? 'answered' : 'open' };
  });
  return {
    mix: review.mix,
    state: queue?.state ?? 'unknown',
    dueAt: queue?.dueAt ?? review.dueAt,
    documents: review.index.documents,
    refused: review.refused.length,
    reviewers: review.opened.reviewers,
    agreement: agreementOf(review.answers.flatMap(({ decisions }) => decisions)),
    packets,
  };
}

function agreementText({ kappa, low, high, pairs, agreement }: Kappa): string {
  if (pairs === 0) return 'agreement: no document has been decided by two people';
  const share = `${((agreement ?? 0) * 100).toFixed(0)} % of ${plural(pairs, 'document')} alike`;
  if (kappa === null) return `agreement: ${share}; kappa is undefined: all answers are the same`;
  return `agreement: kappa ${kappa.toFixed(2)} (95 %: ${low!.toFixed(2)} to ${high!.toFixed(2)}), ${share}`;
}

function stateText(review: ListedReview): string {
  const due = review.dueAt.slice(0, 16).replace('T', ' ');
  if (review.state === 'unknown') return `state unknown, no server was asked; due ${due} UTC`;
  return `${review.state}; answers are taken until ${due} UTC`;
}

export function printReview(output: Output, review: ListedReview): void {
  const rows = review.packets.map(({ packet, round, state, documents, reasons, answeredBy }) => [
    ...[packet, round, state, documents],
    Object.entries(reasons)
      .map(([reason, count]) => `${count} ${formatWord(reason)}`)
      .join(', '),
    answeredBy.join(', '),
  ]);
  const columns = ['packet', 'look', 'state', 'documents', 'why', 'answered by'];
  output.table(`${review.mix}: ${stateText(review)}`, columns, rows);
  output.line(agreementText(review.agreement));
  const { refused } = review;
  if (refused > 0) output.line(`${plural(refused, 'answer')} refused; the ledger says why`);
}
