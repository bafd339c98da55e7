/**
 * S3: one run of the n-gram loop on a domain's own words. g = 0 is human text of n words; the corpus of g = 1 is
 * the planned mix, round(alpha n) human words and the rest written by models of g = 0; then each generation is
 * written by models of the one before and mixed with human text again.
 *
 *   human      fixed: one random set of documents of g = 0, the same in every generation; fresh: a new random set
 *              of the training documents each time, without replacement within a generation
 *   policy     replace: train on the newest n words; accumulate: on all of them since g = 1; accumulate-subsample:
 *              on n words of whole documents drawn without replacement from all of them. A pool holds each human
 *              document once: a fixed set comes with g = 1, fresh documents until the training text is used up
 *   families   one model each. Family f of F learns from all but the f-th of F random parts of the corpus's
 *              documents, so that models differ by their text while a word that stands c times is still written
 *              c times in the mean (F = 1: from the whole corpus)
 *
 * Generated documents are as long as human ones in the mean but at most 100 words, and each begins at a uniform
 * place of its model's text: a chain that is never begun anew stays among the words of one document for long, so its
 * counts vary more and it loses more types than its law says (maximum likelihood: .005 of all types by g = 5 without
 * new beginnings, .003 with them).
 *
 * Metrics are those of the corpus of g and of one model of all of it, scored on held-out human documents.
 * Points of a sweep share their random numbers: no stream knows alpha.
 */
import { assert } from '../../schema/failure.js';
import {
  type Corpus,
  copiesIn,
  cutDocuments,
  documentsOf,
  drawDocuments,
  EMPTY,
  joinCorpora,
  shuffled,
  stretchOf,
  takeDocuments,
} from './corpus.js';
import { fitCopies, fitTables, fitWords } from './fit.js';
import { generate, type Stretch } from './generate.js';
import { loopMeter } from './loop-meter.js';
import type { LoopResult, LoopRun } from './loop-settings.js';
import { streamOf } from './loop-streams.js';
import { createTables, type NgramTables } from './tables.js';
import { generateTempered, temper } from './temper.js';

interface LoopState {
  readonly loop: LoopRun;
  /** Tables of the whole corpus of the generation. */
  readonly whole: NgramTables;
  /** Tables of one family's text; made when they are asked for first. */
  readonly spare: () => NgramTables;
  /** Human text of g = 0. */
  readonly first: Corpus;
  /** Human text that generation g >= 1 adds; asked for in order. */
  readonly human: (g: number) => Corpus;
  /** Human text of g = 1. */
  readonly mixed: Corpus;
}

/** Runs generations 0..G. Deterministic by (seed, domain, run, settings, text). */
export function runGenerations(loop: LoopRun): LoopResult {
  const { settings } = loop;
  const state = stateOf(loop);
  const { whole, first, mixed: human } = state;
  const meter = loopMeter(state, first, human);
  meter.measure(first, 0);
  let [corpus, pool] = [first, EMPTY];
  for (let g = 1; g <= settings.generations; g++) {
    const written = nextText(state, corpus, g);
    pool = settings.policy === 'replace' ? written : joinCorpora([pool, written]);
    corpus =
      settings.policy === 'accumulate-subsample'
        ? drawDocuments(pool, loop.words, streamOf(loop, 'subsample', g))
        : pool;
    if (isMeasured(loop, g)) {
      fitTables(whole, corpus.words, corpus.words.length, settings.order);
      meter.measure(corpus, g);
    } else fitForText(loop, whole, corpus, g);
    loop.tick(g);
  }
  const { training, vocabulary } = loop.text;
  return {
    ...{ values: meter.values, counts: meter.counts },
    humanCounts: copiesIn(human, vocabulary),
    textCounts: copiesIn(training, vocabulary),
    documents: documentsOf(training, vocabulary),
    textShare: loop.words / training.words.length,
  };
}

function isMeasured({ measured }: LoopRun, g: number): boolean {
  return measured === undefined || measured.includes(g);
}

/** Fits only what the text of the next generation needs. */
function fitForText({ settings }: LoopRun, whole: NgramTables, corpus: Corpus, g: number): void {
  if (g === settings.generations) return;
  const { words } = corpus;
  const { order, discount, temperature } = settings;
  if (order === 1) fitWords(whole, words, words.length);
  else if (order === 3 && discount === 0 && temperature === 1) {
    fitCopies(whole, words, words.length);
  } else fitTables(whole, words, words.length, order);
}

