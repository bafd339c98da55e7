/** Tables of a version's provenance: labels, evidence, conflicts, base rates, and who loses tokens. */
import { LABELS } from '../schema/label.js';
import type { ProvenanceRecord } from '../schema/provenance.js';
import { formatCount, formatShare, formatWord, NONE } from './format.js';
import { left, right, type Table } from './tables.js';
import { shareOf, sumBy } from './tally.js';

const AXES: Readonly<Record<ProvenanceRecord['losses'][number]['axis'], string>> = {
  domain: 'domain',
  language: 'language',
  lexical_variety: 'variety of words',
};

/** Tokens of every source and domain by label, with why the unknown are unknown. */
export function labelsBySourceTable({ sources }: ProvenanceRecord): Table {
  return {
    title: 'Labels by source',
    columns: [
      ...left('source', 'domain'),
      ...right('documents', 'tokens', ...LABELS.map(formatWord)),
      ...left('why unknown'),
    ],
    rows: sources.map(({ source, domain, labels, unknownReasons }) => {
      const tallies = LABELS.map((name) => labels[name]);
      const tokens = sumBy(tallies, (tally) => tally.tokens);
      const reasons = Object.entries(unknownReasons).sort(([, a], [, b]) => b - a);
      return [
        ...[source, domain, formatCount(sumBy(tallies, (tally) => tally.documents))],
        formatCount(tokens),
        ...tallies.map((tally) => formatShare(shareOf(tally.tokens, tokens))),
        reasons.map(([why, count]) => `${formatWord(why)} ${formatCount(count)}`).join(', ') ||
          NONE,
      ];
    }),
  };
}

/** How many documents each kind of evidence weighs on. */
export function evidenceTable({ evidence }: ProvenanceRecord): Table {
  return {
    title: 'Evidence that weighed',
    columns: [
      ...left('source', 'family', 'tier', 'reason', 'says'),
      ...right('documents', 'tokens'),
    ],
    rows: evidence.map((row) => [
      ...[row.source, formatWord(row.family), row.tier, formatWord(row.reason)],
      row.says.startsWith('not-') ? `not ${formatWord(row.says.slice(4))}` : formatWord(row.says),
      ...[formatCount(row.documents), formatCount(row.tokens)],
    ]),
  };
}

export function conflictsTable({ conflicts }: ProvenanceRecord): Table {
  return {
    title: 'Conflicts of evidence, largest first',
    columns: [
      ...left('source', 'document', 'domain'),
      ...right('conflict', 'tokens'),
      ...left('what stands against what'),
    ],
    rows: conflicts.map((row) => [
      ...[row.source, row.id, row.domain, row.conflict.toFixed(2), formatCount(row.tokens)],
      row.reasons.split(' ').map(readable).join('; '),
    ]),
  };
}

/** `family/tier/reason/label` in words. */
function readable(name: string): string {
  const [family = '', tier = '', reason = '', says = ''] = name.split('/');
  const side = says.startsWith('not-') ? `not ${formatWord(says.slice(4))}` : formatWord(says);
  return `${formatWord(family)} (${tier}, ${formatWord(reason)}): ${side}`;
}

/** What a flag of the text statistics is worth where it is raised. */
export function baseRateTable({ baseRates }: ProvenanceRecord): Table {
  return {
    title: 'Base rates: what a flag is worth at each source',
    columns: [
      ...left('source', 'domain'),
      ...right('reviews', 'synthetic by review', 'from', 'to'),
      ...left('basis'),
      ...right('sensitivity', 'false positives', 'precision of a flag'),
    ],
    rows: baseRates.map((row) => [
      ...[row.source, row.domain, formatCount(row.reviews), formatShare(row.rate.point)],
      ...[formatShare(row.rate.low), formatShare(row.rate.high), row.rate.basis],
      ...[row.sensitivity, row.falsePositiveRate, row.precision].map((share) => formatShare(share)),
    ]),
  };
}

export function calibrationTable({ calibration }: ProvenanceRecord): Table {
  const error = (value: number | null) => (value === null ? NONE : value.toFixed(3));
  return {
    title: 'Calibration of the text statistics',
    columns: [
      ...left('domain'),
      ...right('reviews', 'error before', 'error after'),
      ...left('in use'),
    ],
    rows: calibration.map((row) => [
      ...[row.domain, formatCount(row.reviews), error(row.errorBefore), error(row.errorAfter)],
      row.inUse ? 'yes' : 'no: too few reviews, or of one class only',
    ]),
  };
}

/** Who loses tokens: of what a group had, how much is unknown, and how much was written. */
export function lossTable({ losses }: ProvenanceRecord): Table {
  return {
    title: 'Who loses tokens',
    columns: [
      ...left('by', 'group'),
      ...right('documents', 'tokens read', 'human', 'synthetic', 'unknown', 'written'),
    ],
    rows: losses.map((row) => [
      ...[AXES[row.axis], row.group, formatCount(row.documents), formatCount(row.tokens)],
      ...[row.human, row.synthetic, row.unknown, row.written].map((tokens) =>
        formatShare(shareOf(tokens, row.tokens)),
      ),
    ]),
  };
}

/** Text of our own models that came back. */
export function lineageTable({ lineages }: ProvenanceRecord): Table {
  return {
    title: 'Own outputs that came back',
    columns: [
      ...left('model family'),
      ...right('depth'),
      ...left('loop'),
      ...right('documents', 'tokens', 'written'),
    ],
    rows: lineages.map((row) => [
      ...[row.modelFamily, formatCount(row.lineageDepth)],
      row.loop === null ? 'none known' : `trained on ${row.loop}`,
      ...[formatCount(row.documents), formatCount(row.tokens), formatCount(row.written)],
    ]),
  };
}
