/**
 * Writes `labels/<source>.parquet`: every document that was read, also those left out, with its
 * verdict, its evidence, and what became of it; and the source's rejected rows. Sorted by id.
 */
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { evidenceName } from '../../core/label/label-document.js';
import { rankKey, rankOf } from '../../core/mix/rank.js';
import { StratumTable, stratumKeyFrom } from '../../core/mix/stratum-table.js';
import { type Facets, facetsOf } from '../../core/plan/facets.js';
import type { ArtifactRef } from '../../core/schema/artifact.js';
import type { Evidence } from '../../core/schema/evidence.js';
import { parseDate } from '../../core/schema/parse-date.js';
import {
  passesOf,
  type Selection,
  type StratumSelection,
  selection as selectionSchema,
} from '../../core/schema/selection.js';
import {
  CHUNK_ROWS,
  RowSink,
  type TableColumn,
  withDuckDb,
  writeParquet,
} from '../../engines/duckdb.js';
import { readJsonArtifact } from '../../storage/artifact.js';
import { readColumns } from '../../storage/columns.js';
import { guardIo } from '../../storage/io-failure.js';
import { shareFile } from '../../storage/remote/mirror.js';
import { makeScratch } from '../../storage/workspace.js';
import { type BuildContext, openBuild } from '../build-context.js';
import { AVAILABLE, HOLDOUT } from '../label-columns.js';
import {
  type LabelledBatch,
  type LabelledShard,
  labelledBatches,
  openLabelledShards,
  stratumKeyOf,
} from '../labelled-documents.js';
import { stagingFolder } from '../piece-columns.js';
import { REJECTS_FILE } from '../profile-columns.js';
import { fileMetadata } from './gather-shard.js';

export interface WriteLabelsInput {
  readonly context: BuildContext;
  readonly selection: ArtifactRef;
  readonly source: string;
}

/** Outcomes after selection, beside those of labelling. */
export const WRITTEN = 'written';
export const NOT_SELECTED = 'not_selected';

const COLUMNS: readonly TableColumn[] = [
  ...[
    'id',
    'source',
    'created',
    'url',
    'domain',
    'provenance',
    'edit_direction',
    'unknown_reason',
    'synthetic_kind',
    'transformed_by',
    'model_family',
    'loop',
    'language',
    'grant_id',
    'outcome',
    'reason',
    'duplicate_of',
    'cluster_kind',
    'reasons',
    'evidence',
    'contamination',
    'file',
  ].map((name) => ({ name, type: 'text' }) as const),
  ...['line', 'tokens', 'passes', 'lineage_depth'].map(
    (name) => ({ name, type: 'integer' }) as const,
  ),
  ...['p_human_authored', 'p_human_edited', 'p_synthetic', 'conflict', 'lexical_variety'].map(
    (name) => ({ name, type: 'double' }) as const,
  ),
];

const REJECT_COLUMNS: readonly TableColumn[] = [
  { name: 'source', type: 'text' },
  { name: 'file', type: 'text' },
  { name: 'line', type: 'integer' },
  { name: 'reason', type: 'text' },
  { name: 'detail', type: 'text' },
];

/** Fewer words have hardly any repeats, whoever wrote them. */
const VARIETY_WORDS_MIN = 50;

/** Distinct lists of evidence whose reasons are remembered. */
const REASONS_REMEMBERED = 10_000;

type Cell = string | number | null;

class OutcomeReader {
  readonly #strata = new StratumTable<{ found: StratumSelection | null }>(() => ({ found: null }));
  readonly #source: string;
  readonly #facets: Facets;
  readonly #key: ReturnType<typeof rankKey>;

  constructor(selection: Selection, source: string, facets: Facets) {
    this.#facets = facets;
    this.#source = source;
    this.#key = rankKey(selection.seed, source);
    for (const stratum of selection.strata)
      this.#strata.at(stratumKeyFrom(stratum)).found = stratum;
  }

  /** What became of a document: outcome, the reason for it, and the passes in which it is written. */
  of(batch: LabelledBatch, row: number): { outcome: string; reason: string; passes: number } {
    const { documents, labels } = batch;
    const outcome = labels.outcome(row);
    if (outcome !== AVAILABLE)
      return { outcome, reason: labels.reason(row), passes: outcome === HOLDOUT ? 1 : 0 };
    const stratum = this.#strata.at(stratumKeyOf(this.#source, batch, row, this.#facets)).found;
    if (stratum === null)
      return { outcome: NOT_SELECTED, reason: 'the plan takes nothing of its stratum', passes: 0 };
    const id = documents.id(row);
    const rank = rankOf(this.#key, id);
    const passes = passesOf(stratum, rank, id);
    const cut = `rank ${rank.toFixed(6)}, cut of its stratum ${stratum.threshold.toFixed(6)}`;
    return { outcome: passes > 0 ? WRITTEN : NOT_SELECTED, reason: cut, passes };
  }
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}

/** Guiraud's index, distinct words over the root of all words; null for texts too short to tell. */
function varietyOf(distinct: number, words: number): number | null {
  return words < VARIETY_WORDS_MIN ? null : distinct / Math.sqrt(words);
}

const reasonTexts = new Map<string, string>();

/** `family/tier/reason` of each piece of evidence that weighs, joined by spaces: to count by. */
function reasonsOf(evidence: string): string {
  const known = reasonTexts.get(evidence);
  if (known !== undefined) return known;
  const items = (JSON.parse(evidence) as Evidence[]).filter(({ strength }) => strength > 0);
  const names = items.map(evidenceName);
  const text = [...new Set(names)].sort().join(' ');
  if (reasonTexts.size < REASONS_REMEMBERED) reasonTexts.set(evidence, text);
  return text;
}

function rowCells(
  batch: LabelledBatch,
  row: number,
  shard: LabelledShard,
  outcomes: OutcomeReader,
): Cell[] {
  const { documents, labels } = batch;
  const { source, pinned } = shard.profile.shard;
  const { outcome, reason, passes } = outcomes.of(batch, row);
  const created = documents.created(row);
  return [
    documents.id(row),
    source.name,
    orNull(parseDate(created || null) ?? created),
    orNull(documents.url(row)),
    labels.domain(row),
    labels.label(row),
    orNull(labels.editDirection(row)),
    orNull(labels.unknownReason(row)),
    orNull(labels.syntheticKind(row)),
    orNull(labels.transformedBy(row)),
    orNull(labels.modelFamily(row)),
    orNull(labels.loop(row)),
    orNull(labels.language(row)),
    orNull(labels.grantId(row)),
    outcome,
    orNull(reason),
    orNull(labels.leader(row)),
    labels.clusterKind(row),
    reasonsOf(labels.evidence(row)),
    labels.evidence(row),
    orNull(labels.contamination(row)),
    pinned.file,
    documents.places[row]!,
    documents.tokens[row]!,
    passes,
    labels.lineageDepths[row]!,
    labels.humanAuthored[row]!,
    labels.humanEdited[row]!,
    labels.synthetic[row]!,
    labels.conflicts[row]!,
    varietyOf(documents.distinctWords[row]!, documents.words[row]!),
  ];
}

/** Collects rows and appends them to a table chunk by chunk. */
class ChunkedSink {
  readonly #sink: RowSink;
  readonly #width: number;
  #columns: Cell[][];

