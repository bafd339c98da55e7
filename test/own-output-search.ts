/** Texts looked for in own outputs as a build looks for them: a block on disk, and the task's search. */
import { join } from 'node:path';
import {
  BAND_WORDS,
  OutputBlockWriter,
  type OutputFacts,
} from '../activities/tasks/output-block.js';
import { textKernel } from '../activities/tasks/profile-shard.js';
import { type NumberedText, searchOutputs } from '../activities/tasks/search-outputs.js';
import type { OwnOutputHit } from '../core/schema/own-output.js';
import { sha256 } from '../storage/digest.js';
import { makeTempFolder, removeFolder } from './source-profile.js';

export interface WrittenOutput extends OutputFacts {
  readonly text: string;
}

/** Hits of each text among the outputs of the entry `logs`, in the order of the texts. */
export async function findInOutputs(
  outputs: readonly WrittenOutput[],
  texts: readonly string[],
): Promise<OwnOutputHit[][]> {
  const kernel = await textKernel({ kind: 'bytes' }, null, null);
  const folder = await makeTempFolder();
  const path = join(folder, 'block.bin');
  const writer = new OutputBlockWriter(kernel);
  for (const { text, ...facts } of outputs) writer.add(text, facts);
  async function* sought(): AsyncGenerator<NumberedText> {
    for (const [row, text] of texts.entries()) {
      const bands = new Uint32Array(BAND_WORDS);
      const digest = sha256(kernel.load(text));
      kernel.sketch(bands, 0);
      yield { row, text, digest, bands };
    }
  }
  try {
    await writer.write(path);
    const hits = await searchOutputs([{ entry: 'logs', path }], sought);
    return texts.map((_, row) => hits.get(row) ?? []);
  } finally {
    await removeFolder(folder);
  }
}
