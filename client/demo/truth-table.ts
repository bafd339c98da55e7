/** The demo knows what each document is; beside it stands what Ballast called it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Table } from '../../core/report/tables.js';
import { quote } from '../../engines/duckdb.js';
import { withRecords } from '../records/explain-document.js';

export interface TruthRow {
  readonly source: string;
  readonly truth: string;
  readonly documents: number;
  readonly human: number;
  readonly synthetic: number;
  readonly unknown: number;
  readonly duplicates: number;
  readonly written: number;
}

interface TruthLine {
  readonly id: string;
  readonly source: string;
  readonly truth: string | null;
}

interface LabelRow {
  readonly id: string;
  readonly source: string;
  readonly provenance: string;
  readonly outcome: string;
}

async function readLabels(folder: string): Promise<LabelRow[]> {
  const query = `select id, source, provenance, outcome from read_parquet(${quote(join(folder, 'labels', '*.parquet'))})`;
  return withRecords(async (connection) => {
    const result = await connection.runAndReadAll(query);
    return result.getRowObjectsJson() as unknown as LabelRow[];
  });
}

/** Label and fate by source and truth. */
export async function truthRows(folder: string, truthPath: string): Promise<TruthRow[]> {
  const lines = readFileSync(truthPath, 'utf8').trim().split('\n');
  const truth = new Map(
    lines
      .map((line) => JSON.parse(line) as TruthLine)
      .map((row) => [`${row.source}/${row.id}`, row.truth ?? 'nobody knows']),
  );
  const rows = new Map<string, { -readonly [K in keyof TruthRow]: TruthRow[K] }>();
  for (const { id, source, provenance, outcome } of await readLabels(folder)) {
    const known = truth.get(`${source}/${id}`) ?? 'nobody knows';
    const key = `${source}\u0000${known}`;
    const row = rows.get(key) ?? {
      source,
      truth: known,
      documents: 0,
      human: 0,
      synthetic: 0,
      unknown: 0,
      duplicates: 0,
      written: 0,
    };
    row.documents++;
    if (provenance === 'synthetic') row.synthetic++;
    else if (provenance === 'unknown') row.unknown++;
    else row.human++;
    if (outcome === 'duplicate') row.duplicates++;
    if (outcome === 'written') row.written++;
    rows.set(key, row);
  }
  return [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

export function truthTable(rows: readonly TruthRow[]): Table {
  const numbers = [
    'documents',
    'called human',
    'called synthetic',
    'called unknown',
    'copies removed',
    'written',
  ];
  return {
    title: 'What it is (only the demo knows), and what Ballast made of it',
    columns: [
      { name: 'source', align: 'left' },
      { name: 'truth', align: 'left' },
      ...numbers.map((name) => ({ name, align: 'right' as const })),
    ],
    rows: rows.map((row) => [
      row.source,
      row.truth,
      ...[row.documents, row.human, row.synthetic, row.unknown, row.duplicates, row.written].map(
        (n) => n.toLocaleString('en-US'),
      ),
    ]),
  };
}
