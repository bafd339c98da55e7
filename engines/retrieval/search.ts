/**
 * Which outputs of a block does a text resemble? Two passes: the cosine of TF-IDF vectors of
 * character 4-grams picks CANDIDATES outputs; of the best of them the words are compared.
 *
 * Topic makes texts alike, and it makes many outputs alike. So a word counts for what it says of
 * this one output: its weight, less the more of the other candidates hold it too.
 */
import type { RetrievalBlock } from './block.js';
import { GRAM_OUTPUTS_MAX, gramWeight, holdersOfWord, REPEATED, wordWeight } from './block.js';
import { Order } from './order.js';
import { includesSorted } from './sorted.js';
import { DIGIT_BIT, TermReader, type WordSet, wordSet } from './terms.js';

/** Outputs that the first pass picks; the background is the cosine of the later ones. */
const CANDIDATES = 24;
const BACKGROUND_FROM = 8;
/** Candidates whose words are compared in full. */
const COMPARED = 6;
/** Words over this many nats tell where in a text we are: their order is compared. */
const PLACED_WORD_NATS = 2;
const RARE_WORD_NATS = 4;

/** What is measured of a text and one output. */
export interface Resemblance {
  /** Number of the output in its block. */
  readonly output: number;
  /** Cosine of the vectors of 4-grams, in [0, 1]. */
  readonly cosine: number;
  /** Mean cosine of the candidates from place BACKGROUND_FROM on: what the topic alone gives. */
  readonly background: number;
  /** Weight of the text's distinct words and of the output's, in nats. */
  readonly textTotal: number;
  readonly outputTotal: number;
  /** Weight of the words in common, each less the more of the other candidates hold it. */
  readonly ownShared: number;
  /** Words in common that are rare among the outputs. */
  readonly rareShared: number;
  /** Distinct words with digits: those in common, and the text's. */
  readonly numbersShared: number;
  readonly numbers: number;
  /** Words in common that tell a place, and the most of them that come in the same order. */
  readonly placed: number;
  readonly inOrder: number;
}

/** Candidate words say less the more of the candidates hold them: 1 for one, 0 for all. */
const OWN = Float64Array.from({ length: CANDIDATES + 1 }, (_, n) =>
  n <= 1 ? 1 : 1 - Math.log(n) / Math.log(CANDIDATES),
);

/** Searches one text after another in blocks of outputs; its buffers are reused. */
export class Searcher {
  readonly reader = new TermReader();
  words: WordSet = { length: 0, hashes: new Uint32Array(0), firsts: new Uint32Array(0) };
  #scores = new Float32Array(0);
  readonly #picked = new Int32Array(CANDIDATES);
  readonly #cosines = new Float64Array(CANDIDATES);
  readonly #order = new Order();
  #weights = new Float64Array(GRAM_OUTPUTS_MAX + 1);
  #weightsFor = -1;
  /** Block whose products with the loaded text stand in #scores, and the length of its vector there. */
  #scored: RetrievalBlock | null = null;
  #norm = 0;

  /** Takes a text in scoring form. */
  load(scored: string): void {
    this.#scored = null;
    this.reader.read(scored);
    this.words = wordSet(this.reader);
  }

  /**
   * Resemblance of the loaded text to the outputs that are nearest, by cosine; none for a text that
   * has no 4-gram in common with the block. `isExcepted` leaves outputs out, as if not there.
   * Cost: the postings of its 4-grams, plus CANDIDATES comparisons of word lists.
   */
  search(block: RetrievalBlock, isExcepted?: (output: number) => boolean): Resemblance[] {
    const norm = this.#accumulate(block);
    if (norm === 0) return [];
    return this.#compare(block, this.#pick(block, norm, isExcepted));
  }

  /** Cosines of the loaded text with every output of the block, in their order. */
  cosines(block: RetrievalBlock): Float64Array {
    const norm = this.#accumulate(block);
    return Float64Array.from(block.norms, (length, output) =>
      length === 0 || norm === 0 ? 0 : this.#scores[output]! / (norm * length),
    );
  }

  /** Cosine of the loaded text with one output, in [0, 1]; the first in a block is as dear as a search. */
  cosine(block: RetrievalBlock, output: number): number {
    const norm = this.#accumulate(block);
    const length = block.norms[output]!;
    return length === 0 || norm === 0 ? 0 : Math.min(1, this.#scores[output]! / (norm * length));
  }

  /**
   * Share of the loaded text's distinct 4-grams that stand in an output, in [0, 1]; those that too
   * many outputs hold do not count. Cost: a binary search a 4-gram.
   */
  containment({ gramStarts, isStopGram, postingOutputs }: RetrievalBlock, output: number): number {
    const { grams, gramCount } = this.reader;
    let [known, held] = [0, 0];
    for (let i = 0; i < gramCount; i++) {
      const gram = grams[i]!;
      if (isStopGram[gram] === 1) continue;
      known++;
      const range = { start: gramStarts[gram]!, end: gramStarts[gram + 1]! };
      if (includesSorted(postingOutputs, range, output)) held++;
    }
    return known === 0 ? 0 : held / known;
  }

  /** Products of the vectors, into #scores, once per text and block; answers the length of the text's vector. */
  #accumulate(block: RetrievalBlock): number {
    if (this.#scored === block) return this.#norm;
    this.#norm = this.#multiply(block);
    this.#scored = block;
    return this.#norm;
  }

  #multiply(block: RetrievalBlock): number {
    const { gramStarts, isStopGram, postingOutputs, outputs } = block;
    const { repeatStarts, repeatOutputs, repeatCounts } = block;
    if (this.#scores.length < outputs) this.#scores = new Float32Array(outputs);
    const scores = this.#scores.fill(0, 0, outputs);
    const { grams, gramCount, counts } = this.reader;
    const weights = this.#gramWeights(outputs);
    let squares = 0;
    for (let i = 0; i < gramCount; i++) {
      const gram = grams[i]!;
      if (isStopGram[gram] === 1) continue;
      const from = gramStarts[gram]!;
      const to = gramStarts[gram + 1]!;
      const weight = weights[to - from]!;
      const value = (1 + REPEATED[counts[gram]!]!) * weight;
      squares += value * value;
      const product = value * weight;
      for (let p = from; p < to; p++) scores[postingOutputs[p]!]! += product;
      const end = repeatStarts[gram + 1]!;
      for (let p = repeatStarts[gram]!; p < end; p++) {
        scores[repeatOutputs[p]!]! += product * REPEATED[repeatCounts[p]!]!;
      }
    }
    return Math.sqrt(squares);
  }

  /** Weight of a 4-gram by the number of outputs that hold it. */
  #gramWeights(outputs: number): Float64Array {
    if (this.#weightsFor !== outputs) {
      this.#weights = this.#weights.map((_, holders) => gramWeight(outputs, holders));
      this.#weightsFor = outputs;
    }
    return this.#weights;
  }

