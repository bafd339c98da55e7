/** Scatters one input shard: its selected rows, with their texts, to a piece per output shard. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { orderKey, orderOf, outputShard, rankKey, rankOf } from '../../core/mix/rank.js';
import { StratumTable, stratumKeyFrom } from '../../core/mix/stratum-table.js';
import { type Facets, facetsOf, hostOf } from '../../core/plan/facets.js';
import type { Key } from '../../core/random/draw.js';
import type { ArtifactRef } from '../../core/schema/artifact.js';
import { assert } from '../../core/schema/failure.js';
import { parseDate } from '../../core/schema/parse-date.js';
import {
  passesOf,
  type Selection,
  type StratumSelection,
  selection as selectionSchema,
} from '../../core/schema/selection.js';
import { readJsonArtifact } from '../../storage/artifact.js';
import { ColumnWriter } from '../../storage/columns.js';
import { guardIo } from '../../storage/io-failure.js';
import { makeScratch, publishFolder } from '../../storage/workspace.js';
import { type BuildContext, openBuild } from '../build-context.js';
import { AVAILABLE, HOLDOUT } from '../label-columns.js';
import {
  type LabelledBatch,
  type LabelledShard,
  openLabelledShards,
  stratumKeyOf,
} from '../labelled-documents.js';
import { labelledTexts } from '../labelled-texts.js';
import {
  PIECE_TEXTS,
  type PieceText,
  pieceFile,
  piecesFolder,
  type Split,
} from '../piece-columns.js';

/** Bytes of text held over all pieces of a shard before the fullest is written out. */
const HELD_BYTES = 32 << 20;

export interface ScatterInput {
  readonly context: BuildContext;
  readonly selection: ArtifactRef;
  readonly shard: number;
}

interface RowNumbers {
  readonly hi: number;
  readonly lo: number;
  readonly tokens: number;
  readonly pass: number;
  readonly lineageDepth: number;
  readonly anchored: boolean;
}

/** Rows that wait to be written to one piece. */
class Piece {
  readonly #writer: ColumnWriter;
  #texts = emptyTexts();
  #numbers: RowNumbers[] = [];
  #digests: Uint8Array[] = [];
  #bodies: Uint8Array[] = [];
  held = 0;

  constructor(path: string) {
    this.#writer = new ColumnWriter(path);
  }

  add(
    texts: Record<PieceText, string>,
    numbers: RowNumbers,
    digest: Uint8Array,
    body: Uint8Array,
  ): void {
    for (const name of PIECE_TEXTS) this.#texts[name].push(texts[name]);
    this.#numbers.push(numbers);
    this.#digests.push(digest);
    this.#bodies.push(body);
    this.held += body.length;
  }

  flush(): void {
    const rows = this.#numbers;
    if (rows.length === 0) return;
    const offsets = new Int32Array(rows.length + 1);
    const bytes = new Uint8Array(this.held);
    const digests = new Uint8Array(rows.length * 32);
    this.#bodies.forEach((body, i) => {
      bytes.set(body, offsets[i]!);
      offsets[i + 1] = offsets[i]! + body.length;
      digests.set(this.#digests[i]!, i * 32);
    });
    this.#writer.write({
      ...this.#texts,
      orderHi: Uint32Array.from(rows, (row) => row.hi),
      orderLo: Uint32Array.from(rows, (row) => row.lo),
      tokens: Uint32Array.from(rows, (row) => row.tokens),
      pass: Uint32Array.from(rows, (row) => row.pass),
      lineageDepth: Uint32Array.from(rows, (row) => row.lineageDepth),
      anchored: Uint32Array.from(rows, (row) => Number(row.anchored)),
      digest: { width: 32, bytes: digests },
      text: { offsets, bytes },
    });
    this.#texts = emptyTexts();
    this.#numbers = [];
    this.#digests = [];
    this.#bodies = [];
    this.held = 0;
  }

  close(): Promise<void> {
    this.flush();
    return this.#writer.close();
  }
}

function emptyTexts(): Record<PieceText, string[]> {
  return Object.fromEntries(PIECE_TEXTS.map((name) => [name, [] as string[]])) as Record<
    PieceText,
    string[]
  >;
}

class Scatterer {
  readonly #folder: string;
  readonly #selection: Selection;
  readonly #strata = new StratumTable<{ found: StratumSelection | null }>(() => ({ found: null }));
  readonly #pieces = new Map<string, Piece>();
  readonly #orderKeys: Key[] = [];
  readonly #source: string;
  readonly #facets: Facets;
  readonly #rankKey: Key;
  #held = 0;
  rows = 0;

