/**
 * Acceptance test 12 on real text: type survival of the whole loop (fit, generate, mix, refit; replace,
 * temperature 1) against the branching forms averaged over the counts that were measured at g = 0. Documents are
 * shuffled by seed, a tenth is held out, at most half a million words. Tolerances are those of the acceptance
 * test for the mean of five seeds: .006 for unigram and maximum-likelihood trigram models, .02 for Kneser-Ney,
 * which adds a bias of its own. One seed has a standard deviation of .002 to .005. Trigrams of maximum likelihood
 * lose about .002 more types than the form (a chain stays among the words of one document), so eight seeds keep
 * their mean 2.5 standard errors off the tolerance; five do for the others.
 *
 * Reads the shared data; where it is absent every test is skipped and the title says so. The differences go to the
 * log.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { runGenerations } from '../core/simulate/ngram/loop.js';
import type { LoopSettings } from '../core/simulate/ngram/loop-settings.js';
import { type SplitText, splitSample } from '../core/simulate/ngram/split.js';
import { survivalTheory } from '../core/simulate/ngram/survival-theory.js';
import { wordSampleOf } from '../core/simulate/word-sample.js';
import { SHARED_DATA } from './ballast-runner.js';

interface Row {
  readonly id: string;
  readonly text: string;
  readonly truth?: string;
  readonly language?: string;
}

const TEXTS: { set: string; isUsed: (row: Row) => boolean }[] = [
  { set: 'l2r', isUsed: ({ truth }) => truth === 'human' },
  { set: 'faid', isUsed: ({ truth, language }) => truth === 'human' && language === 'en' },
  { set: 'rust-rfcs', isUsed: () => true },
];

const MODELS = [
  { name: 'unigram', order: 1, discount: 0, tolerance: 0.006, seeds: 5 },
  { name: 'trigram, maximum likelihood', order: 3, discount: 0, tolerance: 0.006, seeds: 8 },
  { name: 'trigram, Kneser-Ney', order: 3, discount: 0.75, tolerance: 0.02, seeds: 5 },
] as const;

const GENERATIONS = [1, 5, 10];
const MAX_WORDS = 500_000;
const SPLITS = 8;

const absent = TEXTS.map(({ set }) => join(SHARED_DATA, `${set}.jsonl.gz`)).filter(
  (path) => !existsSync(path),
);
const title = 'type survival on real text';
/** Seconds on a quiet machine, minutes on a busy one. */
const TIMEOUT_MS = 600_000;

/** One split for each seed: all models and human shares of a text share them. */
function splitsOf({ set, isUsed }: (typeof TEXTS)[number]): SplitText[] {
  const lines = gunzipSync(readFileSync(join(SHARED_DATA, `${set}.jsonl.gz`)))
    .toString()
    .trim()
    .split('\n');
  const rows = lines.map((line) => JSON.parse(line) as Row).filter(isUsed);
  const texts = rows.map(({ id, text }) => ({ id, text, language: '' }));
  const sample = wordSampleOf(texts, { domain: set, seed: 0, maxWords: Infinity });
  return Array.from({ length: SPLITS }, (_, run) => {
    const text = splitSample(sample, { seed: 12, run, holdout: 0.1 });
    if (text === null) throw new Error(`${set} has no text`);
    return text;
  });
}

interface Asked {
  readonly splits: readonly SplitText[];
  readonly model: (typeof MODELS)[number];
  readonly humanShare: number;
  readonly seeds: number;
  readonly human?: LoopSettings['human'];
  readonly policy?: LoopSettings['policy'];
}

/** Simulated less predicted survival at each of GENERATIONS, mean over seeds. */
function differences(asked: Asked): number[] {
  const { splits, model, humanShare, seeds, human = 'fixed', policy = 'replace' } = asked;
  const settings: LoopSettings = {
    ...{ order: model.order, discount: model.discount, policy, human },
    ...{ generations: Math.max(...GENERATIONS), humanShare, families: [1], temperature: 1 },
  };
  const sums = GENERATIONS.map(() => 0);
  for (let run = 0; run < seeds; run++) {
    const text = splits[run]!;
    const words = Math.min(MAX_WORDS, text.training.words.length);
    const result = runGenerations({
      ...{ text, words, settings, seed: 12, domain: 'real', run, measured: GENERATIONS },
      tick: () => undefined,
    });
    GENERATIONS.forEach((g, i) => {
      sums[i]! += result.values.survival[g]! - survivalTheory(result, settings, g)!;
    });
  }
  return sums.map((sum) => sum / seeds);
}

function expectWithin(set: string, asked: Asked): void {
  const { model, humanShare, policy = 'replace', human = 'fixed' } = asked;
  const found = differences(asked);
  const shown = found.map((difference) => difference.toFixed(4).padStart(8)).join(' ');
  const what = `${set}, ${model.name}, ${policy}, ${human} ${humanShare.toFixed(1)}`;
  console.log(`${what.padEnd(65)} g = ${GENERATIONS.join(', ')}: ${shown}`);
  for (const difference of found) expect(Math.abs(difference)).toBeLessThan(model.tolerance);
}

if (absent.length > 0) {
  describe.skip(`${title} (skipped: ${absent.join(', ')} absent)`, () => {
    it('is not there', () => undefined);
  });
} else {
  describe.each(TEXTS)(`${title}: $set`, (source) => {
    let made: SplitText[] | null = null;
    const splits = () => {
      made ??= splitsOf(source);
      return made;
    };

    it.each(MODELS)(
      '$name: the mean of the seeds is that of the form without human text',
      (model) => {
        expectWithin(source.set, { splits: splits(), model, humanShare: 0, seeds: model.seeds });
      },
      TIMEOUT_MS,
    );

    // The same form for every text; the shortest one keeps the test short.
    if (source.set !== 'faid') return;

    it.each(MODELS)(
      '$name: so it is with a fixed block of human documents, share .1 and .3',
      (model) => {
        for (const humanShare of [0.1, 0.3]) {
          expectWithin(source.set, { splits: splits(), model, humanShare, seeds: model.seeds });
        }
      },
      TIMEOUT_MS,
    );

    it.each([MODELS[2]])(
      '$name: so it is with fresh documents and with a pool that grows',
      (model) => {
        const asked = { splits: splits(), model, humanShare: 0.1, seeds: 3 };
        expectWithin(source.set, { ...asked, human: 'fresh' });
        expectWithin(source.set, { ...asked, human: 'fresh', policy: 'accumulate' });
        expectWithin(source.set, { ...asked, human: 'fixed', policy: 'accumulate' });
      },
      TIMEOUT_MS,
    );
  });
}
