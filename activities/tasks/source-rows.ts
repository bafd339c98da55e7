/** Rows of a pinned shard whatever its format, with the digest of the bytes that were really read. */
import { createHash } from 'node:crypto';
import { Failure } from '../../core/schema/failure.js';
import { openDuckDb, parquetColumns, parquetRows } from '../../engines/duckdb.js';
import { sha256File } from '../../storage/digest.js';
import { arrowRows } from '../../storage/source/arrow-rows.js';
import { gunzip, unzstd } from '../../storage/source/decompress.js';
import { jsonRows, type RawRow } from '../../storage/source/rows.js';
import { digestStream, type SourceStore } from '../../storage/source/store.js';
import type { FieldPlan } from '../profile-columns.js';

export interface ShardFile {
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly format: string;
}

function wantedFields(fields: FieldPlan): string[] {
  const { metadata, platform, ...single } = fields;
  const roles = platform.map(({ field }) => field);
  const names = [...Object.values(single), ...metadata, ...roles].filter(
    (name): name is string => name !== null,
  );
  return [...new Set(names)];
}

async function* parquetShard(
  path: string,
  shard: ShardFile,
  fields: FieldPlan,
  scratch: string,
): AsyncGenerator<RawRow[]> {
  const { connection, close } = await openDuckDb({ memoryMegabytes: 512, scratch });
  let place = 0;
  try {
    const present = new Set(await parquetColumns(connection, path));
    if (!present.has(fields.text)) throw noTextColumn(shard.file, fields.text, [...present]);
    const columns = wantedFields(fields).filter((name) => present.has(name));
    for await (const rows of parquetRows(connection, path, columns)) {
      yield rows.map((row) => ({ place: ++place, fields: row }));
    }
  } catch (error) {
    throw error instanceof Failure
      ? error
      : unreadable(shard.file, 'a whole Parquet file', error, place);
  } finally {
    close();
  }
}

function noTextColumn(file: string, text: string, present: readonly string[]): Failure {
  return new Failure('SOURCE_UNREADABLE', {
    subject: `source file ${file}`,
    expected: `a column "${text}" for the text`,
    found: `columns ${present.join(', ')}`,
    where: `${file}, fields.text`,
    remedy: "name the text column under the source's fields",
  });
}

function unreadable(file: string, expected: string, error: unknown, place: number): Failure {
  return new Failure('SOURCE_UNREADABLE', {
    subject: `source file ${file}`,
    expected,
    found: (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 300),
    where: `${file}, after row ${place}`,
    remedy: 'write the file again; it looks cut short or damaged',
  });
}

export function changed(file: string, expected: string, found: string): Failure {
  return new Failure('SOURCE_CHANGED', {
    subject: `source file ${file}`,
    expected: `the bytes pinned when the build started, sha256 ${expected.slice(0, 12)}..`,
    found: `sha256 ${found.slice(0, 12)}..`,
    where: file,
    remedy: 'let writers finish, then start the build again: it pins the new bytes',
  });
}

async function* hashed(
  bytes: AsyncIterable<Uint8Array>,
  shard: ShardFile,
  count: (n: number) => void,
) {
  const hash = createHash('sha256');
  for await (const chunk of bytes) {
    hash.update(chunk);
    count(chunk.length);
    yield chunk;
  }
  const found = hash.digest('hex');
  if (found !== shard.sha256) throw changed(shard.file, shard.sha256, found);
}

export interface ReadOptions {
  readonly store: SourceStore;
  readonly fields: FieldPlan;
  readonly scratch: string;
  /** Told the bytes of the file as they are read. */
  readonly onBytes: (n: number) => void;
}

/** What to blame where a file cannot be read: its bytes, unless they are no longer the pinned ones. */
async function blame(error: unknown, shard: ShardFile, store: SourceStore): Promise<unknown> {
  if (!(error instanceof Failure) || error.code !== 'SOURCE_UNREADABLE') return error;
  const { sha256 } = await digestStream(store.stream(shard.file));
  return sha256 === shard.sha256 ? error : changed(shard.file, shard.sha256, sha256);
}

/** Batches of rows. Fails with `SOURCE_CHANGED` where the bytes are not the pinned ones. */
export async function* shardRows(shard: ShardFile, options: ReadOptions): AsyncGenerator<RawRow[]> {
  try {
    yield* pinnedRows(shard, options);
  } catch (error) {
    throw await blame(error, shard, options.store);
  }
}

/** Formats whose readers jump about in a file: an engine opens it, or a whole copy. */
async function* openedRows(shard: ShardFile, options: ReadOptions): AsyncGenerator<RawRow[]> {
  const { store, fields, scratch, onBytes } = options;
  const { path, close } = await store.open(shard.file, scratch);
  try {
    if (shard.format === '.parquet') yield* parquetShard(path, shard, fields, scratch);
    else yield* arrowRows(shard.file, path);
    const { sha256 } = await sha256File(path);
    if (sha256 !== shard.sha256) throw changed(shard.file, shard.sha256, sha256);
  } finally {
    onBytes(shard.bytes);
    await close();
  }
}

async function* pinnedRows(shard: ShardFile, options: ReadOptions): AsyncGenerator<RawRow[]> {
  if (shard.format === '.parquet' || shard.format === '.arrow') {
    yield* openedRows(shard, options);
    return;
  }
  const raw = hashed(options.store.stream(shard.file), shard, options.onBytes);
  if (shard.format === '.jsonl.gz') yield* jsonRows(gunzip(shard.file, raw));
  else if (shard.format === '.jsonl.zst') yield* jsonRows(unzstd(shard.file, raw));
  else yield* jsonRows(raw);
}
