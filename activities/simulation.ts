/**
 * Simulations of a build as artifacts: what a domain's planned mix is, which blocks of runs it needs, and where
 * their results stand. Addresses follow from plan, measures and settings, so no list of references travels.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import type { ArtifactRef } from '../core/schema/artifact.js';
import { canonicalJson } from '../core/schema/canonical.js';
import { assert } from '../core/schema/failure.js';
import {
  type Inventory,
  inventory as inventorySchema,
  type OptimalPlan,
  plan as planSchema,
} from '../core/schema/plan.js';
import type { DomainMeasure, DomainMix } from '../core/schema/risk.js';
import type { RiskSettings } from '../core/schema/risk-settings.js';
import {
  drawsOf,
  type RunBlock,
  type RunsAsked,
  riskBudgetOf,
  simulationSeed,
} from '../core/simulate/blocks.js';
import { domainMixOf } from '../core/simulate/measure/domain-mix.js';
import { SIMULATOR_VERSION } from '../core/simulate/model.js';
import {
  type ArtifactRecord,
  findArtifact,
  makeArtifact,
  readJsonArtifact,
} from '../storage/artifact.js';
import { digestOf } from '../storage/digest.js';
import { type Build, type BuildContext, missingArtifact, openBuild } from './build-context.js';
import { openDomainMeasure } from './domain-measures.js';

/** A plan of a build, with what it was made of. */
export interface PlannedInput {
  readonly context: BuildContext;
  readonly inventory: ArtifactRef;
  readonly plan: ArtifactRef;
}

/** Which attempt a plan is, and whether its runs are doubled. */
export interface AttemptInput extends PlannedInput {
  readonly attempt: number;
  readonly doubled: boolean;
}

/** A block of runs as the workflow hands it on, with a title for people. */
export interface SimulatedBlock extends RunBlock {
  readonly title: string;
}

export interface OpenedPlan {
  readonly build: Build;
  readonly inventory: Inventory;
  readonly plan: OptimalPlan;
  readonly settings: RiskSettings;
}

export async function openPlan(input: PlannedInput): Promise<OpenedPlan> {
  const { workspace } = input.context;
  const build = await openBuild(input.context);
  const plan = await readJsonArtifact(workspace, input.plan, planSchema);
  assert(plan.status === 'optimal', 'only a plan that can be is simulated');
  const { risk: settings } = build.recipe;
  assert(settings !== null, 'the recipe asks for a simulation');
  const inventory = await readJsonArtifact(workspace, input.inventory, inventorySchema);
  return { build, inventory, plan, settings };
}

/** One domain: what was measured, what is planned, and the seed of its simulations. */
export interface OpenedDomain {
  readonly domain: string;
  readonly measure: DomainMeasure;
  readonly measureRef: ArtifactRef;
  readonly sampleRef: ArtifactRef;
  readonly mix: DomainMix;
  readonly seed: number;
}

export async function openDomain(opened: OpenedPlan, domain: string): Promise<OpenedDomain> {
  const { build, inventory, plan, settings } = opened;
  const { recipe } = build;
  const { measure, measureRef, sampleRef } = await openDomainMeasure(build, domain);
  const runs = drawsOf(settings);
  const mix = domainMixOf({ recipe, inventory, plan, measure, runs });
  const seed = simulationSeed(recipe.seed, measureRef.sha256);
  return { domain, measure, measureRef, sampleRef, mix, seed };
}

/** How many runs an attempt is judged by. */
export function runsAsked({ settings }: OpenedPlan, attempt: number, doubled: boolean): RunsAsked {
  return { settings, riskBudget: riskBudgetOf(settings, attempt), doubled };
}

const SIMULATION_KIND = 'simulation';
export const BLOCK_FILE = 'block.json';

export interface SimulationFile {
  readonly madeOf: unknown;
  readonly file: string;
  readonly progress: Float64Array;
}

/** What a simulation writes, and what the history shows of it. */
export interface Simulated {
  readonly value: unknown;
  readonly rows: number;
  readonly summary: unknown;
}

/** Makes the file of a simulation, or finds it; `compute` moves the activity's progress by its tick. */
export function makeSimulation(
  { workspace, buildId }: BuildContext,
  { madeOf, file, progress }: SimulationFile,
  compute: (tick: (done: number, total: number) => void) => Promise<Simulated>,
): Promise<{ record: ArtifactRecord; reused: boolean }> {
  const tick = (done: number, total: number) => {
    progress[0] = done;
    progress[1] = total;
  };
  return makeArtifact({ workspace, buildId, kind: SIMULATION_KIND, madeOf }, async (folder) => {
    const { value, rows, summary } = await compute(tick);
    await writeFile(join(folder, file), canonicalJson(value));
    return { rows: { [file]: rows }, summary };
  });
}

/**
 * Address of a block's result. The loop knows the sample and the scenario alone; drift and lengths draw the human share
 * of each run from the mix.
 */
export function blockMadeOf(domain: OpenedDomain, { scenario, firstRun, runs }: RunBlock): unknown {
  const { measureRef, sampleRef, mix, seed } = domain;
  const of =
    scenario.simulator === 'loop'
      ? { sample: sampleRef.sha256 }
      : { measure: measureRef.sha256, mix: mixDigest(mix, firstRun, runs) };
  return { activity: SIMULATOR_VERSION, seed, scenario, firstRun, runs, ...of };
}

function mixDigest(mix: DomainMix, firstRun: number, runs: number): string {
  return digestOf({ ...mix, draws: mix.draws.slice(firstRun, firstRun + runs) });
}

/** Reads the file of an artifact that an earlier step of this build made. */
export async function readSimulation<T>(
  workspace: string,
  { madeOf, file, what }: { madeOf: unknown; file: string; what: string },
  schema: z.ZodType<T>,
): Promise<T> {
  const record = await findArtifact({ workspace, kind: SIMULATION_KIND, madeOf });
  const ref = record?.files[file];
  if (ref === undefined) throw missingArtifact(SIMULATION_KIND, what);
  return readJsonArtifact(workspace, ref, schema);
}
