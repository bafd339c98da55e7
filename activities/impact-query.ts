/**
 * The impact query in SQL: which rows of `version_rows` are retracted, and the sums over them. Tables:
 * `wanted` (documents by source and id), `digests` (their texts), `false_labels` (documents whose
 * evidence was found false), `affected` (the rows found, without text).
 */
import { join } from 'node:path';
import type {
  RetractionScope,
  VersionImpact,
  WithdrawnDocuments,
} from '../core/schema/retraction.js';
import { CHUNK_ROWS, type DuckDBConnection, quote, RowSink } from '../engines/duckdb.js';
import { TEXT_SHA256 } from './impact-rows.js';

const AFFECTED_COLUMNS = [
  ...['split', 'source', 'id', TEXT_SHA256, 'grant_id', 'domain', 'provenance', 'model_family'],
  ...['site', 'language', 'lineage_depth', 'anchored', 'tokens', 'pass'],
];

/** Makes the tables, and fills `wanted` and `digests` with what the retraction names. */
export async function makeImpactTables(
  connection: DuckDBConnection,
  named: WithdrawnDocuments | null,
): Promise<void> {
  const text = (name: string) => ({ name, type: 'text' }) as const;
  const wanted = await RowSink.create(connection, 'wanted', [text('source'), text('id')]);
  const digests = await RowSink.create(connection, 'named_digests', [text(TEXT_SHA256)]);
  for (let at = 0; at < (named?.documents.length ?? 0); at += CHUNK_ROWS) {
    const part = named!.documents.slice(at, at + CHUNK_ROWS);
    wanted.append([part.map(([source]) => source), part.map(([, id]) => id)]);
  }
  for (let at = 0; at < (named?.textSha256.length ?? 0); at += CHUNK_ROWS)
    digests.append([named!.textSha256.slice(at, at + CHUNK_ROWS)]);
  wanted.close();
  digests.close();
  await connection.run(`create table digests as select distinct ${TEXT_SHA256} from named_digests`);
  await connection.run('create table false_labels (source varchar, id varchar)');
  await connection.run(
    `create table affected (mix varchar, split varchar, source varchar, id varchar, ${TEXT_SHA256} varchar,
     grant_id varchar, domain varchar, provenance varchar, model_family varchar, site varchar,
     language varchar, lineage_depth integer, anchored integer, tokens integer, pass integer)`,
  );
}

/** Adds the digests of the wanted documents' texts in `version_rows` to `digests`. */
export async function collectDigests(connection: DuckDBConnection): Promise<void> {
  await connection.run(
    `insert into digests select distinct ${TEXT_SHA256} from version_rows v
     where exists (select 1 from wanted w where w.source = v.source and w.id = v.id)
     and not exists (select 1 from digests d where d.${TEXT_SHA256} = v.${TEXT_SHA256})`,
  );
}

/** Documents of a version whose labels rest on the evidence, by its name or its beginning. */
export async function collectFalseLabels(
  connection: DuckDBConnection,
  folder: string,
  evidence: string,
): Promise<void> {
  const files = quote(join(folder, 'labels', '*.parquet'));
  const name = `${evidence}/`;
  await connection.run('delete from false_labels');
  await connection.run(
    `insert into false_labels select source, id from read_parquet(${files}, hive_partitioning = false)
     where exists (select 1 from unnest(string_split(coalesce(reasons, ''), ' ')) r(reason)
       where starts_with(r.reason || '/', ${quote(name)}))`,
  );
}

/** True of a row `v` that the scope covers. */
function conditionOf(scope: RetractionScope): string {
  if (scope.kind === 'grant')
    return `list_contains(string_split(v.grant_id, ' AND '), ${quote(scope.grant)})`;
  if (scope.kind === 'source') return `v.source = ${quote(scope.source)}`;
  if (scope.kind === 'label_evidence')
    return 'exists (select 1 from false_labels f where f.source = v.source and f.id = v.id)';
  return `(exists (select 1 from wanted w where w.source = v.source and w.id = v.id)
    or exists (select 1 from digests d where d.${TEXT_SHA256} = v.${TEXT_SHA256}))`;
}

