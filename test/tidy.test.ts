/** House rules about the text of the code; each message says what to do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FLOORS, type Import, importsOf, problemOf } from './import-floors.js';
import { ambientUsesOf } from './pure-core.js';
import { ROOT, treeFiles } from './tree-files.js';

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const houseFiles = treeFiles().filter(
  (file) => Object.hasOwn(FLOORS, file.split('/')[0]!) && /\.(ts|mjs)$/.test(file),
);

describe('the floors', () => {
  it('point down: no file imports what stands above or beside it', () => {
    const problems = houseFiles.flatMap((file) =>
      importsOf(read(file)).flatMap((found) => problemOf(file, found) ?? []),
    );
    expect(problems).toEqual([]);
  });

  it('are read from a tree that has files on every one of them', () => {
    const seen = new Set(houseFiles.map((file) => file.split('/')[0]!));
    expect([...seen].sort()).toEqual(Object.keys(FLOORS).sort());
    const imports = houseFiles.flatMap((file) => importsOf(read(file)));
    expect(imports.length).toBeGreaterThan(houseFiles.length);
  });

  it('leave nothing beside them: code stands on a floor or in test, bench, docs or examples', () => {
    const known = [...Object.keys(FLOORS), 'test', 'bench', 'docs', 'examples'];
    const stray = treeFiles()
      .filter((file) => /\.[cm]?[jt]sx?$/.test(file) && !/^vitest(\.\w+)?\.config\.ts$/.test(file))
      .filter((file) => !known.includes(file.split('/')[0]!));
    expect(stray).toEqual([]);
  });
});

describe('core', () => {
  it('is pure: no clock, no chance, no console, no process, no timer, no network', () => {
    const files = houseFiles.filter((file) => file.startsWith('core/'));
    expect(
      files.flatMap((file) => ambientUsesOf(read(file)).map((use) => `${file}: ${use}`)),
    ).toEqual([]);
  });
});

const value = (specifier: string): Import => ({ specifier, isType: false });
const type = (specifier: string): Import => ({ specifier, isType: true });

/** [file, import, words of the reason] */
const REFUSED: readonly (readonly [string, Import, string])[] = [
  ['core/plan/model.ts', value('zod'), 'core/schema'],
  ['core/plan/model.ts', type('zod'), 'core/schema'],
  ['core/schema/recipe.ts', value('node:crypto'), 'no package'],
  ['core/plan/model.ts', value('highs'), 'no package'],
  ['core/mix/rank.ts', value('@temporalio/workflow'), 'no package'],
  ['core/report/html.ts', value('apache-arrow'), 'no package'],
  ['core/plan/model.ts', value('../../engines/highs.js'), 'may not know engines'],
  ['core/plan/model.ts', type('../../storage/ledger.js'), 'may not know storage'],
  ['core/schema/plan.ts', value('../random/draw.js'), 'does not stand above'],
  ['core/random/draw.ts', value('../stats/interval.js'), 'does not stand above'],
  ['core/cluster/leader.ts', value('../random/draw.js'), 'does not stand above'],
  ['core/label/decide.ts', value('../license/decide.js'), 'does not stand above'],
  ['core/license/decide.ts', type('../label/decide.js'), 'does not stand above'],
  ['core/label/families/cluster.ts', value('../../plan/stratum.js'), 'does not stand above'],
  ['core/plan/model.ts', value('../mix/trim.js'), 'does not stand above'],
  ['core/mix/trim.ts', value('../simulate/gate.js'), 'does not stand above'],
  ['core/simulate/gate.ts', value('../report/view.js'), 'does not stand above'],
  ['core/plan/model.ts', value('../common/sum.js'), 'no place in CORE_ORDER'],
  ['core/utils/sum.ts', value('../schema/plan.js'), 'no place in CORE_ORDER'],
  ['engines/duckdb.ts', value('../storage/digest.js'), 'may not know storage'],
  ['engines/duckdb.ts', type('../storage/digest.js'), 'may not know storage'],
  ['engines/highs.ts', value('@temporalio/activity'), 'this floor may load'],
  ['engines/highs.ts', value('node:net'), 'this floor may load'],
  ['engines/highs.ts', value('apache-arrow'), 'this floor may load'],
  ['storage/columns.ts', value('../engines/duckdb.js'), 'may not know engines'],
  ['storage/source/rows.ts', type('../../engines/duckdb.js'), 'may not know engines'],
  ['storage/columns.ts', value('@duckdb/node-api'), 'this floor may load'],
  ['storage/artifact.ts', value('zod'), 'this floor may load'],
  ['storage/columns.ts', value('../activities/index.js'), 'may not know activities'],
  ['activities/index.ts', value('../workflows/messages.js'), 'may not know workflows'],
  ['activities/tasks/solve-plan.ts', value('highs'), 'this floor may load'],
  ['activities/run-task.ts', value('@temporalio/workflow'), 'this floor may load'],
  ['activities/index.ts', type('../client/build/start-build.js'), 'may not know client'],
  ['workflows/build-mix.ts', value('../activities/index.js'), 'by type only'],
  ['workflows/build-mix.ts', value('../engines/highs.js'), 'may not know engines'],
  ['workflows/build-mix.ts', type('../storage/artifact.js'), 'may not know storage'],
  ['workflows/build-mix.ts', value('node:fs'), 'this floor may load'],
  ['workflows/build-mix.ts', value('@temporalio/client'), 'this floor may load'],
  ['workflows/build-mix.ts', value('zod'), 'this floor may load'],
  ['worker/main.ts', value('../workflows/index.js'), 'by type only'],
  ['worker/main.ts', value('../client/server/state.js'), 'may not know client'],
  ['worker/main.ts', type('../client/server/state.js'), 'may not know client'],
  ['client/main.ts', value('../worker/main.js'), 'may not know worker'],
  ['client/main.ts', type('../worker/main.js'), 'may not know worker'],
  ['client/build/start-build.ts', value('../../workflows/build-mix.js'), 'by type only'],
  ['client/build/start-build.ts', value('../../workflows/index.js'), 'by type only'],
  ['client/main.ts', value('@temporalio/worker'), 'this floor may load'],
  ['client/main.ts', value('@duckdb/node-api'), 'this floor may load'],
  ['client/main.ts', value('../test/plan-fixture.js'), 'may not know test'],
  ['core/plan/model.ts', type('../../test/plan-fixture.js'), 'may not know test'],
  ['activities/index.ts', value('../bench/corpus.mjs'), 'may not know bench'],
  ['client/demo/prepare-demo.ts', value('../../examples/grants.js'), 'may not know examples'],
  ['worker/main.ts', value('../../elsewhere/index.js'), 'may not know (outside)'],
  ['engines/highs.ts', value('(computed)'), 'COMPUTED_ALLOWED'],
  ['tools/probe.ts', value('node:fs'), 'is no floor'],
];

