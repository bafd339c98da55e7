/**
 * One text at a time, encoded once into the kernel's memory, then read by several passes there:
 * tokens, MinHash bands, distinct shingles, statistics. Not shared between threads: each makes its own.
 * Memory follows the longest text seen (about 15 times its bytes for a sketch), never the corpus.
 */
import { assert } from '../core/schema/failure.js';
import { LIMITS } from '../core/schema/limits.js';
import type { TokenizerSpec } from '../core/schema/recipe.js';
import { distinctWords } from './distinct-words.js';
import { BANDS, type Bands, permutations } from './minhash.js';
import { loadTextKernel, type TextKernelExports } from './text-kernel-module.js';
import { createTokenCounter } from './tokenizer/token-counter.js';
import { normaliseText } from './unicode-classes.js';

export { BANDS, type Bands, bandsFor, jaccard, similarityOf } from './minhash.js';

export interface TextStatistics {
  /** Words as shingles see them: runs of letters, marks and digits; a character each where a script has no spaces. */
  readonly words: number;
  /**
   * Distinct words whatever their case, by linear counting (`distinct-words.ts`, error about 2 % for 100
   * words); over sqrt(words) it is Guiraud's index of lexical variety.
   */
  readonly distinctWords: number;
  /** Lines of text, the last one with or without its line feed; 0 for no text. */
  readonly lines: number;
  /** Unicode code points. */
  readonly characters: number;
}

export interface TextKernel {
  readonly bands: Bands;
  /** Takes the text in (lone surrogates become U+FFFD); its UTF-8 bytes, valid until the next call. */
  load(text: string): Uint8Array;
  /** Exact tokens of the loaded text; special-token strings are ordinary text. */
  countTokens(): number;
  /** Writes 2 x bandCount words of band hashes (low, high) at `offset`; returns the distinct shingles. No words: zeros, 0. */
  sketch(out: Uint32Array, offset: number): number;
  /** Sorted distinct shingle hashes, a copy, for exact Jaccard. */
  shingles(): BigUint64Array;
  statistics(): TextStatistics;
}

export interface TextKernelOptions {
  readonly tokenizer: TokenizerSpec;
  /** Content of the `tokenizer.json` that a `file` tokenizer names. */
  readonly tokenizerJson?: string;
  /** Folder of text.wasm, where it is not the built one. */
  readonly wasmFolder?: string;
  /** Default: the banding for Jaccard 0.8; `bandsFor(threshold)` gives others. */
  readonly bands?: Bands;
}

const encoder = new TextEncoder();

export async function createTextKernel(options: TextKernelOptions): Promise<TextKernel> {
  const bands = options.bands ?? BANDS;
  const kernel = await loadTextKernel(options.wasmFolder);
  const counter = createTokenCounter(kernel, options.tokenizer, options.tokenizerJson);
  setPermutations(kernel, bands);
  let loaded = '';
  let loadedBytes = 0;
  /** -1: the loaded text has not been cut into shingles yet. */
  let shingleCount = -1;

  const cut = (): number => {
    if (shingleCount < 0) shingleCount = shingle(kernel, loaded);
    return shingleCount;
  };
  return {
    bands,
    load(text) {
      const bytes = encodeInto(kernel, text);
      loaded = text;
      loadedBytes = bytes.length;
      shingleCount = -1;
      return bytes;
    },
    countTokens: () => counter(loaded, loadedBytes),
    sketch(out, offset) {
      const distinct = cut();
      const words = 2 * bands.bandCount;
      assert(offset + words <= out.length, 'the sketch has room');
      if (distinct === 0) {
        out.fill(0, offset, offset + words);
        return 0;
      }
      kernel.sketch(bands.bandCount, bands.rowsPerBand);
      out.set(new Uint32Array(kernel.memory.buffer, kernel.bandHashesAt(), words), offset);
      return distinct;
    },
    shingles() {
      const distinct = cut();
      if (distinct === 0) return new BigUint64Array(0);
      return new BigUint64Array(kernel.memory.buffer, kernel.shinglesAt(), distinct).slice().sort();
    },
    statistics() {
      cut();
      const endsLine = loaded === '' || loaded.endsWith('\n');
      const lines = kernel.countLineFeeds() + (endsLine ? 0 : 1);
      const words = kernel.words();
      const marks = { slots: kernel.wordSlots(), marked: kernel.markedSlots() };
      return {
        words,
        distinctWords: distinctWords(marks, words),
        lines,
        characters: kernel.countCharacters(),
      };
    },
  };
}

/** Encodes the text into the kernel; a view of its bytes there. */
function encodeInto(kernel: TextKernelExports, text: string): Uint8Array {
  const address = kernel.textInput(3 * text.length);
  const room = new Uint8Array(kernel.memory.buffer, address, 3 * text.length);
  const { written } = encoder.encodeInto(text, room);
  assert(written <= LIMITS.textBytes, `a text has ${LIMITS.textBytes} bytes at most`);
  kernel.setTextBytes(written);
  return room.subarray(0, written);
}

/** Normalises the loaded text and cuts it into shingles; how many distinct ones. */
function shingle(kernel: TextKernelExports, text: string): number {
  if (kernel.normalise() === 0) {
    const normal = normaliseText(text);
    const address = kernel.normalInput(3 * normal.length);
    const room = new Uint8Array(kernel.memory.buffer, address, 3 * normal.length);
    kernel.setNormalBytes(encoder.encodeInto(normal, room).written);
  }
  return kernel.shingle();
}

function setPermutations(kernel: TextKernelExports, { hashCount }: Bands): void {
  const { multipliers, increments } = permutations(hashCount);
  assert(multipliers.length <= 256, 'the kernel has room for 256 permutations');
  const { buffer } = kernel.memory;
  new Uint32Array(buffer, kernel.multipliersAt(), multipliers.length).set(multipliers);
  new Uint32Array(buffer, kernel.incrementsAt(), increments.length).set(increments);
}
