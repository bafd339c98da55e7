/**
 * What the build's workflow does with verdicts: fan-out, planning again under added caps, how it ends. A real server
 * and the real workflow; activities answer from a script, since no text gives a red self-test on demand.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Judged } from '../activities/tasks/judge-risk.js';
import { readRecipe } from '../client/recipe/read-recipe.js';
import type { FailureParts } from '../core/schema/failure.js';
import { LIMITS } from '../core/schema/limits.js';
import type { Recipe } from '../core/schema/recipe.js';
import type { BuildProgress } from '../workflows/messages.js';
import { RECIPE } from './pipeline-corpus.js';
import { type Call, ref, type Script, ScriptedBuilds } from './scripted-build.js';
import { writeInto } from './source-profile.js';

const builds = new ScriptedBuilds();
let recipe: Recipe;

beforeAll(async () => {
  const path = await writeInto(builds.folder, 'recipe.yaml', `${RECIPE}risk: {policy: replace}\n`);
  recipe = (await readRecipe({ path, set: [] })).recipe;
  await builds.start();
}, 120_000);

afterAll(() => builds.stop(), 60_000);

interface Ended {
  readonly code: string | null;
  readonly parts: FailureParts | null;
  readonly details: { decision: string; risk: { path: string } } | null;
  readonly result: unknown;
  readonly calls: (activity?: string) => readonly Call[];
  readonly handle: WorkflowHandle;
}

async function ended(script: Script, change: Partial<Recipe> = {}): Promise<Ended> {
  const handle = await builds.build({ ...recipe, ...change }, script);
  const calls = (activity?: string) => builds.calls(handle.workflowId, activity);
  const nothing = { code: null, parts: null, details: null, result: null, calls, handle };
  try {
    return { ...nothing, result: await handle.result() };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { type = null, details } = error.cause as { type?: string; details?: unknown[] };
    const [first] = (details ?? []) as Pick<Ended, 'parts' | 'details'>[];
    return { ...nothing, code: type, parts: first?.parts ?? null, details: first?.details ?? null };
  }
}

const fail = (attempt: number): Partial<Judged> => ({
  decision: 'FAIL',
  why: [`attempt ${attempt} fails`],
  ref: ref(`risk ${attempt}`),
  recipe: attempt <= 3 ? ref(`recipe ${attempt}`) : null,
  changes: `risk-health ${50 - 10 * attempt} %`,
});

interface Asked {
  readonly context: { recipe: { path: string } };
  readonly risk?: { path: string };
  readonly doubled?: boolean;
  readonly previous?: { path: string } | null;
}
const asked = (calls: readonly Call[]) => calls.map(({ input }) => input as Asked);

describe('a build with a gate', () => {
  test('samples every shard, measures every domain, runs every block, and tests itself once', async () => {
    const { result, calls } = await ended({ domains: ['health', 'law', 'code'], blocks: 7 });
    expect(result).toMatchObject({ status: 'published' });
    const counts = Object.fromEntries(
      [
        'sampleShard',
        'measureDomain',
        'simulateCollapse',
        'simulateTable',
        'selfTestSimulators',
      ].map((name) => [name, calls(name).length]),
    );
    expect(counts).toEqual({
      ...{ sampleShard: 2, measureDomain: 3, simulateCollapse: 21 },
      ...{ simulateTable: 1, selfTestSimulators: 1 },
    });
    expect(asked(calls('verifyMix'))[0]!.risk).toEqual(ref('risk'));
  });

  test('simulates more domains than a history should hold in a child that continues as new', async () => {
    const domains = Array.from({ length: LIMITS.riskDomainsPerRun + 3 }, (_, i) => `d${i}`);
    const { result, calls, handle } = await ended({ domains, blocks: 1 });
    expect(result).toMatchObject({ status: 'published' });
    expect(calls('simulateCollapse')).toHaveLength(domains.length);
    const child = builds.client.workflow.getHandle(`${handle.workflowId}/simulate-1`);
    const { runId } = await child.describe();
    const history = await child.fetchHistory();
    expect(history.events?.[0]?.workflowExecutionStartedEventAttributes).toMatchObject({
      continuedExecutionRunId: expect.stringMatching(/./),
    });
    expect(runId).not.toBe('');
  });

  test('asks for no simulation where the recipe has no risk block', async () => {
    const { result, calls } = await ended({}, { risk: null });
    expect(result).toMatchObject({ status: 'published' });
    expect(calls().map(({ activity }) => activity)).not.toContain('sampleShard');
    expect(asked(calls('verifyMix'))[0]!.risk).toBe(null);
  });
});

describe('a FAIL', () => {
  test('plans again under the added caps, and everything after it works by that recipe', async () => {
    const judge = (attempt: number) => (attempt === 1 ? fail(1) : {});
    const { result, calls, handle } = await ended({ judge });
    expect(result).toMatchObject({ status: 'published' });
    expect(calls('solvePlan')).toHaveLength(2);
    for (const name of ['selectDocuments', 'scatterShard', 'verifyMix', 'publishMix'])
      expect(asked(calls(name))[0]!.context.recipe).toEqual(ref('recipe 1'));
    expect(asked(calls('judgeRisk')).map(({ previous }) => previous)).toEqual([
      null,
      ref('risk 1'),
    ]);
    const { searchAttributes } = await handle.describe();
    expect(searchAttributes.RiskDecision).toEqual(['PASS']);
    const texts = JSON.stringify(await handle.fetchHistory().then(summaries));
    expect(texts).toContain('plan again, attempt 2: risk-health 40 %');
  });

  test('whose next plan is not decided is planned again too, where the judge gives it caps', async () => {
    const undecided = { ...fail(2), decision: 'INCONCLUSIVE' as const };
    const judge = (attempt: number) => [fail(1), undecided, {}][attempt - 1]!;
    const { result, calls } = await ended({ judge });
    expect(result).toMatchObject({ status: 'published' });
    expect(calls('solvePlan')).toHaveLength(3);
  });

  test('is final after three plans more, and names report and remedy', async () => {
    const { code, parts, details, calls } = await ended({ judge: fail });
    expect(code).toBe('RISK_GATE_FAILED');
    expect(calls('solvePlan')).toHaveLength(4);
    expect(parts).toMatchObject({ subject: 'collapse', remedy: 'add human text' });
    expect(details).toMatchObject({ decision: 'FAIL', risk: ref('risk 4') });
    expect(calls('selectDocuments')).toHaveLength(0);
    expect(calls('removeScratch')).toHaveLength(1);
  });

  test('whose caps no mix keeps is final at once, and names the shortage', async () => {
    const solve = (plan: number) =>
      plan === 1
        ? {}
        : ({ status: 'infeasible', wrong: 'too little human text of health' } as const);
    const { code, parts, calls } = await ended({ judge: fail, solve });
    expect([code, parts?.found]).toEqual(['RISK_GATE_FAILED', 'too little human text of health']);
    expect(calls('endRisk')).toHaveLength(1);
    expect(calls('judgeRisk')).toHaveLength(1);
  });
});

describe('an INCONCLUSIVE', () => {
  const unclear: Partial<Judged> = { decision: 'INCONCLUSIVE', why: ['too few labels'] };

  test('stops the build', async () => {
    const { code, details } = await ended({ judge: () => unclear });
    expect([code, details?.decision]).toEqual(['RISK_INCONCLUSIVE', 'INCONCLUSIVE']);
  });

  test('is published where the recipe says so', async () => {
    const risk = { ...recipe.risk!, onInconclusive: 'publish' as const };
    const { result, handle } = await ended({ judge: () => unclear }, { risk });
    expect(result).toMatchObject({ status: 'published' });
    const { searchAttributes } = await handle.describe();
    expect(searchAttributes.RiskDecision).toEqual(['INCONCLUSIVE']);
  });

  test('that only chance keeps from a verdict doubles the runs, once', async () => {
    const judge = (_: number, doubled: boolean) => ({ ...unclear, moreRuns: !doubled });
    const { code, calls } = await ended({ judge });
    expect(code).toBe('RISK_INCONCLUSIVE');
    expect(asked(calls('judgeRisk')).map(({ doubled }) => doubled)).toEqual([false, true]);
    const settled = await ended({
      judge: (_, doubled) => (doubled ? {} : { ...unclear, moreRuns: true }),
    });
    expect(settled.result).toMatchObject({ status: 'published' });
  });

  test('of a red self-test is no pass, however the recipe treats domains', async () => {
    const red = { ...unclear, why: ['1 of 12 self-tests is red'] };
    const { code, calls } = await ended({ judge: () => red });
    expect([code, calls('publishMix').length]).toEqual(['RISK_INCONCLUSIVE', 0]);
  });
});

describe('a build that is cancelled while it simulates', () => {
  test('ends its blocks, removes its scratch and publishes nothing', async () => {
    let cancelled = 0;
    const simulate = async () => {
      const { cancellationSignal, heartbeat } = Context.current();
      while (!cancellationSignal.aborted) {
        heartbeat({ done: 1, total: 2 });
        await sleep(50);
      }
      cancelled++;
      throw cancellationSignal.reason;
    };
    const handle = await builds.build(recipe, { blocks: 3, simulate });
    const calls = (activity: string) => builds.calls(handle.workflowId, activity).length;
    while (calls('simulateCollapse') < 3) await sleep(50);
    const { current, phases } = await handle.query<BuildProgress>('progress');
    expect([current, phases.find(({ phase }) => phase === 'simulate')?.total]).toEqual([
      'simulate',
      // Two shards, the verdict, a domain, table and self-test, three blocks.
      9,
    ]);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    expect(cancelled).toBe(3);
    expect([calls('removeScratch'), calls('publishMix')]).toEqual([1, 0]);
  }, 60_000);
});

/** Texts that people read in the history. */
function summaries({ events }: { events?: readonly unknown[] | null }): string[] {
  return (events ?? []).flatMap((event) => {
    const { userMetadata } = event as { userMetadata?: { summary?: { data?: Uint8Array } } };
    const data = userMetadata?.summary?.data;
    return data === undefined ? [] : [Buffer.from(data).toString('utf8')];
  });
}
