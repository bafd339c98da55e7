/**
 * The main job: pin -> profile (a child per source) -> find copies (own outputs, benchmarks,
 * duplicates) -> calibrate -> label -> inventory -> plan -> ask reviewers -> judge collapse -> ask approvers -> select ->
 * scatter -> gather -> verify -> publish. A plan asks nobody and leaves no line in the ledger. It chooses the next step and computes nothing;
 * scratch is removed however it ends, and what was decided is sealed.
 */
import {
  ApplicationFailure,
  CancellationScope,
  executeChild,
  log,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Pinned } from '../activities/index.js';
import type { Assembled } from '../activities/tasks/assemble-version.js';
import type { Selected } from '../activities/tasks/select-documents.js';
import type { Solved } from '../activities/tasks/solve-plan.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import { type BuildMixInput, buildMixInput } from '../core/schema/build.js';
import { LIMITS } from '../core/schema/limits.js';
import type { Recipe } from '../core/schema/recipe.js';
import { ApprovalDesk } from './approval-desk.js';
import { buildSource, type SourceResult } from './build-source.js';
import { BuildStory } from './build-story.js';
import { childAttributes } from './child-attributes.js';
import { fanOut } from './fan-out.js';
import { passGate } from './judge-collapse.js';
import { progressQuery, reportQuery, sourceWorkflowId } from './messages.js';
import { overShards } from './over-shards.js';
import { parseOrFail } from './parse-or-fail.js';
import { passApproval } from './pass-approval.js';
import { type ReviewStarted, startReview } from './start-review.js';
import { startSeal } from './start-seal.js';
import { heavy, light, sealing, WIDTH } from './steps.js';
import { writeAndVerify } from './write-mix.js';

export type { BuildMixInput };

export interface BuildMixResult {
  /** `present`: this version was published before, by the same recipe from the same inputs. */
  readonly status: 'published' | 'present' | 'planned' | 'infeasible';
  /** Of the published version, relative to the workspace. */
  readonly path: string | null;
  readonly plan: ArtifactRef | null;
  readonly inventory: ArtifactRef | null;
  readonly conflict: readonly string[];
  readonly tokens: number;
  readonly documents: number;
  /** Shards whose profile was read back instead of made. */
  readonly profilesReused: number;
  readonly profilesMade: number;
  readonly manifestSha256: string | null;
  readonly ledgerSequence: number | null;
  /** Hash of that line; null where there is none. */
  readonly ledgerHash?: string | null;
  /** What people are asked about; null where the recipe asks nobody, or nothing was written. */
  readonly review: ReviewStarted | null;
}

const NOTHING: BuildMixResult = {
  status: 'planned',
  path: null,
  plan: null,
  inventory: null,
  conflict: [],
  tokens: 0,
  documents: 0,
  profilesReused: 0,
  profilesMade: 0,
  manifestSha256: null,
  ledgerSequence: null,
  review: null,
};

export async function buildMix(input: BuildMixInput): Promise<BuildMixResult> {
  const wanted = parseOrFail(buildMixInput, input, 'build-mix input');
  const title = `${wanted.recipe.name}@${wanted.recipe.version}`;
  const story = new BuildStory(title);
  setHandler(progressQuery, () => story.progress);
  setHandler(reportQuery, () => story.report);
  const { workflowId, runId } = workflowInfo();
  const buildId = `${workflowId}/${runId}`;
  const desk = new ApprovalDesk(wanted, buildId);
  desk.listen();
  try {
    return await build(wanted, story, buildId, desk);
  } finally {
    const { workspace } = wanted.execution;
    await CancellationScope.nonCancellable(async () => {
      await clean(title, workspace, buildId);
      if (story.isOnRecord) await startSeal({ workspace, mix: wanted.recipe });
      await desk.drain();
    });
  }
}

/** Scratch that cannot be removed is no reason to fail a build; the next build of it sweeps. */
async function clean(title: string, workspace: string, buildId: string): Promise<void> {
  const summary = `remove the scratch of ${title}`;
  try {
    await light.removeScratch.executeWithOptions({ summary }, [{ workspace, buildId }]);
  } catch (error) {
    log.warn('scratch was not removed', { buildId, error: String(error) });
  }
}

