/** Truth shares of strata: a review of a text counts once, and flags weigh by tokens. */
import { describe, expect, it } from 'vitest';
import type { Build } from '../activities/build-context.js';
import type { LabelledBatch } from '../activities/labelled-documents.js';
import { StratumTruths } from '../activities/stratum-truth.js';
import type { Calibration } from '../core/schema/calibration.js';
import type { Label } from '../core/schema/label.js';
import { POLICY, reviewOf } from './label-fixture.js';

interface Row {
  readonly digest: number;
  readonly tokens: number;
  readonly label: Label;
  /** Label without review; '' where nobody has decided. */
  readonly blind: Label | '';
  readonly score?: number;
}

const hex = (digest: number) => digest.toString(16).padStart(64, '0');

function batchOf(rows: readonly Row[]): LabelledBatch {
  const digests = new Uint8Array(
    Buffer.from(rows.map(({ digest }) => hex(digest)).join(''), 'hex'),
  );
  return {
    length: rows.length,
    documents: { digests, tokens: Uint32Array.from(rows, ({ tokens }) => tokens) },
    labels: {
      domain: () => 'health',
      label: (row: number) => rows[row]!.label,
      blindLabel: (row: number) => rows[row]!.blind,
      textScores: Float64Array.from(rows, ({ score }) => score ?? Number.NaN),
    },
  } as unknown as LabelledBatch;
}

/** Truths after all rows of one batch; `decided` gives the label that people found per digest. */
function truthsOf(rows: readonly Row[], decided: Record<number, Label>, calibration?: Calibration) {
  const decisions = new Map(
    Object.entries(decided).map(([digest, label]) => [
      hex(Number(digest)),
      [reviewOf({ textSha256: hex(Number(digest)), label, isRandom: true })],
    ]),
  );
  const build = { decisions, recipe: { labels: POLICY } } as unknown as Build;
  const truths = new StratumTruths(build, calibration ?? null);
  const batch = batchOf(rows);
  rows.forEach((_, row) => {
    truths.add('forum', batch, row);
  });
  return (label: Label) => truths.of({ source: 'forum', domain: 'health', label } as never);
}

describe('the truth of a stratum', () => {
  it('is not measured by one review of a text that has sixty copies', () => {
    const copies = Array.from(
      { length: 60 },
      (): Row => ({
        ...{ digest: 7, tokens: 50, label: 'human_authored', blind: 'human_authored' },
      }),
    );
    const { human_authored: human } = truthsOf(copies, { 7: 'human_authored' })('human_authored');
    expect(human).toMatchObject({ basis: 'assumed', reviews: 0 });
  });

  it('is measured from thirty reviewed texts, weighed by their tokens', () => {
    const rows = Array.from(
      { length: 40 },
      (_, i): Row => ({
        ...{ digest: i + 1, tokens: i < 10 ? 300 : 100, label: 'synthetic', blind: 'unknown' },
      }),
    );
    const decided = Object.fromEntries(
      rows.map(({ digest }) => [digest, digest <= 10 ? 'synthetic' : 'human_authored'] as const),
    );
    const { synthetic } = truthsOf(rows, decided)('unknown');
    expect(synthetic).toMatchObject({ basis: 'measured', reviews: 40 });
    // Ten texts of 300 tokens against thirty of 100: half of the tokens, a quarter of the texts.
    expect(synthetic.point).toBeCloseTo(0.5, 12);
  });

  it('by flags is a share of tokens, not of documents', () => {
    const rows = Array.from(
      { length: 400 },
      (_, i): Row => ({
        ...{ digest: i + 1, tokens: i % 4 === 0 ? 900 : 100, label: 'unknown', blind: '' },
        score: i % 4 === 0 ? 3 : -3,
      }),
    );
    const calibration = {
      domains: [
        {
          ...{ domain: 'health', state: 'calibrated', reviews: 200, slope: 1, intercept: 0 },
          ...{ sensitivity: { k: 99, n: 100 }, falsePositives: { k: 1, n: 100 } },
        },
      ],
    } as unknown as Calibration;
    const { synthetic } = truthsOf(rows, {}, calibration)('unknown');
    // 900 of 1,200 tokens are flagged by a detector that errs once in a hundred.
    expect(synthetic.basis).toBe('measured');
    expect(synthetic.point).toBeCloseTo((0.75 - 0.01) / 0.98, 9);
  });
});
