/** The page of a simulation by itself: what a build shows whose gate let nothing through. */
import type { RiskReport } from '../schema/risk.js';
import { renderCharts, renderHead, renderPage } from './html.js';
import { escapeHtml } from './markup.js';
import { riskCharts } from './risk-charts.js';
import { riskSection } from './risk-section.js';

/**
 * @param charts SVG by chart id, as `engines/plot` draws them; trusted markup
 * @returns a complete HTML page; the same report gives the same bytes
 */
export function renderRiskReport(
  report: RiskReport,
  charts: Readonly<Record<string, string>>,
): string {
  const { name, version, decision, why, policy, settings } = report;
  const facts: [string, string][] = [
    ['recipe', report.recipeFingerprint.slice(0, 12)],
    ['plan', report.planSha256.slice(0, 12)],
    ['simulator', report.simulator],
    ['policy', `${policy.name} (${policy.author}, ${policy.date})`],
    ['later generations', `${settings.policy}, ${settings.human} human text`],
  ];
  const head = renderHead('Collapse risk', { name, version }, facts, {
    good: decision === 'PASS',
    strong: decision,
    rest: why,
  });
  const pictures = renderCharts(riskCharts(report), charts);
  const body = [
    head,
    '<main>',
    riskSection(report, pictures),
    '</main>',
    `<footer>risk.json holds every number of this page. Recipe fingerprint ${escapeHtml(report.recipeFingerprint)}.</footer>`,
  ];
  return renderPage(`${name}@${version}: collapse risk`, body.join('\n'));
}
