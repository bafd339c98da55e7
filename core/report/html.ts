/**
 * The report as one page: no network, no font, no picture from elsewhere, complete without its
 * script. The page's own policy forbids the rest, so text from data could do nothing even unescaped.
 */

import { benchmarkSection } from './benchmark-tables.js';
import { type ChartSpec, chartSpecs } from './charts.js';
import {
  currencyOf,
  formatCompact,
  formatCount,
  formatMoney,
  formatPoints,
  formatShare,
  NONE,
  plural,
} from './format.js';
import { SCRIPT, SCRIPT_SHA256, STYLE } from './html-style.js';
import { escapeHtml, renderList, renderTable } from './markup.js';
import { budgetPriceText, PRICES_READ } from './price-cells.js';
import { provenanceSection } from './provenance-section.js';
import { riskCharts } from './risk-charts.js';
import { riskSection } from './risk-section.js';
import { capsTable, funnelsTable, leftOutTable, strataTable } from './tables.js';
import { shareOf } from './tally.js';
import {
  domainsTable,
  familiesTable,
  filesTable,
  inputsTable,
  licencesTable,
  rejectedTable,
} from './view-tables.js';
import type { ReportView } from './view-types.js';

/**
 * @param charts SVG by chart id, as `engines/plot` draws them; trusted markup
 * @returns a complete HTML page; the same view gives the same bytes
 */
export function renderReport(view: ReportView, charts: Readonly<Record<string, string>>): string {
  const body = [
    headOf(view),
    '<main>',
    figuresOf(view),
    renderList('Notes of the plan', view.planNotes),
    ...emptyStrataOf(view),
    chartsOf(view, charts),
    statementsOf(view),
    capsOf(view),
    compositionOf(view),
    provenanceSection(view.provenance),
    ...(view.risk === null
      ? []
      : [riskSection(view.risk, renderCharts(riskCharts(view.risk), charts))]),
    ...(view.benchmarks.length > 0 ? [benchmarkSection(view)] : []),
    funnelOf(view),
    licencesOf(view),
    recordOf(view),
    '</main>',
    footOf(view),
  ];
  return renderPage(`${view.name}@${view.version}: mix report`, body.join('\n'));
}

/** The frame of every page: policy, style, body, script. */
export function renderPage(title: string, body: string): string {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${SCRIPT_SHA256}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body}
<script>${SCRIPT}</script>
</body>
</html>
`;
}

/** Name, version, and what identifies the build. */
export function renderHead(
  eyebrow: string,
  name: { readonly name: string; readonly version: string | null },
  facts: readonly (readonly [string, string])[],
  verdict: { readonly good: boolean; readonly strong: string; readonly rest: readonly string[] },
): string {
  const version =
    name.version === null ? '' : `<span class="v">@${escapeHtml(name.version)}</span>`;
  const items = facts
    .map(([key, value]) => `<div><dt>${escapeHtml(key)}</dt><dd>${escapeHtml(value)}</dd></div>`)
    .join('');
  return `<header class="top"><div class="in">
<p class="eyebrow">${escapeHtml(eyebrow)}</p>
<h1>${escapeHtml(name.name)}${version}</h1>
<dl class="meta">${items}</dl>
<p class="verdict ${verdict.good ? 'good' : 'bad'}"><b>${escapeHtml(verdict.strong)}</b>${verdict.rest.map((line) => `<span>${escapeHtml(line)}</span>`).join('')}</p>
</div></header>`;
}

function headOf(view: ReportView): string {
  const facts: [string, string][] = [
    ['recipe', view.recipeFingerprint.slice(0, 12)],
    ['tokenizer', view.tokenizer],
    ['seed', String(view.seed)],
    ['grants as of', view.asOf],
    ['previous version', view.previousVersion ?? 'none'],
    ['made by', `${view.tool.name} ${view.tool.version}`],
  ];
  return renderHead('Training mix report', view, facts, {
    good: view.verdict.breached === 0,
    strong: view.verdict.sentence,
    rest: ['Counted again from the written files by a second, independent reader.'],
  });
}

function emptyStrataOf({ emptyStrata }: ReportView): string[] {
  if (emptyStrata.length === 0) return [];
  return [renderList('Planned, and written as nothing', emptyStrata)];
}

function figuresOf(view: ReportView): string {
  const { tokensWritten, tokensByLabel, licenceCost } = view;
  const label = (tokens: number) => formatShare(shareOf(tokens, tokensWritten));
  const human = tokensByLabel.human_authored + tokensByLabel.human_edited;
  const sources = new Set(view.strata.filter((r) => (r.written ?? 0) > 0).map((r) => r.source));
  const removed = view.duplicates.documentsRemoved;
  const figures: [string, string, string][] = [
    [
      'Tokens written',
      formatCompact(tokensWritten),
      `${formatShare(shareOf(tokensWritten, view.tokenBudget))} of a budget of ${formatCount(view.tokenBudget)}`,
    ],
    [
      'Documents',
      formatCount(view.documentsWritten),
      `${plural(view.domains.length, 'domain')}, ${plural(sources.size, 'source')}`,
    ],
    ['Written by people', label(human), `${label(tokensByLabel.human_edited)} edited`],
    ['Synthetic', label(tokensByLabel.synthetic), familiesOf(view)],
    ['Unknown provenance', label(tokensByLabel.unknown), 'labelled so, never guessed'],
    ['Duplicates removed', formatCount(removed), 'across all sources'],
    [
      'Licence cost',
      licenceCost === null ? NONE : formatMoney(licenceCost.minorUnits, licenceCost.currency),
      `${plural(view.licences.length, 'grant')} in use`,
    ],
    [
      'Holdout',
      formatCount(view.holdout.documents),
      `${plural(view.holdout.documents, 'document').replace(/^\S+ /, '')} kept apart, never trained on`,
    ],
  ];
  return renderFigures(figures);
}

/** Cards of `[what, figure, what it means]`. */
export function renderFigures(figures: readonly (readonly [string, string, string])[]): string {
  const cards = figures.map(
    ([key, big, small]) =>
      `<div class="card"><p class="k">${escapeHtml(key)}</p><p class="b">${escapeHtml(big)}</p><p class="s">${escapeHtml(small)}</p></div>`,
  );
  return `<section class="figures" aria-label="Key figures">\n${cards.join('\n')}\n</section>`;
}

function familiesOf(view: ReportView): string {
  const count = view.familyNames.length;
  return `${count} model ${count === 1 ? 'family' : 'families'}`;
}

function chartsOf(view: ReportView, charts: Readonly<Record<string, string>>): string {
  return `<h2>The mix at a glance</h2>\n${renderCharts(chartSpecs(view), charts)}`;
}

/** Pictures with their captions; a spec without a picture is left out. */
export function renderCharts(
  specs: readonly ChartSpec[],
  charts: Readonly<Record<string, string>>,
): string {
  const figures = specs.flatMap((spec) => {
    const svg = charts[spec.id];
    if (svg === undefined) return [];
    const wide = spec.width > 700 ? ' wide' : '';
    return [
      `<figure class="figure${wide}" id="chart-${spec.id}"><figcaption><h3>${escapeHtml(spec.title)}</h3>
