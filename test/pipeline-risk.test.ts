/** The gate of a build on the test corpus, task by task: verdicts, plans after a FAIL, what is published, what is made once. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBuild } from '../activities/build-context.js';
import { assertSameRecipe } from '../activities/published-version.js';
import { capsAddedBy, withOwnIds } from '../activities/risk-report.js';
import { run as solvePlan } from '../activities/tasks/solve-plan.js';
import { certify } from '../core/plan/certificate.js';
import { type Manifest, manifest } from '../core/schema/manifest.js';
import { plan as planSchema } from '../core/schema/plan.js';
import type { Cap } from '../core/schema/recipe.js';
import { type RiskReport, riskReport } from '../core/schema/risk.js';
import { withCaps } from '../core/simulate/gate/tighten.js';
import { readJsonArtifact } from '../storage/artifact.js';
import { readJson } from '../storage/workspace.js';
import { RECIPE, writeCorpus } from './pipeline-corpus.js';
import {
  assemble,
  type Planned,
  planBuild,
  startBuild,
  verifyAll,
  writeMixOf,
} from './pipeline-run.js';
import { type GateRun, reportOf, runGate } from './risk-run.js';

const folder = mkdtempSync(join(tmpdir(), 'ballast-risk-'));
const RISK =
  'policy: accumulate, human: fixed, horizon_generations: 2, loop_runs: 10, drift_runs: 60, sample_words: 20000, table: false';
/** Words of this corpus stand in no order, so an n-gram model learns little from so few of them: a tenth is synthetic. */
const mostlyHuman = (text: string) => text.replace('max_share: 0.30', 'max_share: 0.10');
const recipeWith = (risk: string, change: (text: string) => string = mostlyHuman) =>
  `${change(RECIPE)}risk: {${risk}}\n`;
/** Synthetic text may be most of it; human text is short. */
const mostlySynthetic = (text: string) =>
  text
    .replace('provenance: [synthetic], max_share: 0.30', 'provenance: [synthetic], max_share: 0.90')
    .replace(/ {2}- \{id: human-health.*\n/, '')
    .replace(
      'caps:\n',
      'caps:\n  - {id: people, domain: each, provenance: [human_authored, human_edited], max_tokens: 25_000}\n',
    );

interface Gated {
  readonly planned: Planned;
  readonly gate: GateRun;
  readonly report: RiskReport;
}

async function gated(recipe: string): Promise<Gated> {
  const context = await startBuild({ folder, recipe });
  const planned = await planBuild(context);
  const gate = await runGate(context, planned);
  return { planned, gate, report: await reportOf(gate) };
}

beforeAll(() => writeCorpus(folder, 3));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a mix that holds', () => {
  let passed: Gated;
  beforeAll(async () => {
    passed = await gated(recipeWith(RISK));
  }, 300_000);

  test('passes, at once, with every domain and every test in risk.json', () => {
    const { report, gate } = passed;
    expect([report.decision, report.why]).toEqual(['PASS', [expect.stringMatching(/^all 4/)]]);
    expect(report.domains.map(({ domain }) => domain)).toEqual([
      'academic',
      'health',
      'law',
      'software',
    ]);
    expect(report.rounds).toHaveLength(1);
    expect(new Set(report.selfTest.map(({ test: number }) => number)).size).toBe(12);
    expect(report.selfTest.filter(({ pass }) => !pass)).toEqual([]);
    expect(gate.judged.recipe).toBe(null);
  });

  test('stands in the version: risk.json, the verdict in the manifest, tables in card and page', async () => {
    const { planned, gate } = passed;
    const written = await writeMixOf(gate.context, { ...planned, planRef: gate.planRef });
    await verifyAll(written);
    await assemble(written, gate.judged.ref);
    const found = manifest.parse(readJson(join(written.staging, 'mix.json')));
    expect(found.risk).toMatchObject({ decision: 'PASS', attempts: 1, capsAdded: [] });
    expect(found.attachments.map(({ path }) => path)).toContain('risk.json');
    expect(riskReport.parse(readJson(join(written.staging, 'risk.json')))).toEqual(passed.report);
    for (const file of ['README.md', 'report.html'])
      expect(readFileSync(join(written.staging, file), 'utf8')).toContain('Collapse risk');
  });

  test('is simulated once: the next version reads every block back', async () => {
    const again = await gated(recipeWith(RISK).replace('2026.11.23', '2026.11.24'));
    expect(again.gate.attempts.map(({ made }) => made)).toEqual(again.gate.attempts.map(() => 0));
    const { name: _a, version: _b, ...before } = passed.report;
    const { name: _c, version: _d, ...after } = again.report;
    expect(after).toEqual(before);
  });
});

