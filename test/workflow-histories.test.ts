/**
 * Short stories of the workflows that no text gives on demand, with a real server and scripted activities: each
 * ends sealed where it should, its histories replay, and BALLAST_WRITE_HISTORIES=1 keeps them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Judged } from '../activities/tasks/judge-risk.js';
import { replayHistories } from '../client/audit/replay.js';
import { verifyWorkspace } from '../client/audit/verify-workspace.js';
import { readRecipe } from '../client/recipe/read-recipe.js';
import type { Recipe } from '../core/schema/recipe.js';
import type { HistoryIndex, Sealed, SealLine } from '../core/schema/sealed-history.js';
import { readLedger } from '../storage/ledger.js';
import { sealWorkflowId } from '../workflows/messages.js';
import { keepHistory } from './keep-history.js';
import { RECIPE } from './pipeline-corpus.js';
import { ref, type Script, ScriptedBuilds } from './scripted-build.js';
import { writeInto } from './source-profile.js';

const builds = new ScriptedBuilds();
let recipe: Recipe;

beforeAll(async () => {
  const path = await writeInto(builds.folder, 'recipe.yaml', `${RECIPE}risk: {policy: replace}\n`);
  recipe = (await readRecipe({ path, set: [] })).recipe;
  await builds.start();
}, 120_000);

afterAll(() => builds.stop(), 60_000);

/** Runs a build to its end; answers its id. */
async function ended(script: Script) {
  const handle = await builds.build(recipe, script);
  const result = await handle.result().catch((error: { cause: { type: string } }) => error.cause);
  return { id: handle.workflowId, result };
}

const sealOf = (id: string) =>
  builds.client.workflow.getHandle(sealWorkflowId(id)).result() as Promise<Sealed>;

const fail: Partial<Judged> = {
  ...{ decision: 'FAIL', why: ['too little human text'], ref: ref('risk 1') },
  ...{ recipe: ref('recipe 1'), changes: 'risk-health 40 %' },
};

describe('a build', () => {
  test('that is planned again by the gate is sealed with every child', async () => {
    const { id, result } = await ended({
      judge: (attempt) => (attempt === 1 ? fail : {}),
    });
    expect(result).toMatchObject({ status: 'published' });
    const sealed = await sealOf(id);
    const index = JSON.parse(
      readFileSync(join(builds.folder, sealed.path, 'index.json'), 'utf8'),
    ) as HistoryIndex;
    expect(index.runs.map(({ workflowType, state }) => [workflowType, state])).toEqual([
      ['buildMix', 'completed'],
      ['buildSource', 'completed'],
    ]);
    expect(index.missing).toEqual([]);
    await keepHistory(builds.client, id, 'build-mix-replanned');
    await keepHistory(builds.client, `${id}/source/one`, 'build-source-one-run');
    await keepHistory(builds.client, sealWorkflowId(id), 'seal-audit-once');
  });

  test('that the gate stops is sealed under audit/, for people have to know why', async () => {
    const { id, result } = await ended({ judge: () => ({ ...fail, recipe: null }) });
    expect(result).toMatchObject({ type: 'RISK_GATE_FAILED' });
    expect((await sealOf(id)).path).toMatch(/^audit\/build-mix_test-mix/);
    await keepHistory(builds.client, id, 'build-mix-gate-failed');
  });

  test('that only plans, or has no plan, decided nothing and is not sealed', async () => {
    const planId = 'plan-mix/test-mix@2026.11.23';
    const plan = await builds.run('buildMix', planId, builds.inputOf(recipe, { until: 'plan' }));
    expect(await plan.result()).toMatchObject({ status: 'planned' });
    const solve = () => ({ status: 'infeasible', wrong: 'too little text' }) as const;
    const infeasible = await ended({ solve });
    expect(infeasible.result).toMatchObject({ type: 'CAP_INFEASIBLE' });
    for (const id of [planId, infeasible.id]) await expect(sealOf(id)).rejects.toThrow('not found');
    await keepHistory(builds.client, planId, 'build-mix-planned');
    await keepHistory(builds.client, infeasible.id, 'build-mix-infeasible');
  });

  test('started again under its id is sealed again, with both runs', async () => {
    const handle = await builds.build(recipe, {});
    await handle.result();
    const first = await sealOf(handle.workflowId);
    const again = await builds.run('buildMix', handle.workflowId, builds.inputOf(recipe));
    await again.result();
    const second = await sealOf(handle.workflowId);
    expect([first.runs, second.runs]).toEqual([2, 4]);
    expect(second.ledgerSequence).toBeGreaterThan(first.ledgerSequence);
    const lines = (await readLedger(builds.folder)).filter(
      ({ body }) => (body as SealLine).workflowId === handle.workflowId,
    );
    expect(lines).toHaveLength(2);
  });
});

