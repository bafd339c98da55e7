/**
 * Looks for the documents of one shard in all own outputs, block by block: the same text, nearly the
 * same (MinHash bands, confirmed by exact Jaccard), or a rewrite (retrieval over character 4-grams).
 * One block and one batch of texts are in memory at a time.
 */
import { join } from 'node:path';
import { assert } from '../../core/schema/failure.js';
import { type ArtifactRecord, type Made, makeArtifact } from '../../storage/artifact.js';
import { ColumnWriter } from '../../storage/columns.js';
import { type BuildContext, findProfiles, openBuild, type ShardProfile } from '../build-context.js';
import { openIndexes } from '../own-output-index.js';
import {
  MATCHES_FILE,
  MATCHES_KIND,
  type MatchSummary,
  matchesMadeOf,
} from '../own-output-matches.js';
import { textDigest } from '../row-judge.js';
import { shardTexts } from '../shard-texts.js';
import type { Found } from './output-matcher.js';
import { type NumberedText, searchOutputs } from './search-outputs.js';

const ROWS_WRITTEN = 4096;

/** The texts of a shard, one after another, with what the profile knows of each. */
async function* textsOf({ documents, texts }: ShardProfile): AsyncGenerator<NumberedText> {
  for await (const { firstRow, length, columns, text } of shardTexts(documents, texts)) {
    const bandBytes = columns.bands.length / length;
    for (let row = 0; row < length; row++) {
      const at = bandBytes * row;
      yield {
        row: firstRow + row,
        text: text(row),
        digest: textDigest({ columns, row }),
        bands: new Uint32Array(columns.bands.slice(at, at + bandBytes).buffer),
      };
    }
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
