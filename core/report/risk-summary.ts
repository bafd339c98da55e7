/** The verdict by domain in one line each, for the terminal: what the mix has, what it needs, what is left, how likely collapse is. */
import type { DomainRisk, Interval, RiskReport } from '../schema/risk.js';
import { formatShare, NONE } from './format.js';
import { left, right, type Table } from './tables.js';

const within = (format: (value: number) => string, { point, low, high }: Interval) =>
  `${format(point)} (${format(low)}-${format(high)})`;
const bare = (value: number) => (100 * value).toFixed(1);

/** P(collapse) by the definition that is nearest to it, of those that decide. */
function likeliest({ definitions }: DomainRisk): string {
  const judged = definitions.flatMap(({ gates, probability }) =>
    gates && probability !== null ? [probability] : [],
  );
  if (judged.length === 0) return NONE;
  const worst = judged.reduce((a, b) => (b.high > a.high ? b : a));
  return within((value) => value.toFixed(3), worst);
}

export function riskSummaryTable({ domains, settings }: RiskReport): Table {
  return {
    title: `Risk of collapse within ${settings.horizonGenerations} generations, in percent`,
    columns: [
      ...left('domain', 'decision'),
      ...right('human share', 'needed', 'w = 1 to w = 0', 'rare words kept', 'floor to optimistic'),
      ...right('P(collapse)'),
    ],
    rows: domains.map((row) => {
      const { domain, decision, mix, critical, coverage } = row;
      return [
        ...[domain, decision, within(bare, mix.humanShare), within(bare, critical.estimate)],
        `${bare(critical.optimistic)}-${bare(critical.floor)}`,
        formatShare(coverage.estimate),
        `${bare(coverage.floor)}-${bare(coverage.optimistic)}`,
        likeliest(row),
      ];
    }),
  };
}
