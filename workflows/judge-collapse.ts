/**
 * The gate before anything is written: measure -> simulate -> judge. A FAIL adds caps to the recipe and plans
 * again, until the chain of plans passes, a bounded number of times; chance alone in the way of a verdict buys twice the runs, once per plan. Only
 * a PASS goes on, or an INCONCLUSIVE that the recipe publishes.
 */
import {
  ApplicationFailure,
  executeChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Pinned } from '../activities/index.js';
import type { Judged } from '../activities/tasks/judge-risk.js';
import type { Solved } from '../activities/tasks/solve-plan.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import type { FailureCode } from '../core/schema/failure.js';
import { LIMITS } from '../core/schema/limits.js';
import type { Recipe } from '../core/schema/recipe.js';
import type { RiskSettings } from '../core/schema/risk-settings.js';
import type { BuildStory } from './build-story.js';
import { childAttributes } from './child-attributes.js';
import { type EachDomainInput, eachDomain } from './each-domain.js';
import { overShards } from './over-shards.js';
import { RiskDecision } from './search-attributes.js';
import { type Attempt, type Beside, simulateDomains } from './simulate-domains.js';
import { heavy } from './steps.js';

export interface GateInput {
  readonly wanted: Recipe;
  readonly pinned: Pinned;
  readonly inventory: ArtifactRef;
  readonly plan: Solved;
  readonly files: number;
  readonly story: BuildStory;
}

export interface GateOutcome {
  /** Its recipe holds the caps that the gate added. */
  readonly pinned: Pinned;
  readonly plan: Solved;
  /** `risk.json`; null where the recipe asks for no simulation. */
  readonly risk: ArtifactRef | null;
}

export async function passGate(input: GateInput): Promise<GateOutcome> {
  const { wanted, pinned, inventory, files, story } = input;
  const settings = wanted.risk;
  if (settings === null) return { pinned, plan: input.plan, risk: null };
  await sampleShards(pinned, files, story);
  let { plan } = input;
  let { context } = pinned;
  let previous: ArtifactRef | null = null;
  for (let attempt = 1; attempt <= LIMITS.riskReplans + 1; attempt++) {
    const tried = { context, inventory, plan: plan.ref, attempt, doubled: false };
    const judged = await judge(tried, previous, settings, story);
    if (mayGoOn(judged, settings)) {
      story.step('simulate', `${judged.decision} at attempt ${attempt}`);
      return { pinned: { ...pinned, context }, plan, risk: judged.ref };
    }
    if (judged.recipe === null) throw gateFailure(judged);
    story.note(
      'simulate',
      `${judged.decision} at attempt ${attempt}; plan again under ${judged.changes}`,
    );
    previous = judged.ref;
    context = { ...context, recipe: judged.recipe };
    plan = await planAgain({ ...tried, context }, judged);
  }
  throw ApplicationFailure.nonRetryable('more plans than a gate may ask for', 'INTERNAL');
}

async function sampleShards(
  { context, sources }: Pinned,
  shards: number,
  story: BuildStory,
): Promise<void> {
  story.enter('simulate', shards + 1);
  const over = { context, step: 'sample', phase: 'simulate', selection: null, shards } as const;
  await overShards({ ...over, sources }, story);
}

function mayGoOn({ decision }: Judged, { onInconclusive }: RiskSettings): boolean {
  return decision === 'PASS' || (decision === 'INCONCLUSIVE' && onInconclusive === 'publish');
}

/** The verdict on one plan, with twice the runs where nothing but their number is in its way. */
async function judge(
  first: Attempt,
  previous: ArtifactRef | null,
  settings: RiskSettings,
  story: BuildStory,
): Promise<Judged> {
  const { context, inventory, plan } = first;
  const { domains } = await heavy.listDomains.executeWithOptions(
    { summary: 'list the domains of the plan, which are to be simulated' },
    [{ context, inventory, plan }],
  );
  const judged = await simulateAndJudge(first, domains, previous, settings, story);
  if (!judged.moreRuns) return judged;
  story.note('simulate', 'chance alone is in the way of a verdict: twice the runs');
  return simulateAndJudge({ ...first, doubled: true }, domains, previous, settings, story);
}

