/** What-if through the real command: one plan by the workflow, all other questions from its file. */
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprintOf } from '../client/recipe/fingerprint.js';
import { certify } from '../core/plan/certificate.js';
import { inventory as inventorySchema, plan as planSchema } from '../core/schema/plan.js';
import { recipe as recipeSchema } from '../core/schema/recipe.js';
import { type Answer, Ballast } from './ballast-runner.js';
import { RECIPE, writeCorpus } from './pipeline-corpus.js';

const ballast = new Ballast();
const at = (name: string) => join(ballast.folder, name);
const recipe = at('recipe.yaml');
const planFile = at('plan.json');
const run = (...args: string[]) => ballast.run(...args, '--workspace', at('workspace'));
const plan = (...args: string[]) => run('plan', '-c', recipe, ...args);
const offline = (...args: string[]) => plan('--plan', planFile, ...args);

/** More of a source than there is of it. */
const IMPOSSIBLE = ['--set', 'caps.found-all={id: found-all, source: found, min_tokens: 9000000}'];

function json<T>({ code, stdout, stderr }: Answer, expected = 0): T {
  if (code !== expected)
    throw new Error(`exit ${code}: ${stdout.slice(-900)}${stderr.slice(-900)}`);
  return JSON.parse(stdout) as T;
}

interface Planned {
  readonly status: string;
  readonly plan: unknown;
  readonly inventory: unknown;
  readonly recipe: unknown;
}

/** Parsed, of the recipe that stands beside it, and certified. */
function checked(document: Planned) {
  const own = {
    plan: planSchema.parse(document.plan),
    inventory: inventorySchema.parse(document.inventory),
    recipe: recipeSchema.parse(document.recipe),
  };
  expect(own.plan.recipeFingerprint).toBe(fingerprintOf(own.recipe));
  expect(certify(own.recipe, own.inventory, own.plan)).toEqual([]);
  return own;
}

beforeAll(async () => {
  await writeCorpus(ballast.folder, 2);
  writeFileSync(recipe, RECIPE);
  const answer = await plan('--json');
  checked(json<Planned>(answer));
  writeFileSync(planFile, answer.stdout);
}, 180_000);

afterAll(async () => {
  await ballast.run('down');
  rmSync(ballast.folder, { recursive: true, force: true });
}, 60_000);

describe('a plan file', () => {
  test('answers like the plan that it was, with its page', async () => {
    const again = await offline('--json', '--report', at('plan.html'));
    const strip = ({ plan: own, inventory, recipe: r }: Planned) => ({ own, inventory, r });
    expect(strip(json<Planned>(again))).toEqual(strip(JSON.parse(readFileSync(planFile, 'utf8'))));
    const page = parseHTML(readFileSync(at('plan.html'), 'utf8')).document;
    expect(page.querySelector('h1')?.textContent).toBe('test-mix@2026.11.23');
    expect(page.querySelectorAll('#chart-flow svg, #chart-caps svg')).toHaveLength(2);
  });

  test('of another recipe, or changed by a token, is refused', async () => {
    const other = await run('plan', '--plan', planFile, '-c', recipe, '--set', 'seed=8');
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('the plan of recipe');
    const document = JSON.parse(readFileSync(planFile, 'utf8'));
    document.plan.tokensAllocated += 1;
    writeFileSync(at('bad.json'), JSON.stringify(document));
    const bad = await run('plan', '--plan', at('bad.json'));
    expect(bad.code).toBe(2);
    expect(bad.stderr).toContain('a plan that keeps its recipe');
  });
});

describe('--compare', () => {
  const change = ['--set', 'caps.synthetic-each.max_share=0.1', '--compare'];

  test('plans the change on the same inventory: both plans hold, and the difference is theirs', async () => {
    interface Compared extends Planned {
      readonly before: Planned;
      readonly difference: { tokens: { before: number; after: number }; recipe: unknown[] };
    }
    const answer = json<Compared>(await offline(...change, '--json'));
    const [before, after] = [checked({ ...answer.before }), checked(answer)];
    if (before.plan.status !== 'optimal' || after.plan.status !== 'optimal') throw new Error('?');
    expect(answer.difference.tokens).toMatchObject({
      before: before.plan.tokensAllocated,
      after: after.plan.tokensAllocated,
    });
    expect(answer.difference.recipe).toEqual([
      { field: 'caps.synthetic-each.max_share', before: 0.3, after: 0.1 },
    ]);
    // Planned here and planned by the workflow are one plan.
    const byWorkflow = json<Planned>(await plan('--json', '--set', change[1]!));
    expect(byWorkflow.plan).toEqual(after.plan);
  }, 60_000);

  test('says on the terminal what was changed first, and writes a page with both', async () => {
    const { stdout, code } = await offline(...change, '--report', at('compare.html'));
    expect(code).toBe(0);
    const titles = stdout.split('\n').filter((line) => /^[A-Z][a-z]/.test(line));
    expect(titles[0]).toBe('Recipe');
    expect(stdout).toMatch(/^caps\.synthetic-each\.max_share +0\.3 +0\.1$/m);
    expect(readFileSync(at('compare.html'), 'utf8')).toContain('Against as written');
  });

  test('ends with the exit code of the changed plan', async () => {
    const { code, stdout } = await offline(...IMPOSSIBLE, '--compare');
    expect(stdout).toContain('infeasible');
    expect(stdout).toContain('These cannot hold together: changed');
    expect(code).toBe(3);
  });

  test('a change of what there is goes through the workflow', async () => {
    const set = ['--set', 'near_duplicates.jaccard=0.6', '--compare', '--json'];
    const answer = await offline(...set);
    expect(answer.stderr).toContain('the inventory is taken anew');
    checked(json<Planned>(answer));
  }, 60_000);
});

