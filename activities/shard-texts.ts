/** The texts of a profiled shard, decoded batch by batch, in the order of its documents. */
import { open } from 'node:fs/promises';
import { assert } from '../core/schema/failure.js';
import { readColumns } from '../storage/columns.js';
import { documentColumns } from './profile-columns.js';

/** One batch: the row of its first document in the shard, and its texts. */
export interface TextBatch {
  readonly firstRow: number;
  readonly length: number;
  readonly text: (row: number) => string;
}

/** `documents` and `texts`: the two files of a profile. */
export async function* shardTexts(documents: string, texts: string): AsyncGenerator<TextBatch> {
  const handle = await open(texts, 'r');
  let firstRow = 0;
  try {
    for await (const batch of readColumns(documents)) {
      const { length, textOffsets, textBytes } = documentColumns(batch);
      if (length === 0) continue;
      const start = textOffsets[0]!;
      const bytes = Buffer.allocUnsafe(textOffsets[length - 1]! + textBytes[length - 1]! - start);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
      assert(bytesRead === bytes.length, `${texts} is shorter than its profile says`);
      const text = (row: number) => {
        const from = textOffsets[row]! - start;
        return bytes.toString('utf8', from, from + textBytes[row]!);
      };
      yield { firstRow, length, text };
      firstRow += length;
    }
  } finally {
    await handle.close();
  }
}
