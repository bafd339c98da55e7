/** Why a document is in a mix or out of it, from the version's own records alone. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContaminationHit } from '../../core/schema/contamination.js';
import type { Evidence } from '../../core/schema/evidence.js';
import { type DuckDBConnection, quote, withDuckDb } from '../../engines/duckdb.js';

export interface Explained {
  readonly id: string;
  readonly source: string;
  readonly created: string | null;
  readonly url: string | null;
  readonly domain: string;
  readonly provenance: string;
  readonly edit_direction: string | null;
  readonly unknown_reason: string | null;
  readonly model_family: string | null;
  readonly grant_id: string | null;
  readonly outcome: string;
  readonly reason: string | null;
  readonly duplicate_of: string | null;
  readonly synthetic_kind: string | null;
  readonly transformed_by: string | null;
  readonly language: string | null;
  /** Own models between this text and human text; the mix version of a loop. */
  readonly lineage_depth: number;
  readonly loop: string | null;
  readonly p_human_authored: number;
  readonly p_human_edited: number;
  readonly p_synthetic: number;
  readonly conflict: number;
  readonly evidence: readonly Evidence[];
  /** Benchmark items that stand in it. */
  readonly contamination: readonly ContaminationHit[];
  readonly file: string;
  readonly line: number;
  readonly tokens: number;
  readonly passes: number;
}

async function rowsOf(
  connection: DuckDBConnection,
  query: string,
): Promise<Record<string, unknown>[]> {
  const result = await connection.runAndReadAll(query);
  return result.getRowObjectsJson() as Record<string, unknown>[];
}

/** Runs `use` with a small database whose scratch is removed afterwards. */
export async function withRecords<T>(
  use: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const scratch = await mkdtemp(join(tmpdir(), 'ballast-'));
  try {
    return await withDuckDb({ memoryMegabytes: 512, scratch }, use);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Documents with this id (one per source), `source/id` being accepted too. */
export async function explainDocument(mixFolder: string, id: string): Promise<Explained[]> {
  const files = quote(join(mixFolder, 'labels', '*.parquet'));
  const match = `id = ${quote(id)} or source || '/' || id = ${quote(id)}`;
  return withRecords(async (connection) => {
    const rows = await rowsOf(
      connection,
      `select * from read_parquet(${files}) where ${match} order by source`,
    );
    return rows.map(({ reasons: _, contamination, ...row }) => {
      const lists = {
        evidence: JSON.parse(String(row.evidence)),
        contamination: JSON.parse(String(contamination ?? '[]')),
      };
      return { ...row, ...lists } as unknown as Explained;
    });
  });
}

export interface DocumentChange {
  readonly change: 'added' | 'removed';
  readonly source: string;
  readonly documents: number;
  readonly tokens: number;
}

/** Documents that one version writes and the other does not, by source. */
export async function documentChanges(before: string, after: string): Promise<DocumentChange[]> {
  const written = (folder: string) =>
    `select source, id, tokens from read_parquet(${quote(join(folder, 'labels', '*.parquet'))}) where outcome = 'written'`;
  const side = (change: string, one: string, other: string) =>
    `select '${change}' as change, source, count(*)::integer as documents, sum(tokens)::double as tokens
     from (${written(one)}) a where not exists (select 1 from (${written(other)}) b where a.source = b.source and a.id = b.id) group by source`;
  return withRecords(async (connection) => {
    const rows = await rowsOf(
      connection,
      `${side('added', after, before)} union all ${side('removed', before, after)} order by 1, 2`,
    );
    return rows as unknown as DocumentChange[];
  });
}
