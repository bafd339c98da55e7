/**
 * Rows of a published version as the DuckDB relation `version_rows`, both splits, with the digest of each
 * text in place of the text. Parquet files are read where they lie, Arrow files are loaded batch by batch; both spill.
 */
import { join } from 'node:path';
import type { DataFile, Manifest } from '../core/schema/manifest.js';
import {
  CHUNK_ROWS,
  type DuckDBConnection,
  parquetColumns,
  quote,
  quoteName,
  RowSink,
  type TableColumn,
} from '../engines/duckdb.js';
import { readColumns } from '../storage/columns.js';
import { sha256 } from '../storage/digest.js';
import { mixPath } from '../storage/workspace.js';

const TEXTS = [
  ...['id', 'source', 'domain', 'provenance', 'model_family', 'grant_id', 'site', 'language'],
] as const;
const INTEGERS = ['tokens', 'pass', 'lineage_depth', 'anchored'] as const;
const LOADED = 'version_loaded';

/** Digest of the text of a row, as it stands in `version_rows`; computed only where it is asked for. */
export const TEXT_SHA256 = 'text_sha256';

/** Makes `version_rows` for one version; the relation of the version before goes. */
export async function openVersionRows(
  connection: DuckDBConnection,
  workspace: string,
  mix: Manifest,
): Promise<void> {
  await connection.run('drop view if exists version_rows');
  await connection.run(`drop table if exists ${LOADED}`);
  const format = mix.files.some((file) => file.format === 'parquet') ? 'parquet' : 'arrow';
  const files = mix.files.filter((file) => file.format === format);
  const folder = join(workspace, mixPath(mix.name, mix.version));
  if (format === 'parquet') await viewParquet(connection, folder, files);
  else await loadArrow(connection, folder, files);
}

async function viewParquet(
  connection: DuckDBConnection,
  folder: string,
  files: readonly DataFile[],
): Promise<void> {
  const parts: string[] = [];
  for (const split of ['train', 'holdout'] as const) {
    const paths = files
      .filter((file) => file.split === split)
      .map(({ path }) => join(folder, path));
    if (paths.length === 0) continue;
    const known = await parquetColumns(connection, paths[0]!);
    const texts = TEXTS.map((name) =>
      known.includes(name) ? `coalesce(${name}, '') as ${name}` : `'' as ${name}`,
    );
    const integers = INTEGERS.map((name) => (known.includes(name) ? name : `0 as ${name}`));
    const list = [...texts, ...integers, `sha256(text) as ${TEXT_SHA256}`, `'${split}' as split`];
    const from = `read_parquet([${paths.map(quote).join(', ')}], hive_partitioning = false)`;
    parts.push(`select ${list.join(', ')} from ${from}`);
  }
  if (parts.length === 0) return loadArrow(connection, folder, []);
  await connection.run(`create temp view version_rows as ${parts.join(' union all ')}`);
}

async function loadArrow(
  connection: DuckDBConnection,
  folder: string,
  files: readonly DataFile[],
): Promise<void> {
  const text = [...TEXTS, TEXT_SHA256, 'split'].map((name) => ({ name, type: 'text' }) as const);
  const columns: TableColumn[] = [
    ...text,
    ...INTEGERS.map((name) => ({ name, type: 'integer' }) as const),
  ];
  const sink = await RowSink.create(connection, LOADED, columns);
  for (const { path, split } of files) {
    for await (const batch of readColumns(join(folder, path))) {
      const bytes = batch.textBytes('text');
      const texts = TEXTS.map((name) => (batch.has(name) ? batch.text(name) : () => ''));
      const integers = INTEGERS.map((name) => (batch.has(name) ? batch.u32(name) : null));
      for (let from = 0; from < batch.length; from += CHUNK_ROWS) {
        const size = Math.min(CHUNK_ROWS, batch.length - from);
        const rows = Array.from({ length: size }, (_, i) => from + i);
        sink.append([
          ...texts.map((cell) => rows.map(cell)),
          rows.map((row) => sha256(bytes(row))),
          rows.map(() => split),
          ...integers.map((values) => rows.map((row) => values?.[row] ?? 0)),
        ]);
      }
    }
  }
  sink.close();
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  await connection.run(`create temp view version_rows as select ${names} from ${LOADED}`);
}
