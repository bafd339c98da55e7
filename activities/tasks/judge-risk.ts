/**
 * Judges one attempt: every domain on its measure, its planned mix and the blocks that were simulated; then the mix.
 * Writes risk.json with all attempts so far, and after a FAIL the recipe with the caps to plan again under.
 */
import { formatShare } from '../../core/report/format.js';
import type { ArtifactRef } from '../../core/schema/artifact.js';
import type { FailureParts } from '../../core/schema/failure.js';
import type { Cap } from '../../core/schema/recipe.js';
import {
  type DomainRisk,
  type RiskDecision,
  type RiskLever,
  type RiskReport,
  type RiskRound,
  riskReport,
  type SimulationBlock,
  simulationBlock,
} from '../../core/schema/risk.js';
import { domainBlocks, runsOf } from '../../core/simulate/blocks.js';
import { benefitOf } from '../../core/simulate/gate/benefit.js';
import { disclosureOf } from '../../core/simulate/gate/disclosure.js';
import { judgeDomain } from '../../core/simulate/gate/judge-domain.js';
import { judgeRisk } from '../../core/simulate/gate/judge-risk.js';
import { riskLevers } from '../../core/simulate/gate/levers.js';
import { searchNeededShare } from '../../core/simulate/gate/needed-share.js';
import { COLLAPSE_V1, policyRecord, TAIL_COVERAGE } from '../../core/simulate/gate/policy.js';
import { tightenedCaps, withCaps } from '../../core/simulate/gate/tighten.js';
import { plannedDomains } from '../../core/simulate/measure/domain-mix.js';
import { SIMULATOR_VERSION } from '../../core/simulate/model.js';
import { readJsonArtifact, writeJsonArtifact } from '../../storage/artifact.js';
import { capsAddedBy, withOwnIds, writeRiskReport } from '../risk-report.js';
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

/** Lines that the history shows; risk.json has all. */
const LINES_SHOWN = 8;
const LINE_CHARACTERS = 400;

interface JudgedDomain {
  readonly opened: OpenedDomain;
  readonly risk: DomainRisk;
  readonly levers: readonly RiskLever[];
  readonly sampleWords: number;
}