describe('a mix that fails', () => {
  const risk = RISK.replace('accumulate', 'replace');
  let tightened: Gated;
  beforeAll(async () => {
    tightened = await gated(recipeWith(risk, mostlySynthetic));
  }, 600_000);

  test('is planned again under caps that the simulation names, and passes', () => {
    const { report } = tightened;
    expect(report.decision).toBe('PASS');
    expect(report.rounds.length).toBeGreaterThan(1);
    const [first] = report.rounds;
    expect(first!.decision).toBe('FAIL');
    expect(first!.capsAdded.map(({ id }) => id)).toEqual(
      first!.failing.map((domain) => `risk-${domain}`),
    );
    const budgets = report.rounds.map(({ riskBudget }) => riskBudget);
    expect(budgets).toEqual(budgets.map((_, i) => 0.05 / 2 ** (i + 1)));
  });

  test('only ever tightens', () => {
    const shares = new Map<string, number>();
    for (const { capsAdded } of tightened.report.rounds)
      for (const { id, limit } of capsAdded) {
        const share = limit.kind === 'max_share' ? limit.share : Number.NaN;
        expect(share).toBeLessThan(shares.get(id) ?? 1);
        shares.set(id, share);
      }
  });

  test('has its caps as any other: in the plan, its certificate, and the recipe of the build', async () => {
    const { gate, planned, report } = tightened;
    const { recipe } = await openBuild(gate.context);
    const plan = await readJsonArtifact(gate.context.workspace, gate.planRef, planSchema);
    const added = capsAddedBy(report.rounds).map(({ id }) => id);
    expect(recipe.caps.map(({ id }) => id)).toEqual(expect.arrayContaining(added));
    expect(certify(recipe, planned.inventory, plan)).toEqual([]);
    if (plan.status !== 'optimal') throw new Error('a plan that passed is one');
    expect(plan.caps.map(({ capId }) => capId)).toEqual(expect.arrayContaining(added));
  });

  test('keeps the fingerprint of what was written, so that a second build of it is the same', async () => {
    const { gate, planned, report } = tightened;
    const written = planned.build.recipe;
    expect(gate.context.recipeFingerprint).toBe(planned.build.context.recipeFingerprint);
    const { recipe } = await openBuild(gate.context);
    const published = {
      ...{ name: written.name, version: written.version, recipe, recipeFingerprint: 'other' },
      risk: { capsAdded: capsAddedBy(report.rounds).map(({ id }) => id) },
    } as unknown as Manifest;
    expect(() =>
      assertSameRecipe({ ...published, recipeFingerprint: 'x' }, 'x', null),
    ).not.toThrow();
    const other = { ...written, seed: written.seed + 1 };
    expect(() => assertSameRecipe(published, 'y', other)).toThrow(
      `found seed: ${written.seed} -> ${other.seed} (`,
    );
  });

  test('ends where no mix keeps the caps, and says what is short', async () => {
    const floor =
      '  - {id: floor, domain: law, provenance: [synthetic], min_tokens: 60_000, reason: the team wants rewrites}\n';
    const { gate, report } = await gated(
      recipeWith(risk, (text) => mostlySynthetic(text).replace('caps:\n', `caps:\n${floor}`)),
    );
    expect([gate.judged.decision, gate.judged.recipe]).toEqual(['FAIL', null]);
    expect(report.why[0]).toMatch(/^no mix keeps the caps that attempt 1 added: .*floor/s);
    expect(gate.judged.parts.found).toContain('risk-law');
  }, 300_000);

  test('ends at once with `on_fail: stop`, under the whole budget', async () => {
    const { gate, report } = await gated(recipeWith(`${risk}, on_fail: stop`, mostlySynthetic));
    expect([gate.judged.decision, gate.judged.recipe]).toEqual(['FAIL', null]);
    expect(report.rounds).toMatchObject([{ riskBudget: 0.05, capsAdded: [] }]);
    expect(report.levers.length).toBeGreaterThan(0);
    expect(gate.judged.parts.remedy).toContain(report.levers[0]!.domain);
  }, 300_000);
});

describe('caps of the gate', () => {
  const cap = (id: string, share: number, change: Partial<Cap> = {}): Cap => ({
    ...{ id, domain: 'law', provenance: ['synthetic', 'unknown'], source: null, modelFamily: null },
    ...{ licensed: null, lineageDepth: null, site: null, language: null, licenceTier: null },
    ...{ confidence: null, limit: { kind: 'max_share', share }, reason: '', ...change },
  });

  test('take the place of earlier ones and of written ones of the same meaning', async () => {
    const { recipe } = await openBuild(await startBuild({ folder, recipe: recipeWith(RISK) }));
    const with1 = { ...recipe, caps: withCaps(recipe.caps, [cap('risk-law', 0.5)]) };
    expect(with1.caps).toHaveLength(recipe.caps.length + 1);
    expect(withOwnIds(with1, [cap('risk-law', 0.4)], [])).toEqual([cap('risk-law', 0.4)]);
    expect(withCaps(with1.caps, [cap('risk-law', 0.4)]).at(-1)!.limit).toMatchObject({
      share: 0.4,
    });
  });

  test('leave a written one of their name alone where it means something else', async () => {
    const { recipe } = await openBuild(await startBuild({ folder, recipe: recipeWith(RISK) }));
    const own = cap('risk-law', 0.9, { source: 'found' });
    const written = { ...recipe, caps: [...recipe.caps, own] };
    const [added] = withOwnIds(written, [cap('risk-law', 0.4)], []);
    expect(added!.id).toBe('risk-law-gate');
    const next = { ...written, caps: withCaps(written.caps, [added!]) };
    expect(next.caps).toContainEqual(own);
    const [later] = withOwnIds(next, [cap('risk-law', 0.3)], [added!]);
    expect(withCaps(next.caps, [later!]).filter(({ id }) => id === 'risk-law-gate')).toEqual([
      later,
    ]);
  });
});

test('a plan of the same recipe is the one it was before gates were known', async () => {
  const context = await startBuild({ folder, recipe: RECIPE });
  const planned = await planBuild(context);
  const again = await solvePlan({ context, inventory: planned.inventoryRef });
  const plan = await readJsonArtifact(context.workspace, again.ref, planSchema);
  expect(plan.recipeFingerprint).toBe(context.recipeFingerprint);
});
