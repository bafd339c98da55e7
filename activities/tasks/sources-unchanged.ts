/** Looks at every pinned file again before anything is published: the bytes must still be those. */
import { stat } from 'node:fs/promises';
import { sha256File } from '../../storage/digest.js';
import { storeFor } from '../../storage/source/store.js';
import { type BuildContext, openBuild } from '../build-context.js';
import { changed } from './source-rows.js';

/** A file that was touched (other size or time) is hashed again and must have its pinned digest. */
export async function assertSourcesUnchanged(context: BuildContext): Promise<void> {
  const { shards } = await openBuild(context);
  for (const { pinned } of shards) {
    const path = storeFor(pinned.file, context.baseFolder).localPath(pinned.file);
    const found = await stat(path).catch(() => null);
    const isUntouched = found?.mtimeMs === pinned.modifiedMs && found.size === pinned.bytes;
    if (isUntouched) continue;
    const digest = found === null ? 'gone' : (await sha256File(path)).sha256;
    if (digest !== pinned.sha256) throw changed(pinned.file, pinned.sha256, digest);
  }
}
