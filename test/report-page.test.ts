import { createHash } from 'node:crypto';
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { escapeMarkdown, renderCard, sizeCategory } from '../core/report/card.js';
import { chartSpecs } from '../core/report/charts.js';
import { renderReport } from '../core/report/html.js';
import { SCRIPT, SCRIPT_SHA256 } from '../core/report/html-style.js';
import { infeasibleLines } from '../core/report/infeasible-lines.js';
import { escapeHtml } from '../core/report/markup.js';
import { type PlanPage, planPageCharts, renderPlanReport } from '../core/report/plan-page.js';
import { reportView } from '../core/report/view.js';
import type { InfeasiblePlan } from '../core/schema/plan.js';
import type { Recipe } from '../core/schema/recipe.js';
import { renderChart } from '../engines/plot.js';
import { HOSTILE_DOMAIN, LONG_DOMAIN, reportFixture } from './report-fixture.js';
import { expectGolden } from './report-golden.js';

const { manifest, plan, inventory } = reportFixture();
const view = reportView(manifest, plan);
const charts = chartSpecs(view);
const drawn = () => Object.fromEntries(charts.map((chart) => [chart.id, renderChart(chart)]));
const html = renderReport(view, drawn());
const planReport = (page: PlanPage) =>
  renderPlanReport(
    page,
    Object.fromEntries(planPageCharts(page).map((spec) => [spec.id, renderChart(spec)])),
  );
const card = renderCard(view, manifest);
const { document } = parseHTML(html);