  constructor(folder: string, selection: Selection, source: string, facets: Facets) {
    this.#facets = facets;
    this.#folder = folder;
    this.#selection = selection;
    this.#source = source;
    this.#rankKey = rankKey(selection.seed, source);
    for (const stratum of selection.strata)
      this.#strata.at(stratumKeyFrom(stratum)).found = stratum;
  }

  #passes(batch: LabelledBatch, row: number, id: string): number {
    const stratum = this.#strata.at(stratumKeyOf(this.#source, batch, row, this.#facets)).found;
    return stratum === null ? 0 : passesOf(stratum, rankOf(this.#rankKey, id), id);
  }

  add(batch: LabelledBatch, row: number, body: () => Uint8Array): void {
    const outcome = batch.labels.outcome(row);
    if (outcome !== AVAILABLE && outcome !== HOLDOUT) return;
    const id = batch.documents.id(row);
    const split: Split = outcome === HOLDOUT ? 'holdout' : 'train';
    const passes = split === 'holdout' ? 1 : this.#passes(batch, row, id);
    if (passes === 0) return;
    const texts = this.#texts(batch, row, id);
    const digest = batch.documents.digests.slice(row * 32, row * 32 + 32);
    const bytes = body();
    const tokens = batch.documents.tokens[row]!;
    const lineageDepth = batch.labels.lineageDepths[row]!;
    const anchored = batch.anchored(row);
    for (let pass = 0; pass < passes; pass++) {
      const order = orderOf(this.#orderKey(pass), this.#source, id);
      const count = split === 'train' ? this.#selection.trainShards : this.#selection.holdoutShards;
      const piece = this.#piece(split, outputShard(order, count));
      piece.add(texts, { ...order, tokens, pass, lineageDepth, anchored }, digest, bytes);
      this.#held += bytes.length;
      this.rows++;
    }
    if (this.#held > HELD_BYTES) this.#flushFullest();
  }

  #texts(batch: LabelledBatch, row: number, id: string): Record<PieceText, string> {
    const { documents, labels } = batch;
    const created = documents.created(row);
    return {
      id,
      source: this.#source,
      created: parseDate(created || null) ?? created,
      domain: labels.domain(row),
      provenance: labels.label(row),
      editDirection: labels.editDirection(row),
      modelFamily: labels.modelFamily(row),
      grantId: labels.grantId(row),
      site: hostOf(documents.url(row)),
      language: labels.language(row),
      metadata: documents.metadata(row),
    };
  }

  #orderKey(pass: number): Key {
    this.#orderKeys[pass] ??= orderKey(this.#selection.seed, pass);
    return this.#orderKeys[pass];
  }

  #piece(split: Split, index: number): Piece {
    const name = pieceFile(split, index);
    const known = this.#pieces.get(name);
    if (known !== undefined) return known;
    const made = new Piece(join(this.#folder, name));
    this.#pieces.set(name, made);
    return made;
  }

  #flushFullest(): void {
    const fullest = [...this.#pieces.values()].reduce((a, b) => (b.held > a.held ? b : a));
    this.#held -= fullest.held;
    fullest.flush();
  }

  async close(): Promise<void> {
    for (const piece of this.#pieces.values()) await piece.close();
  }
}

async function scatter(
  shard: LabelledShard,
  scatterer: Scatterer,
  progress: Float64Array,
): Promise<void> {
  for await (const { batch, bytes } of labelledTexts(shard, progress))
    for (let row = 0; row < batch.length; row++) scatterer.add(batch, row, () => bytes(row));
}

export async function run(
  input: ScatterInput,
  progress: Float64Array,
): Promise<{ pieces: number; reused: boolean }> {
  const { context } = input;
  const target = piecesFolder(context, input.selection.sha256, input.shard);
  if (existsSync(target)) return { pieces: (await readdir(target)).length, reused: true };
  const build = await openBuild(context);
  const chosen = await readJsonArtifact(context.workspace, input.selection, selectionSchema);
  const shard = (await openLabelledShards(build))[input.shard];
  assert(shard !== undefined, `no shard ${input.shard}`);
  const folder = await makeScratch(context.workspace, context.buildId);
  const scatterer = new Scatterer(
    folder,
    chosen,
    shard.profile.shard.source.name,
    facetsOf(build.recipe),
  );
  await guardIo(folder, async () => {
    await scatter(shard, scatterer, progress);
    await scatterer.close();
  });
  await publishFolder(folder, target);
  return { pieces: (await readdir(target)).length, reused: false };
}
