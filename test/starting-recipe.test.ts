/** ballast import: what a blend says becomes a recipe that parses, and an exported blend comes back as it was. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBlend } from '../client/import/read-blend.js';
import { writeRecipe } from '../client/import/write-recipe.js';
import {
  DOMAIN_BY,
  type DomainBy,
  startingRecipe,
} from '../core/report/starting-recipe/starting-recipe.js';
import { blendsOf } from '../core/report/weights/blends.js';
import { weightFiles } from '../core/report/weights/weight-files.js';
import { weightsOfManifest } from '../core/report/weights/weights-view.js';
import { Failure } from '../core/schema/failure.js';
import type { BlendTool } from '../core/schema/foreign-blend.js';
import { reportFixture } from './report-fixture.js';
import { expectGolden } from './report-golden.js';
import { smallManifest } from './weights-fixture.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ballast-import-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Imported {
  readonly text: string;
  readonly recipe: Awaited<ReturnType<typeof writeRecipe>>['recipe'];
}

async function importText(
  name: string,
  content: string,
  { tool = null, domainBy = 'name' }: { tool?: BlendTool | null; domainBy?: DomainBy } = {},
): Promise<Imported> {
  const path = join(folder, name);
  writeFileSync(path, content);
  const blend = await readBlend(path, tool);
  const stem = name.replace(/\.[^.]+$/, '');
  const text = startingRecipe(blend, { name: stem, file: name, domainBy, tokens: null });
  const { recipe } = await writeRecipe(join(folder, 'recipe.yaml'), text, true);
  return { text, recipe };
}

async function failureOf(name: string, content: string, tool?: BlendTool): Promise<Failure> {
  const found = await importText(name, content, { tool: tool ?? null }).catch((error) => error);
  expect(found).toBeInstanceOf(Failure);
  return found as Failure;
}

const sumOf = (shares: Readonly<Record<string, number>>): number =>
  Object.values(shares).reduce((a, b) => a + b, 0);

/** A blend as a team keeps one: nested, ratios that miss 1 in the seventh decimal, a model in a name. */
const OLMO = `
dataset:
  source_mixture_config:
    requested_tokens: 100_000_000
    source_list:
      sources:
        - source_name: web-health   # 12,000,000,000
          target_ratio: 0.5000006
          paths: [s3://bucket/web/health/*.npy]
        - source_name: web-law
          target_ratio: 1e-7
          paths: [s3://bucket/web/law/*.npy]
          max_repetition_ratio: 4.1
          max_source_fraction: 0.3
        - source_name: gemini_reasoning
          target_ratio: .3999999
          paths: [s3://bucket/gemini/*.npy]
        - source_name: "Wiki: rewritten"
          target_ratio: 0.1
          paths: [data/wiki.jsonl.gz]
        - source_name: all
          target_ratio: 0.0
          paths: [data/all.parquet]
`;

