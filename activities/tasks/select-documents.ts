/**
 * Turns the plan's tokens into documents: a threshold on the keyed ranks of each stratum, so that
 * quotas are never passed and every cap holds on whole documents.
 */
import { certifySelection } from '../../core/mix/certify-selection.js';
import { StratumChoice } from '../../core/mix/choose.js';
import { emptyStrata, selectedStrata } from '../../core/mix/selected-strata.js';
import { trimToCaps } from '../../core/mix/trim.js';
import { facetsOf } from '../../core/plan/facets.js';
import type { ArtifactRef } from '../../core/schema/artifact.js';
import { assert, Failure } from '../../core/schema/failure.js';
import { LIMITS } from '../../core/schema/limits.js';
import {
  type Inventory,
  inventory as inventorySchema,
  type OptimalPlan,
  plan as planSchema,
} from '../../core/schema/plan.js';
import type { Selection } from '../../core/schema/selection.js';
import { makeJsonArtifact, readJsonArtifact } from '../../storage/artifact.js';
import { type Build, type BuildContext, openBuild } from '../build-context.js';
import { HOLDOUT } from '../label-columns.js';
import { type LabelledShard, labelledDigest, openLabelledShards } from '../labelled-documents.js';
import { rankWindows } from './rank-windows.js';

export interface SelectInput {
  readonly context: BuildContext;
  readonly inventory: ArtifactRef;
  readonly plan: ArtifactRef;
}

export interface Selected {
  readonly ref: ArtifactRef;
  readonly trainShards: number;
  readonly holdoutShards: number;
  readonly documents: number;
  readonly tokens: number;
  /** Documents that left so that caps hold on whole documents. */
  readonly trimmed: number;
  /** Strata that the plan gave tokens and that hold no document. */
  readonly empty: number;
}

/** Documents listed below each cut at first; widened where trimming needs more. */
const REACH = 256;

async function choose(
  build: Build,
  shards: LabelledShard[],
  inventory: Inventory,
  plan: OptimalPlan,
) {
  const documents = inventory.strata.reduce((sum, stratum) => sum + stratum.documents, 0);
  for (let reach = REACH; ; reach *= 8) {
    const { allocations } = plan;
    const windows = await rankWindows({
      shards,
      seed: build.recipe.seed,
      facets: facetsOf(build.recipe),
      inventory,
      allocations,
      reach,
    });
    const choices = windows.map((window) => new StratumChoice(window));
    const { breached, exhausted, dropped } = trimToCaps(build.recipe, inventory, choices);
    if (breached.length === 0) return { choices, dropped };
    if (exhausted && reach < documents) continue;
    throw roundingBreach(breached[0]!);
  }
}

function roundingBreach(usage: {
  capId: string;
  scope: string;
  kind: string;
  limit: number;
  used: number;
}): Failure {
  return new Failure('CAP_INFEASIBLE', {
    subject: `cap "${usage.capId}" (${usage.scope})`,
    expected: `${usage.kind} ${usage.limit} on whole documents`,
    found: `${usage.used} at best`,
    where: 'caps',
    remedy:
      'the plan keeps it in tokens, but documents are too large for it: loosen the cap a little or raise the token budget',
  });
}

/** Files of about the stated size: megabytes of text before compression. */
function shardCount(bytes: number, shardMegabytes: number): number {
  const count = Math.max(1, Math.ceil(bytes / (shardMegabytes * 1e6)));
  if (count <= LIMITS.outputShards) return count;
  throw new Failure('RECIPE_INVALID', {
    subject: 'output.shard_megabytes',
    expected: `at most ${LIMITS.outputShards} data files`,
    found: `${count} files of ${shardMegabytes} MB`,
    where: 'output.shard_megabytes',
    remedy: `write at least ${Math.ceil(bytes / 1e6 / LIMITS.outputShards)}`,
  });
}

function bytesPerToken(inventory: Inventory, source: string): number {
  const tally = inventory.sources.find((candidate) => candidate.source === source);
  return tally === undefined || tally.tokens === 0 ? 0 : tally.textBytes / tally.tokens;
}

/** Changes whenever the same plan and labels may select other documents. */
const SELECTION_VERSION = 'selection@4';

async function select(input: SelectInput, build: Build, shards: LabelledShard[]) {
  const { context } = build;
  const inventory = await readJsonArtifact(context.workspace, input.inventory, inventorySchema);
  const plan = await readJsonArtifact(context.workspace, input.plan, planSchema);
  assert(plan.status === 'optimal', 'only an optimal plan has an allocation');
  const { choices, dropped } = await choose(build, shards, inventory, plan);
  const strata = selectedStrata(choices);
  const heldOut = inventory.leftOut.filter(({ reason }) => reason === HOLDOUT);
  const holdout = {
    documents: heldOut.reduce((sum, row) => sum + row.documents, 0),
    tokens: heldOut.reduce((sum, row) => sum + row.tokens, 0),
  };
  const sumBytes = (rows: readonly { source: string; bytesOf: number }[]) =>
    rows.reduce((sum, { source, bytesOf }) => sum + bytesOf * bytesPerToken(inventory, source), 0);
  const { shardMegabytes } = build.recipe.output;
  const trainBytes = sumBytes(
    strata.map(({ source, tokensSelected }) => ({ source, bytesOf: tokensSelected })),
  );
  const holdoutBytes = sumBytes(heldOut.map(({ source, tokens }) => ({ source, bytesOf: tokens })));
  const selection: Selection = {
    schemaVersion: 1,
    seed: build.recipe.seed,
    strata,
    trainShards: shardCount(trainBytes, shardMegabytes),
    holdoutShards: holdout.documents === 0 ? 0 : shardCount(holdoutBytes, shardMegabytes),
    holdout,
    notes: emptyStrata(strata, inventory),
  };
  const violations = certifySelection(build.recipe, inventory, plan, selection);
  assert(
    violations.length === 0,
    `the certificate refuses the selection: ${violations.join('; ')}`,
  );
  const summary: Omit<Selected, 'ref'> = {
    trainShards: selection.trainShards,
    holdoutShards: selection.holdoutShards,
    documents: strata.reduce((sum, { documentsSelected }) => sum + documentsSelected, 0),
    tokens: strata.reduce((sum, { tokensSelected }) => sum + tokensSelected, 0),
    trimmed: dropped,
    empty: selection.notes.length,
  };
  return { value: selection, rows: strata.length, summary };
}

export async function run(input: SelectInput, progress: Float64Array): Promise<Selected> {
  const { workspace, buildId, recipeFingerprint } = input.context;
  const build = await openBuild(input.context);
  const shards = await openLabelledShards(build);
  progress[1] = 1;
  const madeOf = {
    activity: SELECTION_VERSION,
    plan: input.plan.sha256,
    inventory: input.inventory.sha256,
    labels: labelledDigest(build, shards),
    recipeFingerprint,
  };
  const made = await makeJsonArtifact({ workspace, buildId, kind: 'selection', madeOf }, () =>
    select(input, build, shards),
  );
  progress[0] = 1;
  return { ref: made.ref, ...(made.summary as Omit<Selected, 'ref'>) };
}
