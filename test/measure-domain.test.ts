/** What is measured of a domain: against a count by hand, over any division into files, and again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuildContext, openBuild } from '../activities/build-context.js';
import { labelledBatches, openLabelledShards } from '../activities/labelled-documents.js';
import { shardTexts } from '../activities/shard-texts.js';
import { termLists } from '../activities/term-lists.js';
import type { Failure } from '../core/schema/failure.js';
import type { DomainMeasure } from '../core/schema/risk.js';
import { GROUPS, groupKey, groupOf } from '../core/simulate/measure/groups.js';
import { RECIPE, writeCorpus } from './pipeline-corpus.js';
import { allAtOnce, type Planned, planBuild, startBuild } from './pipeline-run.js';
import { type Measured, measureDomains } from './risk-measures.js';
import { failureOf, makeTempFolder, removeFolder, writeInto } from './source-profile.js';

const WITH_RISK = `${RECIPE}risk: {sample_words: 20000, terms: [{name: syllables, path: terms.txt}]}\n`;
const TERMS = '# a list\nka\nlo mi\nRen\nnothing-like-it\n';

interface Arm {
  readonly folder: string;
  readonly context: BuildContext;
  readonly planned: Planned;
  readonly domains: Map<string, Measured>;
}

async function measured(files: number): Promise<Arm> {
  const folder = await makeTempFolder();
  await writeCorpus(folder, files);
  await writeInto(folder, 'terms.txt', TERMS);
  const context = await startBuild({ folder, recipe: WITH_RISK });
  const planned = await planBuild(context);
  const over = files === 1 ? undefined : allAtOnce;
  return { folder, context, planned, domains: await measureDomains(context, planned, over) };
}

/** Words of every usable document, read one by one. */
interface ByHand {
  readonly domain: string;
  readonly family: string;
  readonly group: number;
  readonly label: string;
  readonly tokens: number;
  readonly words: readonly string[];
}

async function byHand({ planned: { build } }: Arm): Promise<ByHand[]> {
  const documents: ByHand[] = [];
  for (const shard of await openLabelledShards(build)) {
    const source = shard.profile.shard.source.name;
    const key = groupKey(build.recipe.seed, source);
    const texts: string[] = [];
    for await (const { length, text } of shardTexts(shard.profile.documents, shard.profile.texts))
      for (let row = 0; row < length; row++) texts.push(text(row));
    let at = 0;
    for await (const { length, documents: columns, labels } of labelledBatches(shard))
      for (let row = 0; row < length; row++) {
        const text = texts[at++]!;
        if (labels.outcome(row) !== 'available') continue;
        const [domain, label, family] = [
          labels.domain(row),
          labels.label(row),
          labels.modelFamily(row),
        ];
        const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
        const group = groupOf(key, columns.id(row));
        documents.push({ domain, label, family, group, words, tokens: columns.tokens[row]! });
      }
  }
  return documents;
}

function spectrumByHand(documents: readonly ByHand[]): DomainMeasure['spectrum'] {
  const copies = new Map<string, number>();
  for (const { words } of documents)
    for (const word of words) copies.set(word, (copies.get(word) ?? 0) + 1);
  const types = new Map<number, number>();
  for (const count of copies.values()) types.set(count, (types.get(count) ?? 0) + 1);
  const sorted = [...types].sort(([a], [b]) => a - b);
  return {
    counts: sorted.map(([count]) => count),
    types: sorted.map(([, of]) => of),
    words: documents.reduce((sum, { words }) => sum + words.length, 0),
  };
}

