/**
 * Contamination that is really there: HumanEval stands in the set `l2r`, the other benchmarks nowhere.
 * Reads the shared data; where it is absent every test is skipped and the title says so. `truth` only
 * splits the counts.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { hitKey, plainScreen } from '../bench/plain-screen.mjs';
import { isContamination } from '../core/label/contamination-rule.js';
import type { ContaminationHit } from '../core/schema/contamination.js';
import { type BenchmarkItem, createScreen, type Screen } from '../engines/ngram/ngram-screen.js';
import { Words } from '../engines/ngram/words.js';
import { SHARED_DATA } from './ballast-runner.js';

interface Row {
  readonly id: string;
  readonly text: string;
  readonly domain?: string;
  readonly truth?: string;
}

interface Screened extends Row {
  readonly hits: readonly ContaminationHit[];
}

const SETS = ['l2r', 'faid', 'peps', 'rust-rfcs', 'medquad'] as const;
const BENCHMARKS = [
  { name: 'humaneval', file: 'humaneval', fields: ['prompt', 'canonical_solution'] },
  { name: 'gsm8k', file: 'gsm8k-test', fields: ['question', 'answer'] },
  { name: 'bbh', file: 'bbh', fields: ['question', 'answer'] },
] as const;

const paths = [
  ...SETS.map((name) => join(SHARED_DATA, `${name}.jsonl.gz`)),
  ...BENCHMARKS.map(({ file }) => join(SHARED_DATA, 'benchmarks', `${file}.jsonl`)),
];
const absent = paths.filter((path) => !existsSync(path));
const title = 'benchmarks in the real sets';
const why =
  absent.length === 0
    ? ''
    : ` (skipped: no ${absent.length} of ${paths.length} files in ../shared/data)`;

function rowsOf<T>(path: string): T[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

function itemsOf(name: string, file: string, fields: readonly string[]): BenchmarkItem[] {
  const rows = rowsOf<Record<string, string>>(join(SHARED_DATA, 'benchmarks', `${file}.jsonl`));
  return rows.map((row, i) => ({
    ...{ benchmark: name, item: i + 1 },
    fields: fields.map((field) => ({ field, text: row[field]! })),
  }));
}

describe.skipIf(absent.length > 0)(`${title}${why}`, () => {
  const found = new Map<string, Screened[]>();
  let items: BenchmarkItem[];
  let screen: Screen;
  let code: Screened[];

  beforeAll(() => {
    items = BENCHMARKS.flatMap(({ name, file, fields }) => itemsOf(name, file, fields));
    screen = createScreen(items);
    for (const set of SETS) {
      const rows = rowsOf<Row>(join(SHARED_DATA, `${set}.jsonl.gz`));
      found.set(
        set,
        rows.map((row) => ({ ...row, hits: screen.hitsIn(row.text) })),
      );
    }
    code = found.get('l2r')!.filter(({ domain }) => domain === 'code');
  }, 120_000);

  const dropped = (rows: readonly Screened[]) =>
    rows.filter(({ hits }) => hits.some(isContamination));
  const of = (truth: string) => code.filter((row) => row.truth === truth);

  it('finds all 164 prompts of HumanEval in the 164 human texts of l2r code', () => {
    const prompts = new Set<number>();
    for (const { hits } of of('human'))
      for (const { benchmark, field, kind, item } of hits)
        if (benchmark === 'humaneval' && field === 'prompt' && kind === '13-gram')
          prompts.add(item);
    expect(prompts.size).toBe(164);
    expect([of('human').length, dropped(of('human')).length]).toEqual([164, 164]);
  });

  it('finds 431 of the 654 rewrites: 404 by 13 words of a prompt or solution, 27 by a whole short solution', () => {
    const rows = dropped(of('synthetic'));
    const byGram = rows.filter(({ hits }) => hits.some(({ kind }) => kind === '13-gram'));
    expect([of('synthetic').length, rows.length, byGram.length]).toEqual([654, 431, 404]);
  });

  it('differs from a filter without its rule by runs that tell nothing, and by solutions', () => {
    const prompts = itemsOf('humaneval', 'humaneval', ['prompt']);
    const anyRun = plainScreen(prompts, { tellingLeast: { gram: 0, item: 5 } });
    const ours = createScreen(prompts);
    const counts = { anyRun13: 0, anyRun8: 0, ours13: 0, ours8: 0 };
    for (const { text } of of('synthetic')) {
      const any = anyRun(text).join();
      const hits = ours.hitsIn(text).map(hitKey).join();
      if (any.includes('13-gram')) counts.anyRun13++;
      if (any.includes('-gram')) counts.anyRun8++;
      if (hits.includes('13-gram')) counts.ours13++;
      if (hits.includes('-gram')) counts.ours8++;
      if (hits.includes('13-gram')) expect(any).toContain('13-gram');
    }
    // 292 and 440 are the figures of a filter to which any run of words is evidence.
    expect(counts).toEqual({ anyRun13: 292, anyRun8: 440, ours13: 221, ours8: 366 });
  });

  it('finds what plain code finds, in all of code and every eighth of peps and rust-rfcs', () => {
    const plain = plainScreen(items);
    const dated = [...found.get('peps')!, ...found.get('rust-rfcs')!];
    for (const row of [...code, ...dated.filter((_, i) => i % 8 === 0)])
      expect(row.hits.map(hitKey).sort(), row.id).toEqual(plain(row.text));
  }, 120_000);

  it('drops nothing of peps or rust-rfcs, and lists the few 8-grams', () => {
    const weak = (set: string) =>
      found.get(set)!.flatMap(({ id, hits }) => hits.map((hit) => `${id} ${hit.benchmark}`));
    for (const set of ['peps', 'rust-rfcs']) expect(dropped(found.get(set)!)).toEqual([]);
    expect([...new Set(weak('peps'))]).toHaveLength(5);
    expect(weak('peps').filter((line) => !line.endsWith('humaneval'))).toEqual([]);
    expect(weak('rust-rfcs')).toEqual([]);
  });

  it('finds nothing anywhere else', () => {
    const rest = found.get('l2r')!.filter(({ domain }) => domain !== 'code');
    const others = [...rest, ...found.get('faid')!, ...found.get('medquad')!];
    expect(others.filter(({ hits }) => hits.length > 0)).toEqual([]);
    const all = SETS.flatMap((set) => found.get(set)!).flatMap(({ hits }) => hits);
    expect([...new Set(all.map(({ benchmark }) => benchmark))]).toEqual(['humaneval']);
  });

  it('counts 737 bbh questions of fewer than 13 words, and says how many items it cannot look for', () => {
    const words = new Words();
    const short = items.filter(
      ({ benchmark, fields }) => benchmark === 'bbh' && words.cut(fields[0]!.text).count < 13,
    );
    expect(short).toHaveLength(737);
    expect(screen.coverage.get('bbh')).toMatchObject({ items: 6511, itemsUnsearched: 305 });
    expect(screen.coverage.get('humaneval')).toMatchObject({ items: 164, itemsUnsearched: 0 });
  });

  it('takes no run of zeros for a hit: not where it really stands, and not where it is planted', () => {
    const zeros = Array(13).fill('0').join(' ');
    const holds = (text: string) => (text.match(/[a-z0-9]+/gi) ?? []).join(' ').includes(zeros);
    const real = SETS.flatMap((set) => found.get(set)!).filter(({ text }) => holds(text));
    expect(real.length).toBeGreaterThan(0);
    expect(dropped(real)).toEqual([]);
    const planted = Array.from(
      { length: 26 },
      (_, i) =>
        `matrix ${i}: ${Array(20 + i)
          .fill('0')
          .join(', ')}`,
    );
    const grid = items.concat({
      benchmark: 'grid',
      item: 1,
      fields: [{ field: 'q', text: planted[25]! }],
    });
    const withGrid = createScreen(grid);
    for (const text of planted) expect(withGrid.hitsIn(text)).toEqual([]);
  });
});
