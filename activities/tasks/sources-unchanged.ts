/** Looks at every pinned file again before anything is published: the bytes must still be those. */
import { Failure } from '../../core/schema/failure.js';
import type { PinnedShard } from '../../core/schema/pins.js';
import { inLanes } from '../../storage/in-lanes.js';
import { digestSource, storeFor, widthFor } from '../../storage/source/store.js';
import { type BuildContext, openBuild } from '../build-context.js';
import { changed } from './source-rows.js';

/** A file that was touched (other size, time or mark) is hashed again and must have its pinned digest. */
async function assertUnchanged(pinned: PinnedShard, baseFolder: string): Promise<void> {
  const { file, bytes, modifiedMs, etag, sha256 } = pinned;
  const found = await storeFor(file, baseFolder).stateOf(file).catch(goneUnlessFailure);
  if (found === null) throw changed(file, sha256, 'gone');
  const isSame = found.bytes === bytes && found.modifiedMs === modifiedMs && found.etag === etag;
  if (isSame) return;
  const digest = (await digestSource(file, baseFolder)).sha256;
  if (digest !== sha256) throw changed(file, sha256, digest);
}

/** A disk that does not let us look at a file has lost it; an object store that is away says so itself. */
function goneUnlessFailure(error: unknown): null {
  if (error instanceof Failure) throw error;
  return null;
}

export async function assertSourcesUnchanged(context: BuildContext): Promise<void> {
  const { shards } = await openBuild(context);
  const width = widthFor(shards.map(({ pinned }) => pinned.file));
  await inLanes(shards, width, ({ pinned }) => assertUnchanged(pinned, context.baseFolder));
}