describe('the measure of a domain', () => {
  let one: Arm;
  let five: Arm;
  let documents: ByHand[];

  beforeAll(async () => {
    one = await measured(1);
    five = await measured(5);
    documents = await byHand(one);
  }, 240_000);

  afterAll(async () => {
    for (const { folder } of [one, five]) await removeFolder(folder);
  });

  const human = (domain: string) =>
    documents.filter((d) => d.domain === domain && d.label.startsWith('human'));
  const synthetic = (domain: string) =>
    documents.filter((d) => d.domain === domain && d.label === 'synthetic');

  it('counts what a count by hand counts', () => {
    expect([...one.domains.keys()]).toHaveLength(4);
    for (const [domain, { measure }] of one.domains) {
      const [ours, theirs] = [human(domain), synthetic(domain)];
      expect(ours.length).toBeGreaterThan(50);
      expect(measure.spectrum).toEqual(spectrumByHand(ours));
      expect(measure.humanDocuments).toBe(ours.length);
      expect(measure.humanWords).toBe(measure.spectrum.words);
      expect(measure.humanTokens).toBe(ours.reduce((sum, { tokens }) => sum + tokens, 0));
      expect(measure.syntheticDocuments).toBe(theirs.length);
      expect(measure.syntheticWords).toBe(spectrumByHand(theirs).words);
      const all = documents.filter((d) => d.domain === domain);
      const tokens = all.reduce((sum, d) => sum + d.tokens, 0);
      expect(measure.wordsPerToken).toBe(spectrumByHand(all).words / tokens);
    }
  });

  it('leaves out each group of documents once', () => {
    for (const [domain, { measure }] of one.domains) {
      expect(measure.jackknife).toHaveLength(GROUPS);
      for (const [group, spectrum] of measure.jackknife.entries())
        expect(spectrum).toEqual(spectrumByHand(human(domain).filter((d) => d.group !== group)));
    }
  });

  it('watches the terms of a list, of one word and of several', () => {
    for (const [domain, { measure }] of one.domains) {
      const copies = { ka: 0, 'lo mi': 0, ren: 0 };
      for (const { words } of human(domain))
        words.forEach((word, i) => {
          if (word === 'ka' || word === 'ren') copies[word]++;
          if (word === 'lo' && words[i + 1] === 'mi') copies['lo mi']++;
        });
      const [list, ...rest] = measure.subgroups.filter(({ kind }) => kind === 'terms');
      expect(rest).toEqual([]);
      expect(list!.name).toBe('syllables');
      expect(list!.spectrum.words).toBe(copies.ka + copies['lo mi'] + copies.ren);
      expect(list!.spectrum.types.reduce((sum, types) => sum + types, 0)).toBe(3);
    }
  });

  it('samples whole human documents, each as its words', () => {
    for (const [domain, { measure, sample }] of one.domains) {
      const texts = new Set(human(domain).map(({ words }) => words.join(' ')));
      const words = sample.documents.map((d) => d.words.map((n) => sample.vocabulary[n]!));
      for (const one of words) expect(texts.has(one.join(' '))).toBe(true);
      expect(new Set(sample.documents.map(({ id }) => id)).size).toBe(words.length);
      const total = words.reduce((sum, list) => sum + list.length, 0);
      expect(measure.sample).toEqual({ ...measure.sample, documents: words.length, words: total });
      // Asked for 20,000 words of each domain, or all where it has fewer; the rate is rounded up by 9 % at most.
      const expected = measure.sample.rate * measure.humanWords;
      expect(expected).toBeGreaterThanOrEqual(Math.min(20_000, measure.humanWords));
      // Documents of sizes w are drawn at the rate r: the sum has variance r (1 - r) sum w^2; 4 deviations.
      const squares = human(domain).reduce((sum, d) => sum + d.words.length ** 2, 0);
      const deviation = Math.sqrt(measure.sample.rate * (1 - measure.sample.rate) * squares);
      expect(Math.abs(total - expected)).toBeLessThanOrEqual(4 * deviation);
    }
  });

  it('makes nothing twice', async () => {
    const again = await measureDomains(one.context, one.planned);
    for (const [domain, { reused, texts }] of again) {
      expect(reused).toBe(true);
      expect(texts).toEqual(one.domains.get(domain)!.texts);
    }
  });

  it('refuses a list of terms that changed after it was pinned', async () => {
    const folder = await makeTempFolder();
    await writeCorpus(folder, 1);
    await writeInto(folder, 'terms.txt', TERMS);
    const context = await startBuild({ folder, recipe: WITH_RISK });
    await writeInto(folder, 'terms.txt', 'other\n');
    const failure = await failureOf(openBuild(context).then(termLists));
    expect(failure.message).toContain('terms.txt');
    expect((failure as Failure).code).toBe('SOURCE_CHANGED');
    await removeFolder(folder);
  });

  it('is the same bytes for one file and for five', () => {
    expect([...five.domains.keys()]).toEqual([...one.domains.keys()]);
    for (const [domain, { texts }] of one.domains)
      expect(five.domains.get(domain)!.texts).toEqual(texts);
  });
});
