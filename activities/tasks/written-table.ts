/**
 * The training rows of a published version as a DuckDB relation `written`, without their texts:
 * Parquet files are read where they lie, Arrow files are loaded, and both spill. Columns that older
 * versions lack are empty. Rows and tokens must be those of the manifest.
 */
import { join } from 'node:path';
import { Failure } from '../../core/schema/failure.js';
import type { Manifest } from '../../core/schema/manifest.js';
import {
  CHUNK_ROWS,
  type DuckDBConnection,
  parquetColumns,
  quote,
  RowSink,
  type TableColumn,
} from '../../engines/duckdb.js';
import { readColumns } from '../../storage/columns.js';
import { haveFile } from '../../storage/remote/mirror.js';
import { isThere, mixPath } from '../../storage/workspace.js';
import { MANIFEST_FILE } from '../published-version.js';

const TEXTS = [
  ...['id', 'source', 'domain', 'provenance', 'model_family', 'grant_id', 'site', 'language'],
] as const;
const INTEGERS = ['tokens', 'pass', 'lineage_depth'] as const;

/** Makes `written`, and checks what it holds against the manifest. */
export async function openWritten(
  connection: DuckDBConnection,
  workspace: string,
  mix: Manifest,
): Promise<void> {
  const train = mix.files.filter(({ split }) => split === 'train');
  const format = train.some((file) => file.format === 'parquet') ? 'parquet' : 'arrow';
  const paths = train
    .filter((file) => file.format === format)
    .map(({ path }) => join(workspace, mixPath(mix.name, mix.version), path));
  for (const path of paths) await haveFile(path);
  const lost = paths.find((path) => !isThere(path));
  if (lost !== undefined) throw notAsPublished(mix, 'every data file', `none at ${lost}`);
  if (format === 'parquet') await viewParquet(connection, paths);
  else await loadArrow(connection, paths);
  const query =
    'select count(*)::double as documents, coalesce(sum(tokens), 0)::double as tokens from written';
  const [row] = (await connection.runAndReadAll(query)).getRows();
  const found = row!.map(Number);
  if (found[0] === mix.documentsWritten && found[1] === mix.tokensWritten) return;
  throw notAsPublished(
    mix,
    `${mix.documentsWritten} rows, ${mix.tokensWritten} tokens`,
    `${found[0]} rows, ${found[1]} tokens`,
  );
}

function notAsPublished({ name, version }: Manifest, expected: string, found: string): Failure {
  return new Failure('LEDGER_BROKEN', {
    subject: `${name}@${version}`,
    ...{ expected, found },
    where: `${mixPath(name, version)}/${MANIFEST_FILE}`,
    remedy: 'restore the version from a copy, or name another under anchor.keep_human_of',
  });
}

async function viewParquet(connection: DuckDBConnection, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) {
    await RowSink.create(connection, 'written', tableColumns()).then((sink) => sink.close());
    return;
  }
  const files = `read_parquet([${paths.map(quote).join(', ')}], hive_partitioning = false)`;
  const known = await parquetColumns(connection, paths[0]!);
  const list = [
    ...TEXTS.map((name) =>
      known.includes(name) ? `coalesce(${name}, '') as ${name}` : `'' as ${name}`,
    ),
    ...INTEGERS.map((name) => (known.includes(name) ? name : `0 as ${name}`)),
  ];
  await connection.run(`create view written as select ${list.join(', ')} from ${files}`);
}

function tableColumns(): TableColumn[] {
  return [
    ...TEXTS.map((name) => ({ name, type: 'text' }) as const),
    ...INTEGERS.map((name) => ({ name, type: 'integer' }) as const),
  ];
}

async function loadArrow(connection: DuckDBConnection, paths: readonly string[]): Promise<void> {
  const sink = await RowSink.create(connection, 'written', tableColumns());
  for (const path of paths) {
    for await (const batch of readColumns(path)) {
      const texts = TEXTS.map((name) => (batch.has(name) ? batch.text(name) : () => ''));
      const integers = INTEGERS.map((name) => (batch.has(name) ? batch.u32(name) : null));
      for (let from = 0; from < batch.length; from += CHUNK_ROWS) {
        const rows = Array.from(
          { length: Math.min(CHUNK_ROWS, batch.length - from) },
          (_, i) => from + i,
        );
        sink.append([
          ...texts.map((cell) => rows.map(cell)),
          ...integers.map((values) => rows.map((row) => values?.[row] ?? 0)),
        ]);
      }
    }
  }
  sink.close();
}