async function build(
  { recipe: wanted, execution: how }: BuildMixInput,
  story: BuildStory,
  buildId: string,
  desk: ApprovalDesk,
): Promise<BuildMixResult> {
  const title = `${wanted.name}@${wanted.version}`;
  story.enter('pin', 1);
  const pinned = await heavy.pinSources.executeWithOptions(
    { summary: `pin every input file of ${title} by its digest`.slice(0, 150) },
    [{ recipe: wanted, execution: how, buildId }],
  );
  const files = pinned.sources.reduce((sum, { shards }) => sum + shards, 0);
  story.step('pin', `${files} files of ${pinned.sources.length} sources`);
  if (pinned.published !== null) return { ...NOTHING, ...pinned.published, status: 'present' };
  const profiled = await profileSources(pinned, story);
  const profilesReused = profiled.reduce((sum, { reused }) => sum + reused, 0);
  const counts = { profilesReused, profilesMade: files - profilesReused };
  await findCopies(wanted, pinned, files, story);
  const inventory = await labelDocuments(pinned, files, story);
  const plan = await solve(pinned, inventory, how.until, story);
  const planned = {
    ...NOTHING,
    ...counts,
    plan: plan.ref,
    inventory,
    conflict: plan.conflict,
  };
  if (plan.status === 'infeasible') return { ...planned, status: 'infeasible' };
  if (how.until === 'plan') return { ...planned, tokens: plan.tokensAllocated };
  story.isOnRecord = wanted.version !== 'dev';
  const review = await startReview(wanted, pinned, story);
  const gate = await passGate({ wanted, pinned, inventory, plan, files, story });
  const asked = { desk, execution: how, policy: wanted.review, gate, inventory, review, story };
  const approval = await passApproval(asked);
  const selected = await select(gate.pinned, inventory, gate.plan, story);
  const written = { wanted, ...gate, inventory, approval, selected, files, story };
  const assembled = await writeAndVerify(written);
  const published = await publish(gate.pinned, assembled, story);
  const { tokens, documents } = assembled;
  const made = { plan: gate.plan.ref, review, tokens, documents };
  return { ...planned, ...published, ...made, status: 'published' };
}

async function profileSources(
  { context, sources }: Pinned,
  story: BuildStory,
): Promise<SourceResult[]> {
  story.enter('profile', sources.length);
  const { workflowId } = workflowInfo();
  return fanOut(sources, WIDTH, async ({ name, shards, firstShard }) => {
    const result = await executeChild(buildSource, {
      workflowId: sourceWorkflowId(workflowId, name),
      args: [
        {
          context,
          source: name,
          firstShard,
          shards,
          shardsPerRun: LIMITS.shardsPerRun,
          next: 0,
          reused: 0,
        },
      ],
      typedSearchAttributes: childAttributes(),
      staticSummary: `read source ${name}: ${shards} ${shards === 1 ? 'file' : 'files'}`,
    });
    story.step(
      'profile',
      `${result.source}: ${result.rowsKept} documents, ${result.rowsRejected} rejected`,
    );
    return result;
  });
}

/** Own outputs and benchmark items in the documents, then documents in each other. */
async function findCopies(
  { ownOutputs, benchmarks }: Recipe,
  { context, sources }: Pinned,
  shards: number,
  story: BuildStory,
): Promise<void> {
  const passes = Number(ownOutputs.length > 0) + Number(benchmarks.length > 0);
  const over = { context, phase: 'cluster', selection: null, shards, sources } as const;
  story.enter('cluster', 1 + Number(ownOutputs.length > 0) + passes * shards);
  if (ownOutputs.length > 0) {
    const summary = `index ${ownOutputs.length} sets of own outputs`;
    await heavy.indexOwnOutputs.executeWithOptions({ summary }, [context]);
    story.step('cluster', 'own outputs indexed');
    await overShards({ ...over, step: 'match' }, story);
  }
  if (benchmarks.length > 0) await overShards({ ...over, step: 'screen' }, story);
  const clusters = await heavy.clusterDuplicates.executeWithOptions(
    { summary: 'find exact and near duplicates over all sources' },
    [context],
  );
  const { documentsRemoved, clusters: found, labelledLost } = clusters;
  const lost = labelledLost > 0 ? `; ${labelledLost} kept without the label of a copy` : '';
  story.step('cluster', `${documentsRemoved} duplicates in ${found} clusters${lost}`);
}

