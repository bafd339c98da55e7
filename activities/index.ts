/**
 * The activities: thin. Each takes small references, runs a task in the pool or moves a folder, and
 * answers with small references and counts that an auditor can read in the history.
 */
import { Context } from '@temporalio/activity';
import type { ArtifactRef } from '../core/schema/artifact.js';
import type { BenchmarkLabels } from '../core/schema/contamination.js';
import type { Manifest } from '../core/schema/manifest.js';
import type { Pins } from '../core/schema/pins.js';
import type { Execution, Recipe } from '../core/schema/recipe.js';
import type { CpuPool } from '../engines/cpu-pool.js';
import { type ArtifactRecord, writeJsonArtifact } from '../storage/artifact.js';
import { checkLedger } from '../storage/ledger.js';
import { removeScratch, sweepScratch } from '../storage/workspace.js';
import { createApprovalActivities } from './approval-activities.js';
import { arrivalsOfRecipe } from './arrival-list.js';
import { createAuditActivities } from './audit-activities.js';
import { type BuildContext, openBuild, profileInput } from './build-context.js';
import type { CalibrationSummary } from './calibration.js';
import type { ClusterSummary } from './cluster-columns.js';
import { readDecisions } from './decisions.js';
import type { AnchoredSummary } from './held-documents.js';
import type { LabelSummary } from './label-columns.js';
import { createLineActivities } from './line-activities.js';
import { lineagesOf } from './lineages.js';
import { inLocalWorkspace } from './local-workspace.js';
import { createNotifyActivities } from './notify.js';
import type { IndexSummary } from './own-output-index.js';
import type { MatchSummary } from './own-output-matches.js';
import { previousOf } from './previous-version.js';
import { DOCUMENTS_FILE, type ProfileSummary } from './profile-columns.js';
import { type Published, type PublishInput, publishMix, recordPublished } from './publish-mix.js';
import {
  assertSameInputs,
  assertSameRecipe,
  latestVersion,
  readManifest,
} from './published-version.js';
import { type RecordReviewInput, recordOpened, recordReview } from './record-review.js';
import { createRetractActivities } from './retract-activities.js';
import { pinRetractions } from './retractions.js';
import { createRunTask, guardActivity, withHeartbeats } from './run-task.js';
import { createScheduleActivities } from './schedule-activities.js';
import type { PlannedInput, SimulatedBlock } from './simulation.js';
import type { Assembled, AssembleInput } from './tasks/assemble-version.js';
import type { CheckInput, SourceCheck } from './tasks/check-source.js';
import type { Drafted } from './tasks/draft-review.js';
import type { EndRiskInput } from './tasks/end-risk.js';
import type { Gathered, GatherInput } from './tasks/gather-shard.js';
import type { Judged, JudgeInput } from './tasks/judge-risk.js';
import type { LabelBenchmarkInput } from './tasks/label-benchmark.js';
import type { ListBlocksInput } from './tasks/list-blocks.js';
import type { PreviousRead } from './tasks/read-previous.js';
import type { ScatterInput } from './tasks/scatter-shard.js';
import type { Screened, ScreenInput } from './tasks/screen-shard.js';
import type { Selected, SelectInput } from './tasks/select-documents.js';
import type { SelfTestSummary } from './tasks/self-test.js';
import type { SimulateInput } from './tasks/simulate-collapse.js';
import type { Solved, SolveInput } from './tasks/solve-plan.js';
import { INVENTORY_FILE } from './tasks/take-inventory.js';
import type { VerifiedFile, VerifyFileInput } from './tasks/verify-file.js';
import type { WriteLabelsInput } from './tasks/write-labels.js';

export interface Dependencies {
  readonly pool: CpuPool;
}

export interface PinRequest {
  readonly recipe: Recipe;
  readonly execution: Execution;
  readonly buildId: string;
}

export interface Pinned {
  readonly context: BuildContext;
  readonly sources: readonly { name: string; shards: number; bytes: number; firstShard: number }[];
  /** Published already, with this recipe and these inputs. */
  readonly published: PublishedMix | null;
  readonly previousVersion: string | null;
  /** Versions that the plan looks back at; null where it does not. */
  readonly previous: Pins['previous'];
}

/** A version that stands already, in the terms of a build's result. */
export interface PublishedMix extends Published {
  readonly tokens: number;
  readonly documents: number;
}

/** What stands under the wanted version, with its line in the ledger. */
async function standing(
  workspace: string,
  found: Manifest,
  buildId: string,
): Promise<PublishedMix> {
  const { tokensWritten: tokens, documentsWritten: documents } = found;
  return { ...(await recordPublished(workspace, found, buildId)), tokens, documents };
}

interface Made {
  readonly record: ArtifactRecord;
  readonly reused: boolean;
}

