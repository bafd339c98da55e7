/**
 * DuckDB behind small functions: stream rows of a Parquet file, write rows to Parquet in the order
 * given. One thread per instance, so two writes of the same rows give the same bytes.
 */
import {
  BLOB,
  DOUBLE,
  type DuckDBAppender,
  DuckDBBlobValue,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  UBIGINT,
  VARCHAR,
} from '@duckdb/node-api';

export type { DuckDBConnection } from '@duckdb/node-api';

export interface DuckDbOptions {
  /** Bound of DuckDB's own memory; beyond it, it spills to `scratch`. */
  readonly memoryMegabytes: number;
  readonly scratch: string;
}

export interface DuckDb {
  readonly connection: DuckDBConnection;
  close(): void;
}

/** A private in-memory database with one thread. The caller closes it. */
export async function openDuckDb(options: DuckDbOptions): Promise<DuckDb> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: `${options.memoryMegabytes}MB`,
    temp_directory: options.scratch,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  return {
    connection,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Runs `use` with a database of its own, and closes it afterwards. */
export async function withDuckDb<T>(
  options: DuckDbOptions,
  use: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const database = await openDuckDb(options);
  try {
    return await use(database.connection);
  } finally {
    database.close();
  }
}

export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * One file as it is: folders named `key=value` add no column, and text that its writer left
 * unannotated is text, not bytes shown as escapes.
 */
function oneParquet(path: string): string {
  return `read_parquet(${quote(path)}, hive_partitioning = false, binary_as_string = true)`;
}

/** Column names of a Parquet file, in file order. */
export async function parquetColumns(
  connection: DuckDBConnection,
  path: string,
): Promise<string[]> {
  const described = await connection.runAndReadAll(`describe select * from ${oneParquet(path)}`);
  return described.getRows().map((row) => String(row[0]));
}

/** The driver drops one leading U+FEFF of every text, which may begin a credential: it gets two. */
export function asWritten(column: string): string {
  const [name, mark] = [quoteName(column), 'chr(65279)'];
  return `case when starts_with(${name}, ${mark}) then ${mark} || ${name} else ${name} end as ${name}`;
}

/** Rows of the named columns, as plain JSON values, chunk by chunk. */
export async function* parquetRows(
  connection: DuckDBConnection,
  path: string,
  columns: readonly string[],
): AsyncGenerator<Record<string, unknown>[]> {
  const described = await connection.runAndReadAll(`describe select * from ${oneParquet(path)}`);
  const types = new Map(described.getRows().map(([name, type]) => [String(name), String(type)]));
  const list = columns.map((name) =>
    types.get(name) === 'VARCHAR' ? asWritten(name) : quoteName(name),
  );
  const result = await connection.stream(`select ${list.join(', ')} from ${oneParquet(path)}`);
  for await (const rows of result.yieldRowsJson()) {
    yield rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])));
  }
}

/** Rows of a query, as plain JSON values by column, chunk by chunk; a BIGINT comes as text. */
export async function* queryRows(
  connection: DuckDBConnection,
  query: string,
): AsyncGenerator<Record<string, unknown>[]> {
  const result = await connection.stream(query);
  const names = result.columnNames();
  for await (const rows of result.yieldRowsJson()) {
    yield rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])));
  }
}

/** `utf8`: text that comes as bytes (`utf8Value`), and is text once `select` has decoded it. */
export type ColumnType = 'text' | 'utf8' | 'integer' | 'double' | 'ubigint';
export interface TableColumn {
  readonly name: string;
  readonly type: ColumnType;
}

const TYPES: Record<ColumnType, DuckDBType> = {
  text: VARCHAR,
  utf8: BLOB,
  integer: INTEGER,
  double: DOUBLE,
  ubigint: UBIGINT,
};
const SQL_TYPES: Record<ColumnType, string> = {
  text: 'VARCHAR',
  utf8: 'BLOB',
  integer: 'INTEGER',
  double: 'DOUBLE',
  ubigint: 'UBIGINT',
};

/** A cell of a `utf8` column. */
export function utf8Value(bytes: Uint8Array): DuckDBValue {
  return new DuckDBBlobValue(bytes);
}

/** What selects the columns of a `RowSink`'s table, every text as text. */
export function selectColumns(columns: readonly TableColumn[]): string {
  const list = columns.map(({ name, type }) =>
    type === 'utf8' ? `decode(${quoteName(name)}) as ${quoteName(name)}` : quoteName(name),
  );
  return list.join(', ');
}

/** Rows that one data chunk may hold. */
export const CHUNK_ROWS = 2048;

/** A table that takes columns chunk by chunk and keeps their order. */
export class RowSink {
  readonly #appender: DuckDBAppender;
  readonly #types: DuckDBType[];

  private constructor(appender: DuckDBAppender, types: DuckDBType[]) {
    this.#appender = appender;
    this.#types = types;
  }

  static async create(
    connection: DuckDBConnection,
    table: string,
    columns: readonly TableColumn[],
  ): Promise<RowSink> {
    const list = columns.map((column) => `${quoteName(column.name)} ${SQL_TYPES[column.type]}`);
    await connection.run(`create table ${quoteName(table)} (${list.join(', ')})`);
    const appender = await connection.createAppender(table);
    return new RowSink(
      appender,
      columns.map((column) => TYPES[column.type]),
    );
  }

  /** Appends at most `CHUNK_ROWS` rows, given as columns. */
  append(columns: DuckDBValue[][]): void {
    const rows = columns[0]?.length ?? 0;
    if (rows === 0) return;
    const chunk = DuckDBDataChunk.create(this.#types, rows);
    chunk.setColumns(columns);
    this.#appender.appendDataChunk(chunk);
  }

  close(): void {
    this.#appender.closeSync();
  }
}

export interface ParquetWrite {
  readonly query: string;
  readonly path: string;
  readonly compression: 'zstd' | 'snappy' | 'gzip' | 'uncompressed';
  readonly metadata: Readonly<Record<string, string>>;
  /** Mean bytes of a row before compression, where rows may be large. */
  readonly rowBytes?: number;
}

/** Row groups stay small, for a reader loads one whole: by rows, and by bytes where rows are large. */
const ROW_GROUP_ROWS_MAX = 10_240;
const ROW_GROUP_BYTES = 64e6;

/** Rows per group: whole vectors of the engine, at least one. */
function rowGroupRows(rowBytes: number): number {
  const fitting = Math.floor(ROW_GROUP_BYTES / Math.max(1, rowBytes) / CHUNK_ROWS) * CHUNK_ROWS;
  return Math.min(ROW_GROUP_ROWS_MAX, Math.max(CHUNK_ROWS, fitting));
}

/** Writes a query's rows to a Parquet file (version 1 pages, which other readers take). */
export async function writeParquet(
  connection: DuckDBConnection,
  write: ParquetWrite,
): Promise<void> {
  const pairs = Object.entries(write.metadata).map(
    ([key, value]) => `${quoteName(key)}: ${quote(value)}`,
  );
  const options = [
    'FORMAT parquet',
    `COMPRESSION ${write.compression}`,
    'PARQUET_VERSION V1',
    `ROW_GROUP_SIZE ${rowGroupRows(write.rowBytes ?? 0)}`,
    ...(pairs.length > 0 ? [`KV_METADATA {${pairs.join(', ')}}`] : []),
  ];
  await connection.run(`copy (${write.query}) to ${quote(write.path)} (${options.join(', ')})`);
}
