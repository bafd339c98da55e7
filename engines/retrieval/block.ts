/**
 * A block of outputs as arrays: for each 4-gram the outputs that hold it (an inverted index, rows
 * compressed), for each output its distinct words. 4-grams that stand in more than GRAM_OUTPUTS_MAX
 * outputs tell outputs apart no better than stop words do and are left out, from vectors and norms
 * alike: a query then costs at most (its 4-grams) x GRAM_OUTPUTS_MAX, however large the block is.
 */
import { assert } from '../../core/schema/failure.js';
import { GRAM_SLOTS, TermReader, wordSet } from './terms.js';

/** Outputs of a block at most: their numbers fit 16 bits, and its arrays about 150 MB. */
export const BLOCK_OUTPUTS_MAX = 32_768;
/** Characters of a block at most. */
export const BLOCK_CHARACTERS_MAX = 48_000_000;
/** Characters of one output that are indexed; what follows is not looked for. */
export const OUTPUT_CHARACTERS_MAX = 200_000;
/** Fewer outputs than this do not tell which words are common: a block of fewer is not searched. */
export const BLOCK_OUTPUTS_MIN = 100;
/** Outputs that may hold a 4-gram of the index. */
export const GRAM_OUTPUTS_MAX = 512;

const WORD_SLOTS = 1 << 20;

export interface RetrievalBlock {
  readonly outputs: number;
  /** Postings of 4-gram g: [gramStarts[g], gramStarts[g + 1]). */
  readonly gramStarts: Uint32Array;
  readonly postingOutputs: Uint16Array;
  /** The outputs that hold it more than once, a second time: [repeatStarts[g], repeatStarts[g + 1]). */
  readonly repeatStarts: Uint32Array;
  readonly repeatOutputs: Uint16Array;
  readonly repeatCounts: Uint8Array;
  /** 1 for a 4-gram that too many outputs hold: it is in no vector. */
  readonly isStopGram: Uint8Array;
  /** Length of each output's vector. */
  readonly norms: Float32Array;
  /** Words of output i: [wordStarts[i], wordStarts[i + 1]), sorted by hash. */
  readonly wordStarts: Uint32Array;
  readonly wordHashes: Uint32Array;
  readonly wordFirsts: Uint32Array;
  /** Outputs that hold a word, by the low bits of its hash. */
  readonly wordOutputs: Uint16Array;
  /** Sum of the weights of each output's words. */
  readonly wordTotals: Float32Array;
}

/** Weight of a term that `holders` of `outputs` texts hold: ln((N + 1) / (n + 1)) + 1. */
export function gramWeight(outputs: number, holders: number): number {
  return Math.log((outputs + 1) / (holders + 1)) + 1;
}

/** A word of a text says at most this much, in nats: names that no output holds are no miracles. */
const WORD_WEIGHT_MAX = 8;

/** Information of a word in nats: ln((N + 1) / (n + 1/2)), within [0, WORD_WEIGHT_MAX]. */
export function wordWeight(outputs: number, holders: number): number {
  return Math.min(WORD_WEIGHT_MAX, Math.max(0, Math.log((outputs + 1) / (holders + 0.5))));
}

/** What an occurrence after the first adds to the dampened term frequency 1 + ln n: ln n. */
export const REPEATED = Float64Array.from({ length: 256 }, (_, n) => (n === 0 ? 0 : Math.log(n)));

export function holdersOfWord(block: Pick<RetrievalBlock, 'wordOutputs'>, hash: number): number {
  return block.wordOutputs[(hash >>> 1) & (WORD_SLOTS - 1)]!;
}

/** Takes texts in scoring form, one after another, and makes the block of them. */
export class BlockBuilder {
  readonly #reader = new TermReader();
  readonly #grams: Uint32Array[] = [];
  readonly #counts: Uint8Array[] = [];
  readonly #words: ReturnType<typeof wordSet>[] = [];
  readonly #holders = new Uint32Array(GRAM_SLOTS);
  readonly #wordOutputs = new Uint16Array(WORD_SLOTS);
  #characters = 0;

  get outputs(): number {
    return this.#grams.length;
  }

  /** False where a text of this length asks for another block. */
  hasRoom(characters: number): boolean {
    if (this.outputs === 0) return true;
    if (this.outputs === BLOCK_OUTPUTS_MAX) return false;
    const length = Math.min(characters, OUTPUT_CHARACTERS_MAX);
    return this.#characters + length <= BLOCK_CHARACTERS_MAX;
  }