const ALLOWED: readonly (readonly [string, Import])[] = [
  ['core/schema/recipe.ts', value('zod')],
  ['core/report/view.ts', value('../license/fee.js')],
  ['core/label/families/cluster.ts', value('../policy.js')],
  ['engines/duckdb.ts', value('@duckdb/node-api')],
  ['engines/tokenizer/token-counter.ts', value('gpt-tokenizer/data/o200k_base.tiktoken')],
  ['engines/cpu-pool-runner.ts', value('(computed)')],
  ['storage/artifact.ts', type('zod')],
  ['workflows/build-mix.ts', type('../activities/index.js')],
  ['client/build/follow-build.ts', value('../../workflows/messages.js')],
  ['client/records/mix-reference.ts', value('../../activities/published-version.js')],
];

describe('the judge of imports', () => {
  it.each(REFUSED)('refuses %s importing %o', (file, found, reason) => {
    expect(problemOf(file, found)).toContain(reason);
  });

  it.each(ALLOWED)('allows %s importing %o', (file, found) => {
    expect(problemOf(file, found)).toBeNull();
  });

  it('reads every way of importing, and knows which are erased', () => {
    const text = [
      "import a from './a.js';",
      "import type { B } from './b.js';",
      "import { type C } from './c.js';",
      "import {\n  d,\n  type D,\n} from './d.js';",
      "import './e.js';",
      "export * from './f.js';",
      "export type { G } from './g.js';",
      "import * as h from 'h';",
      "  const i = await import('./i.js');",
      "  const j = require('j/data');",
      "  const k = createRequire(import.meta.url)('k');",
      "  const l = require.resolve('l');",
      '  const m = await import(path);',
      ['  const n = await import(`./n/$', '{name}.js`);'].join(''),
    ].join('\n');
    const values = importsOf(text).filter(({ isType }) => !isType);
    const types = importsOf(text).filter(({ isType }) => isType);
    expect(types.map(({ specifier }) => specifier)).toEqual(['./b.js', './g.js']);
    expect(values.map(({ specifier }) => specifier).sort()).toEqual([
      '(computed)',
      './a.js',
      './c.js',
      './d.js',
      './e.js',
      './f.js',
      './i.js',
      './n/',
      'h',
      'j/data',
      'k',
      'l',
    ]);
  });
});

describe('the judge of purity', () => {
  it.each([
    ['const now = Date.now();', 'Date'],
    ['const now = new Date(0);', 'Date'],
    ['const x = Math.random();', 'Math.random'],
    ['const { random } = Math;', 'Math'],
    ['console.log(x);', 'console'],
    ['if (process.env.CI) x();', 'process'],
    ['globalThis.x = 1;', 'globalThis'],
    ['setTimeout(f, 1);', 'setTimeout'],
    ['performance.now();', 'performance'],
    ['crypto.randomUUID();', 'crypto'],
    ["await fetch('x');", 'fetch'],
    [['const text = `now $', '{Date.now()}`;'].join(''), 'Date'],
  ])('refuses %s', (code, name) => {
    expect(ambientUsesOf(`const before = 1;\n${code}\n`)).toEqual([expect.stringContaining(name)]);
  });

  it('lets comments, text and other names be', () => {
    const code = [
      '/** Date of the text; never Math.random(). */',
      '// console.log',
      "const text = 'Date as written';",
      'const x = record.process + Math.floor(1.5) + parseDate(text);',
      'interface Row { readonly date: string; readonly crypto: number }',
    ].join('\n');
    expect(ambientUsesOf(code)).toEqual([]);
  });
});
