/**
 * Counts what the labels of all documents come to, from the label tables of the version that is being
 * assembled: the same rows that an auditor reads. Groups are small; no row of a document is held.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LABELS, type Label } from '../../core/schema/label.js';
import { CONFLICTS_LISTED, type ProvenanceRecord } from '../../core/schema/provenance.js';
import { type DuckDBConnection, quote, withDuckDb } from '../../engines/duckdb.js';

/** The parts of the record that the label tables hold. */
export type LabelTallies = Pick<
  ProvenanceRecord,
  'sources' | 'evidence' | 'conflicts' | 'conflictCount' | 'losses' | 'lineages'
>;

type Row = Record<string, string | number | null>;

async function rowsOf(connection: DuckDBConnection, query: string): Promise<Row[]> {
  const result = await connection.runAndReadAll(query);
  return result.getRowObjectsJson() as Row[];
}

const count = (value: string | number | null | undefined): number => Number(value ?? 0);
const text = (value: string | number | null | undefined): string => String(value ?? '');

async function sourcesOf(connection: DuckDBConnection): Promise<ProvenanceRecord['sources']> {
  const rows = await rowsOf(
    connection,
    `select source, domain, provenance, coalesce(unknown_reason, '') as why,
       count(*) as documents, sum(tokens) as tokens
     from labels group by all order by all`,
  );
  const found = new Map<string, ProvenanceRecord['sources'][number]>();
  for (const row of rows) {
    const [source, domain] = [text(row.source), text(row.domain)];
    const key = JSON.stringify([source, domain]);
    const known = found.get(key) ?? { source, domain, labels: noLabels(), unknownReasons: {} };
    found.set(key, known);
    const tally = known.labels[row.provenance as Label];
    tally.documents += count(row.documents);
    tally.tokens += count(row.tokens);
    if (row.why !== '') known.unknownReasons[text(row.why)] = count(row.documents);
  }
  return [...found.values()];
}

function noLabels(): Record<Label, { documents: number; tokens: number }> {
  const entries = LABELS.map((label) => [label, { documents: 0, tokens: 0 }] as const);
  return Object.fromEntries(entries) as Record<Label, { documents: number; tokens: number }>;
}

async function evidenceOf(connection: DuckDBConnection): Promise<ProvenanceRecord['evidence']> {
  const rows = await rowsOf(
    connection,
    `select source, item, count(*) as documents, sum(tokens) as tokens
     from (select source, tokens, unnest(string_split(reasons, ' ')) as item from labels
           where reasons is not null and reasons <> '')
     group by all order by all`,
  );
  return rows.map((row) => {
    const [family = '', tier = '', reason = '', says = ''] = text(row.item).split('/');
    const tally = { documents: count(row.documents), tokens: count(row.tokens) };
    return { source: text(row.source), family, tier, reason, says, ...tally };
  });
}

async function conflictsOf(
  connection: DuckDBConnection,
): Promise<Pick<LabelTallies, 'conflicts' | 'conflictCount'>> {
  const where = `from labels where unknown_reason = 'conflict'`;
  const [total] = await rowsOf(connection, `select count(*) as documents ${where}`);
  const rows = await rowsOf(
    connection,
    `select source, id, domain, conflict, coalesce(reasons, '') as reasons, tokens ${where}
     order by tokens desc, source, id limit ${CONFLICTS_LISTED}`,
  );
  return {
    conflictCount: count(total?.documents),
    conflicts: rows.map((row) => ({
      ...{ source: text(row.source), id: text(row.id), domain: text(row.domain) },
      ...{ conflict: count(row.conflict), reasons: text(row.reasons), tokens: count(row.tokens) },
    })),
  };
}

/** How a document belongs to a group of each axis; null leaves it out. */
const AXES: Readonly<Record<ProvenanceRecord['losses'][number]['axis'], string>> = {
  domain: 'domain',
  language: `coalesce(language, 'not stated')`,
  lexical_variety: `case when lexical_variety is null then null
    when lexical_variety < quartiles[1] then '1st quarter: fewest different words'
    when lexical_variety < quartiles[2] then '2nd quarter'
    when lexical_variety < quartiles[3] then '3rd quarter'
    else '4th quarter: most different words' end`,
};

async function lossesOf(connection: DuckDBConnection): Promise<ProvenanceRecord['losses']> {
  const losses: ProvenanceRecord['losses'] = [];
  for (const [axis, group] of Object.entries(AXES)) {
    const rows = await rowsOf(
      connection,
      `select "group", count(*) as documents, sum(tokens) as tokens,
         sum(case when provenance in ('human_authored', 'human_edited') then tokens else 0 end) as human,
         sum(case when provenance = 'synthetic' then tokens else 0 end) as synthetic,
         sum(case when provenance = 'unknown' then tokens else 0 end) as unknown,
         sum(case when outcome = 'written' then tokens * passes else 0 end) as written
       from (select *, ${group} as "group" from labels, (
         select approx_quantile(lexical_variety, [0.25, 0.5, 0.75]) as quartiles from labels) q)
       where "group" is not null group by all order by 1`,
    );
    for (const row of rows) {
      losses.push({
        axis: axis as ProvenanceRecord['losses'][number]['axis'],
        group: text(row.group),
        ...{ documents: count(row.documents), tokens: count(row.tokens) },
        ...{ human: count(row.human), synthetic: count(row.synthetic) },
        ...{ unknown: count(row.unknown), written: count(row.written) },
      });
    }
  }
  return losses;
}

async function lineagesOf(connection: DuckDBConnection): Promise<ProvenanceRecord['lineages']> {
  const rows = await rowsOf(
    connection,
    `select coalesce(model_family, 'not labelled synthetic') as family, lineage_depth as depth, loop,
       count(*) as documents, sum(tokens) as tokens,
       sum(case when outcome = 'written' then tokens * passes else 0 end) as written
     from labels where lineage_depth > 0 group by all order by 1, 2, 3`,
  );
  return rows.map((row) => ({
    ...{ modelFamily: text(row.family), lineageDepth: count(row.depth) },
    loop: row.loop === null ? null : text(row.loop),
    ...{ documents: count(row.documents), tokens: count(row.tokens), written: count(row.written) },
  }));
}

/** Tallies of `labels/*.parquet` below `folder`. */
export async function tallyLabels(folder: string, scratch: string): Promise<LabelTallies> {
  await mkdir(scratch, { recursive: true });
  return withDuckDb({ memoryMegabytes: 512, scratch }, async (connection) => {
    const files = quote(join(folder, 'labels', '*.parquet'));
    await connection.run(
      `create view labels as select * exclude (evidence) from read_parquet(${files})`,
    );
    return {
      sources: await sourcesOf(connection),
      evidence: await evidenceOf(connection),
      ...(await conflictsOf(connection)),
      losses: await lossesOf(connection),
      lineages: await lineagesOf(connection),
    };
  });
}
