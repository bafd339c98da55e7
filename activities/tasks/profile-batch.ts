/** Collects the documents of one batch as columns and writes them with their texts. */
import { createHash, hash as hashOnce } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { findBoilerplate } from '../../core/label/find-boilerplate.js';
import { findTextDates } from '../../core/label/text-dates.js';
import { hashText, type Key } from '../../core/random/draw.js';
import { keyOfParts } from '../../core/schema/key-of-parts.js';
import { readCredentials } from '../../engines/credential-signature.js';
import { BANDS, type TextKernel } from '../../engines/text-kernel.js';
import { ColumnWriter } from '../../storage/columns.js';

/** A batch ends at this many rows or bytes of text, so its texts can be read in one piece. */
const BATCH_ROWS = 4096;
const BATCH_TEXT_BYTES = 8 << 20;
const TEXT_BUFFER_BYTES = 4 << 20;
const ID_KEY: Key = { hi: 0x1d, lo: 0x5eed };
const BAND_WORDS = BANDS.bandCount * 2;

export const TEXT_COLUMNS = [
  'created',
  'url',
  'domain',
  'provenance',
  'modelFamily',
  'grant',
  'metadata',
  'language',
  'platform',
] as const;
export type TextColumn = (typeof TEXT_COLUMNS)[number];

export interface ProfiledDocument extends Readonly<Record<TextColumn, string>> {
  /** '' asks for an id made of source, text and fields. */
  readonly id: string;
  readonly place: number;
  readonly text: string;
}

/** Text columns that are read off the text itself, as JSON; '' where there is nothing. */
const FOUND_COLUMNS = ['credentials', 'textDates', 'boilerplate'] as const;

/** Read off the text as it stands: a clean-up of its Unicode would drop credentials. */
function foundIn(text: string): Record<(typeof FOUND_COLUMNS)[number], string> {
  const dates = findTextDates(text);
  return {
    credentials: listJson(readCredentials(text)),
    textDates: dates === null ? '' : JSON.stringify(dates),
    boilerplate: listJson(findBoilerplate(text)),
  };
}

function listJson(list: readonly unknown[]): string {
  return list.length === 0 ? '' : JSON.stringify(list);
}

/** Texts end to end in one file, hashed as they are written. */
class TextFile {
  readonly #fd: number;
  readonly #hash = createHash('sha256');
  readonly #buffer = new Uint8Array(TEXT_BUFFER_BYTES);
  #used = 0;
  #isOpen = true;
  offset = 0;

  constructor(path: string) {
    this.#fd = openSync(path, 'w');
  }

