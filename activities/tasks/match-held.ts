/**
 * Finds in one shard the human documents that an earlier version held. The ids of the shard are digested
 * and sorted (20 bytes a document); the held documents of its source stream past them in the same order,
 * so memory holds the shard's ids and one batch, however much was held.
 */
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { assert } from '../../core/schema/failure.js';
import { type ArtifactRecord, type Made, makeArtifact } from '../../storage/artifact.js';
import { ColumnWriter, readColumns } from '../../storage/columns.js';
import { type BuildContext, findProfiles, openBuild, type ShardProfile } from '../build-context.js';
import {
  ANCHORED_FILE,
  ANCHORED_KIND,
  type AnchoredSummary,
  anchoredMadeOf,
  heldFile,
  ID_BYTES,
  openHeld,
} from '../held-documents.js';
import { documentColumns } from '../profile-columns.js';

/** Ids of a shard by their digests, and the rows in the order of these. */
interface SortedIds {
  readonly digests: Uint8Array;
  readonly rows: Uint32Array;
}

async function sortedIds({ documents, summary }: ShardProfile): Promise<SortedIds> {
  const digests = new Uint8Array(summary.rowsKept * ID_BYTES);
  let row = 0;
  for await (const batch of readColumns(documents)) {
    const { id } = documentColumns(batch);
    for (let i = 0; i < batch.length; i++, row++)
      digests.set(hash('sha256', id(i), 'buffer').subarray(0, ID_BYTES), row * ID_BYTES);
  }
  const rows = Uint32Array.from({ length: row }, (_, i) => i);
  rows.sort((a, b) => compareAt(digests, a, digests, b));
  return { digests, rows };
}

/** Order of entry i of one list of digests against entry j of another. */
function compareAt(a: Uint8Array, i: number, b: Uint8Array, j: number): number {
  for (let byte = 0; byte < ID_BYTES; byte++) {
    const difference = a[i * ID_BYTES + byte]! - b[j * ID_BYTES + byte]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Per row of the shard: tokens as they were held (0: it was not), and the code of its grant then. */
interface HeldRows {
  readonly tokens: Uint32Array;
  readonly grants: Uint32Array;
  documents: number;
}

async function matchRows({ digests, rows }: SortedIds, path: string | null): Promise<HeldRows> {
  const found = {
    ...{ tokens: new Uint32Array(rows.length), grants: new Uint32Array(rows.length) },
    documents: 0,
  };
  if (path === null) return found;
  let at = 0;
  for await (const batch of readColumns(path)) {
    const [held, tokens, grants] = [batch.fixed('digest'), batch.u32('tokens'), batch.u32('grant')];
    for (let i = 0; i < batch.length; i++) {
      while (at < rows.length && compareAt(digests, rows[at]!, held, i) < 0) at++;
      if (at === rows.length) return found;
      if (compareAt(digests, rows[at]!, held, i) !== 0) continue;
      const row = rows[at]!;
      assert(tokens[i]! > 0, 'a document held has tokens');
      found.tokens[row] = tokens[i]!;
      found.grants[row] = grants[i]!;
      found.documents++;
    }
  }
  return found;
}

/** Written in the batches of the profile, which it is read beside. */
async function writeBeside(
  { documents }: ShardProfile,
  found: HeldRows,
  folder: string,
): Promise<Made> {
  const writer = new ColumnWriter(join(folder, ANCHORED_FILE));
  for await (const { length } of readColumns(documents)) {
    const [from, end] = [writer.rows, writer.rows + length];
    writer.write({
      heldTokens: found.tokens.slice(from, end),
      heldGrant: found.grants.slice(from, end),
    });
  }
  await writer.close();
  assert(writer.rows === found.tokens.length, 'held documents and profile differ in rows');
  const summary: AnchoredSummary = { documents: found.documents };
  return { rows: { [ANCHORED_FILE]: writer.rows }, summary };
}

export async function run(
  { context, shard }: { context: BuildContext; shard: number },
  progress: Float64Array,
): Promise<{ record: ArtifactRecord; reused: boolean }> {
  const build = await openBuild(context);
  const { workspace, buildId } = context;
  const address = { workspace, buildId, kind: ANCHORED_KIND };
  progress[1] = 3;
  return makeArtifact({ ...address, madeOf: anchoredMadeOf(build, shard) }, async (folder) => {
    const source = build.shards[shard]!.source.name;
    const profiles = await findProfiles(build, source);
    const profile = profiles.find((candidate) => candidate.shard.index === shard)!;
    const held = await openHeld(build);
    assert(held !== null, 'a build without an anchor looks for no documents of it');
    const file = held.record.files[heldFile(held.summary.sources.indexOf(source))];
    const ids = await sortedIds(profile);
    progress[0] = 1;
    const found = await matchRows(ids, file === undefined ? null : join(workspace, file.path));
    progress[0] = 2;
    return writeBeside(profile, found, folder);
  });
}