function stateOf(loop: LoopRun): LoopState {
  const { text, words, settings } = loop;
  const { vocabulary, training } = text;
  assert(words >= 1 && words <= training.words.length, 'the training text has n words');
  const isPooled = settings.policy === 'accumulate' && settings.generations > 1;
  const capacity = words * (isPooled ? settings.generations : 1);
  let spare: NgramTables | null = null;
  // The training documents are in a random order already.
  const first = takeDocuments(
    training,
    training.starts.map((_, i) => i),
    words,
  );
  const human = humanText(loop, first);
  return {
    ...{ loop, first, ...human, whole: createTables(vocabulary, capacity) },
    spare: () => {
      spare ??= createTables(vocabulary, capacity);
      return spare;
    },
  };
}

function humanText(loop: LoopRun, first: Corpus): Pick<LoopState, 'human' | 'mixed'> {
  const { settings, text } = loop;
  const size = humanWords(loop);
  const isPool = settings.policy !== 'replace';
  const from = settings.human === 'fresh' ? text.training : first;
  const mixed = drawDocuments(from, size, streamOf(loop, 'human', 1));
  if (settings.human === 'fixed') return { mixed, human: (g) => (isPool && g > 1 ? EMPTY : mixed) };
  if (!isPool) {
    return {
      mixed,
      human: (g) => (g === 1 ? mixed : drawDocuments(from, size, streamOf(loop, 'human', g))),
    };
  }
  const order = shuffled(from.starts.length, streamOf(loop, 'human', 1));
  const all = takeDocuments(from, order, from.words.length);
  return { mixed, human: (g) => stretchOf(all, (g - 1) * size, g * size) };
}

function humanWords({ settings, words }: LoopRun): number {
  return Math.round(settings.humanShare * words);
}

/** n new words: human text, and what each family writes from the last corpus. */
function nextText(state: LoopState, corpus: Corpus, g: number): Corpus {
  const { loop, first } = state;
  const { families } = loop.settings;
  const human = state.human(g);
  const out = new Int32Array(loop.words - humanWords(loop));
  const parts = partsOf(loop, corpus, g);
  let [share, from] = [0, 0];
  families.forEach((familyShare, family) => {
    share += familyShare;
    const isLast = family === families.length - 1;
    const to = isLast ? out.length : Math.min(out.length, Math.round(share * out.length));
    if (to > from) {
      write(state, familyTables(state, corpus, parts, family), { g, family }, { out, from, to });
    }
    from = Math.max(from, to);
  });
  return joinCorpora([human, cutDocuments(out, documentWordsOf(first))]);
}

const DOCUMENT_WORDS_MAX = 100;

/** Words of a generated document. */
function documentWordsOf({ words, starts }: Corpus): number {
  return Math.max(1, Math.min(DOCUMENT_WORDS_MAX, Math.round(words.length / starts.length)));
}

function write(
  { loop, first }: LoopState,
  tables: NgramTables,
  { g, family }: { readonly g: number; readonly family: number },
  { out, from, to }: Stretch,
): void {
  const { discount, temperature } = loop.settings;
  const stream = streamOf(loop, 'generate', g, family);
  const tempered = temperature === 1 ? null : temper(tables, discount, temperature);
  const documentWords = documentWordsOf(first);
  for (let start = from; start < to; start += documentWords) {
    const document = { out, from: start, to: Math.min(to, start + documentWords) };
    if (tempered === null) generate(tables, discount, stream, document);
    else generateTempered(tempered, stream, document);
  }
}

/** Part of each document by family; null where every family reads everything. */
function partsOf(loop: LoopRun, corpus: Corpus, g: number): Int32Array | null {
  const families = loop.settings.families.length;
  const documents = corpus.starts.length;
  if (families === 1 || documents < 2 * families) return null;
  const parts = new Int32Array(documents);
  shuffled(documents, streamOf(loop, 'parts', g)).forEach((document, i) => {
    parts[document] = i % families;
  });
  return parts;
}

/** Tables of what a family reads: the corpus without its part. */
function familyTables(
  { loop, whole, spare }: LoopState,
  corpus: Corpus,
  parts: Int32Array | null,
  family: number,
): NgramTables {
  if (parts === null) return whole;
  const words = new Int32Array(corpus.words.length);
  let length = 0;
  for (let d = 0; d < parts.length; d++) {
    if (parts[d] === family) continue;
    const document = corpus.words.subarray(corpus.starts[d]!, corpus.starts[d + 1]);
    words.set(document, length);
    length += document.length;
  }
  const tables = spare();
  fitTables(tables, words, length, loop.settings.order);
  return tables;
}