/** Adds the rows of `version_rows` that the scope covers. */
export async function collectAffected(
  connection: DuckDBConnection,
  mix: string,
  scope: RetractionScope,
): Promise<void> {
  const list = AFFECTED_COLUMNS.map((name) => `v.${name}`).join(', ');
  await connection.run(
    `insert into affected select ${quote(mix)}, ${list} from version_rows v where ${conditionOf(scope)}`,
  );
}

async function rowsOf(connection: DuckDBConnection, query: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(query)).getRows() as unknown[][];
}

const TALLY =
  'count(distinct (source, id))::double, count(*)::double, coalesce(sum(tokens), 0)::double';

async function tallyOf(connection: DuckDBConnection, where: string) {
  const query = `select ${TALLY}, coalesce(max(pass) + 1, 0)::double from affected where ${where}`;
  const [documents = 0, rows = 0, tokens = 0, passesMax = 0] = (
    await rowsOf(connection, query)
  )[0]!.map(Number);
  return { documents, rows, tokens, passesMax };
}

async function tallyBy(connection: DuckDBConnection, column: string, where: string) {
  const query = `select ${column}, ${TALLY}, (max(pass) + 1)::double from affected where ${where}
    group by 1 order by 1`;
  return (await rowsOf(connection, query)).map(([name, ...numbers]) => {
    const [documents, rows, tokens, passesMax] = numbers.map(Number) as [
      ...[number, number],
      ...[number, number],
    ];
    return { name: String(name), documents, rows, tokens, passesMax };
  });
}

/** Sums over the affected rows of one version; null where it has none. */
export async function affectedOf(
  connection: DuckDBConnection,
  mix: string,
): Promise<Pick<
  VersionImpact,
  'documents' | 'rows' | 'tokens' | 'passesMax' | 'holdout' | 'byDomain' | 'byProvenance'
> | null> {
  const [train, held] = ['train', 'holdout'].map(
    (split) => `mix = ${quote(mix)} and split = '${split}'`,
  ) as [string, string];
  const { passesMax: _passes, ...holdout } = await tallyOf(connection, held);
  const whole = await tallyOf(connection, train);
  if (whole.rows === 0 && holdout.rows === 0) return null;
  return {
    ...whole,
    holdout,
    byDomain: await tallyBy(connection, 'domain', train),
    byProvenance: await tallyBy(connection, 'provenance', train),
  };
}

export interface AffectedStratum {
  readonly source: string;
  readonly domain: string;
  readonly label: string;
  readonly modelFamily: string;
  readonly grantId: string;
  readonly site: string;
  readonly language: string;
  readonly lineageDepth: number;
  readonly anchored: boolean;
  readonly rows: number;
  readonly tokens: number;
}

/** Affected training rows of one version by what divides strata; sites and languages as written. */
export async function affectedStrata(
  connection: DuckDBConnection,
  mix: string,
): Promise<AffectedStratum[]> {
  const parts =
    'source, domain, provenance, model_family, grant_id, site, language, lineage_depth, anchored';
  const rows = await rowsOf(
    connection,
    `select ${parts}, count(*)::double, sum(tokens)::double from affected
     where mix = ${quote(mix)} and split = 'train' group by all order by all`,
  );
  return rows.map((row) => {
    const [source, domain, label, modelFamily, grantId, site, language] = row.map(String) as [
      ...[string, string, string, string],
      ...[string, string, string],
    ];
    return {
      ...{ source, domain, label, modelFamily, grantId, site, language },
      lineageDepth: Number(row[7]),
      anchored: Number(row[8]) === 1,
      rows: Number(row[9]),
      tokens: Number(row[10]),
    };
  });
}

/** A row per affected document and version, without text. */
export const AFFECTED_ROWS = `select mix, split, source, id, ${TEXT_SHA256}, any_value(grant_id) as grant_id,
  any_value(domain) as domain, any_value(provenance) as provenance, any_value(model_family) as model_family,
  any_value(tokens) as tokens, count(*)::integer as passes
  from affected group by mix, split, source, id, ${TEXT_SHA256} order by mix, split, source, id`;

/** Digests of every affected text, sorted. */
export async function affectedDigests(connection: DuckDBConnection): Promise<string[]> {
  const query = `select ${TEXT_SHA256} from digests union select ${TEXT_SHA256} from affected order by 1`;
  return (await rowsOf(connection, query)).map(([digest]) => String(digest));
}
