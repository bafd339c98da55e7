/**
 * Gathers one output shard: all pieces that belong to it, in the global keyed order, written as
 * Parquet (and Arrow). The same rows give the same bytes, whatever shards and workers made them.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ArtifactRef } from '../../core/schema/artifact.js';
import { MIX_COLUMNS } from '../../core/schema/mix-columns.js';
import type { Recipe } from '../../core/schema/recipe.js';
import {
  CHUNK_ROWS,
  RowSink,
  selectColumns,
  type TableColumn,
  utf8Value,
  withDuckDb,
  writeParquet,
} from '../../engines/duckdb.js';
import { type Columns, ColumnWriter, readColumns, type TextBytes } from '../../storage/columns.js';
import { guardIo } from '../../storage/io-failure.js';
import { haveFolder, shareFile } from '../../storage/remote/mirror.js';
import { makeScratch, scratchPath } from '../../storage/workspace.js';
import { type Build, type BuildContext, openBuild } from '../build-context.js';
import {
  dataFileName,
  PIECE_TEXTS,
  type PieceText,
  pieceFile,
  piecesFolder,
  type Split,
  stagingFolder,
} from '../piece-columns.js';
import { TOOL } from '../tool.js';
import { contentLine, OTHER_COLUMNS } from './content-digest.js';

export interface GatherInput {
  readonly context: BuildContext;
  readonly selection: ArtifactRef;
  readonly split: Split;
  readonly outputShard: number;
  readonly outputShards: number;
}

export interface Gathered {
  readonly rows: number;
  /** Digest over every column of every row, in order; of the text, its digest. */
  readonly contentSha256: string;
  readonly files: readonly string[];
}

interface PieceBatch {
  readonly columns: Columns;
  readonly texts: Record<PieceText, (row: number) => string>;
  readonly text: (row: number) => Uint8Array;
  readonly hi: Uint32Array;
  readonly lo: Uint32Array;
  readonly tokens: Uint32Array;
  readonly pass: Uint32Array;
  readonly lineageDepth: Uint32Array;
  readonly anchored: Uint32Array;
  readonly digests: Uint8Array;
}

interface RowPlace {
  readonly batch: PieceBatch;
  readonly row: number;
}

async function loadPieces(paths: readonly string[]): Promise<PieceBatch[]> {
  const batches: PieceBatch[] = [];
  for (const path of paths) {
    if (!existsSync(path)) continue;
    for await (const columns of readColumns(path)) {
      const readers = PIECE_TEXTS.map((name) => [name, columns.text(name)] as const);
      batches.push({
        columns,
        texts: Object.fromEntries(readers) as PieceBatch['texts'],
        text: columns.textBytes('text'),
        hi: columns.u32('orderHi'),
        lo: columns.u32('orderLo'),
        tokens: columns.u32('tokens'),
        pass: columns.u32('pass'),
        lineageDepth: columns.u32('lineageDepth'),
        anchored: columns.u32('anchored'),
        digests: columns.fixed('digest'),
      });
    }
  }
  return batches;
}

function compareRows(a: RowPlace, b: RowPlace): number {
  const order = a.batch.hi[a.row]! - b.batch.hi[b.row]! || a.batch.lo[a.row]! - b.batch.lo[b.row]!;
  if (order !== 0) return order;
  for (const name of ['source', 'id'] as const) {
    const [x, y] = [a.batch.texts[name](a.row), b.batch.texts[name](b.row)];
    if (x !== y) return x < y ? -1 : 1;
  }
  return a.batch.pass[a.row]! - b.batch.pass[b.row]!;
}

function sortedRows(batches: readonly PieceBatch[]): RowPlace[] {
  const places = batches.flatMap((batch) =>
    Array.from({ length: batch.columns.length }, (_, row) => ({ batch, row })),
  );
  return places.sort(compareRows);
}

/** Columns of the contract that a piece spells otherwise. */
const PIECE_SPELLING: Readonly<Record<string, string>> = {
  ...Object.fromEntries(OTHER_COLUMNS.map(([piece, column]) => [column, piece])),
  lineage_depth: 'lineageDepth',
};

const PIECE_NUMBERS = ['tokens', 'pass', 'lineageDepth', 'anchored'] as const;
type PieceNumber = (typeof PIECE_NUMBERS)[number];
type PieceColumn = PieceText | PieceNumber | 'text';

/** The contract's columns, and where a piece holds each. Texts pass as UTF-8, never decoded. */
const COLUMNS: readonly { column: TableColumn; from: PieceColumn }[] = MIX_COLUMNS.map(
  ({ name, type }) => ({
    column: { name, type: name === 'text' ? 'utf8' : type },
    from: (PIECE_SPELLING[name] ?? name) as PieceColumn,
  }),
);

/** The columns that this recipe's mixes have: `metadata` only where a source keeps some. */
export function mixColumns(recipe: Recipe): typeof COLUMNS {
  const keeps = recipe.sources.some(({ metadata }) => metadata.length > 0);
  return keeps ? COLUMNS : COLUMNS.slice(0, -1);
}

function isNumber(from: PieceColumn): from is PieceNumber {
  return (PIECE_NUMBERS as readonly string[]).includes(from);
}

function cell({ batch, row }: RowPlace, from: Exclude<PieceColumn, 'text'>) {
  return isNumber(from) ? batch[from][row]! : batch.texts[from](row) || null;
}

