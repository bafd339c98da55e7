/** A line and its arrivals as tables. */
import { formatCount } from '../../core/report/format.js';
import type { LineStatus } from '../../core/schema/arrival.js';
import type { Output } from '../terminal/output.js';
import type { SentArrival } from './send-arrivals.js';

export function printArrivals(output: Output, name: string, sent: readonly SentArrival[]): void {
  const rows = sent.map(({ file, source, state, known, version, reason }) => [
    ...[file, source, known ? `${state}, known` : state, version ?? '', reason ?? ''],
  ]);
  output.table(`arrivals of ${name}`, ['file', 'source', 'state', 'version', 'why'], rows);
}

function dueText({ dueAtMs }: LineStatus): string {
  if (dueAtMs === null) return 'not as things stand';
  return dueAtMs === 0
    ? 'now'
    : `${new Date(dueAtMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function printLine(output: Output, status: LineStatus): void {
  const { pending, listed, taken, refused } = status;
  const tokens = pending.reduce((sum, { tokens: some }) => sum + (some ?? 0), 0);
  const rows = [
    ['last published', status.lastPublished ?? 'nothing yet'],
    ['under way', status.building ?? 'no build'],
    ['files that wait', formatCount(pending.length + listed)],
    [
      'tokens in them',
      `${formatCount(tokens)}${listed > 0 ? ` in ${pending.length} of them` : ''}`,
    ],
    ['next build', dueText(status)],
    ['files taken', formatCount(taken)],
    ['files set aside', formatCount(refused)],
    ['frozen', status.frozen ?? 'no'],
    ['last build', status.lastOutcome ?? 'none yet'],
  ];
  output.table(`line of ${status.name}`, ['what', 'now'], rows);
}
