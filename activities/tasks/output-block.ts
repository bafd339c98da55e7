/**
 * One block of own outputs: who wrote what and when, digests, MinHash bands with the shingles that
 * confirm them, and the arrays of the retrieval. Written once, read back whole.
 */
import { scoringForm } from '../../core/label/scoring-form.js';
import { BlockBuilder, type RetrievalBlock } from '../../engines/retrieval/block.js';
import { BANDS, type TextKernel } from '../../engines/text-kernel.js';
import { readArrays, writeArrays } from '../../storage/arrays.js';
import { sha256 } from '../../storage/digest.js';

export interface OutputFacts {
  readonly id: string;
  readonly modelFamily: string;
  readonly generated: string | null;
}

interface Notes {
  readonly outputs: readonly OutputFacts[];
  /** SHA-256 of the text and of its scoring form, in hex. */
  readonly digests: readonly string[];
  readonly scoredDigests: readonly string[];
}

export const BAND_WORDS = 2 * BANDS.bandCount;

export class OutputBlockWriter {
  readonly #kernel: TextKernel;
  readonly #builder = new BlockBuilder();
  readonly #outputs: OutputFacts[] = [];
  readonly #digests: string[] = [];
  readonly #scoredDigests: string[] = [];
  readonly #sketches: Uint32Array[] = [];
  readonly #shingles: BigUint64Array[] = [];

  constructor(kernel: TextKernel) {
    this.#kernel = kernel;
  }

  get outputs(): number {
    return this.#builder.outputs;
  }

  hasRoom(text: string): boolean {
    return this.#builder.hasRoom(text.length);
  }

  /** An output without an id gets one made of its text. */
  add(text: string, facts: OutputFacts): void {
    const scored = scoringForm(text);
    this.#builder.add(scored);
    const digest = sha256(this.#kernel.load(text));
    const sketch = new Uint32Array(BAND_WORDS);
    this.#kernel.sketch(sketch, 0);
    this.#sketches.push(sketch);
    this.#shingles.push(this.#kernel.shingles());
    this.#digests.push(digest);
    this.#scoredDigests.push(sha256(scored));
    const id = facts.id === '' ? `sha256-${digest.slice(0, 32)}` : facts.id;
    this.#outputs.push({ ...facts, id });
  }

  async write(path: string): Promise<void> {
    const { outputs, ...retrieval } = this.#builder.finish();
    const notes: Notes = {
      outputs: this.#outputs,
      digests: this.#digests,
      scoredDigests: this.#scoredDigests,
    };
    const sketches = new Uint32Array(outputs * BAND_WORDS);
    const shingleStarts = new Uint32Array(outputs + 1);
    this.#shingles.forEach((set, i) => {
      sketches.set(this.#sketches[i]!, i * BAND_WORDS);
      shingleStarts[i + 1] = shingleStarts[i]! + set.length;
    });
    const shingles = new BigUint64Array(shingleStarts[outputs]!);
    this.#shingles.forEach((set, i) => {
      shingles.set(set, shingleStarts[i]!);
    });
    await writeArrays(path, { ...retrieval, sketches, shingleStarts, shingles }, notes);
  }
}

/** A block as it is searched. */
export interface OutputBlock {
  readonly outputs: readonly OutputFacts[];
  readonly retrieval: RetrievalBlock;
  /** Outputs by digest of the text, and of its scoring form; the oldest first, undated ones last. */
  readonly byDigest: ReadonlyMap<string, readonly number[]>;
  readonly byScoredDigest: ReadonlyMap<string, readonly number[]>;
  /** Outputs by band: the key is `bandKey`. */
  readonly byBand: ReadonlyMap<number, readonly number[]>;
  /** Outputs by shingle, one of SHINGLES_SAMPLED shingles; the key is `sampledKeys`. */
  readonly byShingle: ReadonlyMap<number, readonly number[]>;
  shinglesOf(output: number): BigUint64Array;
}

/** One shingle of so many is looked for: of a quotation of 60 words, seven on average. */
const SHINGLES_SAMPLED = 8;

/** Keys of the sampled shingles of a set: 53 bits of each hash, as one exact double. */
export function sampledKeys(shingles: BigUint64Array): number[] {
  const halves = new Uint32Array(shingles.buffer, shingles.byteOffset, 2 * shingles.length);
  const keys: number[] = [];
  for (let i = 0; i < halves.length; i += 2) {
    if (halves[i]! % SHINGLES_SAMPLED === 0)
      keys.push((halves[i + 1]! & 0x1fffff) * 2 ** 32 + halves[i]!);
  }
  return keys;
}

/** A band's number and 48 bits of its hash, as one exact double. */
export function bandKey(words: Uint32Array, at: number, band: number): number {
  const [low, high] = [words[at + 2 * band]!, words[at + 2 * band + 1]!];
  return (high & 0x7fff) * 2 ** 37 + low * 32 + (band & 31);
}

function grouped<K>(keys: Iterable<readonly [K, number]>): Map<K, number[]> {
  const groups = new Map<K, number[]>();
  for (const [key, output] of keys) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [output]);
    else group.push(output);
  }
  return groups;
}

function* shingleKeys(outputs: number, shinglesOf: OutputBlock['shinglesOf']) {
  for (let output = 0; output < outputs; output++)
    for (const key of sampledKeys(shinglesOf(output))) yield [key, output] as const;
}

function* bandKeys(sketches: Uint32Array, shingleStarts: Uint32Array) {
  for (let output = 0; output + 1 < shingleStarts.length; output++) {
    if (shingleStarts[output] === shingleStarts[output + 1]) continue;
    for (let band = 0; band < BANDS.bandCount; band++)
      yield [bandKey(sketches, output * BAND_WORDS, band), output] as const;
  }
}

function dayOf({ generated }: OutputFacts): string {
  return generated ?? UNDATED;
}
/** After every ISO day. */
const UNDATED = '~';

/** Reads a block that `OutputBlockWriter` wrote. */
export async function readOutputBlock(path: string): Promise<OutputBlock> {
  const { arrays, notes } = await readArrays(path);
  const { outputs, digests, scoredDigests } = notes as Notes;
  const { sketches, shingleStarts, shingles, ...retrieval } = arrays;
  const starts = shingleStarts as Uint32Array;
  const oldestFirst = outputs
    .map((_, output) => output)
    .sort(
      (a, b) =>
        Number(dayOf(outputs[a]!) > dayOf(outputs[b]!)) -
          Number(dayOf(outputs[a]!) < dayOf(outputs[b]!)) || a - b,
    );
  const shinglesOf = (output: number) =>
    (shingles as BigUint64Array).subarray(starts[output]!, starts[output + 1]!);
  const pairs = (keys: readonly string[]) =>
    oldestFirst.map((output) => [keys[output]!, output] as const);
  return {
    outputs,
    retrieval: { ...(retrieval as unknown as RetrievalBlock), outputs: outputs.length },
    byDigest: grouped(pairs(digests)),
    byScoredDigest: grouped(pairs(scoredDigests)),
    byBand: grouped(bandKeys(sketches as Uint32Array, starts)),
    byShingle: grouped(shingleKeys(outputs.length, shinglesOf)),
    shinglesOf,
  };
}
