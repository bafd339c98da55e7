/**
 * Measures one domain on the word counts of its shards: spectra, suppression, overlap of families, lengths,
 * subgroups, and the human documents that the n-gram loop gets.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactRef } from '../../core/schema/artifact.js';
import { canonicalJson } from '../../core/schema/canonical.js';
import { assert } from '../../core/schema/failure.js';
import { type Inventory, inventory as inventorySchema } from '../../core/schema/plan.js';
import type { DomainMeasure } from '../../core/schema/risk.js';
import { GROUPS } from '../../core/simulate/measure/groups.js';
import { logMoments } from '../../core/simulate/measure/log-moments.js';
import { chao1, goodTuring, zipfBeta } from '../../core/simulate/measure/richness.js';
import { withoutEachGroup } from '../../core/simulate/measure/spectrum-of.js';
import { withDuckDb } from '../../engines/duckdb.js';
import {
  type ArtifactRecord,
  type Made,
  makeArtifact,
  readJsonArtifact,
} from '../../storage/artifact.js';
import { makeScratch } from '../../storage/workspace.js';
import { type BuildContext, openBuild } from '../build-context.js';
import {
  DOMAIN_MEASURE,
  MEASURE_FILE,
  type MeasureInputs,
  measureInputs,
  measureMadeOf,
  SAMPLE_FILE,
} from '../domain-measures.js';
import { assertSameTexts, textsOf } from './domain-texts.js';
import { subgroupsOf, suppressionOf } from './measured-parts.js';
import { MergedCounts } from './merged-counts.js';
import { readWordSample } from './sampled-documents.js';

export interface MeasureDomainInput {
  readonly context: BuildContext;
  readonly inventory: ArtifactRef;
  readonly domain: string;
}

const MEMORY_MEGABYTES = 768;
const STEPS = 6;

async function measure(
  inputs: MeasureInputs,
  merged: MergedCounts,
  tick: () => void,
): Promise<Omit<DomainMeasure, 'sample'>> {
  const { domain } = inputs;
  const texts = textsOf(inputs);
  const spectrum = await merged.spectrum();
  assert(spectrum.words === texts.human.words, `types of ${domain} sum up to its human words`);
  tick();
  const jackknife = withoutEachGroup(spectrum, await merged.groupCells(), GROUPS);
  tick();
  const { suppression, overlap } = await suppressionOf(merged, spectrum, inputs.temperature);
  tick();
  const lengths = {
    human: logMoments(await merged.lengths(true)),
    synthetic: texts.synthetic.documents === 0 ? null : logMoments(await merged.lengths(false)),
  };
  const subgroups = await subgroupsOf(merged, inputs.lists);
  tick();
  const { human, synthetic, usable } = texts;
  return {
    ...{ schemaVersion: 1, domain },
    ...{ humanDocuments: human.documents, humanWords: human.words, humanTokens: human.tokens },
    ...{ syntheticDocuments: synthetic.documents, syntheticWords: synthetic.words },
    wordsPerToken: usable.tokens === 0 ? 0 : usable.words / usable.tokens,
    ...{ spectrum, jackknife },
    ...{ goodTuring: goodTuring(spectrum), chao1: chao1(spectrum), zipfBeta: zipfBeta(spectrum) },
    ...{ suppression, families: texts.families, overlap, lengths },
    ...{ editDirections: texts.editDirections, subgroups },
  };
}

async function makeMeasure(
  inputs: MeasureInputs,
  inventory: Inventory,
  { folder, scratch }: { readonly folder: string; readonly scratch: string },
  progress: Float64Array,
): Promise<Made> {
  progress[1] = STEPS;
  const tick = () => {
    progress[0] = progress[0]! + 1;
  };
  assertSameTexts(inventory, inputs.domain, textsOf(inputs));
  const files = {
    types: inputs.counts.map(({ types }) => types),
    documents: inputs.counts.map(({ documents }) => documents),
  };
  return withDuckDb({ memoryMegabytes: MEMORY_MEGABYTES, scratch }, async (connection) => {
    const merged = await MergedCounts.create(connection, inputs.domain, files);
    tick();
    const measured = await measure(inputs, merged, tick);
    const sample = await readWordSample(connection, inputs);
    tick();
    const { documents } = sample;
    const words = documents.reduce((sum, { words }) => sum + words.length, 0);
    const value: DomainMeasure = {
      ...measured,
      sample: { documents: documents.length, words, rate: inputs.rate },
    };
    await writeFile(join(folder, MEASURE_FILE), canonicalJson(value));
    await writeFile(join(folder, SAMPLE_FILE), canonicalJson(sample));
    const { domain, humanWords, syntheticWords } = value;
    const summary = { domain, humanWords, syntheticWords };
    return { rows: { [MEASURE_FILE]: 1, [SAMPLE_FILE]: documents.length }, summary };
  });
}

/** Word counts of every shard must have been made. */
export async function run(
  { context, inventory: ref, domain }: MeasureDomainInput,
  progress: Float64Array,
): Promise<{ record: ArtifactRecord; reused: boolean }> {
  const build = await openBuild(context);
  const { workspace, buildId } = context;
  const inventory = await readJsonArtifact(workspace, ref, inventorySchema);
  const inputs = await measureInputs(build, domain);
  const address = { workspace, buildId, kind: DOMAIN_MEASURE, madeOf: measureMadeOf(inputs) };
  const scratch = await makeScratch(workspace, buildId);
  return makeArtifact(address, (folder) =>
    makeMeasure(inputs, inventory, { folder, scratch }, progress),
  );
}
