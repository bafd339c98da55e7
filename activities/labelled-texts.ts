/** The documents of a shard with their labels and the bytes of their texts, batch by batch; each batch is read in one piece. */
import { open } from 'node:fs/promises';
import { type LabelledBatch, type LabelledShard, labelledBatches } from './labelled-documents.js';
import { batchBytes } from './shard-texts.js';

export interface LabelledTexts {
  readonly batch: LabelledBatch;
  /** UTF-8 of the text of a row. */
  readonly bytes: (row: number) => Buffer;
}

/** Moves `progress` to the documents done of those kept. */
export async function* labelledTexts(
  shard: LabelledShard,
  progress: Float64Array,
): AsyncGenerator<LabelledTexts> {
  const handle = await open(shard.profile.texts, 'r');
  progress[1] = shard.profile.summary.rowsKept;
  try {
    for await (const batch of labelledBatches(shard)) {
      yield { batch, bytes: await batchBytes(handle, batch.documents) };
      progress[0] = progress[0]! + batch.length;
    }
  } finally {
    await handle.close();
  }
}