describe('a build that somebody reset', () => {
  test('is sealed with both runs: the one that was left, and the one that went on from it', async () => {
    const handle = await builds.build(recipe, {});
    await handle.result();
    const first = await sealOf(handle.workflowId);
    const { events } = await handle.fetchHistory();
    const solved = events!.findIndex(
      ({ activityTaskScheduledEventAttributes: found }) =>
        found?.activityType?.name === 'solvePlan',
    );
    const { runId } = await builds.client.workflowService.resetWorkflowExecution({
      namespace: 'ballast',
      workflowExecution: { workflowId: handle.workflowId, runId: handle.firstExecutionRunId },
      workflowTaskFinishEventId: events!.findLast(
        ({ eventId, workflowTaskCompletedEventAttributes: found }) =>
          found && Number(eventId) <= solved,
      )!.eventId!,
      ...{ reason: 'test', requestId: 'reset-once' },
    });
    const again = builds.client.workflow.getHandle(handle.workflowId, runId);
    expect(await again.result()).toMatchObject({ status: 'published' });
    await expect.poll(async () => (await sealOf(handle.workflowId)).runs).toBeGreaterThan(2);
    const second = await sealOf(handle.workflowId);
    expect([first.runs, second.runs]).toEqual([2, 3]);
  }, 60_000);
});

describe('a workflow that continues as new', () => {
  const context = { workspace: '', recipe: ref('recipe') };

  test('reads the shards of a source over two runs', async () => {
    const input = { context, source: 'one', firstShard: 0, shards: 5 };
    const id = 'build-source/two-runs';
    const state = { shardsPerRun: 3, next: 0, reused: 0 };
    const handle = await builds.run('buildSource', id, { ...input, ...state });
    expect(await handle.result()).toMatchObject({ source: 'one' });
    expect(builds.calls(id, 'profileShard')).toHaveLength(5);
    await keepHistory(builds.client, id, 'build-source-continues', handle.firstExecutionRunId);
  });

  test('takes a step over all shards in three runs, and sums the conflicts', async () => {
    const id = 'each-shard/three-runs';
    const input = {
      ...{ context, step: 'label', phase: 'label', selection: null, shards: 7 },
      sources: [
        { name: 'one', firstShard: 0, shards: 4 },
        { name: 'two', firstShard: 4, shards: 3 },
      ],
      ...{ shardsPerRun: 3, next: 0, conflicts: 0 },
    };
    const handle = await builds.run('eachShard', id, input);
    expect(await handle.result()).toBe(0);
    expect(builds.calls(id, 'labelShard')).toHaveLength(7);
    await keepHistory(builds.client, id, 'each-shard-continues', handle.firstExecutionRunId);
    await keepHistory(builds.client, id, 'each-shard-last-run');
  });

  test('simulates domains over two runs', async () => {
    const id = 'each-domain/two-runs';
    const plan = { inventory: ref('inventory'), plan: ref('plan') };
    const attempt = { context, ...plan, attempt: 1, doubled: false };
    const input = { attempt, domains: ['health', 'law', 'code'], domainsPerRun: 2, next: 0 };
    const handle = await builds.run('eachDomain', id, input);
    await handle.result();
    expect(builds.calls(id, 'measureDomain')).toHaveLength(3);
    await keepHistory(builds.client, id, 'each-domain-continues', handle.firstExecutionRunId);
  });

  test('is sealed by hand with every run, and the same again adds no line', async () => {
    const workflowId = 'each-shard/three-runs';
    const { runId } = await builds.client.workflow.getHandle(workflowId).describe();
    const input = {
      ...{ schemaVersion: 1, workspace: builds.folder, subject: workflowId },
      ...{ workflowId, runId, waits: false },
    };
    const seal = async (id: string) =>
      (await builds.run('sealAudit', id, input)).result() as Promise<Sealed>;
    const first = await seal('seal-audit/by-hand');
    expect([first.runs, first.isNew]).toEqual([3, true]);
    const second = await seal('seal-audit/by-hand-again');
    expect({ ...second, isNew: true }).toEqual(first);
    expect(second.isNew).toBe(false);
  });
});

describe('what was sealed', () => {
  test('replays and agrees with the ledger, where scripted builds published nothing', async () => {
    const { failure, otherHistories, replayed } = await verifyWorkspace(builds.folder);
    expect(failure?.parts ?? null).toEqual(null);
    expect(otherHistories).toBeGreaterThan(8);
    expect(replayed).toBe(otherHistories);
  });

  test('does not replay where a step was exchanged for another', async () => {
    const seal = (await readLedger(builds.folder)).find(({ kind }) => kind === 'seal')!;
    const { path } = seal.body as SealLine;
    const { runs } = JSON.parse(
      readFileSync(join(builds.folder, path, 'index.json'), 'utf8'),
    ) as HistoryIndex;
    const { workflowId, runId, history } = runs[0]!;
    const text = readFileSync(join(builds.folder, path, history.path), 'utf8');
    const edited = text.replaceAll('"judgeRisk"', '"publishMix"');
    expect(edited).not.toBe(text);
    const copy = await writeInto(builds.folder, 'edited.json', edited);
    const wanted = { path: copy, workflowId, runId };
    const results = await replayHistories([wanted], () => undefined);
    expect(results.get(copy)).toMatch(/nondeterminism/i);
  });
});
