import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { renderCard } from '../core/report/card.js';
import { renderReport } from '../core/report/html.js';
import { riskCharts } from '../core/report/risk-charts.js';
import { renderRiskReport } from '../core/report/risk-page.js';
import { riskSentences } from '../core/report/risk-section.js';
import { reportView } from '../core/report/view.js';
import { riskReport } from '../core/schema/risk.js';
import { renderChart } from '../engines/plot.js';
import { HOSTILE_DOMAIN, reportFixture } from './report-fixture.js';
import { expectGolden } from './report-golden.js';
import { riskReportFixture } from './risk-report-fixture.js';

const report = riskReportFixture();
const drawn = Object.fromEntries(riskCharts(report).map((spec) => [spec.id, renderChart(spec)]));
const html = renderRiskReport(report, drawn);
const { document } = parseHTML(html);

const rowsOf = (caption: string) => {
  const table = [...document.querySelectorAll('table')].find((own) =>
    own.querySelector('caption')?.textContent?.startsWith(caption),
  );
  return [...(table?.querySelectorAll('tbody tr') ?? [])].map((row) =>
    [...row.querySelectorAll('td')].map((cell) => cell.textContent ?? ''),
  );
};

describe('the page of collapse risk', () => {
  test('the fixture is a risk.json, and the page is the golden one', () => {
    expect(riskReport.parse(report)).toEqual(report);
    expect(renderRiskReport(report, drawn)).toBe(html);
    expectGolden('risk.html', html);
  });

  test('the decision comes first, and every domain has its verdict', () => {
    expect(document.querySelector('.verdict b')?.textContent).toBe('FAIL');
    const verdicts = rowsOf('Verdict by domain').map(([domain, decision]) => [domain, decision]);
    expect(verdicts).toEqual(report.domains.map(({ domain, decision }) => [domain, decision]));
  });

  test('every definition, lever, attempt and self-test has its row', () => {
    expect(rowsOf('Definitions of collapse')).toHaveLength(10);
    expect(rowsOf('What would change the verdict')[0]).toContain('1,200,000');
    expect(rowsOf('Attempts')[0]).toContain('news');
    expect(rowsOf('Self-test')[0]).toContain('pass');
    expect(rowsOf('Synthetic share by generations')).toHaveLength(16);
  });

  test('a red self-test is said aloud', () => {
    const selfTest = [{ ...report.selfTest[0]!, pass: false, z: 9 }];
    const sentences = riskSentences(riskReportFixture({ selfTest })).join(' ');
    expect(sentences).toContain('1 self-test of the simulators are red: nothing may pass on them');
  });

  test('every picture is drawn, has a title, and holds what it says', () => {
    expect(Object.keys(drawn)).toEqual([
      ...['risk-shares', 'risk-coverage', 'risk-profile', 'risk-suppression', 'risk-table'],
    ]);
    for (const svg of Object.values(drawn)) expect(svg).toContain('<title>');
    expect(drawn['risk-shares']).toContain('planned 10.0 % (7.0 % to 13.0 %), needed 62.0 %');
    expect(drawn['risk-table']).toContain('90 % synthetic');
    expect(drawn['risk-table']!.match(/<svg/g)).toHaveLength(1 + 4);
  });

  test('a hostile name stays text', () => {
    expect(html.split('<script').length - 1).toBe(1);
    expect(html).not.toContain(HOSTILE_DOMAIN);
    expect(rowsOf('Verdict by domain').flat()).toContain(HOSTILE_DOMAIN);
  });

  test('the report and the card of a mix hold it, and neither says a word of it where none was made', () => {
    const { manifest, plan } = reportFixture();
    const withRisk = reportView(manifest, plan, null, report);
    expect(renderReport(withRisk, drawn)).toContain('<h2>Collapse risk</h2>');
    expect(renderCard(withRisk, manifest)).toContain('## Collapse risk');
    expect(renderReport(reportView(manifest, plan), {})).not.toContain('Collapse risk');
    expect(renderCard(reportView(manifest, plan), manifest)).not.toContain('Collapse risk');
  });
});
