/** The part of the report on collapse: verdict, pictures, what it rests on, self-test, what is not modelled. */
import type { RiskReport } from '../schema/risk.js';
import { formatCount, plural } from './format.js';
import { escapeHtml, renderList, renderTable } from './markup.js';
import {
  knownTable,
  leversTable,
  riskDefinitionsTable,
  riskInputsTable,
  riskVerdictTable,
  roundsTable,
  selfTestTable,
  suppressionTable,
} from './risk-tables.js';

/**
 * @param pictures the charts of `riskCharts`, drawn; trusted markup
 */
export function riskSection(report: RiskReport, pictures: string): string {
  const tables = [
    leversTable(report),
    riskDefinitionsTable(report),
    roundsTable(report),
    riskInputsTable(report),
    suppressionTable(report),
    knownTable(report.table),
    selfTestTable(report),
  ].filter(({ rows }) => rows.length > 0);
  return `<h2>Collapse risk</h2>
<p class="lead">${escapeHtml(riskSentences(report).join(' '))}</p>
${renderTable(riskVerdictTable(report), { badge: 1 })}
${pictures}
${tables.map((table) => renderTable(table)).join('\n')}
${renderList('What is not modelled, and what is assumed', report.disclosure)}
${renderList('Thresholds and their reasons', thresholdLines(report))}`;
}

function thresholdLines({ policy }: RiskReport): string[] {
  return policy.definitions.map(
    ({ definition, threshold, gates, reason }) =>
      `${definition}: ${threshold}${gates ? '' : ', shown only'}. ${reason}`,
  );
}

/** What the simulation says, in sentences: for the page, the card and the command line. */
export function riskSentences(report: RiskReport): string[] {
  const { settings, policy, decision, rounds, selfTest, benefit, seeds } = report;
  const red = selfTest.filter((row) => !row.pass).length;
  return [
    `${decision} under ${policy.name} for ${plural(settings.horizonGenerations, 'generation')} that ${settings.policy} (${settings.human} human text).`,
    ...report.why.map((line) => `${line}.`),
    rounds.length > 1
      ? `${plural(rounds.length, 'attempt')} were made; each had half the risk budget of the one before.`
      : '',
    red === 0
      ? `All ${selfTest.length} self-tests of the simulators agree with theory.`
      : `${plural(red, 'self-test')} of the simulators are red: nothing may pass on them.`,
    `${formatCount(seeds.driftRuns)} drift runs and ${formatCount(seeds.loopRuns)} runs of the n-gram loop on ${formatCount(seeds.sampleWords)} words.`,
    `${formatCount(benefit.tokens)} tokens at ${benefit.epochs.toFixed(2)} passes are worth ${formatCount(benefit.uniqueEquivalent)} unique ones.`,
  ].filter((sentence) => sentence !== '');
}