/** Key-value metadata of a data file: what it is, never when. */
export function fileMetadata(build: Build): Record<string, string> {
  const { recipe, pins, context } = build;
  return {
    ballast_mix: recipe.name,
    ballast_version: recipe.version,
    ballast_recipe_fingerprint: context.recipeFingerprint,
    ballast_seed: String(recipe.seed),
    ballast_tokenizer: pins.tokenizer.name,
    ballast_tool: `${TOOL.name} ${TOOL.version}`,
  };
}

async function writeParquetFile(
  build: Build,
  rows: readonly RowPlace[],
  path: string,
  scratch: string,
): Promise<void> {
  const columns = mixColumns(build.recipe);
  await withDuckDb({ memoryMegabytes: 1024, scratch }, async (connection) => {
    const sink = await RowSink.create(
      connection,
      'mix',
      columns.map(({ column }) => column),
    );
    let bytes = 0;
    for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
      const chunk = rows.slice(start, start + CHUNK_ROWS);
      for (const { batch, row } of chunk) bytes += batch.text(row).length;
      const bodies = () => chunk.map(({ batch, row }) => utf8Value(batch.text(row)));
      sink.append(
        columns.map(({ from }) =>
          from === 'text' ? bodies() : chunk.map((place) => cell(place, from)),
        ),
      );
    }
    sink.close();
    const { compression } = build.recipe.output;
    await writeParquet(connection, {
      query: `select ${selectColumns(columns.map(({ column }) => column))} from mix`,
      path,
      compression,
      metadata: fileMetadata(build),
      rowBytes: bytes / Math.max(1, rows.length),
    });
  });
}

/** Texts end to end: they are UTF-8 already and are never decoded here. */
function textBytes(chunk: readonly RowPlace[]): TextBytes {
  const texts = chunk.map(({ batch, row }) => batch.text(row));
  const offsets = new Int32Array(texts.length + 1);
  texts.forEach((text, i) => {
    offsets[i + 1] = offsets[i]! + text.length;
  });
  return { offsets, bytes: Buffer.concat(texts) };
}

/** Arrow has no null here: an absent value is an empty text. */
async function writeArrowFile(
  build: Build,
  rows: readonly RowPlace[],
  path: string,
): Promise<void> {
  const columns = mixColumns(build.recipe);
  const writer = new ColumnWriter(path, fileMetadata(build));
  for (let start = 0; start === 0 || start < rows.length; start += CHUNK_ROWS) {
    const chunk = rows.slice(start, start + CHUNK_ROWS);
    const entries = columns.map(({ column, from }) => {
      if (from === 'text') return [column.name, textBytes(chunk)] as const;
      const values = chunk.map((place) => cell(place, from) ?? '');
      return [
        column.name,
        column.type === 'integer' ? Uint32Array.from(values as number[]) : (values as string[]),
      ] as const;
    });
    writer.write(Object.fromEntries(entries));
  }
  await writer.close();
}

function contentDigest(rows: readonly RowPlace[]): string {
  const hash = createHash('sha256');
  for (const { batch, row } of rows) {
    const digest = Buffer.from(
      batch.digests.buffer,
      batch.digests.byteOffset + row * 32,
      32,
    ).toString('hex');
    const { texts, pass, tokens, lineageDepth, anchored } = batch;
    const others = OTHER_COLUMNS.map(([piece]) => texts[piece](row));
    const line = {
      source: texts.source(row),
      id: texts.id(row),
      pass: pass[row]!,
      tokens: tokens[row]!,
      lineageDepth: lineageDepth[row]!,
      anchored: anchored[row] === 1,
      others,
      digest,
    };
    hash.update(contentLine(line));
  }
  return hash.digest('hex');
}

export async function run(input: GatherInput, progress: Float64Array): Promise<Gathered> {
  const { context, split, outputShard, outputShards } = input;
  const build = await openBuild(context);
  const paths = build.shards.map((shard) =>
    join(piecesFolder(context, input.selection.sha256, shard.index), pieceFile(split, outputShard)),
  );
  const scratch = await makeScratch(context.workspace, context.buildId);
  return guardIo(scratch, async () => {
    const { workspace, buildId } = context;
    const pieces = `pieces-${input.selection.sha256.slice(0, 16)}-`;
    const file = `/${pieceFile(split, outputShard)}`;
    const wanted = (name: string) => name.startsWith(pieces) && name.endsWith(file);
    await haveFolder(join(workspace, scratchPath(buildId)), wanted);
    const rows = sortedRows(await loadPieces(paths));
    progress[1] = build.recipe.output.formats.length + 1;
    const contentSha256 = contentDigest(rows);
    const files: string[] = [];
    for (const format of build.recipe.output.formats) {
      progress[0] = files.length + 1;
      const name = dataFileName(split, outputShard, outputShards, format);
      const made = join(scratch, `made.${format}`);
      if (format === 'parquet') await writeParquetFile(build, rows, made, scratch);
      else await writeArrowFile(build, rows, made);
      const target = join(stagingFolder(context), name);
      await mkdir(dirname(target), { recursive: true });
      await rename(made, target);
      await shareFile(target);
      files.push(name);
    }
    return { rows: rows.length, contentSha256, files };
  });
}
