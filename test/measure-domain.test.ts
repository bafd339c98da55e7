/** What is measured of a domain: against a count by hand, over any division into files, and again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuildContext } from '../activities/build-context.js';
import { labelledBatches, openLabelledShards } from '../activities/labelled-documents.js';
import { shardTexts } from '../activities/shard-texts.js';
import type { DomainMeasure } from '../core/schema/risk.js';
import { GROUPS, groupKey, groupOf } from '../core/simulate/measure/groups.js';
import { RECIPE, writeCorpus } from './pipeline-corpus.js';
import { allAtOnce, type Planned, planBuild, startBuild } from './pipeline-run.js';
import { type Measured, measureDomains } from './risk-measures.js';
import { makeTempFolder, removeFolder, writeInto } from './source-profile.js';

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

  it('is the same bytes for one file and for five', () => {
    expect([...five.domains.keys()]).toEqual([...one.domains.keys()]);
    for (const [domain, { texts }] of one.domains)
      expect(five.domains.get(domain)!.texts).toEqual(texts);
  });
});
