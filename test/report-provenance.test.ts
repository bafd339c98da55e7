/** The provenance part of the report: every table, hostile names as text, a calibration plot. */
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { chartSpecs } from '../core/report/charts.js';
import { renderReport } from '../core/report/html.js';
import { provenanceSentences } from '../core/report/provenance-section.js';
import { reportView } from '../core/report/view.js';
import { type ProvenanceRecord, provenanceRecord } from '../core/schema/provenance.js';
import { renderChart } from '../engines/plot.js';
import { POLICY } from './label-fixture.js';
import { HOSTILE_DOMAIN, reportFixture } from './report-fixture.js';

const none = { documents: 0, tokens: 0 };
const RECORD: ProvenanceRecord = provenanceRecord.parse({
  schemaVersion: 1,
  policy: POLICY,
  sources: [
    {
      ...{ source: 'forum', domain: HOSTILE_DOMAIN, unknownReasons: { weak: 2, conflict: 1 } },
      labels: {
        ...{ human_authored: { documents: 5, tokens: 700 }, human_edited: none },
        ...{ synthetic: { documents: 1, tokens: 100 }, unknown: { documents: 3, tokens: 200 } },
      },
    },
  ],
  evidence: [
    {
      ...{ source: 'forum', family: 'date', tier: 'T2', reason: 'date_conflict_text' },
      ...{ says: 'not-human_authored', documents: 1, tokens: 40 },
    },
  ],
  conflicts: [
    {
      ...{ source: 'forum', id: '<b>7</b>', domain: 'law', conflict: 0.98, tokens: 40 },
      reasons:
        'allow_list/T2/allow_list_date/human_authored date/T2/date_conflict_text/not-human_authored',
    },
  ],
  conflictCount: 1,
  losses: [
    {
      ...{ axis: 'language', group: 'vi', documents: 2, tokens: 100 },
      ...{ human: 10, synthetic: 0, unknown: 90, written: 5 },
    },
    {
      ...{ axis: 'language', group: 'en', documents: 7, tokens: 900 },
      ...{ human: 690, synthetic: 100, unknown: 110, written: 800 },
    },
  ],
  lineages: [
    {
      ...{ modelFamily: 'house', lineageDepth: 2, loop: 'mix@2026.05.01' },
      ...{ documents: 1, tokens: 100, written: 100 },
    },
  ],
  calibration: [
    {
      ...{ domain: 'law', reviews: 210, inUse: true, errorBefore: 0.21, errorAfter: 0.04 },
      bins: [0.1, 0.5, 0.9].map((share) => ({ predicted: share, observed: share, documents: 70 })),
    },
    { domain: 'art', reviews: 3, inUse: false, errorBefore: null, errorAfter: null, bins: [] },
  ],
  baseRates: [
    {
      ...{ source: 'forum', domain: 'law', reviews: 210 },
      rate: {
        point: 0.02,
        low: 0.01,
        high: 0.05,
        confidence: 0.95,
        basis: 'measured',
        reviews: 210,
      },
      ...{ sensitivity: 0.8, falsePositiveRate: 0.05, precision: 0.25 },
    },
  ],
  review: { decisions: 213, reviewers: 2, kappa: 0.8, kappaLow: 0.6, kappaHigh: 0.9, pairs: 20 },
});

const { manifest, plan } = reportFixture();
const view = reportView(manifest, plan, RECORD);
const charts = Object.fromEntries(chartSpecs(view).map((spec) => [spec.id, renderChart(spec)]));
const { document } = parseHTML(renderReport(view, charts));
const rowOf = (caption: string) => {
  const table = [...document.querySelectorAll('table')].find((candidate) =>
    candidate.querySelector('caption')?.textContent?.startsWith(caption),
  );
  return [...(table?.querySelectorAll('tbody tr') ?? [])].map((row) =>
    [...row.querySelectorAll('td')].map((cell) => cell.textContent),
  );
};

describe('the provenance part of the report', () => {
  it('gives each source its labels, and why the rest is unknown', () => {
    expect(rowOf('Labels by source')).toEqual([
      [
        'forum',
        HOSTILE_DOMAIN,
        '9',
        '1,000',
        '70.0 %',
        '0.0 %',
        '10.0 %',
        '20.0 %',
        'weak 2, conflict 1',
      ],
    ]);
  });

  it('says what stands against what in a conflict, a hostile id as text', () => {
    expect(rowOf('Conflicts of evidence')).toEqual([
      [
        ...['forum', '<b>7</b>', 'law', '0.98', '40'],
        'allow list (T2, allow list date): human authored; date (T2, date conflict text): not human authored',
      ],
    ]);
    expect(rowOf('Evidence that weighed')[0]!.slice(3, 5)).toEqual([
      'date conflict text',
      'not human authored',
    ]);
  });

  it('names loops with their depth, base rates with the precision of a flag, and who loses tokens', () => {
    expect(rowOf('Own outputs')[0]).toEqual([
      'house',
      '2',
      'trained on mix@2026.05.01',
      '1',
      '100',
      '100',
    ]);
    expect(rowOf('Base rates')[0]!.at(-1)).toBe('25.0 %');
    expect(rowOf('Who loses tokens')[0]).toEqual([
      ...['language', 'vi', '2', '100', '10.0 %', '0.0 %', '90.0 %', '5.0 %'],
    ]);
  });

  it('draws a panel for each calibrated domain, a dot for each bin, and none for the others', () => {
    const spec = chartSpecs(view).find(({ id }) => id === 'calibration')!;
    expect(spec.rows.map(({ category }) => category)).toEqual(['law']);
    const svg = parseHTML(`<body>${charts.calibration}</body>`).document.querySelector('svg')!;
    expect(svg.querySelectorAll('circle')).toHaveLength(3);
    expect(svg.getAttribute('aria-label')).toContain('0.040');
  });

  it('is told in sentences: policy, conflicts, reviewers, calibration, losses, loops', () => {
    const sentences = provenanceSentences(RECORD).join(' ');
    for (const words of [
      ...[
        'policy labels-v2',
        '1 document with evidence in conflict',
        '213 decisions of 2 reviewers',
      ],
      ...[
        "Cohen's kappa 0.80 over 20 documents",
        'calibrated in 1 domain',
        'vi (language)',
        'a loop',
      ],
    ])
      expect(sentences).toContain(words);
  });

  it('is left out of a report without a record', () => {
    expect(renderReport(reportView(manifest, plan), {})).not.toContain('<h2>Provenance</h2>');
  });
});
