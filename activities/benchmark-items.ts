/** Items of a benchmark's file, row by row: the fields that are looked for, and the rest of the row. */
import { Failure } from '../core/schema/failure.js';
import { suggest } from '../core/schema/nearest.js';
import type { PinnedShard } from '../core/schema/pins.js';
import type { Benchmark } from '../core/schema/recipe.js';
import type { BenchmarkItem } from '../engines/ngram/ngram-screen.js';
import { storeFor } from '../storage/source/store.js';
import type { FieldPlan } from './profile-columns.js';
import { shardRows } from './tasks/source-rows.js';

/** What of a benchmark decides its items. */
export type BenchmarkFields = Pick<Benchmark, 'name' | 'fields'>;

export interface BenchmarkFile {
  readonly benchmark: BenchmarkFields;
  readonly file: Pick<PinnedShard, 'file' | 'sha256' | 'bytes' | 'format'>;
  readonly baseFolder: string;
  readonly scratch: string;
}

export interface BenchmarkRow {
  readonly item: BenchmarkItem;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Columns of a Parquet file that are read besides the fields that are looked for. */
export type OtherFields = Pick<FieldPlan, 'created' | 'url' | 'platform'>;

const NO_OTHERS: OtherFields = { created: '', url: '', platform: [] };

/** What is looked for of a value: text as it is, anything else as JSON; null where there is nothing. */
function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function planOf(fields: readonly string[], others: OtherFields): FieldPlan {
  const none = { domain: null, provenance: null, modelFamily: null, grant: null, language: null };
  return { ...others, id: '', text: fields[0]!, ...none, metadata: fields };
}

/** Rows in file order. Fails where a row cannot be read, or a field stands in no row. */
export async function* benchmarkRows(
  { benchmark, file, baseFolder, scratch }: BenchmarkFile,
  others = NO_OTHERS,
): AsyncGenerator<BenchmarkRow> {
  const { name, fields } = benchmark;
  const store = storeFor(file.file, baseFolder);
  const plan = planOf(fields, others);
  const options = { store, fields: plan, scratch, onBytes: () => undefined };
  const seen = new Set<string>();
  for await (const rows of shardRows(file, options)) {
    for (const row of rows) {
      if ('reason' in row) {
        if (row.reason === 'blank_line') continue;
        throw unreadable(name, `${file.file}:${row.place}`, `${row.reason}: ${row.detail}`);
      }
      const texts = fields.flatMap((field) => {
        const text = textOf(row.fields[field]);
        return text === null ? [] : [{ field, text }];
      });
      for (const [field, value] of Object.entries(row.fields))
        if (textOf(value) !== null) seen.add(field);
      const item = { benchmark: name, item: row.place, fields: texts };
      yield { item, fields: row.fields };
    }
  }
  const missing = fields.find((field) => !seen.has(field));
  if (missing !== undefined) throw noField(name, file.file, missing, [...seen].sort());
}

function unreadable(name: string, where: string, found: string): Failure {
  return new Failure('SOURCE_UNREADABLE', {
    subject: `benchmark "${name}"`,
    expected: 'one item a row, a JSON object each: an item that is not read is not looked for',
    found,
    where,
    remedy: 'correct the row or remove it',
  });
}

function noField(name: string, file: string, field: string, known: readonly string[]): Failure {
  return new Failure('SOURCE_UNREADABLE', {
    subject: `benchmark "${name}"`,
    expected: `items with a field "${field}"`,
    found: known.length === 0 ? 'no field with a value' : `fields ${known.join(', ')}`,
    where: `${file}, benchmarks.${name}.fields`,
    remedy: suggest(field, known),
  });
}