async function labelDocuments(
  pinned: Pinned,
  shards: number,
  story: BuildStory,
): Promise<ArtifactRef> {
  const { context, sources } = pinned;
  story.enter('label', shards + 2 + stepsBack(pinned, shards));
  const calibrated = await heavy.calibrateLabels.executeWithOptions(
    { summary: 'calibrate the labeller on what reviewers decided' },
    [context],
  );
  story.step('label', `${calibrated.reviews} reviews, ${calibrated.domains} domains calibrated`);
  const over = { context, step: 'label', phase: 'label', selection: null, shards } as const;
  const conflicts = await overShards({ ...over, sources }, story);
  if (conflicts > 0) story.note('label', `${conflicts} conflicts of evidence`);
  await lookBack(pinned, shards, story);
  const inventory = await heavy.takeInventory.executeWithOptions(
    { summary: 'count the usable tokens of every stratum' },
    [context],
  );
  story.step('label', `${inventory.tokensAvailable} tokens usable in ${inventory.strata} strata`);
  return inventory.ref;
}

function stepsBack({ previous }: Pinned, shards: number): number {
  if (previous === null) return 0;
  return previous.anchor === null ? 1 : 1 + shards;
}

/** Where the plan looks back: what the version before holds, and which of its human documents are here. */
async function lookBack(
  { context, sources, previous }: Pinned,
  shards: number,
  story: BuildStory,
): Promise<void> {
  if (previous === null) return;
  const summary = `read what version ${previous.version} holds, and the human text that is to stay`;
  const held = await heavy.readPrevious.executeWithOptions({ summary }, [context]);
  story.step('label', `${held.documentsHeld} human documents of ${held.version} are to stay`);
  if (previous.anchor === null) return;
  const over = { context, step: 'anchor', phase: 'label', selection: null, shards } as const;
  await overShards({ ...over, sources }, story);
}

async function solve(
  { context }: Pinned,
  inventory: ArtifactRef,
  until: string,
  story: BuildStory,
): Promise<Solved> {
  story.enter('plan', until === 'plan' ? 1 : 2);
  const plan = await heavy.solvePlan.executeWithOptions(
    { summary: 'solve the mix under every cap, and check the answer' },
    [{ context, inventory }],
  );
  story.step(
    'plan',
    plan.status === 'optimal' ? `${plan.tokensAllocated} tokens allocated` : plan.wrong,
  );
  if (plan.status === 'optimal' || until === 'plan') return plan;
  const parts = {
    subject: 'plan',
    expected: 'a mix that keeps every cap',
    found: plan.wrong,
    where: 'caps',
    remedy: [...plan.todo, '`ballast plan` shows every way out'].join('; or: '),
  };
  const message = `${parts.subject}: expected ${parts.expected}, found ${parts.found}; ${parts.remedy}`;
  throw ApplicationFailure.nonRetryable(message, 'CAP_INFEASIBLE', {
    parts,
    details: { plan: plan.ref, inventory },
  });
}

async function select(
  { context }: Pinned,
  inventory: ArtifactRef,
  plan: Solved,
  story: BuildStory,
): Promise<Selected> {
  const summary = 'choose whole documents by keyed draws, under every quota';
  const selected = await heavy.selectDocuments.executeWithOptions({ summary }, [
    { context, inventory, plan: plan.ref },
  ]);
  const empty = selected.empty > 0 ? `; ${selected.empty} strata too small for a document` : '';
  story.step('plan', `${selected.documents} documents, ${selected.tokens} tokens${empty}`);
  return selected;
}

/** The rename and its line in the ledger are one decision: a cancellation comes before or after it. */
async function publish({ context }: Pinned, assembled: Assembled, story: BuildStory) {
  const summary = 'publish by one rename, and say so in the ledger';
  const published = await CancellationScope.nonCancellable(() =>
    sealing.publishMix.executeWithOptions({ summary }, [{ context, assembled }]),
  );
  story.step('publish', published.path);
  return published;
}
