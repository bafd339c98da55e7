/** Runs a build's gate in this process, as the workflow would order it: measure, simulate block by block, judge, plan again. */
import type { BuildContext } from '../activities/build-context.js';
import { run as endRisk } from '../activities/tasks/end-risk.js';
import { type Judged, run as judgeRisk } from '../activities/tasks/judge-risk.js';
import { run as listBlocks } from '../activities/tasks/list-blocks.js';
import { run as listDomains } from '../activities/tasks/list-domains.js';
import { run as measureDomain } from '../activities/tasks/measure-domain.js';
import { run as sampleShard } from '../activities/tasks/sample-shard.js';
import { run as selfTest } from '../activities/tasks/self-test.js';
import { run as simulateCollapse } from '../activities/tasks/simulate-collapse.js';
import { run as simulateTable } from '../activities/tasks/simulate-table.js';
import { run as solvePlan } from '../activities/tasks/solve-plan.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import { riskReport } from '../core/schema/risk.js';
import { readJsonArtifact } from '../storage/artifact.js';
import type { Planned } from './pipeline-run.js';

const progress = () => new Float64Array(2);

export interface GateRun {
  readonly context: BuildContext;
  readonly planRef: ArtifactRef;
  readonly judged: Judged;
  /** Per attempt: blocks that were simulated, and those that were read back. */
  readonly attempts: readonly { made: number; reused: number }[];
}

interface Tried {
  readonly context: BuildContext;
  readonly inventory: ArtifactRef;
  readonly plan: ArtifactRef;
  readonly attempt: number;
  readonly doubled: boolean;
}

async function simulate(tried: Tried, isTable: boolean) {
  const { context, inventory, plan, attempt, doubled } = tried;
  const planned = { context, inventory, plan };
  const counts = { made: 0, reused: 0 };
  for (const domain of await listDomains(planned)) {
    await measureDomain({ context, inventory, domain }, progress());
    for (const block of await listBlocks({ ...planned, domain, attempt, doubled })) {
      const { scenario, firstRun, runs } = block;
      const { reused } = await simulateCollapse(
        { ...planned, domain, scenario, firstRun, runs },
        progress(),
      );
      counts[reused ? 'reused' : 'made']++;
    }
  }
  if (isTable) await simulateTable(planned, progress());
  await selfTest(planned, progress());
  return counts;
}

/** The gate of a planned build, to its end. */
export async function runGate(first: BuildContext, planned: Planned): Promise<GateRun> {
  const { build, inventoryRef: inventory } = planned;
  const { risk } = build.recipe;
  for (const { index: shard } of build.shards)
    await sampleShard({ context: first, shard }, progress());
  const attempts: { made: number; reused: number }[] = [];
  let [context, plan, previous] = [first, planned.planRef, null as ArtifactRef | null];
  for (let attempt = 1; ; attempt++) {
    let judged: Judged | null = null;
    for (const doubled of [false, true]) {
      const tried = { context, inventory, plan, attempt, doubled };
      attempts.push(await simulate(tried, risk!.table));
      judged = await judgeRisk({ ...tried, previous }, progress());
      if (!judged.moreRuns) break;
    }
    const ended = { context, planRef: plan, judged: judged!, attempts };
    if (judged!.recipe === null) return ended;
    previous = judged!.ref;
    context = { ...context, recipe: judged!.recipe };
    const solved = await solvePlan({ context, inventory });
    if (solved.status === 'infeasible') {
      const { ref, wrong, todo } = solved;
      return {
        ...ended,
        judged: await endRisk({ context, judged: judged!, plan: ref, wrong, todo }),
      };
    }
    plan = solved.ref;
  }
}

export function reportOf({ context, judged }: GateRun) {
  return readJsonArtifact(context.workspace, judged.ref, riskReport);
}
