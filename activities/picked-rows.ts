/** Columns and text of a few rows of a build, for people to read; nothing else is decoded. */
import { type FileHandle, open } from 'node:fs/promises';
import { excerptOf } from '../core/review/excerpt.js';
import type { Evidence } from '../core/schema/evidence.js';
import { assert } from '../core/schema/failure.js';
import type { UnknownReason } from '../core/schema/label.js';
import type { MachineViews, PacketDocument } from '../core/schema/review-packet.js';
import { type LabelledBatch, type LabelledShard, labelledBatches } from './labelled-documents.js';
import type { RowPlace } from './review-candidates.js';

/** What a packet shows of a row beside what drew it, and what the machine thinks of it. */
export type PickedRow = Pick<
  PacketDocument,
  'created' | 'url' | 'language' | 'pieces' | 'characters'
> & { readonly view: MachineViews['views'][number] };

export function placeKey({ shard, row }: RowPlace): string {
  return `${shard}:${row}`;
}

const orNull = (text: string): string | null => (text === '' ? null : text);

async function readText(
  texts: FileHandle,
  { documents }: LabelledBatch,
  row: number,
): Promise<string> {
  const bytes = Buffer.alloc(documents.textBytes[row]!);
  const { bytesRead } = await texts.read(bytes, 0, bytes.length, documents.textOffsets[row]!);
  assert(bytesRead === bytes.length, 'texts are shorter than their profile says');
  return bytes.toString('utf8');
}

function viewOf(
  source: string,
  { documents, labels }: LabelledBatch,
  row: number,
): PickedRow['view'] {
  return {
    source,
    id: documents.id(row),
    label: labels.label(row),
    unknownReason: orNull(labels.unknownReason(row)) as UnknownReason | null,
    posterior: [labels.humanAuthored[row]!, labels.humanEdited[row]!, labels.synthetic[row]!],
    conflict: labels.conflicts[row]!,
    evidence: JSON.parse(labels.evidence(row)) as Evidence[],
    contamination: labels.contamination(row),
  };
}

async function rowOf(
  source: string,
  batch: LabelledBatch,
  row: number,
  texts: FileHandle,
): Promise<PickedRow> {
  const { documents, labels } = batch;
  const text = await readText(texts, batch, row);
  return {
    created: orNull(documents.created(row)),
    url: orNull(documents.url(row)),
    language: orNull(labels.language(row)),
    pieces: excerptOf(text),
    characters: text.length,
    view: viewOf(source, batch, row),
  };
}

/** The rows at `places`, by `placeKey`; only shards that hold one are read. */
export async function readPickedRows(
  shards: readonly LabelledShard[],
  places: readonly RowPlace[],
): Promise<Map<string, PickedRow>> {
  const found = new Map<string, PickedRow>();
  const wanted = new Map<number, Set<number>>();
  for (const { shard, row } of places) {
    const rows = wanted.get(shard) ?? new Set();
    wanted.set(shard, rows.add(row));
  }
  for (const [index, rows] of wanted) {
    const shard = shards[index]!;
    const texts = await open(shard.profile.texts, 'r');
    try {
      let first = 0;
      for await (const batch of labelledBatches(shard)) {
        for (let row = 0; row < batch.length; row++) {
          if (!rows.has(first + row)) continue;
          const key = placeKey({ shard: index, row: first + row });
          found.set(key, await rowOf(shard.profile.shard.source.name, batch, row, texts));
        }
        first += batch.length;
      }
    } finally {
      await texts.close();
    }
  }
  return found;
}