describe('--sweep', () => {
  test('a table, a CSV, a picture and a page of one frontier', async () => {
    const files = ['--csv', at('f.csv'), '--plot', at('f.svg'), '--report', at('f.html')];
    const { code, stdout } = await offline('--sweep', 'budget=1e5..1e7', '--points', '5', ...files);
    expect(code).toBe(0);
    expect(stdout).toMatch(/The mix stops growing at [\d,]+ tokens, between/);
    expect(stdout).toContain('token_budget: 5 values, spaced by equal factors');
    const rows = parseCsv(readFileSync(at('f.csv'), 'utf8'), { bom: true, columns: true }) as {
      value: string;
      tokens: string;
    }[];
    expect(rows.map(({ value }) => value)).toEqual(expect.arrayContaining(['100000', '10000000']));
    for (const { value, tokens } of rows) expect(Number(tokens)).toBeLessThanOrEqual(Number(value));
    expect(readFileSync(at('f.svg'), 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    const page = parseHTML(readFileSync(at('f.html'), 'utf8')).document;
    expect(page.querySelector('#chart-frontier svg')).not.toBeNull();
  }, 60_000);

  test('where no value gives a mix the exit code is 3; nothing is written where a flag is wrong', async () => {
    const other = await offline(...IMPOSSIBLE, '--sweep', 'budget=1e6,2e6');
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('the plan of recipe');
    const fresh = await plan(...IMPOSSIBLE, '--sweep', 'budget=1e6,2e6', '--json');
    expect(fresh.code).toBe(3);
    const { points } = JSON.parse(fresh.stdout) as { points: { status: string }[] };
    expect(points.map(({ status }) => status)).toEqual(['infeasible', 'infeasible']);
    const wrong = await offline('--sweep', 'budget=1e5..1e6', '--csv', at('f.xlsx'));
    expect(wrong.code).toBe(2);
    expect(existsSync(at('f.xlsx'))).toBe(false);
  }, 60_000);
});

describe('ballast diff of plans', () => {
  test('compares plan files, and leaves no difference between equal ones', async () => {
    const other = json<Planned>(
      await offline('--set', 'token_budget=500000', '--compare', '--json'),
    );
    writeFileSync(at('other.json'), JSON.stringify(other));
    copyFileSync(planFile, at('same.json'));
    interface Difference {
      readonly tokens: { readonly change: number };
      readonly strata: unknown[];
      readonly recipe: { readonly field: string }[];
    }
    const changed = json<Difference>(await run('diff', planFile, at('other.json'), '--json'));
    expect(changed.recipe.map(({ field }) => field)).toEqual(['token_budget']);
    expect(changed.tokens.change).toBeLessThan(0);
    const same = json<Difference>(await run('diff', planFile, at('same.json'), '--json'));
    expect(same).toMatchObject({ strata: [], recipe: [], tokens: { change: 0 } });
  });
});

describe('flags', () => {
  test.each([
    [['--compare'], 'a change to compare with'],
    [['--compare', '--sweep', 'budget=1..5'], '--compare or --sweep'],
    [['--points', '5'], '--sweep beside --points'],
    [['--csv', 'x.csv'], '--sweep beside --csv'],
    [['--report', 'x.pdf'], 'a file that ends in .html'],
    [['--sweep', 'budget=1e6..1e9', '--plot', 'x.png'], '.svg or .html'],
    [['--sweep', 'budget=5..1'], 'FROM below TO'],
    [['--sweep', 'caps.nothing.max_share=0..1'], 'an item that is in the list'],
    [['--sweep', 'caps.synthetic-each.max_share=0..2'], '--set caps.synthetic-each.max_share=2'],
    [['--sweep', 'near_duplicates.jaccard=0.5..0.9'], 'only the planner reads'],
  ])('%j is exit 2 and says why, before anything is planned', async (flags, said) => {
    const { code, stderr } = await plan(...flags);
    expect(stderr).toContain(said);
    expect(stderr).not.toContain('follow it');
    expect(code).toBe(2);
  });
});