describe('a blend of OLMo-core', () => {
  test('becomes the golden recipe: exact shares, repetition, TODOs, what names suggest', async () => {
    const { text, recipe } = await importText('olmo.yaml', OLMO);
    expectGolden('starting-recipe.yaml', text);
    expect(sumOf(recipe.targetShares)).toBeCloseTo(1, 14);
    expect(recipe.targetShares['web-health']).toBe(Number((0.5000006 / 1.0000006).toFixed(15)));
    expect(recipe.sources.map(({ maxRepetitionFactor }) => maxRepetitionFactor)).toEqual([
      ...[null, 1.23, null, null, null],
    ]);
    expect(recipe.sources.map(({ name, grant }) => [name, grant])).toContainEqual([
      ...['Wiki-rewritten', null],
    ]);
    expect(recipe.tokenBudget).toBe(100_000_000);
    expect(text).toContain('sum to 1.0000006;');
    expect(text).toContain('model_family: gemini');
  });

  test('is grouped by the first word of its names, or is one domain, when asked to', async () => {
    const prefix = await importText('olmo.yaml', OLMO, { domainBy: 'prefix' });
    expect(Object.keys(prefix.recipe.targetShares)).toEqual(['web', 'gemini', 'Wiki', 'all-text']);
    expect(sumOf(prefix.recipe.targetShares)).toBeCloseTo(1, 14);
    const one = await importText('olmo.yaml', OLMO, { domainBy: 'one' });
    expect(one.recipe.targetShares).toEqual({ general: 1 });
  });

  test('without a token target has a budget that is marked as a guess', async () => {
    const { recipe, text } = await importText('guess.yaml', OLMO.replace(/requested_tokens.*/, ''));
    expect(recipe.tokenBudget).toBe(1_000_000_000);
    expect(text).toMatch(/token_budget: 1000000000 {2}# TODO/);
  });
});

describe('a blend of Megatron', () => {
  const LIST = '30 /tok/wiki/train_text_document\n70.0\t/tok/code_text_document\n';

  test('is read from a list, a pasted command line, JSON of splits and a JSON list', async () => {
    const forms: [string, string][] = [
      ['blend.txt', LIST],
      ['flags.txt', `--data-path 30 /tok/wiki/train_text_document \\\n 70 /tok/code_text_document`],
      ['blend.json', JSON.stringify({ train: LIST, valid: null, test: null })],
      ['words.json', JSON.stringify(LIST.trim().split(/\s+/))],
    ];
    for (const [name, content] of forms) {
      const { recipe } = await importText(name, content);
      expect(recipe.targetShares).toEqual({ wiki: 0.3, code: 0.7 });
      expect(recipe.sources.map(({ paths }) => paths)).toEqual([
        ...[['/tok/wiki/train_text_document'], ['/tok/code_text_document']],
      ]);
    }
  });

  test('without weights has no target shares', async () => {
    const { recipe, text } = await importText('sizes.txt', '/tok/a/train /tok/b/train /tok/c\n');
    expect(recipe.targetShares).toEqual({});
    expect(recipe.sources.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(text).toContain('It has no weights');
  });

  test('takes more of a path where its end is not enough, and numbers what is the same', async () => {
    const list = '1 /x/en/news_text_document 1 /x/de/news_text_document 2 /x/de/news_text_document';
    const { recipe } = await importText('same.txt', list);
    expect(recipe.sources.map(({ name }) => name)).toEqual(['en-news', 'de-news', 'de-news-2']);
  });

  test('with an odd word, a negative weight or a missing prefix is refused, with the word', async () => {
    const cases: [string, string][] = [
      ['0.3 /a 0.7', 'word 4'],
      ['0.3 /a /b 0.7', 'word 3'],
      ['0.3 /a -0.7 /b', 'word 3'],
      ['0.3 0.7 /b /c', 'word 2'],
      ['0 /a 0 /b', 'a weight above 0'],
    ];
    for (const [list, words] of cases) {
      const { code, message } = await failureOf('bad.txt', list);
      expect([code, message]).toEqual(['RECIPE_INVALID', expect.stringContaining(words)]);
    }
  });
});

describe('blends of Levanter and Nemotron', () => {
  test('are read with their paths; of stages the first counts, and the recipe says so', async () => {
    const levanter = `data:
  configs:
    web: {train_urls: [gs://b/web/*.jsonl.gz]}
    hub: {id: org/set}
  train_weights: [[0, {web: 3, hub: 1}], [1000, {web: 1, hub: 1}]]
`;
    const { recipe, text } = await importText('levanter.yaml', levanter);
    expect(recipe.targetShares).toEqual({ web: 0.75, hub: 0.25 });
    expect(recipe.sources.map(({ paths }) => paths[0])).toEqual([
      ...['gs://b/web/*.jsonl.gz', 'hf://datasets/org/set'],
    ]);
    expect(text).toContain('2 stages of weights');
    const datasets = [
      { name: 'a', path: 'hf://a', weight: 1 },
      { name: 'b', path: 'b' },
    ];
    const blend = await importText('blend.json', JSON.stringify({ datasets }));
    expect(blend.recipe.targetShares).toEqual({ a: 0.5, b: 0.5 });
  });
});

describe('a file that is no blend', () => {
  test('is refused with file and line, and leaves nothing behind', async () => {
    const ratio = await failureOf('r.yaml', OLMO.replace('.3999999', '3.9'));
    expect(ratio.message).toContain('r.yaml:');
    expect(ratio.message).toContain('sources[2].target_ratio');
    expect((await failureOf('x.yaml', 'a: 1\n')).code).toBe('RECIPE_INVALID');
    expect((await failureOf('y.yaml', OLMO, 'levanter')).code).toBe('RECIPE_INVALID');
    expect((await failureOf('z.yaml', 'a: [1\n')).code).toBe('RECIPE_INVALID');
    const many = Array.from({ length: 1001 }, (_, i) => `1 /s/${i}`).join(' ');
    expect((await failureOf('many.txt', many)).message).toContain('at most 1000 sources');
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('no file that stands is replaced unasked', async () => {
    const path = join(folder, 'kept.yaml');
    writeFileSync(path, 'mine');
    await expect(writeRecipe(path, 'name: x', false)).rejects.toThrow('not there yet');
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });
});

describe('a starting recipe', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
  const source = fc.record({
    name: name.filter((text) => text.trim() !== '' && !/[\u0000-\u001f\u007f]/.test(text)),
    paths: fc.array(fc.webUrl(), { minLength: 1, maxLength: 3 }),
    weight: fc.double({ min: 0, max: 1e6, noNaN: true }),
    passesMax: fc.option(fc.double({ min: 0, max: 1000, noNaN: true })),
  });
  const sources = fc
    .array(source, { minLength: 1, maxLength: 12 })
    .filter((list) => list.some(({ weight }) => weight > 0));

  test('parses whatever the names, paths and weights are, with shares that sum to 1', async () => {
    const property = fc.asyncProperty(
      sources,
      fc.constantFrom(...DOMAIN_BY),
      async (list, domainBy) => {
        const blend = { tool: 'olmo-core', sources: list, tokens: null, left: [] } as const;
        const options = { name: list[0]!.name, file: 'a\nb: "c"', domainBy, tokens: 7 };
        const text = startingRecipe(blend, options);
        const { recipe } = await writeRecipe(join(folder, 'any.yaml'), text, true);
        expect(sumOf(recipe.targetShares)).toBeCloseTo(1, 12);
        expect(recipe.sources.map(({ paths }) => paths)).toEqual(list.map(({ paths }) => paths));
        expect(recipe.sources.map(({ maxRepetitionFactor }) => maxRepetitionFactor)).toEqual(
          list.map(({ passesMax }) => passesMax),
        );
      },
    );
    await fc.assert(property, { seed: 5, numRuns: 150 });
  });
});

describe('an exported blend comes back', () => {
  const views = [smallManifest(), reportFixture().manifest].map((manifest) =>
    weightsOfManifest(manifest, null),
  );
  const names = [
    'olmo-core-source-mixture.yaml',
    'megatron-blend.txt',
    'megatron-blend.json',
    'levanter-train-weights.yaml',
  ];

  test('with the same names and the same shares, from every file that has shares', async () => {
    for (const view of views) {
      const files = new Map(weightFiles(view).map(({ path, text }) => [path, text]));
      for (const { kind, entries } of blendsOf(view)) {
        const wanted = Object.fromEntries(entries.map(({ name, share }) => [name, Number(share)]));
        for (const name of names) {
          const { recipe } = await importText(name, files.get(`${kind}/${name}`)!);
          expect(recipe.targetShares, `${view.mix} ${kind} ${name}`).toEqual(wanted);
        }
      }
    }
  });
});
