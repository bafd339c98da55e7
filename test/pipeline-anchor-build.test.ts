/**
 * Versions that keep the human text of the one before and stay near it, written and read back: which
 * documents are in the files, by SQL over both versions. Each claim stands beside what happens without the rule.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { InfeasiblePlan } from '../core/schema/plan.js';
import { readJson } from '../storage/workspace.js';
import {
  CORPUS,
  humanOf,
  type PublishedVersion,
  publish,
  type RecipeParts,
  recipeOf,
  writeRows,
} from './anchor-corpus.js';
import { planBuild, startBuild } from './pipeline-run.js';
import { makeTempFolder, removeFolder, sql } from './source-profile.js';

const keep = (minShare = 1) => `anchor: {keep_human_of: previous, min_share: ${minShare}}\n`;
/** More synthetic text is allowed, and there is room for little more: human text would give way. */
const WIDER = { synthetic: 0.5, budget: 42_000 };

let folder: string;
let first: PublishedVersion;
let held: Map<string, number>;
const published: PublishedVersion[] = [];

beforeAll(async () => {
  folder = await makeTempFolder();
  await writeRows(folder, CORPUS);
  first = await publish(folder, recipeOf({ version: '2026.11.01' }));
  held = await humanOf(first.place);
}, 60_000);
afterAll(() => removeFolder(folder));
afterEach(async () => {
  for (const { place } of published.splice(0)) await rm(place, { recursive: true });
});

async function build(parts: RecipeParts): Promise<PublishedVersion> {
  const version = await publish(folder, recipeOf(parts));
  published.push(version);
  return version;
}

const usage = ({ manifest }: PublishedVersion, kind: string) =>
  manifest.caps.find((cap) => cap.kind === kind)!;
const sumOf = (tokens: Iterable<number>) => [...tokens].reduce((sum, n) => sum + n, 0);
const without = (names: Iterable<string>, others: ReadonlyMap<string, number>) =>
  [...names].filter((name) => !others.has(name));
const licenceOf = new Map([...CORPUS.old, ...CORPUS.new].map(({ id, license }) => [id, license]));
const isClub = (name: string) => licenceOf.get(name.slice('people/'.length)) === 'club';

