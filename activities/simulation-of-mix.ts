/** Simulations of the mix as a whole: the table of synthetic shares, and the self-test of the simulators. */
import type { ArtifactRef } from '../core/schema/artifact.js';
import {
  type SelfTestRow,
  selfTestRows,
  type TableRow,
  tableRows,
  type WordSample,
  wordSample,
} from '../core/schema/risk.js';
import { plannedDomains } from '../core/simulate/measure/domain-mix.js';
import { SIMULATOR_VERSION } from '../core/simulate/model.js';
import { readJsonArtifact } from '../storage/artifact.js';
import { openDomainMeasure } from './domain-measures.js';
import { type OpenedPlan, readSimulation } from './simulation.js';

export const TABLE_FILE = 'table.json';
export const SELF_TEST_FILE = 'self-test.json';
/** Runs of each cell of the table. */
export const TABLE_RUNS = 5;

interface DomainSample {
  readonly ref: ArtifactRef;
  readonly words: number;
}

/** Samples with words in them, in the order of the domains. */
async function sampleRefs(opened: OpenedPlan): Promise<DomainSample[]> {
  const refs: DomainSample[] = [];
  for (const domain of plannedDomains(opened.plan)) {
    const { measure, sampleRef: ref } = await openDomainMeasure(opened.build, domain);
    if (measure.sample.words > 0) refs.push({ ref, words: measure.sample.words });
  }
  return refs;
}

export async function openSamples(opened: OpenedPlan): Promise<WordSample[]> {
  const { workspace } = opened.build.context;
  const refs = await sampleRefs(opened);
  return Promise.all(refs.map(({ ref }) => readJsonArtifact(workspace, ref, wordSample)));
}

export async function tableMadeOf(opened: OpenedPlan): Promise<unknown> {
  const samples = (await sampleRefs(opened)).map(({ ref }) => ref.sha256);
  const { seed } = opened.build.recipe;
  return { activity: SIMULATOR_VERSION, part: 'table', seed, samples, runs: TABLE_RUNS };
}

/** The domain with most words, of equals the first: the loop is tested on it. */
async function largestSample(opened: OpenedPlan): Promise<DomainSample | null> {
  const refs = await sampleRefs(opened);
  const most = Math.max(0, ...refs.map(({ words }) => words));
  return refs.find(({ words }) => words === most) ?? null;
}

export async function openLargestSample(opened: OpenedPlan): Promise<WordSample | null> {
  const largest = await largestSample(opened);
  if (largest === null) return null;
  return readJsonArtifact(opened.build.context.workspace, largest.ref, wordSample);
}

export async function selfTestMadeOf(opened: OpenedPlan): Promise<unknown> {
  const sample = (await largestSample(opened))?.ref.sha256 ?? null;
  const { seed } = opened.build.recipe;
  return { activity: SIMULATOR_VERSION, part: 'self-test', seed, sample };
}

/** Rows of the self-test, which must have been made. */
export async function readSelfTest(opened: OpenedPlan): Promise<SelfTestRow[]> {
  const { workspace } = opened.build.context;
  const madeOf = await selfTestMadeOf(opened);
  const at = { madeOf, file: SELF_TEST_FILE, what: 'the self-test' };
  return readSimulation(workspace, at, selfTestRows);
}

/** Rows of the table; none where the recipe does not ask for it. */
export async function readTable(opened: OpenedPlan): Promise<TableRow[]> {
  if (!opened.settings.table) return [];
  const { workspace } = opened.build.context;
  const madeOf = await tableMadeOf(opened);
  const at = { madeOf, file: TABLE_FILE, what: 'the table' };
  return readSimulation(workspace, at, tableRows);
}