<p>${escapeHtml(spec.caption)}</p></figcaption><div class="plot">${svg}</div></figure>`,
    ];
  });
  return `<div class="charts">\n${figures.join('\n')}\n</div>`;
}

function statementsOf(view: ReportView): string {
  return `<h2>What the numbers rest on</h2>
<div class="three">
${renderList('Measured', view.measured)}
${renderList('Assumed', view.assumed)}
${renderList('Unknown', view.unknown)}
</div>`;
}

function capsOf(view: ReportView): string {
  const table = capsTable(view.caps, currencyOf(view.licenceCost));
  const column = table.columns.findIndex(({ name }) => name === 'used');
  const lengths = view.caps.map((cap) => cap.tightness);
  const budget = budgetPriceText(view.budgetPrice);
  return `<h2>Caps</h2>
<p class="lead">All ${formatCount(view.caps.length)}, tightest first. Shares are of tokens really written; slack is what could still be added or taken away.
${PRICES_READ}${budget === null ? '' : ` ${budget}`}</p>
${renderTable(table, { bar: { column, lengths }, badge: 3 })}`;
}

function compositionOf(view: ReportView): string {
  const targeted = view.domains.filter((row) => row.targetShare !== null);
  const worst = Math.max(0, ...targeted.map((row) => Math.abs(row.share - (row.targetShare ?? 0))));
  return `<h2>Composition</h2>
<p class="lead">Requested, planned and written, by domain and by stratum (source, domain, label, model family, grant and lineage depth). ${targeted.length === 0 ? 'No target shares were asked for' : `No target is missed by more than ${formatPoints(worst).replace('+', '')}`}; small strata are listed like large ones.</p>
${renderTable(domainsTable(view), { sumFirst: true })}
${view.families.length > 0 ? renderTable(familiesTable(view), { sumFirst: true }) : ''}
${renderTable(strataTable(view.strata))}`;
}

function funnelOf(view: ReportView): string {
  const tables = [
    renderTable(funnelsTable(view.funnels, 'documents'), { sumFirst: true }),
    renderTable(funnelsTable(view.funnels, 'tokens'), { sumFirst: true }),
    ...(view.leftOut.length > 0 ? [renderTable(leftOutTable(view.leftOut))] : []),
    ...(view.rejected.length > 0 ? [renderTable(rejectedTable(view))] : []),
  ];
  return `<h2>From read to written</h2>
<p class="lead">Every row that was read is rejected, left out for one stated reason, held out, or available; nothing disappears. Documents written count a repeated document once per pass.</p>
${tables.join('\n')}`;
}

function licencesOf(view: ReportView): string {
  const cost = view.licenceCost;
  const sentence =
    cost === null
      ? 'No licence budget was set.'
      : `Licences for this mix come to ${formatMoney(cost.minorUnits, cost.currency)}.`;
  return `<h2>Licences</h2>
<p class="lead">${escapeHtml(sentence)} Every written row carries the grant that it is used under.</p>
${renderTable(licencesTable(view))}`;
}

function recordOf(view: ReportView): string {
  return `<h2>Record</h2>
<p class="lead">What went in and what came out, by digest. The same recipe and inputs give the same bytes.</p>
${renderTable(inputsTable(view), { code: [1, 2] })}
${renderTable(filesTable(view), { code: [0, 1] })}`;
}

function footOf(view: ReportView): string {
  const { labels, duplicates, selection } = view.policies;
  const text = `Recipe fingerprint ${view.recipeFingerprint}. Policies: labels ${labels}, duplicates ${duplicates}, selection ${selection}. mix.json beside this page holds every number in it.`;
  return `<footer>${escapeHtml(text)}</footer>`;
}
