/**
 * A second version under the rules that look back, through the whole pipeline: every human document of
 * the first is in its files, it moved no farther than it may, and the manifest says so from the bytes.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CORPUS,
  humanOf,
  type PublishedVersion,
  publish,
  recipeOf,
  writeRows,
} from './anchor-corpus.js';
import { planBuild, startBuild } from './pipeline-run.js';
import { makeTempFolder, removeFolder, sql } from './source-profile.js';

let folder: string;
let first: PublishedVersion;
let held: Map<string, number>;

beforeAll(async () => {
  folder = await makeTempFolder();
  await writeRows(folder, CORPUS);
  first = await publish(folder, recipeOf({ version: '2026.11.01' }));
  held = await humanOf(first.place);
}, 60_000);
afterAll(() => removeFolder(folder));

const usageOf = ({ manifest }: PublishedVersion, kind: string) =>
  manifest.caps.find((usage) => usage.kind === kind);

/** Tokens by source, domain, label and family, read by SQL from the files. */
async function groupsOf({ place }: PublishedVersion): Promise<Map<string, number>> {
  const rows = await sql(
    `select source || domain || provenance || coalesce(model_family, '') as name, sum(tokens) as tokens from read_parquet('${place}/data/train-*.parquet') group by 1`,
  );
  return new Map(rows.map(({ name, tokens }) => [String(name), Number(tokens)]));
}

describe('a smaller second version', () => {
  it('keeps every human document, though the budget alone would let some go', async () => {
    const budget = Math.floor([...held.values()].reduce((a, b) => a + b, 0) * 1.1);
    const free = await publish(folder, recipeOf({ version: '2026.11.02', budget }));
    const kept = await humanOf(free.place);
    expect([...held.keys()].some((name) => !kept.has(name))).toBe(true);
    const more = 'anchor: {keep_human_of: 2026.11.01}\nmin_budget_share: 0.9\n';
    const second = await publish(folder, recipeOf({ version: '2026.11.03', budget, more }));
    const human = await humanOf(second.place);
    expect([...held.keys()].filter((name) => !human.has(name))).toEqual([]);
    const tokens = [...held.values()].reduce((a, b) => a + b, 0);
    expect(usageOf(second, 'anchor')).toMatchObject({
      ...{ limit: 1, limitTokens: tokens, part: tokens, whole: tokens, slack: 0, kept: true },
    });
    expect(usageOf(second, 'min_budget')).toMatchObject({ whole: budget, kept: true });
    for (const row of second.manifest.strata) expect(row.tokensRequested).not.toBeNull();
  });

  it('moves no farther from the version before than churn_max, on the tokens written', async () => {
    const budget = 20_000;
    const before = await publish(
      folder,
      recipeOf({ version: '2026.11.04', budget, synthetic: 0.25 }),
    );
    const groups = await groupsOf(before);
    const shareBefore = (name: string) => (groups.get(name) ?? 0) / before.manifest.tokensWritten;
    const synthetic = before.manifest.strata
      .filter(({ label }) => label === 'synthetic')
      .reduce((sum, { tokensWritten }) => sum + tokensWritten, 0);
    expect(synthetic / before.manifest.tokensWritten).toBeGreaterThan(0.24);
    // At most 12 % synthetic text moves at least 12 % of the mix: 10 % are too few, 15 % are enough.
    const given = { version: '2026.11.05', budget, synthetic: 0.12 };
    const tight = recipeOf({ ...given, more: 'churn_max: 0.1\n' });
    expect((await planBuild(await startBuild({ folder, recipe: tight }))).status).toBe(
      'infeasible',
    );
    const second = await publish(folder, recipeOf({ ...given, more: 'churn_max: 0.15\n' }));
    const churn = [...(await groupsOf(second))].reduce(
      (sum, [name, tokens]) =>
        sum + Math.max(0, tokens / second.manifest.tokensWritten - shareBefore(name)),
      0,
    );
    expect(churn).toBeGreaterThan(0.12);
    expect(churn).toBeLessThanOrEqual(0.15);
    expect(usageOf(second, 'churn')).toMatchObject({ limit: 0.15, kept: true });
    expect(usageOf(second, 'churn')!.used).toBeCloseTo(churn, 3);
  });
});
