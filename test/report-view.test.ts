import { describe, expect, test } from 'vitest';
import { chartSpecs } from '../core/report/charts.js';
import { diffTables } from '../core/report/diff.js';
import { capsTable, funnelTable, planTables, strataTable } from '../core/report/tables.js';
import { reportView } from '../core/report/view.js';
import { manifest as manifestSchema } from '../core/schema/manifest.js';
import { inventory as inventorySchema, plan as planSchema } from '../core/schema/plan.js';
import { reportFixture } from './report-fixture.js';

const { manifest, plan, inventory } = reportFixture();
const view = reportView(manifest, plan);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe('the view of a report', () => {
  test('the fixture is what the schemas say, recipe included', () => {
    expect(manifestSchema.parse(manifest)).toEqual(manifest);
    expect(planSchema.parse(plan)).toEqual(plan);
    expect(inventorySchema.parse(inventory)).toEqual(inventory);
    expect(view.domains.some((row) => row.syntheticLimit === 0.3)).toBe(true);
  });

  test('a version from before lineage was traced is still read: depth 0, labels as they are', () => {
    const old = structuredClone(manifest) as unknown as {
      strata: { lineageDepth?: number }[];
      caps: { confidence?: null }[];
    };
    for (const stratum of old.strata) delete stratum.lineageDepth;
    for (const cap of old.caps) delete cap.confidence;
    expect(manifestSchema.parse(old)).toEqual(manifest);
  });

  test('tokens add up to the manifest by domain, label, grant and stratum', () => {
    const whole = manifest.tokensWritten;
    expect(sum(view.domains.map((row) => row.tokens))).toBe(whole);
    expect(sum(Object.values(view.tokensByLabel))).toBe(whole);
    expect(sum(view.licences.map((row) => row.tokens))).toBe(whole);
    expect(sum(view.strata.map((row) => row.written ?? 0))).toBe(whole);
    for (const row of view.domains) {
      expect(sum(Object.values(row.byLabel))).toBe(row.tokens);
      expect(manifest.targets.find((t) => t.domain === row.domain)?.tokens).toBe(row.tokens);
    }
  });

  test('every cap of the manifest is shown, with planned use and price, tightest first', () => {
    expect(view.caps).toHaveLength(manifest.caps.length);
    const keys = (caps: readonly { capId: string; scope: string; kind: string }[]) =>
      caps.map((cap) => `${cap.capId} ${cap.scope} ${cap.kind}`).sort();
    expect(keys(view.caps)).toEqual(keys(manifest.caps));
    expect(view.caps.every((cap) => cap.planned !== null && cap.shadowPrice !== null)).toBe(true);
    const tightness = view.caps.map((cap) => cap.tightness);
    expect(tightness).toEqual([...tightness].sort((a, b) => b - a));
  });

  test('a breached cap comes first and is counted in the verdict', () => {
    const caps = manifest.caps.map((cap, i) =>
      i === 5 ? { ...cap, kept: false, slack: -1 } : cap,
    );
    const breached = reportView({ ...manifest, caps }, plan);
    expect(breached.verdict).toMatchObject({ kept: caps.length - 1, breached: 1 });
    expect(breached.caps[0]?.kept).toBe(false);
    expect(capsTable(breached.caps, 'USD').rows[0]).toContain('BREACHED');
  });

  test('the funnel loses nothing: per source and in all, steps fall by what was left out', () => {
    for (const funnel of view.funnels) expect(funnel.unaccountedTokens).toBe(0);
    const [all, ...sources] = view.funnels;
    all!.steps.forEach((step, i) => {
      const tokens = sources.map((funnel) => funnel.steps[i]!.tokens);
      if (step.tokens !== null) expect(sum(tokens as number[])).toBe(step.tokens);
    });
    const at = (name: string) => all!.steps.find((step) => step.name === name)!;
    expect(at('kept').documents! - at('after duplicates').documents!).toBe(835);
    expect(at('after grants').documents! - at('available').documents!).toBe(20);
    expect(at('written')).toMatchObject({ tokens: manifest.tokensWritten });
    expect(funnelTable(all!).rows.at(-1)).toEqual(['holdout (apart)', '20', '12,220']);
  });

  test('records that disagree are said to disagree', () => {
    const sources = manifest.sources.map((row, i) =>
      i === 0 ? { ...row, tokens: row.tokens + 7 } : row,
    );
    const off = reportView({ ...manifest, sources }, plan);
    expect(off.funnels[0]?.unaccountedTokens).toBe(7);
    expect(off.unknown.join(' ')).toContain('differ by 7 tokens');
  });

  test('families: shares of the synthetic tokens sum to one in the mix and in every domain', () => {
    expect(view.families[0]).toMatchObject({ scope: 'all', maxShare: 0.5, minCount: 3 });
    expect(view.families).toHaveLength(24);
    for (const row of view.families) {
      expect(sum(row.families.map((cell) => cell.tokens))).toBe(row.tokens);
      expect(sum(row.families.map((cell) => cell.share))).toBeCloseTo(1, 12);
    }
  });

  test('a recipe of another schema still gives a report, without what only a recipe knows', () => {
    const bare = reportView({ ...manifest, recipe: { schemaVersion: 99 } });
    expect(bare.tokensWritten).toBe(manifest.tokensWritten);
    expect(bare.caps).toHaveLength(manifest.caps.length);
    expect(bare.domains.every((row) => row.syntheticLimit === null)).toBe(true);
    expect(bare.licences.every((row) => row.licence === 'NOASSERTION')).toBe(true);
  });

  test('a mix without synthetic text has no family picture', () => {
    const strata = manifest.strata.filter((row) => row.label !== 'synthetic');
    const human = reportView({ ...manifest, strata });
    expect(human.familyNames).toEqual([]);
    expect(chartSpecs(human).map((chart) => chart.id)).not.toContain('families');
  });
});

