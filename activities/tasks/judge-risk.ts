/**
 * Judges one attempt: every domain on its measure, its planned mix and the blocks that were simulated; then the mix.
 * Writes risk.json with all attempts so far, and after a FAIL the recipe with the caps to plan again under.
 */
import type { ArtifactRef } from '../../core/schema/artifact.js';
import type { FailureParts } from '../../core/schema/failure.js';
import type { Recipe } from '../../core/schema/recipe.js';
import {
  type DomainRisk,
  type RiskDecision,
  type RiskReport,
  type RiskRound,
  riskReport,
  simulationBlock,
} from '../../core/schema/risk.js';
import { domainBlocks } from '../../core/simulate/blocks.js';
import { disclosureOf } from '../../core/simulate/gate/disclosure.js';
import { judgeDomain } from '../../core/simulate/gate/judge-domain.js';
import { judgeRisk } from '../../core/simulate/gate/judge-risk.js';
import { riskLevers } from '../../core/simulate/gate/levers.js';
import { COLLAPSE_V1, policyRecord } from '../../core/simulate/gate/policy.js';
import { tightenedCaps } from '../../core/simulate/gate/tighten.js';
import { plannedDomains } from '../../core/simulate/measure/domain-mix.js';
import { SIMULATOR_VERSION } from '../../core/simulate/model.js';
import { readJsonArtifact, writeJsonArtifact } from '../../storage/artifact.js';
import { withCaps, writeRiskReport } from '../risk-report.js';
import {
  type AttemptInput,
  BLOCK_FILE,
  blockMadeOf,
  type OpenedDomain,
  type OpenedPlan,
  openDomain,
  openPlan,
  readSimulation,
  runsAsked,
} from '../simulation.js';
import { readSelfTest, readTable } from '../simulation-of-mix.js';

export interface JudgeInput extends AttemptInput {
  /** risk.json of the attempt before; null at the first. */
  readonly previous: ArtifactRef | null;
}

export interface Judged {
  /** risk.json, and the page beside it. */
  readonly ref: ArtifactRef;
  readonly page: string;
  readonly decision: RiskDecision;
  readonly why: readonly string[];
  /** Nothing but the number of runs is in the way of a verdict, and they were not doubled yet. */
  readonly moreRuns: boolean;
  /** To plan again by: the recipe with the caps that this attempt adds; null where it ends here. */
  readonly recipe: ArtifactRef | null;
  /** The added caps in words. */
  readonly changes: string;
  /** What the failure says where it ends here. */
  readonly parts: FailureParts;
}

interface Judgement {
  readonly domains: readonly DomainRisk[];
  readonly decision: RiskDecision;
  readonly why: readonly string[];
  readonly caps: RiskRound['capsAdded'];
}

async function readBlocks(opened: OpenedPlan, domain: OpenedDomain, input: JudgeInput) {
  const { workspace } = input.context;
  const blocks = domainBlocks(domain.mix, runsAsked(opened, input.attempt, input.doubled));
  return Promise.all(
    blocks.map((block) => {
      const madeOf = blockMadeOf(domain, block);
      const what = `${domain.domain}, ${block.scenario.simulator}`;
      return readSimulation(workspace, { madeOf, file: BLOCK_FILE, what }, simulationBlock);
    }),
  );
}

async function judgeDomains(
  opened: OpenedPlan,
  input: JudgeInput,
  progress: Float64Array,
): Promise<DomainRisk[]> {
  const { settings } = opened;
  const { riskBudget } = runsAsked(opened, input.attempt, input.doubled);
  const judged: DomainRisk[] = [];
  const names = plannedDomains(opened.plan);
  progress[1] = names.length + 1;
  for (const name of names) {
    const domain = await openDomain(opened, name);
    const { measure, mix, seed } = domain;
    const blocks = await readBlocks(opened, domain, input);
    judged.push(judgeDomain({ measure, mix, settings, seed, riskBudget, blocks }));
    progress[0] = judged.length;
  }
  return judged;
}

/** Whether a FAIL may be followed by another plan. */
function mayReplan({ settings }: OpenedPlan, { attempt }: JudgeInput): boolean {
  return settings.onFail === 'replan' && attempt <= settings.maxReplans;
}