  add(scored: string): void {
    assert(this.hasRoom(scored.length), 'the block has room');
    const reader = this.#reader;
    reader.read(scored.slice(0, OUTPUT_CHARACTERS_MAX));
    this.#characters += Math.min(scored.length, OUTPUT_CHARACTERS_MAX);
    const grams = reader.grams.slice(0, reader.gramCount);
    for (const gram of grams) this.#holders[gram]!++;
    this.#grams.push(grams);
    this.#counts.push(Uint8Array.from(grams, (gram) => reader.counts[gram]!));
    const words = wordSet(reader);
    for (const hash of words.hashes) {
      const slot = (hash >>> 1) & (WORD_SLOTS - 1);
      if (this.#wordOutputs[slot]! < 0xffff) this.#wordOutputs[slot]!++;
    }
    this.#words.push(words);
  }

  finish(): RetrievalBlock {
    return { outputs: this.outputs, ...this.#postings(), ...this.#wordTable() };
  }

  #postings() {
    const holders = this.#holders;
    const isStopGram = Uint8Array.from(holders, (n) => Number(n > GRAM_OUTPUTS_MAX));
    const kept = holders.map((n, gram) => (isStopGram[gram] === 1 ? 0 : n));
    const repeats = new Uint32Array(GRAM_SLOTS);
    this.#each((gram, count) => {
      if (count > 1 && isStopGram[gram] === 0) repeats[gram]!++;
    });
    const [gramStarts, repeatStarts] = [startsOf(kept), startsOf(repeats)];
    const [next, nextRepeat] = [gramStarts.slice(), repeatStarts.slice()];
    const postingOutputs = new Uint16Array(gramStarts[GRAM_SLOTS]!);
    const repeatOutputs = new Uint16Array(repeatStarts[GRAM_SLOTS]!);
    const repeatCounts = new Uint8Array(repeatStarts[GRAM_SLOTS]!);
    const norms = new Float32Array(this.outputs);
    const squares = new Float64Array(this.outputs);
    this.#each((gram, count, output) => {
      if (isStopGram[gram] === 1) return;
      postingOutputs[next[gram]!++] = output;
      if (count > 1) {
        repeatCounts[nextRepeat[gram]!] = count;
        repeatOutputs[nextRepeat[gram]!++] = output;
      }
      squares[output]! += ((1 + REPEATED[count]!) * gramWeight(this.outputs, holders[gram]!)) ** 2;
    });
    squares.forEach((sum, output) => {
      norms[output] = Math.sqrt(sum);
    });
    const repeated = { repeatStarts, repeatOutputs, repeatCounts };
    return { gramStarts, isStopGram, postingOutputs, ...repeated, norms };
  }

  /** Every 4-gram of every output with its count, output by output. */
  #each(visit: (gram: number, count: number, output: number) => void): void {
    this.#grams.forEach((grams, output) => {
      const counts = this.#counts[output]!;
      for (let i = 0; i < grams.length; i++) visit(grams[i]!, counts[i]!, output);
    });
  }

  #wordTable() {
    const wordStarts = new Uint32Array(this.outputs + 1);
    this.#words.forEach(({ length }, i) => {
      wordStarts[i + 1] = wordStarts[i]! + length;
    });
    const wordHashes = new Uint32Array(wordStarts[this.outputs]!);
    const wordFirsts = new Uint32Array(wordStarts[this.outputs]!);
    const wordTotals = new Float32Array(this.outputs);
    const wordOutputs = this.#wordOutputs;
    this.#words.forEach(({ hashes, firsts }, i) => {
      wordHashes.set(hashes, wordStarts[i]!);
      wordFirsts.set(firsts, wordStarts[i]!);
      for (const hash of hashes) {
        wordTotals[i]! += wordWeight(this.outputs, holdersOfWord({ wordOutputs }, hash));
      }
    });
    return { wordStarts, wordHashes, wordFirsts, wordOutputs, wordTotals };
  }
}

/** Where the run of each slot starts, end to end; one more for the end of the last. */
function startsOf(lengths: Uint32Array): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i++) starts[i + 1] = starts[i]! + lengths[i]!;
  return starts;
}
