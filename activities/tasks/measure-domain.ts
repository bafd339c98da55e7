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
import type { DomainMeasure, Subgroup } from '../../core/schema/risk.js';
import { GROUPS } from '../../core/simulate/measure/groups.js';
import { logMoments } from '../../core/simulate/measure/log-moments.js';
import { OverlapSums, type TypeHalves } from '../../core/simulate/measure/overlap.js';
import { chao1, goodTuring, zipfBeta } from '../../core/simulate/measure/richness.js';
import { withoutEachGroup } from '../../core/simulate/measure/spectrum-of.js';
import {
  assumedRows,
  type GroupedCounts,
  suppressionRows,
} from '../../core/simulate/measure/suppression.js';
import { withDuckDb } from '../../engines/duckdb.js';
import {
  type ArtifactRecord,
  type Made,
  makeArtifact,
  readJsonArtifact,
} from '../../storage/artifact.js';
import { type BuildContext, openBuild } from '../build-context.js';
import {
  DOMAIN_MEASURE,
  MEASURE_FILE,
  type MeasureInputs,
  measureInputs,
  measureMadeOf,
  SAMPLE_FILE,
} from '../domain-measures.js';
import { HUMAN, NO_TEXT, sumOfTexts, type TextTally, wordsOfPeople } from '../word-counts.js';
import { MergedCounts } from './merged-counts.js';
import { readWordSample } from './sampled-documents.js';

export interface MeasureDomainInput {
  readonly context: BuildContext;
  readonly inventory: ArtifactRef;
  readonly domain: string;
}

const MEMORY_MEGABYTES = 768;
/** Words of a language from which it is watched by itself. */
const LANGUAGE_WORDS_LEAST = 500;
const STEPS = 6;

/** Text of the domain by what it is: sums over its shards. */
interface DomainTexts {
  readonly human: TextTally;
  readonly synthetic: TextTally;
  readonly usable: TextTally;
  readonly families: DomainMeasure['families'];
  readonly editDirections: Record<string, number>;
}

function textsOf({ domain, counts }: MeasureInputs): DomainTexts {
  const tallies = counts.map(({ summary }) => summary.domains[domain]!);
  const sum = (texts: readonly TextTally[]) => texts.reduce(sumOfTexts, NO_TEXT);
  const families = new Map<string, TextTally>();
  const directions = new Map<string, number>();
  for (const tally of tallies) {
    for (const [family, its] of Object.entries(tally.families))
      families.set(family, sumOfTexts(families.get(family) ?? NO_TEXT, its));
    for (const [direction, words] of Object.entries(tally.editDirections))
      directions.set(direction, (directions.get(direction) ?? 0) + words);
  }
  const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) =>
    a < b ? -1 : 1;
  return {
    human: sum(counts.map((one) => wordsOfPeople(one, domain))),
    synthetic: sum([...families.values()]),
    usable: sum(tallies.flatMap(({ labels }) => Object.values(labels))),
    families: [...families]
      .sort(byName)
      .map(([family, { words, documents }]) => ({ family, words, documents })),
    editDirections: Object.fromEntries([...directions].sort(byName)),
  };
}

/** The inventory and the counts must tell of the same documents. */
function assertSameTexts({ strata }: Inventory, domain: string, { usable }: DomainTexts): void {
  const ours = strata.filter((stratum) => stratum.domain === domain);
  const documents = ours.reduce((sum, stratum) => sum + stratum.documents, 0);
  const tokens = ours.reduce((sum, stratum) => sum + stratum.tokens, 0);
  const isSame = documents === usable.documents && tokens === usable.tokens;
  assert(isSame, `inventory and word counts of domain ${domain} hold the same documents`);
}

const NO_COUNTS: GroupedCounts = { copies: [[], [], [], [], []], words: [] };

async function overlapOf(
  merged: MergedCounts,
  families: readonly (GroupedCounts & { family: string })[],
): Promise<DomainMeasure['overlap']> {
  if (families.length < 2) return { rho: null, types: 0, basis: 'unknown' };
  const sums = new OverlapSums({
    human: await merged.humanHalves(),
    families: families.map(({ words }) => halvesOf(words)),
  });
  for await (const type of merged.typeHalves(families.map(({ family }) => family))) sums.add(type);
  const { rho, types } = sums.result();
  return { rho, types, basis: rho === null ? 'unknown' : 'measured' };
}

function halvesOf(words: readonly number[]): TypeHalves['human'] {
  const half = (odd: number) => words.reduce((sum, w, i) => sum + (i % 2 === odd ? w : 0), 0);
  return [half(0), half(1)];
}

async function subgroupsOf(merged: MergedCounts, { lists }: MeasureInputs): Promise<Subgroup[]> {
  const subgroups: Subgroup[] = [];
  const [, ...rare] = await merged.languages();
  for (const { language, words } of rare.filter(({ language }) => language !== ''))
    if (words >= LANGUAGE_WORDS_LEAST)
      subgroups.push({
        ...{ name: language, kind: 'language' },
        spectrum: await merged.spectrumOfLanguage(language),
      });
  for (const { name, words, phrases } of lists)
    subgroups.push({
      ...{ name, kind: 'terms' },
      spectrum: await merged.spectrumOfTerms([...words, ...phrases]),
    });
  return subgroups;
}

async function suppressionOf(
  merged: MergedCounts,
  spectrum: DomainMeasure['spectrum'],
  temperature: number,
): Promise<Pick<DomainMeasure, 'suppression' | 'overlap'>> {
  const types = await merged.typesOfBins();
  const grouped = await merged.grouped();
  const human = grouped.get(HUMAN) ?? NO_COUNTS;
  const families = [...grouped].flatMap(([family, its]) =>
    family === HUMAN ? [] : [{ family, ...its }],
  );
  const suppression =
    families.length > 0
      ? suppressionRows({ types, human, families })
      : assumedRows({ types, human, spectrum, temperature });
  return { suppression, overlap: await overlapOf(merged, families) };
}

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
  const subgroups = await subgroupsOf(merged, inputs);
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
  folder: string,
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
  const options = { memoryMegabytes: MEMORY_MEGABYTES, scratch: folder };
  return withDuckDb(options, async (connection) => {
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
  return makeArtifact(address, (folder) => makeMeasure(inputs, inventory, folder, progress));
}