async function readBlocks(
  opened: OpenedPlan,
  domain: OpenedDomain,
  input: JudgeInput,
): Promise<SimulationBlock[]> {
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

async function judgeOne(
  opened: OpenedPlan,
  name: string,
  input: JudgeInput,
): Promise<JudgedDomain> {
  const { settings } = opened;
  const { riskBudget } = runsAsked(opened, input.attempt, input.doubled);
  const domain = await openDomain(opened, name);
  const { measure, mix, seed } = domain;
  const blocks = await readBlocks(opened, domain, input);
  const risk = judgeDomain({ measure, mix, settings, seed, riskBudget, blocks });
  const levers = riskLevers({ measure, mix, risk, settings });
  return { opened: domain, risk, levers, sampleWords: measure.sample.words };
}

async function earlierRounds({ context, previous }: JudgeInput): Promise<readonly RiskRound[]> {
  if (previous === null) return [];
  return (await readJsonArtifact(context.workspace, previous, riskReport)).rounds;
}

/** Human share at which each definition that a domain does not hold stays within the budget of the next attempt. */
function neededShares(
  { settings }: OpenedPlan,
  { opened: { measure, mix, seed, domain }, risk }: JudgedDomain,
  riskBudget: number,
): [string, number | null][] {
  const failed = risk.definitions
    .filter(({ gates, outcome }) => gates && (outcome === 'collapses' || outcome === 'unclear'))
    .map(({ definition }) => definition);
  const tick = () => undefined;
  return [...new Set([TAIL_COVERAGE, ...failed])].map((definition) => [
    `${domain} ${definition}`,
    searchNeededShare({ measure, mix, settings, seed, definition, riskBudget, tick }),
  ]);
}

/**
 * Domains that the next plan tightens: those that fail; in a chain of plans that a FAIL began, those too that are not
 * decided yet, so that the chain ends in a PASS where there is one.
 */
function toTighten(
  { settings }: OpenedPlan,
  { attempt }: JudgeInput,
  judged: readonly JudgedDomain[],
): JudgedDomain[] {
  const isChain = attempt > 1 && settings.onInconclusive === 'stop';
  const isOpen = ({ decision }: DomainRisk) =>
    decision === 'FAIL' || (isChain && decision === 'INCONCLUSIVE');
  return judged
    .filter(({ risk }) => isOpen(risk))
    .map((one) => ({ ...one, risk: { ...one.risk, decision: 'FAIL' } }));
}

/** Caps of the next plan; none where no plan may follow. */
function nextCaps(
  opened: OpenedPlan,
  input: JudgeInput,
  judged: readonly JudgedDomain[],
  rounds: readonly RiskRound[],
): Cap[] {
  const { settings, build } = opened;
  if (settings.onFail !== 'replan' || input.attempt > settings.maxReplans) return [];
  const { recipe } = build;
  const open = toTighten(opened, input, judged);
  const { riskBudget } = runsAsked(opened, input.attempt + 1, false);
  const shares = new Map(open.flatMap((one) => neededShares(opened, one, riskBudget)));
  const needed = (domain: string, definition: string) =>
    shares.get(`${domain} ${definition}`) ?? null;
  const domains = open.map(({ risk }) => risk);
  const caps = tightenedCaps({ domains, settings, caps: recipe.caps, needed });
  return withOwnIds(recipe, caps, capsAddedBy(rounds));
}

/** Passes over the planned text, stratum by stratum, and what they are worth in unique tokens. */
function planBenefit({ plan }: OpenedPlan): RiskReport['benefit'] {
  const used = plan.allocations.filter(({ tokensAllocated }) => tokensAllocated > 0);
  const sum = (of: (row: (typeof used)[number]) => number) =>
    used.reduce((total, row) => total + of(row), 0);
  const tokens = sum(({ tokensAllocated }) => tokensAllocated);
  const unique = sum(({ tokensAllocated, tokensAvailable }) =>
    Math.min(tokensAllocated, tokensAvailable),
  );
  const uniqueEquivalent = sum(
    ({ tokensAllocated, tokensAvailable }) =>
      benefitOf(tokensAllocated, tokensAvailable).uniqueEquivalent,
  );
  return { tokens, uniqueEquivalent, epochs: unique === 0 ? 0 : tokens / unique };
}

/** Levers of all domains, the ones that suffice first, then by price. */
function inOrder(levers: readonly RiskLever[]): RiskLever[] {
  const price = ({ cost }: RiskLever) => cost ?? Number.MAX_SAFE_INTEGER;
  return [...levers].sort((a, b) => Number(b.suffices) - Number(a.suffices) || price(a) - price(b));
}

function seedsOf(
  opened: OpenedPlan,
  input: JudgeInput,
  judged: readonly JudgedDomain[],
): RiskReport['seeds'] {
  const asked = runsAsked(opened, input.attempt, input.doubled);
  return {
    seed: opened.build.recipe.seed,
    loopRuns: runsOf('loop', asked),
    driftRuns: runsOf('drift', asked),
    sampleWords: judged.reduce((sum, { sampleWords }) => sum + sampleWords, 0),
  };
}

interface Verdict {
  readonly report: RiskReport;
  readonly caps: readonly Cap[];
  readonly moreRuns: boolean;
}

async function verdictOf(
  opened: OpenedPlan,
  input: JudgeInput,
  judged: readonly JudgedDomain[],
): Promise<Verdict> {
  const { build, settings } = opened;
  const domains = judged.map(({ risk }) => risk);
  const selfTest = await readSelfTest(opened);
  const { riskBudget } = runsAsked(opened, input.attempt, input.doubled);
  const { decision, why, moreRuns } = judgeRisk({ domains, selfTest, settings, riskBudget });
  const rounds = await earlierRounds(input);
  const isRed = selfTest.some(({ pass }) => !pass);
  const openDomains = domains.filter((risk) => risk.decision === 'INCONCLUSIVE').length;
  const isByChance = openDomains > 0 && moreRuns.length === openDomains;
  const isToDouble = decision === 'INCONCLUSIVE' && !isRed && isByChance && !input.doubled;
  // Caps of a verdict that twice the runs will replace are not looked for.
  const caps = isRed || isToDouble ? [] : nextCaps(opened, input, judged, rounds);
  const failing = domains.filter((risk) => risk.decision === 'FAIL').map(({ domain }) => domain);
  const round = { round: input.attempt, riskBudget, planSha256: input.plan.sha256, decision };
  const report: RiskReport = {
    schemaVersion: 1,
    ...{ name: build.recipe.name, version: build.recipe.version },
    recipeFingerprint: input.context.recipeFingerprint,
    ...{ planSha256: input.plan.sha256, simulator: SIMULATOR_VERSION, settings },
    policy: policyRecord(COLLAPSE_V1),
    ...{ decision, why, domains },
    rounds: [...rounds, { ...round, failing, capsAdded: caps }],
    levers: inOrder(judged.flatMap(({ levers }) => levers)),
    table: await readTable(opened),
    selfTest,
    benefit: planBenefit(opened),
    seeds: seedsOf(opened, input, judged),
    disclosure: disclosureOf(domains, settings),
  };
  return { report, caps, moreRuns: isToDouble };
}

function firstLines(lines: readonly string[]): string[] {
  const more = lines.length - LINES_SHOWN;
  const shown = lines.slice(0, LINES_SHOWN).map((line) => line.slice(0, LINE_CHARACTERS));
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}

/** What the failure says where the build ends here. */
function partsOf({ name, version, settings, policy, why, levers }: RiskReport): FailureParts {
  const ways = levers.filter(({ suffices }) => suffices).slice(0, 3);
  const remedy = ways.map(({ domain, change }) => `${domain}: ${change}`).join('; or: ');
  return {
    subject: `risk of collapse of ${name}@${version}`,
    expected: `a mix that holds for ${settings.horizonGenerations} generations (${policy.name})`,
    found: firstLines(why).join('; '),
    where: 'risk',
    remedy: remedy === '' ? 'see what risk.json says of each domain' : remedy,
  };
}

function changesOf(caps: readonly Cap[]): string {
  const said = caps.map(({ id, limit }) =>
    limit.kind === 'max_share' ? `${id} ${formatShare(limit.share, 0)}` : id,
  );
  return firstLines(said).join(', ');
}

export async function run(input: JudgeInput, progress: Float64Array): Promise<Judged> {
  const { context } = input;
  const opened = await openPlan(input);
  const names = plannedDomains(opened.plan);
  progress[1] = names.length + 1;
  const judged: JudgedDomain[] = [];
  for (const name of names) {
    judged.push(await judgeOne(opened, name, input));
    progress[0] = judged.length;
  }
  const { report, caps, moreRuns } = await verdictOf(opened, input, judged);
  const { ref, page } = await writeRiskReport(context, report);
  const { workspace, buildId } = context;
  const { recipe } = opened.build;
  const next = { ...recipe, caps: withCaps(recipe.caps, caps) };
  const place = { workspace, buildId, kind: 'recipe', rows: 1 };
  return {
    ...{ ref, page, decision: report.decision, why: firstLines(report.why), moreRuns },
    recipe: caps.length === 0 ? null : await writeJsonArtifact(place, next),
    changes: changesOf(caps),
    parts: partsOf(report),
  };
}
