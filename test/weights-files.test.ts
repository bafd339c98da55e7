/** The files of weights/: shares that sum to 1, tables that open, names that no reader trips over. */
import { parse as parseCsv } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { blendsOf, fileName, uniqueNames } from '../core/report/weights/blends.js';
import {
  decimalRatio,
  decimalRatioUp,
  decimalShares,
  plainDecimal,
} from '../core/report/weights/decimals.js';
import { weightFiles } from '../core/report/weights/weight-files.js';
import { weightsOfManifest, weightsOfPlan } from '../core/report/weights/weights-view.js';
import { reportFixture } from './report-fixture.js';
import { expectGolden } from './report-golden.js';
import { smallManifest } from './weights-fixture.js';

const small = weightsOfManifest(smallManifest(), null);
const files = new Map(weightFiles(small).map(({ path, text }) => [path, text]));
const fileOf = (path: string): string => files.get(path)!;

/** Sum of decimals in units of 10^-15. */
function unitSum(decimals: readonly string[]): bigint {
  return decimals.reduce((sum, decimal) => {
    const [whole = '0', fraction = ''] = decimal.split('.');
    return sum + BigInt(whole + fraction.padEnd(15, '0'));
  }, 0n);
}

describe('decimal shares', () => {
  const weights = fc
    .array(fc.bigInt({ min: 0n, max: 2n ** 53n }), { minLength: 1, maxLength: 60 })
    .filter((list) => list.some((weight) => weight > 0n));

  test('sum to exactly 1, are zero for zero weights only, and are off by less than a unit else', () => {
    fc.assert(
      fc.property(weights, (list) => {
        const shares = decimalShares(list);
        expect(unitSum(shares)).toBe(10n ** 15n);
        const sum = list.reduce((a, b) => a + b, 0n);
        const lifted = BigInt(list.length);
        for (const [i, share] of shares.entries()) {
          const units = unitSum([share]);
          expect(units > 0n).toBe(list[i]! > 0n);
          // Units x sum against weight x 10^15: less than one unit off, but for those given away.
          const off = units * sum - list[i]! * 10n ** 15n;
          expect((off < 0n ? -off : off) <= sum * lifted).toBe(true);
        }
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  test('are written without an exponent and with a point', () => {
    expect(decimalShares([1n, 10n ** 14n - 1n])[0]).toBe('0.00000000000001');
    expect(decimalShares([1n, 2n ** 60n])[0]).toBe('0.000000000000001');
    expect(decimalShares([5n])).toEqual(['1.0']);
    expect(decimalShares([1n, 1n, 1n])).toEqual([
      '0.333333333333334',
      '0.333333333333333',
      '0.333333333333333',
    ]);
    expect([1e-7, 4, 0.5, -12.25, 1e21].map(plainDecimal)).toEqual([
      ...['0.0000001', '4.0', '0.5', '-12.25', '1000000000000000000000.0'],
    ]);
    expect([decimalRatio(1, 3), decimalRatio(2, 3), decimalRatio(9, 3)]).toEqual([
      ...['0.333333333333', '0.666666666667', '3.0'],
    ]);
    expect([decimalRatioUp(1, 3), decimalRatioUp(9, 3)]).toEqual(['0.333333333334', '3.0']);
  });
});

describe('blends', () => {
  test('count every written token once, and name what they leave out nowhere', () => {
    for (const view of [small, weightsOfManifest(reportFixture().manifest, reportFixture().plan)]) {
      const whole = view.strata.reduce((sum, { tokensWritten }) => sum + tokensWritten!, 0);
      for (const blend of blendsOf(view)) {
        expect(blend.tokens).toBe(whole);
        expect(blend.entries.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(whole);
        expect(unitSum(blend.entries.map(({ share }) => share))).toBe(10n ** 15n);
        expect(blend.entries.every(({ tokens }) => tokens > 0)).toBe(true);
      }
    }
  });

  test('a source and domain say how far even drawing is off the plan; a stratum is never off', () => {
    const [, bySource, byStratum] = blendsOf(small);
    const drafts = bySource!.entries.find(({ name }) => name === 'drafts.health')!;
    // Planned 10,000 : 9,999, available 50,000 : 10,000.
    expect(drafts.drift).toBeCloseTo(9_999 / 19_999 - 10_000 / 60_000, 12);
    expect(drafts.passes).toBe('0.333316666667');
    expect(byStratum!.entries.every(({ drift }) => drift === 0)).toBe(true);
  });

  test('a plan alone has the same blends from planned tokens, but no written one', () => {
    const { plan } = reportFixture();
    const view = weightsOfPlan(plan, { name: 'clinic', recipe: null });
    expect(blendsOf(view).map(({ kind, tokens }) => [kind, tokens])).toEqual([
      ['by-source', plan.tokensAllocated],
      ['by-stratum', plan.tokensAllocated],
    ]);
  });

  test('names are safe for folders and for a list that is split at blanks, and differ', () => {
    expect(fileName(['=cmd|" x', 'a b/c', 'ü'])).toBe('cmd-x.a-b-c.x');
    expect(uniqueNames(['a', 'A', 'a', 'b'])).toEqual(['a', 'A-2', 'a-3', 'b']);
    for (const blend of blendsOf(small))
      for (const { name } of blend.entries) expect(name).toMatch(/^[A-Za-z0-9._-]+$/);
  });
});

describe('the files', () => {
  test('are the golden ones, and no order of strata or caps changes a byte', () => {
    for (const [path, text] of files) expectGolden(`weights/${path}`, text);
    const { strata, caps } = small;
    const turned = { ...smallManifest(), strata: [...strata].reverse() as never };
    const again = weightFiles(weightsOfManifest(turned, null));
    expect(new Map(again.map(({ path, text }) => [path, text]))).toEqual(files);
    expect(caps.length).toBeGreaterThan(0);
  });

  test('CSV is read by an independent parser with every name as it was, formulas guarded', () => {
    const rows = parseCsv(fileOf('plan-strata.csv'), { bom: true, columns: true }) as Record<
      string,
      string
    >[];
    expect(rows.length).toBe(small.strata.length);
    expect(rows.map(({ source }) => source)).toContain("'=cmd");
    expect(rows.map(({ domain }) => domain)).toContain('health & "care"\u2028');
    const written = rows.reduce((sum, row) => sum + Number(row.tokens_written), 0);
    expect(written).toBe(81_000);
    const caps = parseCsv(fileOf('plan-caps.csv'), { bom: true, columns: true }) as typeof rows;
    const breached = caps.find(({ kept }) => kept === 'no')!;
    expect(breached).toMatchObject({ cap_id: "'=1+1", reason: '\'@sum, "x"', slack_tokens: '-12' });
    expect(breached.used).toBe('0.0000001');
  });

  test('a stratum names its entries, and a stratum without tokens has none', () => {
    const rows = parseCsv(fileOf('plan-strata.csv'), { bom: true, columns: true }) as Record<
      string,
      string
    >[];
    const names = new Set(
      blendsOf(small).flatMap(({ entries }) => entries.map(({ name }) => name)),
    );
    for (const row of rows) {
      const taken = row.tokens_written !== '0';
      expect([row.entry_by_source, row.entry_by_stratum].map((name) => names.has(name!))).toEqual([
        ...[taken, taken],
      ]);
    }
  });

  test('YAML is YAML, and its shares sum to 1 as written', () => {
    for (const kind of ['written', 'by-source', 'by-stratum']) {
      const text = fileOf(`${kind}/olmo-core-source-mixture.yaml`);
      const { sources } = parseYaml(text) as { sources: { target_ratio: number }[] };
      const ratios = [...text.matchAll(/target_ratio: (\S+)/g)].map(([, ratio]) => ratio!);
      expect(unitSum(ratios)).toBe(10n ** 15n);
      expect(sources.map(({ target_ratio }) => target_ratio)).toEqual(ratios.map(Number));
      for (const name of ['levanter-train-weights', 'streaming-streams', 'dolma-sources'])
        expect(Object.keys(parseYaml(fileOf(`${kind}/${name}.yaml`)))).not.toEqual([]);
    }
  });

  test("Megatron's list holds pairs and nothing else, since it is split at blanks", () => {
    for (const kind of ['written', 'by-source', 'by-stratum']) {
      const words = fileOf(`${kind}/megatron-blend.txt`).split(/\s+/).filter(Boolean);
      expect(words.length % 2).toBe(0);
      const split = JSON.parse(fileOf(`${kind}/megatron-blend.json`)) as Record<string, unknown>;
      expect(split.train).toEqual(words);
      expect(Object.keys(split)).toEqual(['train', 'valid', 'test']);
    }
  });

  test('a recipe that allows half of a source limits its fraction, four passes its repetition', () => {
    const { sources } = parseYaml(fileOf('by-source/olmo-core-source-mixture.yaml')) as {
      sources: Record<string, unknown>[];
    };
    const limits = sources.map((s) => [s.max_repetition_ratio, s.max_source_fraction]);
    expect(limits).toEqual([
      [1, 0.5],
      [1, 1],
      [4, 1],
      [4, 1],
    ]);
  });

  test('chosen formats are written alone, under the chosen folders', () => {
    const place = { root: 's3://bucket/tok', version: '/mixes/x' };
    const chosen = weightFiles(small, place, ['megatron']);
    expect(chosen.map(({ path }) => path)).toEqual([
      'README.md',
      ...['by-source', 'by-stratum', 'written'].flatMap((kind) => [
        ...[`${kind}/megatron-blend.json`, `${kind}/megatron-blend.txt`],
      ]),
    ]);
    expect(chosen.at(-1)!.text).toBe('1.0 s3://bucket/tok/small/train_text_document\n');
    expect(chosen[0]!.text).not.toContain('plan-strata.csv');
  });
});

describe("Levanter's file", () => {
  const formats = (...names: ('parquet' | 'arrow')[]) => {
    const manifest = smallManifest();
    const files = names.flatMap((format) =>
      manifest.files.map((file) => ({
        ...file,
        ...{ format, path: file.path.replace('parquet', format) },
      })),
    );
    const written = weightFiles(weightsOfManifest({ ...manifest, files }, null));
    return written.find(({ path }) => path === 'written/levanter-train-weights.yaml')!.text;
  };

  test('names the Parquet files where both formats were written, and says when there are none', () => {
    expect(formats('arrow', 'parquet')).toContain('data/train-00000-of-00001.parquet"]');
    expect(formats('arrow', 'parquet')).not.toContain('.arrow');
    expect(formats('arrow')).toContain('Levanter reads no Arrow files');
    expect(formats('parquet')).not.toContain('Levanter reads no Arrow files');
  });
});
