/** The provenance part of the report: what the labels rest on, where they are in doubt, who loses by it. */
import type { ProvenanceRecord } from '../schema/provenance.js';
import { formatCount, formatShare, plural } from './format.js';
import { escapeHtml, renderTable } from './markup.js';
import {
  baseRateTable,
  calibrationTable,
  conflictsTable,
  evidenceTable,
  labelsBySourceTable,
  lineageTable,
  lossTable,
} from './provenance-tables.js';
import type { Table } from './tables.js';
import { shareOf, sumBy } from './tally.js';

export function provenanceSection(record: ProvenanceRecord | null): string {
  if (record === null) return '';
  const tables = [
    labelsBySourceTable(record),
    evidenceTable(record),
    conflictsTable(record),
    lineageTable(record),
    calibrationTable(record),
    baseRateTable(record),
    lossTable(record),
  ].filter(({ rows }) => rows.length > 0);
  return `<h2>Provenance</h2>
<p class="lead">${escapeHtml(provenanceSentences(record).join(' '))}</p>
${tables.map((table: Table) => renderTable(table)).join('\n')}`;
}

/** What the record says, in sentences: for the page, and for the command line. */
export function provenanceSentences(record: ProvenanceRecord): string[] {
  const { policy, thresholds, reason } = record.policy;
  const asked = `A label needs a posterior of ${thresholds.human_authored} (human authored), ${thresholds.human_edited} (human edited), ${thresholds.synthetic} (synthetic) and strong evidence that nothing as strong opposes (policy ${policy}: ${reason}).`;
  const sentences = [asked];
  sentences.push(
    record.conflictCount === 0
      ? 'No document has evidence in conflict.'
      : `${plural(record.conflictCount, 'document')} with evidence in conflict stay unknown until people decide.`,
  );
  sentences.push(reviewSentence(record), calibrationSentence(record), lossSentence(record));
  const loops = record.lineages.filter((row) => row.loop !== null);
  if (loops.length > 0) {
    const tokens = sumBy(loops, (row) => row.tokens);
    sentences.push(
      `${formatCount(tokens)} tokens are a loop: text of a model that was trained on this mix, come back.`,
    );
  }
  return sentences.filter((sentence) => sentence !== '');
}

function reviewSentence({ review }: ProvenanceRecord): string {
  if (review === null) return 'No person has decided on any document yet.';
  const agreement =
    review.kappa === null
      ? 'no document was seen by two'
      : `Cohen's kappa ${review.kappa.toFixed(2)} over ${plural(review.pairs, 'document')} seen by two`;
  return `${plural(review.decisions, 'decision')} of ${plural(review.reviewers, 'reviewer')}; ${agreement}.`;
}

function calibrationSentence(record: ProvenanceRecord): string {
  const { calibration } = record;
  const inUse = calibration.filter((row) => row.inUse).length;
  if (inUse === 0)
    return record.policy.textStatistics === 'off'
      ? 'Text statistics are off: the recipe says so.'
      : 'Text statistics are off: no domain has the reviews that would calibrate them.';
  return `Text statistics are calibrated in ${plural(inUse, 'domain')}; they are weak evidence and never decide alone.`;
}

/** The group of a language or of the variety of words that loses most to `unknown`. */
function lossSentence({ losses }: ProvenanceRecord): string {
  const groups = losses.filter((row) => row.axis !== 'domain' && row.tokens > 0);
  if (groups.length < 2) return '';
  const lost = (row: (typeof groups)[number]) => shareOf(row.unknown, row.tokens);
  const worst = groups.reduce((a, b) => (lost(b) > lost(a) ? b : a));
  const axis = worst.axis === 'language' ? 'language' : 'variety of words';
  return `Of the groups by language and variety of words, ${worst.group} (${axis}) has the most unknown text, ${formatShare(lost(worst))} of its tokens.`;
}
