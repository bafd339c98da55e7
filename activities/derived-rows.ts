/** The rows of derived text, as a table without text. */
import type { DerivedText } from '../core/schema/retraction.js';
import { type DuckDBConnection, quote, writeParquet } from '../engines/duckdb.js';
import { openVersionRows } from './impact-rows.js';
import type { Published } from './published-versions.js';

/** Rows of derived text, counted by document; a table without text beside the summary. */
export async function writeDerived(
  connection: DuckDBConnection,
  options: { workspace: string; versions: readonly Published[]; path: string },
  found: readonly Omit<DerivedText, 'documents'>[],
): Promise<{ derived: DerivedText[]; rows: number }> {
  await connection.run(
    'create table derived (mix varchar, source varchar, id varchar, model_family varchar, grant_id varchar, tokens integer, passes integer)',
  );
  for (const published of options.versions) {
    const families = found.filter(({ mix }) => mix === published.title);
    if (families.length === 0) continue;
    await openVersionRows(connection, options.workspace, published.manifest);
    const list = families.map(({ modelFamily }) => quote(modelFamily)).join(', ');
    await connection.run(
      `insert into derived select ${quote(published.title)}, source, id, any_value(model_family), any_value(grant_id),
       any_value(tokens), count(*)::integer from version_rows
       where split = 'train' and provenance = 'synthetic' and model_family in (${list}) group by source, id`,
    );
  }
  const query = 'select * from derived order by mix, source, id';
  await writeParquet(connection, { query, path: options.path, compression: 'zstd', metadata: {} });
  const counts = await connection.runAndReadAll(
    'select mix, model_family, count(*)::double from derived group by all',
  );
  const documents = new Map(
    counts.getRows().map(([mix, family, count]) => [`${mix}\n${family}`, Number(count)]),
  );
  const derived = found.map((item) => ({
    ...item,
    documents: documents.get(`${item.mix}\n${item.modelFamily}`) ?? 0,
  }));
  const rows = [...documents.values()].reduce((sum, count) => sum + count, 0);
  return { derived, rows };
}