async function simulateAndJudge(
  attempt: Attempt,
  domains: readonly string[],
  previous: ArtifactRef | null,
  settings: RiskSettings,
  story: BuildStory,
): Promise<Judged> {
  await simulate(attempt, domains, settings, story);
  const twice = attempt.doubled ? ', twice the runs' : '';
  const judged = await heavy.judgeRisk.executeWithOptions(
    { summary: `judge the risk of collapse: attempt ${attempt.attempt}${twice}` },
    [{ ...attempt, previous }],
  );
  upsertSearchAttributes([{ key: RiskDecision, value: judged.decision }]);
  story.note('simulate', judged.why[0] ?? judged.decision);
  return judged;
}

/** All domains; beside them the table and the self-test. */
async function simulate(
  attempt: Attempt,
  domains: readonly string[],
  { table }: RiskSettings,
  story: BuildStory,
): Promise<void> {
  const steps = {
    more: (count: number) => story.widen('simulate', count),
    step: (note: string) => story.step('simulate', note),
  };
  const beside = table ? [tableOf(attempt), selfTestOf(attempt)] : [selfTestOf(attempt)];
  if (domains.length <= LIMITS.riskDomainsPerRun)
    return simulateDomains(attempt, domains, steps, beside);
  steps.more(domains.length);
  await inChild(attempt, domains);
  story.step('simulate', `${domains.length} domains simulated`, domains.length);
  await simulateDomains(attempt, [], steps, beside);
}

function tableOf({ context, inventory, plan }: Attempt): Beside {
  const summary = 'simulate synthetic shares by generations, on the words of all domains';
  return async () => {
    const { reused } = await heavy.simulateTable.executeWithOptions({ summary }, [
      { context, inventory, plan },
    ]);
    return `table of synthetic shares${reused ? ', read back' : ''}`;
  };
}

function selfTestOf({ context, inventory, plan }: Attempt): Beside {
  const summary = 'test the simulators against their closed forms';
  return async () => {
    const { tests, red } = await heavy.selfTestSimulators.executeWithOptions({ summary }, [
      { context, inventory, plan },
    ]);
    return `${tests - red} of ${tests} self-tests agree with theory`;
  };
}

async function inChild(attempt: Attempt, domains: readonly string[]): Promise<void> {
  const twice = attempt.doubled ? '-twice' : '';
  const workflowId = `${workflowInfo().workflowId}/simulate-${attempt.attempt}${twice}`;
  const { riskDomainsPerRun: domainsPerRun } = LIMITS;
  const args: [EachDomainInput] = [{ attempt, domains, domainsPerRun, next: 0 }];
  const staticSummary = `simulate collapse in ${domains.length} domains`;
  const typedSearchAttributes = childAttributes();
  await executeChild(eachDomain, { workflowId, args, staticSummary, typedSearchAttributes });
}

/** A new plan under the tightened caps; none that keeps them is the end, and says what is short. */
async function planAgain(tried: Attempt, judged: Judged): Promise<Solved> {
  const { context, inventory } = tried;
  const plan = await heavy.solvePlan.executeWithOptions(
    { summary: `plan again, attempt ${tried.attempt + 1}: ${judged.changes}`.slice(0, 150) },
    [{ context, inventory }],
  );
  if (plan.status === 'optimal') return plan;
  const ended = await heavy.endRisk.executeWithOptions(
    { summary: 'write down what is short: no mix keeps the tightened caps' },
    [{ context, judged, plan: plan.ref, wrong: plan.wrong, todo: plan.todo }],
  );
  throw gateFailure(ended);
}

function gateFailure({ decision, parts, ref, page }: Judged): ApplicationFailure {
  const code: FailureCode = decision === 'FAIL' ? 'RISK_GATE_FAILED' : 'RISK_INCONCLUSIVE';
  const { subject, expected, found, where, remedy } = parts;
  const message = `${subject}: expected ${expected}, found ${found} (${where}); ${remedy}`;
  return ApplicationFailure.nonRetryable(message, code, {
    parts,
    details: { decision, risk: ref, page },
  });
}