describe('the report page', () => {
  test('the page and the card are the golden ones, and the same on every run', () => {
    expect(renderReport(reportView(manifest, plan), drawn())).toBe(html);
    expectGolden('report.html', html);
    expectGolden('card.md', card);
    expectGolden('plan.html', planReport({ plan, inventory, recipe: manifest.recipe as Recipe }));
  });

  test('it loads nothing from elsewhere, and its policy forbids it', () => {
    expect(html.match(/(?:src|href|action|xlink:href)\s*=/g)).toBeNull();
    expect(html).not.toMatch(/url\(|@import|https?:\/\/(?!www\.w3\.org\/)/);
    const policy = document.querySelector('meta[http-equiv]')?.getAttribute('content');
    expect(policy).toContain("default-src 'none'");
  });

  test('its policy lets its own script run', () => {
    expect(createHash('sha256').update(SCRIPT).digest('base64')).toBe(SCRIPT_SHA256);
    expect(html).toContain(`<script>${SCRIPT}</script>`);
  });

  test('a hostile name stays text everywhere: one script, no markup of its own', () => {
    expect(html.split('<script').length - 1).toBe(1);
    expect(html).not.toContain(HOSTILE_DOMAIN);
    const cells = [...document.querySelectorAll('td')].map((cell) => cell.textContent);
    expect(cells).toContain(HOSTILE_DOMAIN);
    const hostile = reportView({
      ...manifest,
      name: '"><img src=x onerror=alert(1)>',
      inputs: [{ source: "'><b>", path: '</table>', sha256: '0', bytes: 1 }],
    });
    const page = parseHTML(renderReport(hostile, {})).document;
    expect(page.querySelectorAll('img, td b')).toHaveLength(0);
    expect(escapeHtml(`<&>"'\u0000`)).toBe('&lt;&amp;&gt;&quot;&#39;\ufffd');
  });

  test('strata that came out empty are named, a dozen of them, and the others counted', () => {
    const notes = Array.from({ length: 15 }, (_, i) => `stratum ${i}: nothing written`);
    const page = parseHTML(renderReport(reportView({ ...manifest, notes }), {})).document;
    const list = [...page.querySelectorAll('section')].find(
      (section) => section.querySelector('h3')?.textContent === 'Planned, and written as nothing',
    );
    const items = [...list!.querySelectorAll('li')].map((item) => item.textContent);
    expect(items).toHaveLength(13);
    expect(items[12]).toContain('3 more');
    expect(html).not.toContain('written as nothing');
  });

  test('every cap, domain, stratum, input and file has its row', () => {
    const rowsOf = (caption: string) => {
      const tables = [...document.querySelectorAll('table')];
      const table = tables.find((own) =>
        own.querySelector('caption')?.textContent?.startsWith(caption),
      );
      return table?.querySelectorAll('tbody tr').length;
    };
    expect(rowsOf('Caps')).toBe(manifest.caps.length);
    expect(rowsOf('Domains')).toBe(manifest.targets.length + 1);
    expect(rowsOf('Strata')).toBe(manifest.strata.length);
    expect(rowsOf('Inputs')).toBe(manifest.inputs.length);
    expect(rowsOf('Data files')).toBe(manifest.files.length);
    expect(rowsOf('Left out')).toBe(manifest.leftOut.length);
  });

  test('the verdict says kept or breached, in words and in colour', () => {
    const verdict = document.querySelector('.verdict');
    expect(verdict?.textContent).toContain(`${manifest.caps.length} caps kept, 0 breached`);
    expect(verdict?.className).toContain('good');
    const caps = manifest.caps.map((cap) => ({ ...cap, kept: false }));
    const broken = parseHTML(renderReport(reportView({ ...manifest, caps }), {})).document;
    expect(broken.querySelector('.verdict')?.className).toContain('bad');
  });

  test('an infeasible plan shows the conflict before anything else', () => {
    const { recipeFingerprint, solver } = plan;
    const member = { capId: 'cap-<1>', scope: 'all', statement: 'at least 60 %', without: 7 };
    const shared = { schemaVersion: 1, recipeFingerprint, solver, notes: [] as string[] } as const;
    const infeasible: InfeasiblePlan = {
      ...{ ...shared, status: 'infeasible', conflict: [member], smallest: 'proven' },
      ...{ tokenBudget: 100, further: [], waysOut: [], search: { solves: 5, plans: 0 } },
    };
    const page = planReport({ plan: infeasible, inventory, recipe: null });
    const tables = [...parseHTML(page).document.querySelectorAll('table')];
    expect(tables[0]?.querySelector('td')?.textContent).toBe('cap-<1>');
    const lines = infeasibleLines(infeasible);
    const head = parseHTML(page).document.querySelector('.verdict')?.textContent ?? '';
    for (const line of [`infeasible: ${lines.wrong}`, ...lines.ways]) expect(head).toContain(line);
    expect(head).toContain('no mix can keep this rule: at least 60 % (cap-<1>)');
  });
});

describe('pictures', () => {
  test.each(charts.map((chart) => [chart.id, chart] as const))(
    '%s has a title, an accessible name, and no name cut off',
    (_, chart) => {
      const svg = parseHTML(`<body>${renderChart(chart)}</body>`).document.querySelector('svg')!;
      expect(svg.getAttribute('role')).toBe('img');
      expect(svg.getAttribute('aria-label')).toContain(chart.title);
      expect(svg.querySelector('title')?.textContent).toContain(chart.caption);
      const labels = [...svg.querySelectorAll('[aria-label="y-axis tick label"] text')];
      const texts = labels.map((label) => plain(label.textContent ?? ''));
      // Drawn by hand: a long name keeps its ends, and stands whole in the title of its text.
      const titles = [...svg.querySelectorAll('text > title')].map((t) =>
        plain(t.textContent ?? ''),
      );
      const isByHand = chart.kind === 'flow' || chart.kind === 'cap_bars';
      const shown = isByHand ? titles : texts;
      for (const { category } of chart.rows) expect(shown).toContain(plain(category));
      expect(svg.textContent).not.toContain('\u2026');
    },
  );

  test('a long name is broken into lines that fit the margin', () => {
    const svg = renderChart(charts.find(({ id }) => id === 'synthetic-share')!);
    const lines = [...svg.matchAll(/<tspan[^>]*>([^<]*)<\/tspan>/g)].map((match) => match[1]!);
    expect(lines.filter((line) => LONG_DOMAIN.includes(line)).length).toBeGreaterThan(1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(60);
  });

  test('bars are as long as their tokens: one rectangle per value, lengths in proportion', () => {
    const chart = charts[0]!;
    if (chart.kind !== 'stacked_bars') throw new Error('the first picture is the domains');
    const svg = parseHTML(`<body>${renderChart(chart)}</body>`).document;
    const bars = [...svg.querySelectorAll('[aria-label="bar"] rect')];
    const drawnWidth = bars.reduce((total, bar) => total + Number(bar.getAttribute('width')), 0);
    const [first] = chart.rows;
    const health = bars.filter((bar) => bar.textContent?.startsWith(`${first!.category}: `));
    const healthWidth = health.reduce((w, bar) => w + Number(bar.getAttribute('width')), 0);
    const tokens = first!.values.reduce((a, b) => a + b, 0);
    // 92 bars, each rounded to 0.01 px: at most 0.5 px in all, of some 1,000.
    expect(healthWidth / drawnWidth).toBeCloseTo(tokens / manifest.tokensWritten, 2);
  });

  test('every domain with a target has its mark, and every capped one its line', () => {
    const marks = (id: string) => {
      const chart = charts.find((own) => own.id === id)!;
      const svg = parseHTML(`<body>${renderChart(chart)}</body>`).document;
      return svg.querySelectorAll('[aria-label="tick"] line').length;
    };
    const targets = manifest.targets.filter((row) => row.target !== null);
    expect(marks('domains')).toBe(targets.length);
    expect(marks('synthetic-share')).toBe(manifest.targets.length);
  });
});

/** Without white space, which line breaks change. */
function plain(text: string): string {
  return text.replace(/\s/g, '');
}

describe('the dataset card', () => {
  const [, front = '', ...rest] = card.split(/^---$/m);
  const meta = parseYaml(front);
  const text = rest.join('---');

  test('front matter parses, and says what the hub asks for', () => {
    expect(meta).toEqual({
      license: 'other',
      license_name: 'mixed-see-licences',
      license_link: 'README.md#licences',
      pretty_name: 'clinic-assistant 2026.11.23',
      size_categories: ['1K<n<10K'],
      task_categories: ['text-generation'],
      source_datasets: ['archive', 'encyclopedia', 'faid', 'l2r', 'medquad'],
      tags: ['ballast', 'synthetic'],
      configs: [
        {
          config_name: 'default',
          data_files: [
            { split: 'train', path: 'data/train-*.parquet' },
            { split: 'holdout', path: 'data/holdout-*.parquet' },
          ],
        },
      ],
    });
  });

  test('one licence that the hub knows is named; no synthetic text, no synthetic tag', () => {
    const strata = manifest.strata.filter((row) => row.grantId === 'medquad-cc-by');
    const files = manifest.files.filter((file) => file.split === 'train');
    const only = { ...manifest, strata, files };
    const own = parseYaml(renderCard(reportView(only), only).split(/^---$/m)[1]!);
    expect(own).toMatchObject({ license: 'cc-by-4.0', tags: ['ballast'] });
    expect(own).not.toHaveProperty('license_name');
    expect(own.configs[0].data_files).toHaveLength(1);
  });

  test('counts equal the manifest, and every cap and domain has its row', () => {
    const grouped = (value: number) => value.toLocaleString('en-US');
    expect(text).toContain(`**${grouped(manifest.tokensWritten)} tokens**`);
    expect(text).toContain(`**${grouped(manifest.documentsWritten)} documents**`);
    for (const row of manifest.targets) {
      const line = `| ${escapeMarkdown(row.domain)} | `;
      expect(text.split('\n').some((own) => own.startsWith(line))).toBe(true);
    }
    expect(text.match(/\| kept \|/g)).toHaveLength(manifest.caps.length + 1);
  });

  test('a hostile name cannot break a table, open a tag or leave the front matter', () => {
    expect(text).not.toContain('<script>');
    expect(text).toContain('\\| pipe');
    const sneaky = { ...manifest, name: 'a\n---\nlicense: mit\u2028x: "1' };
    const own = renderCard(reportView(sneaky), sneaky);
    const parsed = parseYaml(own.split(/^---$/m)[1]!);
    expect(parsed.license).toBe('other');
    expect(parsed.pretty_name).toBe(`${sneaky.name} ${manifest.version}`);
  });

  test.each([
    [0, 'n<1K'],
    [999, 'n<1K'],
    [1000, '1K<n<10K'],
    [9_999_999, '1M<n<10M'],
    [1e12, 'n>1T'],
  ])('%i rows are in bin %s', (rows, bin) => {
    expect(sizeCategory(rows)).toBe(bin);
  });
});
