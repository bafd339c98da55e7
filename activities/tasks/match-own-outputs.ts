/**
 * Looks for the documents of one shard in all own outputs, block by block: the same text, nearly the
 * same (MinHash bands, confirmed by exact Jaccard), or a rewrite (retrieval over character 4-grams).
 * One block and one batch of texts are in memory at a time.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '../../core/schema/failure.js';
import { type ArtifactRecord, type Made, makeArtifact } from '../../storage/artifact.js';
import { ColumnWriter, readColumns } from '../../storage/columns.js';
import { type BuildContext, findProfiles, openBuild, type ShardProfile } from '../build-context.js';
import { openIndexes } from '../own-output-index.js';
import {
  MATCHES_FILE,
  MATCHES_KIND,
  type MatchSummary,
  matchesMadeOf,
} from '../own-output-matches.js';
import { documentColumns } from '../profile-columns.js';
import type { Found } from './output-matcher.js';
import { type NumberedText, searchOutputs } from './search-outputs.js';

const ROWS_WRITTEN = 4096;

/** The texts of a shard, one after another. */
async function* textsOf({ documents, texts }: ShardProfile): AsyncGenerator<NumberedText> {
  const file = openSync(texts, 'r');
  let row = 0;
  try {
    for await (const batch of readColumns(documents)) {
      const columns = documentColumns(batch);
      const { textOffsets, textBytes, digests, bands } = columns;
      const bandBytes = bands.length / Math.max(1, columns.length);
      for (let i = 0; i < columns.length; i++, row++) {
        const bytes = Buffer.allocUnsafe(textBytes[i]!);
        readSync(file, bytes, 0, bytes.length, textOffsets[i]!);
        yield {
          row,
          text: bytes.toString('utf8'),
          digest: Buffer.from(digests.slice(32 * i, 32 * i + 32)).toString('hex'),
          bands: new Uint32Array(bands.slice(bandBytes * i, bandBytes * (i + 1)).buffer),
        };
      }
    }
  } finally {
    closeSync(file);
  }
}

async function makeMatches(
  profile: ShardProfile,
  blocks: readonly { entry: string; path: string }[],
  folder: string,
  progress: Float64Array,
): Promise<Made> {
  progress[1] = profile.summary.rowsKept * blocks.length;
  const hits = await searchOutputs(
    blocks,
    () => textsOf(profile),
    () => {
      progress[0] = progress[0]! + 1;
    },
  );
  return writeMatches(hits, profile.summary.rowsKept, folder);
}

async function writeMatches(
  hits: ReadonlyMap<number, readonly Found[]>,
  documents: number,
  folder: string,
): Promise<Made> {
  const rows = [...hits.keys()].sort((a, b) => a - b);
  const writer = new ColumnWriter(join(folder, MATCHES_FILE));
  const matched: Record<string, number> = {};
  for (let at = 0; at === 0 || at < rows.length; at += ROWS_WRITTEN) {
    const some = rows.slice(at, at + ROWS_WRITTEN);
    writer.write({
      row: Uint32Array.from(some),
      hits: some.map((row) => JSON.stringify(hits.get(row)!)),
    });
  }
  await writer.close();
  for (const row of rows) {
    const { method } = hits.get(row)![0]!;
    matched[method] = (matched[method] ?? 0) + 1;
  }
  const summary: MatchSummary = { documents, matched };
  return { rows: { [MATCHES_FILE]: writer.rows }, summary };
}

export async function run(
  { context, shard }: { context: BuildContext; shard: number },
  progress: Float64Array,
): Promise<{ record: ArtifactRecord; reused: boolean }> {
  const build = await openBuild(context);
  const { workspace, buildId } = context;
  const address = {
    ...{ workspace, buildId },
    kind: MATCHES_KIND,
    madeOf: matchesMadeOf(build, shard),
  };
  return makeArtifact(address, async (folder) => {
    const source = build.shards[shard]?.source.name;
    assert(source !== undefined, `no shard ${shard}`);
    const profiles = await findProfiles(build, source);
    const profile = profiles.find((candidate) => candidate.shard.index === shard)!;
    return makeMatches(profile, await openIndexes(build), folder, progress);
  });
}