describe('tables', () => {
  test('lineage depth and confidence have a column where there are any, and else none', () => {
    const names = (table: { columns: readonly { name: string }[] }) =>
      table.columns.map((column) => column.name);
    expect(names(strataTable(view.strata))).not.toContain('lineage depth');
    expect(names(capsTable(view.caps, 'USD'))).not.toContain('at confidence');
    const strata = view.strata.map((row, i) => ({ ...row, lineageDepth: i === 3 ? 2 : 0 }));
    const traced = strataTable(strata);
    const depthColumn = names(traced).indexOf('lineage depth');
    expect(traced.rows.map((row) => row[depthColumn])).toEqual(
      strata.map((row) => String(row.lineageDepth)),
    );
    const sure = capsTable(
      [
        { ...manifest.caps[0]!, confidence: 0.9999 },
        { ...manifest.caps[1]!, confidence: 0.95 },
        manifest.caps[2]!,
      ],
      'USD',
    );
    const confidenceColumn = names(sure).indexOf('at confidence');
    const cells = sure.rows.map((row) => row[confidenceColumn]).sort();
    expect(cells).toEqual(['-', '95 %', '99.99 %']);
    for (const row of [...traced.rows, ...sure.rows])
      expect([traced.columns.length, sure.columns.length]).toContain(row.length);
  });

  test('limits on a chart are those on labels: not at a confidence, not on lineage', () => {
    const recipe = manifest.recipe as { caps: object[] };
    for (const given of [{ confidence: 0.95 }, { lineageDepth: 1 }]) {
      const caps = recipe.caps.map((cap) => ({ ...cap, ...given }));
      const limited = reportView({ ...manifest, recipe: { ...recipe, caps } }, plan);
      expect(limited.domains.every((row) => row.syntheticLimit === null)).toBe(true);
    }
  });

  test('every row has a cell for every column', () => {
    const tables = [
      ...planTables(plan, inventory),
      ...diffTables(manifest, manifest),
      capsTable(view.caps, 'USD'),
      capsTable(manifest.caps, 'USD'),
      strataTable(view.strata),
    ];
    for (const { title, columns, rows } of tables) {
      for (const row of rows) expect(row, title).toHaveLength(columns.length);
    }
  });

  test('no stratum is hidden, before and after writing', () => {
    expect(strataTable(view.strata).rows).toHaveLength(manifest.strata.length);
    const planned = planTables(plan, inventory).find((table) => table.title === 'Strata');
    expect(planned?.rows).toHaveLength(inventory.strata.length);
  });

  test('an infeasible plan leads with the conflict and plans no tokens', () => {
    const member = { capId: 'a', scope: 'health', statement: 'at most 10 % of health' };
    const shared = { schemaVersion: 1 as const, recipeFingerprint: 'f', solver: plan.solver };
    const found = { conflict: [{ ...member, without: 1200 }], further: [], waysOut: [], notes: [] };
    const search = { solves: 5, plans: 0 };
    const tables = planTables(
      { ...shared, ...found, status: 'infeasible', smallest: 'proven', tokenBudget: 9, search },
      inventory,
    );
    expect(tables[0]?.rows).toEqual([['a', 'health', 'at most 10 % of health', '1,200']]);
    const names = tables.flatMap((table) => table.columns.map((column) => column.name));
    expect(names).not.toContain('planned');
  });

  test('a money cap reads as money, a count as a count, a share as a share', () => {
    const rows = capsTable(view.caps, 'USD').rows;
    const row = (kind: string) => rows.find((cells) => cells[2] === kind)?.slice(4, 8);
    expect(row('licence budget')).toEqual([
      ...['USD 12,000.00', 'USD 4,812.50', 'USD 4,812.50', 'USD 7,187.50'],
    ]);
    expect(row('families min count')).toEqual(['3', '4', '4', '1']);
    expect(row('max share')?.[0]).toBe('30.00 %');
  });

  test('a diff shows moved tokens, and inputs added, removed and changed', () => {
    const strata = manifest.strata.map((row, i) =>
      i === 0 ? { ...row, tokensWritten: row.tokensWritten + 500 } : row,
    );
    const [first, second, ...rest] = manifest.inputs;
    const inputs = [{ ...first!, sha256: 'f'.repeat(64) }, ...rest, { ...second!, path: 'new' }];
    const tokensWritten = manifest.tokensWritten + 500;
    const tables = diffTables(manifest, { ...manifest, strata, inputs, tokensWritten });
    const rowsOf = (title: string) => tables.find((table) => table.title === title)!.rows;
    expect(rowsOf('Tokens by domain')[0]?.[3]).toBe('+500');
    expect(rowsOf('Tokens by domain')[0]?.[0]).toBe(strata[0]?.domain);
    expect(
      rowsOf('Inputs changed')
        .map((row) => row[2])
        .sort(),
    ).toEqual([...['added', 'changed', 'removed']]);
    expect(diffTables(manifest, manifest).at(-1)?.rows).toEqual([]);
  });
});
