/** Rows of `documents.parquet` of a shard's word counts, in the order of the shard. */
import type { DuckDBConnection, TableColumn } from '../../engines/duckdb.js';
import { CHUNK_ROWS, RowSink } from '../../engines/duckdb.js';

export interface WordDocument {
  readonly domain: string;
  readonly family: string;
  readonly language: string;
  readonly id: string;
  readonly group: number;
  readonly words: number;
  /** Draw on [0, 1): the n-gram loop gets the lowest. */
  readonly u: number;
  readonly textOffset: number;
  readonly textBytes: number;
}

const TABLE = 'documents';
const COLUMNS: readonly (TableColumn & { readonly of: keyof WordDocument })[] = [
  { name: 'domain', type: 'text', of: 'domain' },
  { name: 'family', type: 'text', of: 'family' },
  { name: 'language', type: 'text', of: 'language' },
  { name: 'id', type: 'text', of: 'id' },
  { name: 'grp', type: 'integer', of: 'group' },
  { name: 'words', type: 'integer', of: 'words' },
  { name: 'u', type: 'double', of: 'u' },
  { name: 'textOffset', type: 'double', of: 'textOffset' },
  { name: 'textBytes', type: 'integer', of: 'textBytes' },
];

export class WordDocuments {
  readonly #sink: RowSink;
  #rows: WordDocument[] = [];

  private constructor(sink: RowSink) {
    this.#sink = sink;
  }

  static async create(connection: DuckDBConnection): Promise<WordDocuments> {
    return new WordDocuments(await RowSink.create(connection, TABLE, COLUMNS));
  }

  add(document: WordDocument): void {
    this.#rows.push(document);
    if (this.#rows.length === CHUNK_ROWS) this.#flush();
  }

  #flush(): void {
    this.#sink.append(COLUMNS.map(({ of }) => this.#rows.map((row) => row[of])));
    this.#rows = [];
  }

  /** The query of all rows, in their order. */
  close(): string {
    this.#flush();
    this.#sink.close();
    return `select * from ${TABLE}`;
  }
}
