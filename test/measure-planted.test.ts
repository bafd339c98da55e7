/**
 * A corpus whose laws are known, measured through the pipeline: human text in two languages, and two families
 * that use some words at half their rate.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { derive, draw } from '../core/random/draw.js';
import { RandomStream } from '../core/random/stream.js';
import type { DomainMeasure } from '../core/schema/risk.js';
import { groupKey, groupOf, isHalfA } from '../core/simulate/measure/groups.js';
import { binOf } from '../core/simulate/measure/suppression.js';
import { planBuild, startBuild } from './pipeline-run.js';
import { measureDomains } from './risk-measures.js';
import { makeTempFolder, removeFolder, writeInto } from './source-profile.js';

const TYPES = 4_000;
const WORDS = 300;
const SEED = 7;
/** Types from this rank on that a family holds back, and its factor. */
const RARE_RANK = 400;
const FAMILIES = { plain: 1, quiet: 0.5 } as const;

const RECIPE = `name: planted
version: 2026.11.23
seed: ${SEED}
tokenizer: bytes
token_budget: 400_000
target_shares: {health: 0.7, law: 0.3}
sources:
  - name: people
    paths: [people.jsonl]
    domain: {field: domain}
    language: {field: language}
    provenance: {declared: human_authored, by: publisher}
    grant: ours
  - name: models
    paths: [models.jsonl]
    domain: {field: domain}
    provenance: {declared: synthetic, by: publisher}
    model_family: {field: family}
    grant: ours
grants:
  - {grant_id: ours, kind: own_content, uses: {pretrain: allow}}
use: {purposes: [pretrain], territory: EU, training_ends: 2027-03-31}
risk: {temperature: 0.8}
output: {formats: [parquet], shard_megabytes: 1}
`;

/** Zipf-1 over TYPES, types held back by their factor. */
function lawOf(factor: number): Float64Array {
  const rates = Float64Array.from(
    { length: TYPES },
    (_, r) => (r >= RARE_RANK && r % 2 === 0 ? factor : 1) / (r + 1),
  );
  const all = rates.reduce((sum, rate) => sum + rate, 0);
  return rates.map((rate) => rate / all);
}

