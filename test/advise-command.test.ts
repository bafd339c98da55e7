/** `ballast advise` on a plan file: no server, no data, the whole command. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprintOf } from '../client/recipe/fingerprint.js';
import { planMix } from '../core/plan/plan-mix.js';
import { infeasibleLines } from '../core/report/infeasible-lines.js';
import { advice as adviceSchema } from '../core/schema/advice.js';
import { recipe as recipeSchema } from '../core/schema/recipe.js';
import { createHighs } from '../engines/highs.js';
import { cap, inventoryOf, recipeOf } from './plan-fixture.js';
import { ROOT } from './tree-files.js';

const MAIN = join(ROOT, 'dist/client/main.js');
const folder = mkdtempSync(join(tmpdir(), 'ballast-advise-'));
const file = join(folder, 'plan.json');

beforeAll(async () => {
  const inventory = inventoryOf(`web health h 600000\n gen health s:gpt 500000`);
  const caps = [cap('quarter', { provenance: ['synthetic'], max: 0.25, reason: 'policy 12' })];
  const recipe = recipeSchema.parse(recipeOf(inventory, { tokenBudget: 1_000_000, caps }));
  const plan = await planMix(recipe, inventory, fingerprintOf(recipe), await createHighs());
  writeFileSync(file, JSON.stringify({ recipe, inventory, plan }));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) =>
  spawnSync(process.execPath, [MAIN, 'advise', ...args], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', BALLAST_STATE_DIR: join(folder, 'state') },
  });

describe('ballast advise --plan', () => {
  test('says the best thing to do first, then what text and limits are worth', () => {
    const { status, stdout } = run('--plan', file);
    expect(status).toBe(0);
    const [first, second] = stdout.split('\n');
    expect(first).toMatch(
      /^Add 150,0\d\d tokens of human authored text of health: 200,000 tokens more/,
    );
    expect(second).toBe('  now: 800,000 of 1,000,000 tokens, 0 tokens off the targets');
    expect(stdout).toMatch(/health +human authored +\+1,333,300/);
    expect(stdout).toMatch(
      /caps\.quarter\.max_share +all +1\.33 +-150,000 to \+150,000 +0\.25 to 0\.26 +\+10,810 .* policy 12/,
    );
  });

  test('with --json gives one document of the schema, and nothing else', () => {
    const stdout = execFileSync(process.execPath, [MAIN, 'advise', '--plan', file, '--json'], {
      encoding: 'utf8',
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const found = adviceSchema.parse(JSON.parse(stdout));
    expect(found.now.tokens).toBe(800_000);
    expect(found.limits[0]!.step.gainTokens).toBe(10_810);
  });

  test('of an infeasible recipe says the ways out of its plan, and ends with 3', async () => {
    const inventory = inventoryOf(`old health u 4300\n web law h 500`);
    const caps = [
      cap('floor', { domain: 'health', minTokens: 1000 }),
      cap('nobody', { domain: 'each', provenance: ['unknown'], max: 0.1 }),
    ];
    const recipe = recipeSchema.parse(recipeOf(inventory, { tokenBudget: 4000, caps }));
    const plan = await planMix(recipe, inventory, fingerprintOf(recipe), await createHighs());
    if (plan.status !== 'infeasible') throw new Error(plan.status);
    const infeasible = join(folder, 'infeasible.json');
    writeFileSync(infeasible, JSON.stringify({ recipe, inventory, plan }));
    const { status, stdout } = run('--plan', infeasible);
    expect(status).toBe(3);
    const { ways, wrong } = infeasibleLines(plan);
    expect(stdout.split('\n').slice(0, 3)).toEqual([...ways, `infeasible: ${wrong}`]);
    expect(stdout).not.toMatch(/gains nothing|not bind|no limit costs/);
    const json = JSON.parse(run('--plan', infeasible, '--json').stdout);
    expect(adviceSchema.parse(json).waysOut).toEqual(plan.waysOut);
  });

  test('refuses a number of re-plans that is none', () => {
    const { status, stderr } = run('--plan', file, '--replans', 'all');
    expect(status).toBe(2);
    expect(stderr).toContain('--replans with a number above 0');
  });

  test('with --csv writes every line that was tried', () => {
    const csv = join(folder, 'advice.csv');
    expect(run('--plan', file, '--csv', csv).status).toBe(0);
    const lines = readFileSync(csv, 'utf8').trim().split('\r\n');
    expect(lines[0]).toMatch(
      /^\ufeff?part,subject,change,tokens_of_change,status,tokens,gain_tokens,/,
    );
    const limit = lines.find((line) => line.includes('caps.quarter.max_share: 0.25 to 0.26'));
    // With its price and the range in which it holds: 4/3, from -150,000 to 150,000 tokens of room.
    expect(limit).toMatch(
      /^limit,quarter,[^,]+,,optimal,810810,10810,0,0,,,1\.33\d*,-1[45]\d{4}[\d.]*,1[45]\d{4}[\d.]*$/,
    );
    expect(lines.filter((line) => line.startsWith('text,')).length).toBeGreaterThanOrEqual(4);
  });
});
