/**
 * The demo's data: real text from installed packages, text of models trained here, planted copies.
 * The demo is prepared twice into scratch folders; every test reads the files, not the program.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_SOURCES } from '../client/demo/demo-document.js';
import { DEMO_TARGETS } from '../client/demo/demo-recipe.js';
import { packageFolder } from '../client/demo/installed-package.js';
import { type DemoFiles, prepareDemo } from '../client/demo/prepare-demo.js';
import { groupParts, splitSentences } from '../client/demo/split-text.js';
import { readRecipe } from '../client/recipe/read-recipe.js';

interface Row {
  readonly id: string;
  readonly text: string;
  readonly domain: string;
  readonly created?: string;
  readonly license?: string;
  readonly model_family?: string;
}
interface Truth {
  readonly id: string;
  readonly source: string;
  readonly truth: string | null;
  readonly planted?: string;
  readonly copy_of?: string;
}

const folders: string[] = [];
let demo: DemoFiles;
let again: DemoFiles;
let rows: Map<string, Row>;
let truths: Truth[];

const scratch = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'ballast-demo-'));
  folders.push(folder);
  return folder;
};
const lines = <T>(path: string): T[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
const rowsOf = (source: string): Row[] =>
  demo.files
    .filter((file) => file.source === source)
    .flatMap((file) => lines<Row>(join(demo.folder, file.path)));

beforeAll(async () => {
  demo = await prepareDemo(scratch());
  again = await prepareDemo(scratch());
  const all = demo.files.flatMap((file) => lines<Row>(join(demo.folder, file.path)));
  rows = new Map(all.map((row) => [row.id, row]));
  truths = lines<Truth>(demo.truthPath);
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Word 5-grams as the deduplication takes them: lower case, letters and digits. */
function shingles(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const set = new Set<string>();
  for (let i = 0; i + 5 <= words.length; i++) set.add(words.slice(i, i + 5).join(' '));
  return set;
}

function jaccard(a: Set<string>, b: Set<string>): number {
  let shared = 0;
  for (const item of a) if (b.has(item)) shared++;
  return shared / (a.size + b.size - shared);
}

describe('the files of the demo', () => {
  it('hold the same bytes when they are prepared again', () => {
    const digests = (files: DemoFiles): string[] =>
      readdirSync(files.folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => {
          const bytes = readFileSync(join(entry.parentPath, entry.name));
          return `${entry.name} ${createHash('sha256').update(bytes).digest('hex')}`;
        })
        .sort();
    expect(digests(again)).toEqual(digests(demo));
    expect(digests(demo)).toHaveLength(demo.files.length + 5);
  });

  it('give every document an id of its own, and a truth', () => {
    expect(rows.size).toBe(demo.documents);
    expect(new Set(truths.map(({ id }) => id))).toEqual(new Set(rows.keys()));
    expect(truths).toHaveLength(demo.documents);
  });

  it('say nothing of the truth to the build', () => {
    const known = new Set(['id', 'text', 'domain', 'created', 'url', 'license', 'model_family']);
    for (const row of rows.values()) {
      expect(Object.keys(row).filter((key) => !known.has(key))).toEqual([]);
    }
    expect(readFileSync(demo.recipePath, 'utf8')).not.toContain('truth');
  });

  it('hold dated human text of two centuries and undated text of the READMEs', () => {
    const years = rowsOf('sotu').map(({ created }) => Number(created?.slice(0, 4)));
    expect(Math.min(...years)).toBe(1790);
    expect(Math.max(...years)).toBeGreaterThan(2000);
    expect(rowsOf('novels').every(({ created }) => created !== undefined)).toBe(true);
    const readmes = rowsOf('readmes');
    expect(readmes.length).toBeGreaterThan(100);
    expect(readmes.length).toBeLessThanOrEqual(600);
    expect(readmes.every(({ created }) => created === undefined)).toBe(true);
    expect(readmes.some(({ license }) => license === 'MIT')).toBe(true);
  });

  it('hold three model families in every domain', () => {
    const pairs = new Set(rowsOf('generated').map((row) => `${row.model_family} ${row.domain}`));
    expect(pairs.size).toBe(9);
  });
});

describe('the planted copies', () => {
  const planted = (kind: string): [Row, Row][] =>
    truths
      .filter((truth) => truth.planted === kind)
      .map((truth) => [rows.get(truth.id)!, rows.get(truth.copy_of!)!]);

  it('are exact where they are called so, and dated after their originals', () => {
    const pairs = planted('exact_copy');
    expect(pairs).toHaveLength(60);
    for (const [copy, original] of pairs) {
      expect(copy.text).toBe(original.text);
      expect(copy.created! > original.created!).toBe(true);
    }
  });

  it('lie above the threshold 0.8 when near, and below it when edited', () => {
    const similarity = ([a, b]: [Row, Row]) => jaccard(shingles(a.text), shingles(b.text));
    const near = planted('near_copy').map(similarity);
    expect(near).toHaveLength(60);
    expect(Math.min(...near)).toBeGreaterThan(0.8);
    expect(Math.max(...near)).toBeLessThan(1);
    const edited = planted('edited').map(similarity);
    expect(edited).toHaveLength(40);
    expect(Math.max(...edited)).toBeLessThan(0.8);
  });
});

describe('the recipe of the demo', () => {
  it('is accepted, with its grants', async () => {
    const { recipe } = await readRecipe({ path: demo.recipePath, set: [] });
    expect(recipe.name).toBe('demo');
    expect(recipe.targetShares).toEqual(DEMO_TARGETS);
    expect(recipe.modelFamilies).toEqual({ minCount: 3, maxShare: 0.5 });
    expect(recipe.sources.map(({ name }) => name)).toEqual([...DEMO_SOURCES]);
  });

  it('names one grant that ran out before the demo was written', async () => {
    const { recipe } = await readRecipe({ path: demo.recipePath, set: [] });
    const ended = recipe.grants.filter(
      ({ validUntil }) => validUntil !== null && validUntil < '2026-11-23',
    );
    expect(ended.map(({ grantId }) => grantId)).toEqual(['archive-contract-2022']);
  });
});

describe('the reading of packages', () => {
  it('says which package is missing, and what to do', () => {
    expect(() => packageFolder('no-such-package')).toThrow(/no-such-package.*npm ci/);
  });

  it('cuts a text into documents without losing a sentence', () => {
    const text = 'One is here. "Two?" Three follows! Mr. Four said: "Five." (Six) seven. Eight';
    const sentences = splitSentences(text);
    expect(sentences.join(' ')).toBe(text);
    expect(sentences.length).toBeGreaterThan(4);
    for (const size of [1, 20, 40, 1_000]) {
      expect(groupParts(sentences, ' ', size).join(' ')).toBe(text);
    }
    expect(groupParts(sentences, ' ', 1_000)).toHaveLength(1);
  });
});

describe('the examples', () => {
  const folder = fileURLToPath(new URL('../examples/', import.meta.url));
  const names = readdirSync(folder).filter(
    (name) => name.endsWith('.yaml') && name !== 'grants.yaml',
  );

  it.each(names)('%s is accepted as a recipe', async (name) => {
    const { recipe } = await readRecipe({ path: join(folder, name), set: [] });
    expect(recipe.name).toBe(name.replace('.yaml', ''));
    const shares = Object.values(recipe.targetShares);
    if (shares.length > 0) expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
  });
});