  constructor(sink: RowSink, width: number) {
    this.#sink = sink;
    this.#width = width;
    this.#columns = Array.from({ length: width }, () => []);
  }

  add(cells: readonly Cell[]): void {
    for (let i = 0; i < this.#width; i++) this.#columns[i]!.push(cells[i]!);
    if (this.#columns[0]!.length === CHUNK_ROWS) this.#flush();
  }

  #flush(): void {
    this.#sink.append(this.#columns);
    this.#columns = Array.from({ length: this.#width }, () => []);
  }

  close(): void {
    this.#flush();
    this.#sink.close();
  }
}

async function* rejectRows(
  shards: readonly LabelledShard[],
  workspace: string,
): AsyncGenerator<Cell[]> {
  for (const { profile } of shards) {
    const file = profile.shard.pinned.file;
    for await (const batch of readColumns(
      join(workspace, profile.record.files[REJECTS_FILE]!.path),
    )) {
      const [reason, detail, places] = [
        batch.text('reason'),
        batch.text('detail'),
        batch.u32('place'),
      ];
      for (let row = 0; row < batch.length; row++) {
        yield [profile.shard.source.name, file, places[row]!, reason(row), detail(row)];
      }
    }
  }
}

async function* labelRows(
  shards: readonly LabelledShard[],
  outcomes: OutcomeReader,
  progress: Float64Array,
): AsyncGenerator<Cell[]> {
  for (const shard of shards) {
    for await (const batch of labelledBatches(shard)) {
      for (let row = 0; row < batch.length; row++) yield rowCells(batch, row, shard, outcomes);
      progress[0] = progress[0]! + batch.length;
    }
  }
}

interface TableWrite {
  readonly columns: readonly TableColumn[];
  readonly rows: AsyncGenerator<Cell[]>;
  readonly order: string;
  readonly target: string;
  readonly metadata: Record<string, string>;
}

async function writeTable(scratch: string, write: TableWrite): Promise<number> {
  const made = join(scratch, 'made.parquet');
  let rows = 0;
  await withDuckDb({ memoryMegabytes: 512, scratch }, async (connection) => {
    const sink = new ChunkedSink(
      await RowSink.create(connection, 'rows', write.columns),
      write.columns.length,
    );
    for await (const cells of write.rows) {
      sink.add(cells);
      rows++;
    }
    sink.close();
    const query = `select * from rows order by ${write.order}`;
    await writeParquet(connection, {
      query,
      path: made,
      compression: 'zstd',
      metadata: write.metadata,
    });
  });
  await mkdir(dirname(write.target), { recursive: true });
  await rename(made, write.target);
  await shareFile(write.target);
  return rows;
}

export async function run(
  input: WriteLabelsInput,
  progress: Float64Array,
): Promise<{ documents: number; rejects: number }> {
  const { context, source } = input;
  const build = await openBuild(context);
  const selection = await readJsonArtifact(context.workspace, input.selection, selectionSchema);
  const shards = (await openLabelledShards(build)).filter(
    ({ profile }) => profile.shard.source.name === source,
  );
  progress[1] = shards.reduce((sum, { profile }) => sum + profile.summary.rowsKept, 0);
  const scratch = await makeScratch(context.workspace, context.buildId);
  const staging = stagingFolder(context);
  const metadata = fileMetadata(build);
  return guardIo(scratch, async () => {
    const outcomes = new OutcomeReader(selection, source, facetsOf(build.recipe));
    const documents = await writeTable(scratch, {
      columns: COLUMNS,
      rows: labelRows(shards, outcomes, progress),
      order: 'id',
      target: join(staging, `labels/${source}.parquet`),
      metadata,
    });
    const rejects = await writeTable(scratch, {
      columns: REJECT_COLUMNS,
      rows: rejectRows(shards, context.workspace),
      order: 'file, line',
      target: join(staging, `rejects/${source}.parquet`),
      metadata,
    });
    return { documents, rejects };
  });
}