function sampler(law: Float64Array): (stream: RandomStream) => number {
  let sum = 0;
  const upTo = law.map((rate) => {
    sum += rate;
    return sum;
  });
  return (stream) => {
    const u = stream.uniform();
    let [low, high] = [0, TYPES - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle]! <= u) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

interface Row {
  readonly id: string;
  readonly domain: string;
  readonly ranks: number[];
  readonly [field: string]: unknown;
}

function rowsOf(name: string, count: number, law: Float64Array, rest: object): Row[] {
  const next = sampler(law);
  return Array.from({ length: count }, (_, i) => {
    const id = `${name}-${i}`;
    const stream = new RandomStream(derive(SEED, 'planted', id));
    const ranks = Array.from({ length: WORDS }, () => next(stream));
    return { id, domain: 'health', ranks, text: ranks.map((r) => `w${r}`).join(' '), ...rest };
  });
}

const lines = (rows: readonly Row[]) =>
  `${rows.map(({ ranks: _, ...row }) => JSON.stringify(row)).join('\n')}\n`;

describe('a corpus with planted suppression', () => {
  const human = lawOf(1);
  const people = [
    ...rowsOf('en', 390, human, { language: 'en' }),
    ...rowsOf('en-GB', 10, human, { language: 'en-GB' }),
    ...rowsOf('vi', 8, human, { language: 'vi' }),
    ...rowsOf('de', 1, human, { language: 'de' }),
  ];
  let folder: string;
  let measures: Map<string, { measure: DomainMeasure }>;

  beforeAll(async () => {
    folder = await makeTempFolder();
    const law = rowsOf('law', 60, human, { domain: 'law', language: 'en' });
    await writeInto(folder, 'people.jsonl', lines([...people, ...law]));
    const models = Object.entries(FAMILIES).flatMap(([family, factor]) =>
      rowsOf(family, 150, lawOf(factor), { family }),
    );
    models.push(...rowsOf('code', 5, human, { domain: 'code', family: 'plain' }));
    await writeInto(folder, 'models.jsonl', lines(models));
    const context = await startBuild({ folder, recipe: RECIPE });
    measures = await measureDomains(context, await planBuild(context));
  }, 120_000);

  afterAll(() => removeFolder(folder));

  /** Rate of a bin's types under a family's law over their human rate; bins by half A, counted by hand. */
  function plantedW(family: keyof typeof FAMILIES): number[] {
    const key = groupKey(SEED, 'people');
    const copies = new Array<number>(TYPES).fill(0);
    for (const { id, ranks } of people)
      if (isHalfA(groupOf(key, id))) for (const rank of ranks) copies[rank]!++;
    const [ours, theirs] = [new Array(5).fill(0), new Array(5).fill(0)];
    const law = lawOf(FAMILIES[family]);
    copies.forEach((count, rank) => {
      if (count === 0) return;
      ours[binOf(count)] += human[rank];
      theirs[binOf(count)] += law[rank];
    });
    return ours.map((rate, bin) => theirs[bin] / rate);
  }

  it('recovers the suppression of every bin and family within its interval', () => {
    const { measure } = measures.get('health')!;
    expect(measure.humanDocuments).toBe(people.length);
    let inside = 0;
    for (const family of ['plain', 'quiet'] as const) {
      const planted = plantedW(family);
      const rows = measure.suppression.filter((row) => row.family === family);
      expect(rows.map(({ bin }) => bin)).toEqual([0, 1, 2, 3, 4]);
      for (const { bin, w, basis } of rows) {
        expect(basis).toBe('measured');
        const logOff = Math.abs(Math.log(w.point / planted[bin]!));
        const half = Math.log(w.high / w.point);
        if (logOff <= half) inside++;
        // Ten intervals at 95 %: one beyond twice its width (z = 3.9) has chance 0.001 in all.
        expect(logOff).toBeLessThan(2 * half);
      }
    }
    // Fewer than 8 of 10 inside has chance 0.012; the seed is fixed.
    expect(inside).toBeGreaterThanOrEqual(8);
    const rare = measure.suppression.find(({ family, bin }) => family === 'quiet' && bin === 1)!;
    expect(rare.w.high).toBeLessThan(1);
  });

  it('watches a rare language by itself, spellings of one language together', () => {
    const { measure } = measures.get('health')!;
    const found = measure.subgroups.map(({ name, kind, spectrum }) => [name, kind, spectrum.words]);
    expect(found).toEqual([['vi', 'language', 8 * WORDS]]);
  });

  it('assumes suppression where there is no synthetic text, and says so', () => {
    const { measure } = measures.get('law')!;
    expect(measure.lengths.synthetic).toBeNull();
    expect(measure.families).toEqual([]);
    expect(measure.overlap).toEqual({ rho: null, types: 0, basis: 'unknown' });
    expect(new Set(measure.suppression.map(({ basis }) => basis))).toEqual(new Set(['assumed']));
    const points = measure.suppression.map(({ w }) => w.point);
    // Temperature 0.8 sharpens: the rarer a type, the more it loses.
    for (let i = 1; i < points.length; i++) expect(points[i]!).toBeGreaterThan(points[i - 1]!);
    expect(points[0]!).toBeLessThan(0.5);
  });

  it('measures a domain without human text as empty', () => {
    const { measure } = measures.get('code')!;
    expect([measure.humanDocuments, measure.humanWords, measure.syntheticDocuments]).toEqual([
      0, 0, 5,
    ]);
    expect(measure.spectrum).toEqual({ counts: [], types: [], words: 0 });
    expect(measure.suppression).toEqual([]);
    expect(measure.sample).toEqual({ documents: 0, words: 0, rate: 0 });
    expect([measure.goodTuring, measure.chao1, measure.zipfBeta]).toEqual([0, 0, null]);
    expect(measure.wordsPerToken).toBeGreaterThan(0);
  });

  it('tells the moments of lengths, which are all equal here', () => {
    const { human: ours, synthetic } = measures.get('health')!.measure.lengths;
    expect(ours).toMatchObject({ documents: people.length, variance: 0 });
    expect(ours.mean).toBeCloseTo(Math.log(WORDS), 12);
    expect(synthetic).toMatchObject({ documents: 300, variance: 0 });
  });

  it('draws documents at random, not by their place', () => {
    const key = groupKey(SEED, 'people');
    const groups = new Set(people.map(({ id }) => groupOf(key, id)));
    expect(groups.size).toBe(20);
    expect(draw(key, 'en-0')).not.toBe(draw(key, 'en-1'));
  });
});
