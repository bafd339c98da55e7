/** Rows of a written file, Parquet or Arrow, as the verification sees them: batch by batch. */
import type { Facets } from '../../core/plan/facets.js';
import type { Label } from '../../core/schema/label.js';
import type { StratumKey } from '../../core/schema/plan.js';
import { type Columns, readColumns } from '../../storage/columns.js';
import { openParquet, type RowGroup } from '../../storage/parquet-reader.js';
import { breach } from './breach.js';
import { OTHER_COLUMNS } from './content-digest.js';

export interface WrittenRow {
  readonly id: string;
  readonly source: string;
  readonly key: StratumKey;
  readonly tokens: number;
  readonly pass: number;
  /** As `OTHER_COLUMNS`; '' where there is no value. */
  readonly others: readonly string[];
  readonly text: string;
}

/** A batch of either format: cells by column and row, '' where there is no value. */
interface WrittenBatch {
  readonly rows: number;
  text(column: string): (row: number) => string;
  integer(column: string): (row: number) => number;
}

function fromGroup(group: RowGroup, columns: readonly string[]): WrittenBatch {
  return {
    rows: group.rows,
    text: (column) => {
      const cells = columns.includes(column) ? group.text(column) : [];
      return (row) => cells[row] ?? '';
    },
    integer: (column) => {
      const cells = group.integer(column);
      return (row) => cells[row]!;
    },
  };
}

function fromColumns(batch: Columns): WrittenBatch {
  return {
    rows: batch.length,
    text: (column) => (batch.has(column) ? batch.text(column) : () => ''),
    integer: (column) => {
      const cells = batch.u32(column);
      return (row) => cells[row]!;
    },
  };
}

/** Columns that no row may leave empty. */
const REQUIRED = ['id', 'source', 'domain', 'provenance', 'grant_id', 'text'] as const;

function rowsOf(batch: WrittenBatch, { name, facets }: WrittenFile): WrittenRow[] {
  const required = REQUIRED.map((column) => batch.text(column));
  const [id, source, domain, label, grant, text] = required as [Cell, Cell, Cell, Cell, Cell, Cell];
  const family = batch.text('model_family');
  const site = batch.text('site');
  const language = batch.text('language');
  const others = OTHER_COLUMNS.map(([, column]) => batch.text(column));
  const numbers = ['tokens', 'pass', 'lineage_depth', 'anchored'].map((column) =>
    batch.integer(column),
  );
  const [tokens, pass, depth, anchored] = numbers as [
    ...[NumberCell, NumberCell],
    ...[NumberCell, NumberCell],
  ];
  return Array.from({ length: batch.rows }, (_, row) => {
    const empty = REQUIRED.find((_column, i) => required[i]!(row) === '');
    if (empty !== undefined)
      throw breach(name, `a value in column ${empty}`, `nothing in row ${row}`);
    const key = {
      source: source(row),
      domain: domain(row),
      label: label(row) as Label,
      modelFamily: family(row),
      grantId: grant(row),
      lineageDepth: depth(row),
      site: facets.site(site(row)),
      language: facets.language(language(row)),
      anchored: anchored(row) === 1,
    };
    return {
      id: id(row),
      source: key.source,
      key,
      tokens: tokens(row),
      pass: pass(row),
      others: others.map((cell) => cell(row)),
      text: text(row),
    };
  });
}
type Cell = (row: number) => string;
type NumberCell = (row: number) => number;

export interface WrittenFile {
  readonly path: string;
  readonly name: string;
  /** Key-value metadata that a Parquet file must carry. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly facets: Facets;
}

/** Batches of rows. */
export async function* writtenRows(of: WrittenFile): AsyncGenerator<WrittenRow[]> {
  const { path, name, metadata } = of;
  if (!name.endsWith('.parquet')) {
    for await (const batch of readColumns(path)) yield rowsOf(fromColumns(batch), of);
    return;
  }
  const file = await openParquet(path);
  for (const [key, value] of Object.entries(metadata)) {
    const found = String(file.metadata[key]);
    if (found !== value) throw breach(name, `metadata ${key} = ${value}`, found);
  }
  for await (const group of file.groups) yield rowsOf(fromGroup(group, file.columns), of);
}