  #put(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
  }

  write(bytes: Uint8Array): void {
    this.offset += bytes.length;
    if (this.#used + bytes.length > TEXT_BUFFER_BYTES) this.flush();
    if (bytes.length > TEXT_BUFFER_BYTES) {
      this.#put(bytes);
      return;
    }
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  flush(): void {
    this.#put(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  /** Closes the file as it is: whole after `close`, else to be thrown away. */
  abandon(): void {
    if (this.#isOpen) closeSync(this.#fd);
    this.#isOpen = false;
  }

  close(): string {
    this.flush();
    this.abandon();
    return this.#hash.digest('hex');
  }
}

function emptyBatch() {
  return {
    texts: Object.fromEntries(
      ['id', ...TEXT_COLUMNS, ...FOUND_COLUMNS].map((name) => [name, [] as string[]]),
    ) as Record<TextColumn | 'id' | (typeof FOUND_COLUMNS)[number], string[]>,
    place: new Uint32Array(BATCH_ROWS),
    idHash: new BigUint64Array(BATCH_ROWS),
    isIdMade: new Uint8Array(BATCH_ROWS),
    tokens: new Uint32Array(BATCH_ROWS),
    textOffset: new Float64Array(BATCH_ROWS),
    textBytes: new Uint32Array(BATCH_ROWS),
    digest: new Uint8Array(BATCH_ROWS * 32),
    bands: new Uint32Array(BATCH_ROWS * BAND_WORDS),
    shingles: new Uint32Array(BATCH_ROWS),
    words: new Uint32Array(BATCH_ROWS),
    distinctWords: new Uint32Array(BATCH_ROWS),
    lines: new Uint32Array(BATCH_ROWS),
    characters: new Uint32Array(BATCH_ROWS),
    length: 0,
  };
}

/** Writes `documents.arrow` and `texts.bin`; every text is encoded once and seen by all kernels. */
export class ProfileWriter {
  readonly #kernel: TextKernel;
  readonly #source: string;
  readonly #documents: ColumnWriter;
  readonly #texts: TextFile;
  #batch = emptyBatch();
  tokens = 0;

  constructor(options: {
    kernel: TextKernel;
    source: string;
    documentsPath: string;
    textsPath: string;
  }) {
    this.#kernel = options.kernel;
    this.#source = options.source;
    this.#documents = new ColumnWriter(options.documentsPath);
    this.#texts = new TextFile(options.textsPath);
  }

  get rows(): number {
    return this.#documents.rows + this.#batch.length;
  }

  get textBytes(): number {
    return this.#texts.offset;
  }

  add(document: ProfiledDocument): void {
    const batch = this.#batch;
    const row = batch.length++;
    const bytes = this.#kernel.load(document.text);
    const digest = hashOnce('sha256', bytes, 'buffer');
    batch.digest.set(digest, row * 32);
    batch.textOffset[row] = this.#texts.offset;
    batch.textBytes[row] = bytes.length;
    this.#texts.write(bytes);
    const tokens = this.#kernel.countTokens();
    batch.tokens[row] = tokens;
    this.tokens += tokens;
    batch.shingles[row] = this.#kernel.sketch(batch.bands, row * BAND_WORDS);
    const statistics = this.#kernel.statistics();
    batch.words[row] = statistics.words;
    batch.distinctWords[row] = statistics.distinctWords;
    batch.lines[row] = statistics.lines;
    batch.characters[row] = statistics.characters;
    batch.place[row] = document.place;
    const isIdMade = document.id === '';
    const id = isIdMade ? this.#madeId(digest, document) : document.id;
    batch.isIdMade[row] = Number(isIdMade);
    const { hi, lo } = hashText(ID_KEY, id);
    batch.idHash[row] = (BigInt(hi) << 32n) | BigInt(lo);
    batch.texts.id.push(id);
    for (const name of TEXT_COLUMNS) batch.texts[name].push(document[name]);
    const found = foundIn(document.text);
    for (const name of FOUND_COLUMNS) batch.texts[name].push(found[name]);
    if (
      batch.length === BATCH_ROWS ||
      this.#texts.offset - batch.textOffset[0]! >= BATCH_TEXT_BYTES
    )
      this.#flush();
  }

  /**
   * A missing id becomes a digest of source, text and mapped fields, never of the row's place: the
   * same document has it in every layout, and two have the same only if they are equal in all.
   */
  #madeId(digest: Uint8Array, document: ProfiledDocument): string {
    const parts = keyOfParts(this.#source, ...TEXT_COLUMNS.map((name) => document[name]));
    return `sha256-${createHash('sha256').update(digest).update(parts).digest('hex').slice(0, 32)}`;
  }

  #flush(): void {
    const { texts, length, ...numbers } = this.#batch;
    const n = length;
    this.#documents.write({
      ...texts,
      place: numbers.place.subarray(0, n),
      idHash: numbers.idHash.subarray(0, n),
      isIdMade: numbers.isIdMade.subarray(0, n),
      tokens: numbers.tokens.subarray(0, n),
      textOffset: numbers.textOffset.subarray(0, n),
      textBytes: numbers.textBytes.subarray(0, n),
      digest: { width: 32, bytes: numbers.digest.subarray(0, n * 32) },
      bands: {
        width: BAND_WORDS * 4,
        bytes: new Uint8Array(numbers.bands.buffer, 0, n * BAND_WORDS * 4),
      },
      shingles: numbers.shingles.subarray(0, n),
      words: numbers.words.subarray(0, n),
      distinctWords: numbers.distinctWords.subarray(0, n),
      lines: numbers.lines.subarray(0, n),
      characters: numbers.characters.subarray(0, n),
    });
    this.#batch = emptyBatch();
  }

  /** Lets go of both files where the shard cannot be read to its end. */
  async abandon(): Promise<void> {
    this.#texts.abandon();
    await this.#documents.abandon();
  }

  /** Ends both files; returns the digest of the texts. */
  async close(): Promise<string> {
    if (this.#batch.length > 0 || this.#documents.rows === 0) this.#flush();
    await this.#documents.close();
    return this.#texts.close();
  }
}