describe('an anchor', () => {
  it('keeps every human document of the version before, where some would have left', async () => {
    const free = await humanOf((await build(WIDER)).place);
    expect(without(held.keys(), free).length).toBeGreaterThan(5);
    await rm(published.pop()!.place, { recursive: true });
    const second = await build({ ...WIDER, more: keep() });
    const kept = await humanOf(second.place);
    expect(without(held.keys(), kept)).toEqual([]);
    expect(usage(second, 'anchor')).toMatchObject({
      ...{ kept: true, slack: 0, limit: 1, part: sumOf(held.values()) },
    });
    expect(usage(second, 'max_share').kept).toBe(true);
  });

  it('marks in the files what was held and is human still, and nothing else', async () => {
    const { place } = await build({ ...WIDER, more: keep() });
    const [now, then] = [place, first.place].map(
      (at) => `read_parquet('${at}/data/train-*.parquet')`,
    );
    const wrong = await sql(
      `select count(*)::int as n from ${now} a left join (select source, id, provenance from ${then} where pass = 0) b using (source, id)
       where (anchored = 1) <> (coalesce(b.provenance, '') like 'human%' and a.provenance like 'human%')`,
    );
    expect(wrong).toEqual([{ n: 0 }]);
    const marked = await sql(`select count(*)::int as n from ${now} where anchored = 1`);
    expect(marked).toEqual([{ n: held.size }]);
  });

  it('lets the text of a revoked grant go, and nothing else', async () => {
    const club = 'spdx: CC-BY-4.0, revocation: {revoked_at: 2026-11-10}';
    const second = await build({ ...WIDER, club, more: keep() });
    const kept = await humanOf(second.place);
    const gone = without(held.keys(), kept);
    expect(gone.length).toBeGreaterThan(5);
    expect(gone.sort()).toEqual([...held.keys()].filter(isClub).sort());
    expect([...kept.keys()].filter(isClub)).toEqual([]);
  });

  it('holds from version to version', async () => {
    await build({ ...WIDER, version: '2026.11.02', more: keep() });
    const third = await build({
      version: '2026.11.03',
      synthetic: 0.6,
      budget: 50_000,
      more: keep(),
    });
    expect(third.inventory.previous!.version).toBe('2026.11.02');
    expect(without(held.keys(), await humanOf(third.place))).toEqual([]);
  });

  it('is no plan where a file is gone, and says what is missing; a lower share lets it be', async () => {
    const parts = { ...WIDER, people: 'data/old.jsonl' };
    const missing = sumOf(
      [...held].flatMap(([name, n]) => (name.startsWith('people/n') ? [n] : [])),
    );
    const context = await startBuild({ folder, recipe: recipeOf({ ...parts, more: keep() }) });
    const { status, planRef } = await planBuild(context);
    expect(status).toBe('infeasible');
    const plan = readJson(join(context.workspace, planRef.path)) as InfeasiblePlan;
    expect(plan.conflict.map(({ capId }) => capId)).toContain('anchor');
    const said = [...plan.conflict.map(({ statement }) => statement), ...plan.notes].join('\n');
    expect(said).toContain(missing.toLocaleString('en-US'));
    const share = Math.floor((100 * (sumOf(held.values()) - missing)) / sumOf(held.values())) / 100;
    const second = await build({ ...parts, more: keep(share) });
    const here = [...held.keys()].filter((name) => name.startsWith('people/o'));
    const kept = await humanOf(second.place);
    const tokens = sumOf(here.flatMap((name) => kept.get(name) ?? []));
    expect(tokens).toBeGreaterThanOrEqual(share * sumOf(held.values()));
  });

  it.each([
    [0.5, 24_000],
    [0.8, 30_000],
    [0.9, 33_000],
    [0.97, 40_000],
  ])('keeps at least a share of %f on whole documents', async (share, budget) => {
    const caps = { synthetic: 0.5, budget };
    const second = await build({ ...caps, more: keep(share) });
    const kept = await humanOf(second.place);
    const tokens = sumOf([...held].flatMap(([name, n]) => (kept.has(name) ? [n] : [])));
    expect(tokens).toBeGreaterThanOrEqual(Math.ceil(share * sumOf(held.values())));
    expect(usage(second, 'anchor').part).toBe(tokens);
  });

  it('counts a document once, however often it is written', async () => {
    const more = `${keep()}max_repetition_factor: 2\n`;
    const second = await build({ budget: 90_000, more });
    expect(without(held.keys(), await humanOf(second.place))).toEqual([]);
    const cap = usage(second, 'anchor');
    expect([cap.part, cap.whole]).toEqual([sumOf(held.values()), sumOf(held.values())]);
    const strata = second.manifest.strata.filter(({ anchored }) => anchored);
    expect(sumOf(strata.map(({ tokensWritten }) => tokensWritten))).toBeGreaterThan(cap.part);
  });
});

describe('churn_max', () => {
  /** Half the sum of the changes of shares between two versions, by SQL. */
  async function churn(place: string): Promise<number> {
    const of = (at: string) =>
      `select source, domain, provenance, coalesce(model_family, '') as family, sum(tokens) / (select sum(tokens) from read_parquet('${at}/data/train-*.parquet')) as share from read_parquet('${at}/data/train-*.parquet') group by all`;
    const [row] = await sql(
      `select sum(abs(coalesce(a.share, 0) - coalesce(b.share, 0))) / 2 as churn from (${of(place)}) a full join (${of(first.place)}) b using (source, domain, provenance, family)`,
    );
    return Number(row!.churn);
  }

  it('keeps the mix near the version before, where it would have gone far', async () => {
    const value = 'value: 5, ';
    const prefer = (recipe: string) => recipe.replace('{name: made, ', `{name: made, ${value}`);
    const free = await publish(folder, prefer(recipeOf({ ...WIDER })));
    published.push(free);
    const far = await churn(free.place);
    await rm(published.pop()!.place, { recursive: true });
    const near = await publish(folder, prefer(recipeOf({ ...WIDER, more: 'churn_max: 0.04\n' })));
    published.push(near);
    expect(far).toBeGreaterThan(0.08);
    expect(await churn(near.place)).toBeLessThanOrEqual(0.04);
    expect(usage(near, 'churn')).toMatchObject({ kept: true, limit: 0.04 });
    const { part, whole } = usage(near, 'churn');
    expect(Math.abs(part / whole - (await churn(near.place)))).toBeLessThan(1e-3);
  });
});
