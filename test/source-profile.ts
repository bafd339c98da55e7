/** Writes source files of every format, and profiles one file by itself, as a build would. */
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as arrow from 'apache-arrow';
import type { FieldPlan, ProfileSummary } from '../activities/profile-columns.js';
import { documentColumns } from '../activities/profile-columns.js';
import { run as profileShard } from '../activities/tasks/profile-shard.js';
import type { Failure } from '../core/schema/failure.js';
import { openDuckDb, quote } from '../engines/duckdb.js';
import { readColumns } from '../storage/columns.js';
import { sha256File } from '../storage/digest.js';
import { formatOf } from '../storage/source/format.js';

export const FIXTURES = join(import.meta.dirname, 'fixtures');

export async function makeTempFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'ballast-test-'));
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** What a promise was refused with; fails the test where it was not. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const outcome = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (outcome === null) throw new Error('it was not refused');
  return outcome as Failure;
}

const FIELDS: FieldPlan = {
  ...{ id: 'id', text: 'text', created: 'created', url: 'url' },
  ...{ domain: null, provenance: null, modelFamily: null, grant: null, language: null },
  ...{ metadata: [], platform: [] },
};

export interface Profiled {
  readonly summary: ProfileSummary;
  readonly documents: {
    readonly id: string;
    readonly tokens: number;
    readonly digest: string;
    readonly place: number;
    /** Credentials, dates and set phrases of the text, as JSON; '' where there is none. */
    readonly found: readonly string[];
  }[];
  readonly rejects: { place: number; reason: string; detail: string }[];
}

export interface ProfileOptions {
  readonly folder: string;
  readonly file: string;
  readonly workspace?: string;
  readonly fields?: Partial<FieldPlan>;
  /** The digest that was pinned; without it, that of the file as it is now. */
  readonly sha256?: string;
}

/** Profiles `file` of `folder` and reads the profile back. */
export async function profileFile(options: ProfileOptions): Promise<Profiled> {
  const { folder, file } = options;
  const workspace = options.workspace ?? join(folder, 'workspace');
  const sha256 = options.sha256 ?? (await sha256File(join(folder, file))).sha256;
  const { size } = await stat(join(folder, file));
  const shard = { file, sha256, bytes: size, format: formatOf(file) ?? '' };
  const { record } = await profileShard(
    {
      ...{ workspace, buildId: 'test', baseFolder: folder, source: 'web', shard },
      ...{ tokenizer: { kind: 'bytes' }, tokenizerSha256: null },
      fields: { ...FIELDS, ...options.fields },
    },
    new Float64Array(2),
  );
  const path = (name: string) => join(workspace, record.files[name]!.path);
  const documents: Profiled['documents'] = [];
  for await (const batch of readColumns(path('documents.arrow'))) {
    const columns = documentColumns(batch);
    const { id, tokens, digests, places, length } = columns;
    for (let i = 0; i < length; i++) {
      const digest = Buffer.from(digests.slice(i * 32, i * 32 + 32)).toString('hex');
      const found = [columns.credentials(i), columns.textDates(i), columns.boilerplate(i)];
      documents.push({ id: id(i), tokens: tokens[i]!, digest, place: places[i]!, found });
    }
  }
  const rejects: Profiled['rejects'] = [];
  for await (const batch of readColumns(path('rejects.arrow'))) {
    const [reason, detail, places] = [
      batch.text('reason'),
      batch.text('detail'),
      batch.u32('place'),
    ];
    for (let i = 0; i < batch.length; i++) {
      rejects.push({ place: places[i]!, reason: reason(i), detail: detail(i) });
    }
  }
  return { summary: record.summary as ProfileSummary, documents, rejects };
}

/** Profiles a `.jsonl` file (or another name) with these bytes. */
export async function profileBytes(
  folder: string,
  bytes: string | Uint8Array,
  file = 'rows.jsonl',
): Promise<Profiled> {
  await writeInto(folder, file, bytes);
  return profileFile({ folder, file });
}

export async function writeInto(
  folder: string,
  file: string,
  bytes: string | Uint8Array,
): Promise<string> {
  const path = join(folder, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return path;
}

/** Runs SQL in a database of its own. */
export async function sql(statement: string): Promise<Record<string, unknown>[]> {
  const { connection, close } = await openDuckDb({ memoryMegabytes: 512, scratch: tmpdir() });
  try {
    const result = await connection.runAndReadAll(statement);
    return result.getRowObjectsJson() as Record<string, unknown>[];
  } finally {
    close();
  }
}

/** SQL for a list of rows as a table of text columns. */
export function tableSql(rows: readonly Readonly<Record<string, string>>[]): string {
  const names = Object.keys(rows[0]!);
  const values = rows.map((row) => `(${names.map((name) => quote(row[name]!)).join(', ')})`);
  return `(values ${values.join(', ')}) as t(${names.join(', ')})`;
}

export async function writeParquetRows(
  path: string,
  rows: readonly Readonly<Record<string, string>>[],
): Promise<void> {
  await sql(`copy (select * from ${tableSql(rows)}) to ${quote(path)} (format parquet)`);
}

/** Bytes of an Arrow file or stream with one batch per list of rows. */
export function arrowBytes(
  batches: readonly (readonly Readonly<Record<string, string>>[])[],
  kind: 'file' | 'stream' = 'file',
): Uint8Array {
  const names = Object.keys(batches[0]![0]!);
  const fields = names.map((name) => new arrow.Field(name, new arrow.Utf8(), true));
  const schema = new arrow.Schema(fields);
  const made = batches.map((rows) => {
    const column = (name: string) =>
      arrow.vectorFromArray(
        rows.map((row) => row[name]!),
        new arrow.Utf8(),
      ).data[0]!;
    const children = names.map(column);
    const type = new arrow.Struct(fields);
    const data = arrow.makeData({ type, length: rows.length, nullCount: 0, children });
    return new arrow.RecordBatch(schema, data);
  });
  return arrow.tableToIPC(new arrow.Table(made), kind);
}

export async function readFixture(name: string): Promise<Buffer> {
  return readFile(join(FIXTURES, name));
}
