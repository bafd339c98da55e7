/** Measures of domains, as artifacts: `measure.json` and `sample.json` of the kind `domain-measure`. */
import type { ArtifactRef } from '../core/schema/artifact.js';
import { assert } from '../core/schema/failure.js';
import {
  type DomainMeasure,
  domainMeasure,
  type WordSample,
  wordSample,
} from '../core/schema/risk.js';
import { sampleRate } from '../core/simulate/measure/groups.js';
import {
  type ArtifactRecord,
  fileOf,
  findArtifact,
  readJsonArtifact,
} from '../storage/artifact.js';
import { type Build, missingArtifact } from './build-context.js';
import { type TermList, termLists } from './term-lists.js';
import { openWordCounts, type TextTally, type WordCounts, wordsOfPeople } from './word-counts.js';

export const MEASURE_FILE = 'measure.json';
export const SAMPLE_FILE = 'sample.json';
export const DOMAIN_MEASURE = 'domain-measure';
const MEASURE_VERSION = 'domain-measure@1';

/** Everything that the measure of a domain is made from. */
export interface MeasureInputs {
  readonly domain: string;
  /** Shards with text of the domain. */
  readonly counts: readonly WordCounts[];
  readonly lists: readonly TermList[];
  readonly rate: number;
  readonly temperature: number | null;
}

/** The recipe must have risk settings. */
export async function measureInputs(build: Build, domain: string): Promise<MeasureInputs> {
  const all = await openWordCounts(build);
  const { risk } = build.recipe;
  assert(risk !== null, 'a domain is measured where the recipe has risk settings');
  const words = (among: readonly TextTally[]) => among.reduce((sum, text) => sum + text.words, 0);
  const ofDomain = words(all.map((counts) => wordsOfPeople(counts, domain)));
  const domains = new Set(all.flatMap(({ summary }) => Object.keys(summary.domains)));
  const ofAll = [...domains].sort().flatMap((one) => all.map((c) => wordsOfPeople(c, one)));
  return {
    domain,
    counts: all.filter(({ summary }) => summary.domains[domain] !== undefined),
    lists: await termLists(build),
    rate: sampleRate(risk.sampleWords, ofDomain, words(ofAll)),
    temperature: risk.temperature,
  };
}

export function measureMadeOf({
  domain,
  counts,
  lists,
  rate,
  temperature,
}: MeasureInputs): unknown {
  return {
    activity: MEASURE_VERSION,
    ...{ domain, rate, temperature, lists },
    counts: counts.map(({ key }) => key),
  };
}

/** The record of a domain's measure, which must have been made. */
export async function findDomainMeasure(build: Build, domain: string): Promise<ArtifactRecord> {
  const madeOf = measureMadeOf(await measureInputs(build, domain));
  const { workspace } = build.context;
  const record = await findArtifact({ workspace, kind: DOMAIN_MEASURE, madeOf });
  if (record === null) throw missingArtifact('measure', `domain ${domain}`);
  return record;
}

export interface OpenMeasure {
  readonly measure: DomainMeasure;
  /** Content addresses of what stands in a simulation's key. */
  readonly measureRef: ArtifactRef;
  readonly sampleRef: ArtifactRef;
}

export async function openDomainMeasure(build: Build, domain: string): Promise<OpenMeasure> {
  const record = await findDomainMeasure(build, domain);
  const measureRef = fileOf(record, MEASURE_FILE);
  const measure = await readJsonArtifact(build.context.workspace, measureRef, domainMeasure);
  return { measure, measureRef, sampleRef: fileOf(record, SAMPLE_FILE) };
}

/** Human documents of a domain as words, for the n-gram loop. */
export async function openWordSample(build: Build, domain: string): Promise<WordSample> {
  const record = await findDomainMeasure(build, domain);
  return readJsonArtifact(build.context.workspace, fileOf(record, SAMPLE_FILE), wordSample);
}