export function createActivities({ pool }: Dependencies) {
  const runTask = createRunTask(pool);
  return inLocalWorkspace({
    ...createApprovalActivities({ pool }),
    ...createLineActivities({ pool }),
    ...createNotifyActivities(),
    ...createScheduleActivities(),
    ...createAuditActivities({ pool }),
    ...createRetractActivities({ pool }),

    /** Fixes recipe, files and digests of a build; refuses a version that exists with others. */
    async pinSources({ recipe, execution, buildId }: PinRequest): Promise<Pinned> {
      const { workspace, baseFolder, recipeFingerprint, asOf, until } = execution;
      const { name, version } = recipe;
      const publishes = until === 'publish' && version !== 'dev';
      const found = await guardActivity(workspace, async () => {
        if (!publishes) return null;
        await checkLedger(workspace);
        const manifest = readManifest(workspace, name, version);
        if (manifest !== null) assertSameRecipe(manifest, recipeFingerprint, recipe);
        return manifest;
      });
      const lineages = await guardActivity(workspace, () => lineagesOf(workspace, recipe));
      const previous = await guardActivity(workspace, () => previousOf(workspace, recipe));
      const pins = await runTask<Pins>('pin-sources', {
        ...{ recipe, baseFolder, recipeFingerprint, lineages, previous },
        arrivals: await guardActivity(workspace, () => arrivalsOfRecipe(workspace, recipe)),
      });
      return guardActivity(workspace, async () => {
        if (found !== null) assertSameInputs(found, pins);
        const workflowId = Context.current().info.workflowExecution?.workflowId ?? '';
        await sweepScratch(workspace, workflowId, buildId);
        const place = { workspace, buildId, rows: 1 };
        const refs = {
          recipe: await writeJsonArtifact({ ...place, kind: 'recipe' }, recipe),
          pins: await writeJsonArtifact({ ...place, kind: 'pins' }, pins),
          decisions: await writeJsonArtifact(
            { ...place, kind: 'decisions' },
            await readDecisions(workspace),
          ),
        };
        const retractions = await pinRetractions(recipe, place);
        return {
          context: {
            workspace,
            baseFolder,
            buildId,
            asOf,
            recipeFingerprint,
            ...refs,
            retractions,
          },
          sources: sourcesOf(pins),
          published: found === null ? null : await standing(workspace, found, buildId),
          previousVersion: latestVersion(workspace, name, version),
          previous,
        };
      });
    },

    async profileShard(input: { context: BuildContext; shard: number }) {
      const build = await guardActivity('pins', () => openBuild(input.context));
      const { record, reused } = await runTask<Made>(
        'profile-shard',
        profileInput(build, build.shards[input.shard]!),
      );
      return { ref: record.files[DOCUMENTS_FILE]!, reused, ...(record.summary as ProfileSummary) };
    },

    /** Duplicate ids and the share of rejects of one source. */
    checkSource: (input: CheckInput) => runTask<SourceCheck>('check-source', input),

    /** Indexes what our own models wrote, to be searched. */
    async indexOwnOutputs(context: BuildContext) {
      const made = await runTask<Made[]>('index-own-outputs', context);
      const summaries = made.map(({ record }) => record.summary as IndexSummary);
      return {
        reused: made.every(({ reused }) => reused),
        outputs: summaries.reduce((sum, { outputs }) => sum + outputs, 0),
        rowsRejected: summaries.reduce((sum, { rowsRejected }) => sum + rowsRejected, 0),
        undated: summaries.reduce((sum, { undated }) => sum + undated, 0),
      };
    },

    /** Looks for the documents of a shard in all own outputs. */
    async matchOwnOutputs(input: { context: BuildContext; shard: number }) {
      const { record, reused } = await runTask<Made>('match-own-outputs', input);
      return { reused, key: record.key, ...(record.summary as MatchSummary) };
    },

    async clusterDuplicates(context: BuildContext) {
      const { record, reused } = await runTask<Made>('cluster-duplicates', context);
      return { reused, key: record.key, ...(record.summary as ClusterSummary) };
    },

    /** Trains and calibrates the text statistics on the decisions of reviewers; nothing to do without any. */
    calibrateLabels: (context: BuildContext) =>
      runTask<CalibrationSummary>('calibrate-labels', context),

    /** Looks for benchmark items in the texts of one shard. */
    screenShard: (input: ScreenInput) => runTask<Screened>('screen-shard', input),

    /** Labels the items of one benchmark with the evidence that documents are labelled by. */
    labelBenchmark: (input: LabelBenchmarkInput) =>
      runTask<BenchmarkLabels>('label-benchmark', input),

    async labelShard(input: { context: BuildContext; shard: number }) {
      const { record, reused } = await runTask<Made>('label-shard', input);
      return { reused, key: record.key, ...(record.summary as LabelSummary) };
    },

    /** Counts the strata of the version before, and lists the human documents that are to stay. */
    readPrevious: (context: BuildContext) => runTask<PreviousRead>('read-previous', context),

    /** Finds in one shard the human documents that are to stay. */
    async matchHeld(input: { context: BuildContext; shard: number }) {
      const { record, reused } = await runTask<Made>('match-held', input);
      return { reused, key: record.key, ...(record.summary as AnchoredSummary) };
    },

    /** Draws the documents that people are asked about, and says so in the ledger. */
    async draftReview(input: { context: BuildContext; mix: string }): Promise<Drafted> {
      const { context, mix } = input;
      const drafted = await runTask<Drafted>('draft-review', context);
      if (drafted.packets.length === 0) return drafted;
      return guardActivity(context.workspace, async () => {
        const { review } = (await openBuild(context)).recipe;
        const { reviewers, deadlineSeconds } = review!;
        const { index, documents } = drafted;
        const packets = drafted.packets.length;
        const line = { mix, index, packets, documents, reviewers, deadlineSeconds };
        await recordOpened(context.workspace, line, context.buildId);
        return drafted;
      });
    },

    /** Judges one answered packet and writes it to the ledger, accepted or refused. */
    recordReview: (input: RecordReviewInput) =>
      guardActivity(input.workspace, () => recordReview(input)),

    async takeInventory(
      context: BuildContext,
    ): Promise<{ ref: ArtifactRef; tokensAvailable: number; strata: number; documents: number }> {
      const { record } = await runTask<Made>('take-inventory', context);
      const summary = record.summary as {
        tokensAvailable: number;
        strata: number;
        documents: number;
      };
      return { ref: record.files[INVENTORY_FILE]!, ...summary };
    },

    solvePlan: (input: SolveInput) => runTask<Solved>('solve-plan', input),

    /** Counts the words of one shard, for the simulation of collapse. */
    async sampleShard(input: { context: BuildContext; shard: number }) {
      const { record, reused } = await runTask<Made>('sample-shard', input);
      return { reused, key: record.key };
    },

    /** Domains that a plan gives tokens to. */
    async listDomains(input: PlannedInput): Promise<{ domains: string[] }> {
      return { domains: await runTask<string[]>('list-domains', input) };
    },

    /** Counts of words of people and of models in one domain: what its simulations start from. */
    async measureDomain(input: { context: BuildContext; inventory: ArtifactRef; domain: string }) {
      const { record, reused } = await runTask<Made>('measure-domain', input);
      return { reused, key: record.key, summary: record.summary };
    },

    /** What is simulated of a domain, in blocks of runs. */
    async listBlocks(input: ListBlocksInput): Promise<{ blocks: SimulatedBlock[] }> {
      return { blocks: await runTask<SimulatedBlock[]>('list-blocks', input) };
    },

    /** One block of runs of one scenario. */
    async simulateCollapse(input: SimulateInput) {
      const { record, reused } = await runTask<Made>('simulate-collapse', input);
      return { reused, key: record.key };
    },

    /** The table of synthetic shares by generations. */
    async simulateTable(input: PlannedInput) {
      const { record, reused } = await runTask<Made>('simulate-table', input);
      return { reused, key: record.key };
    },

    /** The simulators against their closed forms. */
    async selfTestSimulators(input: PlannedInput) {
      const { record, reused } = await runTask<Made>('self-test', input);
      return { reused, key: record.key, ...(record.summary as SelfTestSummary) };
    },

    /** The verdict on one attempt; after a FAIL, the recipe to plan again by. */
    judgeRisk: (input: JudgeInput) => runTask<Judged>('judge-risk', input),

    /** Ends the gate where no mix keeps the tightened caps: the report says what is short. */
    endRisk: (input: EndRiskInput) => runTask<Judged>('end-risk', input),

    selectDocuments: (input: SelectInput) => runTask<Selected>('select-documents', input),
    scatterShard: (input: ScatterInput) =>
      runTask<{ pieces: number; reused: boolean }>('scatter-shard', input),
    gatherShard: (input: GatherInput) => runTask<Gathered>('gather-shard', input),

    async verifyFile(input: VerifyFileInput) {
      const { file } = await runTask<VerifiedFile>('verify-file', input);
      return file;
    },

    writeLabels: (input: WriteLabelsInput) =>
      runTask<{ documents: number; rejects: number }>('write-labels', input),

    /** Judges every cap on the written files, and assembles manifest, card and report. */
    verifyMix: (input: AssembleInput) => runTask<Assembled>('assemble-version', input),

    publishMix: (input: PublishInput) =>
      withHeartbeats(() => guardActivity('mixes', () => publishMix(input))),

    /** Removes the scratch of a build, however it ended. */
    async removeScratch({
      workspace,
      buildId,
    }: {
      workspace: string;
      buildId: string;
    }): Promise<void> {
      await guardActivity(workspace, () => removeScratch(workspace, buildId));
    },
  });
}

export type Activities = ReturnType<typeof createActivities>;

function sourcesOf(pins: Pins): Pinned['sources'] {
  let firstShard = 0;
  return pins.sources.map(({ name, shards }) => {
    const source = {
      name,
      shards: shards.length,
      bytes: shards.reduce((sum, { bytes }) => sum + bytes, 0),
      firstShard,
    };
    firstShard += shards.length;
    return source;
  });
}