  /** The nearest outputs, best first, into #picked and #cosines; how many. */
  #pick(
    { outputs, norms }: RetrievalBlock,
    norm: number,
    isExcepted?: (output: number) => boolean,
  ): number {
    const [scores, picked, cosines] = [this.#scores, this.#picked, this.#cosines];
    let count = 0;
    let least = 0;
    for (let output = 0; output < outputs; output++) {
      const score = scores[output]!;
      const length = norm * norms[output]!;
      if (score <= least * length) continue;
      const cosine = score / length;
      if (cosine <= least || isExcepted?.(output)) continue;
      let place = count < CANDIDATES ? count++ : CANDIDATES - 1;
      for (; place > 0 && cosines[place - 1]! < cosine; place--) {
        cosines[place] = cosines[place - 1]!;
        picked[place] = picked[place - 1]!;
      }
      cosines[place] = cosine;
      picked[place] = output;
      if (count === CANDIDATES) least = cosines[CANDIDATES - 1]!;
    }
    return count;
  }

  #compare(block: RetrievalBlock, count: number): Resemblance[] {
    const { hashes, length } = this.words;
    const weights = new Float64Array(length);
    const holders = new Uint8Array(length);
    for (let i = 0; i < length; i++) {
      weights[i] = wordWeight(block.outputs, holdersOfWord(block, hashes[i]!));
    }
    for (let place = 0; place < count; place++) {
      countShared(this.words, block, this.#picked[place]!, holders);
    }
    let textTotal = 0;
    let numbers = 0;
    for (let i = 0; i < length; i++) {
      textTotal += weights[i]!;
      numbers += hashes[i]! & DIGIT_BIT;
    }
    const text = { weights, holders, textTotal, numbers };
    let background = 0;
    for (let place = BACKGROUND_FROM; place < count; place++) background += this.#cosines[place]!;
    background /= CANDIDATES - BACKGROUND_FROM;
    return Array.from({ length: Math.min(count, COMPARED) }, (_, place) => {
      const output = this.#picked[place]!;
      return {
        output,
        cosine: Math.min(1, this.#cosines[place]!),
        background,
        ...this.#compareWords(block, output, text),
      };
    });
  }

  #compareWords(
    block: RetrievalBlock,
    output: number,
    { weights, holders, ...totals }: LoadedWords,
  ) {
    const { hashes, firsts, length } = this.words;
    const { wordHashes, wordFirsts, wordStarts, wordTotals } = block;
    const end = wordStarts[output + 1]!;
    const sums = { ownShared: 0, rareShared: 0, numbersShared: 0 };
    const order = this.#order;
    order.clear();
    let at = wordStarts[output]!;
    for (let i = 0; i < length && at < end; ) {
      const difference = hashes[i]! - wordHashes[at]!;
      if (difference === 0) {
        const weight = weights[i]!;
        sums.ownShared += weight * OWN[holders[i]!]!;
        if (weight > RARE_WORD_NATS) sums.rareShared++;
        sums.numbersShared += hashes[i]! & DIGIT_BIT;
        if (weight > PLACED_WORD_NATS) order.add(firsts[i]!, wordFirsts[at]!);
      }
      if (difference <= 0) i++;
      if (difference >= 0) at++;
    }
    return {
      ...totals,
      ...sums,
      outputTotal: wordTotals[output]!,
      placed: order.length,
      inOrder: order.longestRun(),
    };
  }
}

/** The words of the loaded text: their weights, and how many candidates hold each. */
interface LoadedWords extends Pick<Resemblance, 'textTotal' | 'numbers'> {
  readonly weights: Float64Array;
  readonly holders: Uint8Array;
}

/** Adds 1 for every word of the text that the output holds. */
function countShared(
  { hashes, length }: WordSet,
  { wordHashes, wordStarts }: RetrievalBlock,
  output: number,
  holders: Uint8Array,
): void {
  const end = wordStarts[output + 1]!;
  let at = wordStarts[output]!;
  let i = 0;
  while (i < length && at < end) {
    const word = hashes[i]!;
    const other = wordHashes[at]!;
    if (word === other) holders[i]!++;
    if (word <= other) i++;
    if (other <= word) at++;
  }
}
