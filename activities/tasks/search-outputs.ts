/** Texts against all blocks of own outputs, block by block: one block is in memory at a time. */

import { type OutputBlock, readOutputBlock } from './output-block.js';
import {
  createOutputMatcher,
  type Found,
  type SoughtText,
  strongestFirst,
} from './output-matcher.js';
import { textKernel } from './profile-shard.js';

/** Hits of one text that are kept, strongest first. */
const HITS_KEPT = 3;

/** A text with its number among those that are looked for. */
export interface NumberedText extends SoughtText {
  readonly row: number;
}

/** The block that a thread read last: what is looked for by one build shares it where there is but one. */
let lastBlock: { path: string; block: Promise<OutputBlock> } | null = null;

function blockAt(path: string): Promise<OutputBlock> {
  if (lastBlock?.path !== path) {
    const block = readOutputBlock(path);
    lastBlock = { path, block };
    block.catch(() => {
      lastBlock = null;
    });
  }
  return lastBlock.block;
}

/** Hits by row; rows without any are absent. `texts` is read once per block; `onText` told of each. */
export async function searchOutputs(
  blocks: readonly { entry: string; path: string }[],
  texts: () => AsyncIterable<NumberedText>,
  onText: () => void = () => undefined,
): Promise<Map<number, Found[]>> {
  const matcher = createOutputMatcher(await textKernel({ kind: 'bytes' }, null, null));
  const hits = new Map<number, Found[]>();
  for (const { entry, path } of blocks) {
    const block = await blockAt(path);
    for await (const { row, ...text } of texts()) {
      const found = matcher(block, entry, text);
      if (found.length > 0) {
        const all = [...(hits.get(row) ?? []), ...found].sort(strongestFirst);
        hits.set(row, all.slice(0, HITS_KEPT));
      }
      onText();
    }
  }
  return hits;
}
