/**
 * One look at the files of sources: path, size and a stamp that changes when the file does. Polling
 * is the one way that works on local and network disks and on object stores alike.
 */
import { inLanes } from '../../storage/in-lanes.js';
import { formatOf } from '../../storage/source/format.js';
import { storeFor, widthFor } from '../../storage/source/store.js';

export interface WatchedSource {
  readonly name: string;
  readonly paths: readonly string[];
}

export interface SeenFile {
  /** As `expand` names it: relative to the recipe's folder, absolute, or s3://. */
  readonly file: string;
  /** Sources whose paths match it. */
  readonly sources: readonly string[];
  readonly bytes: number;
  /** Time of the last change; '' where the store tells none. */
  readonly stamp: string;
}

export interface Look {
  /** Sorted by path. */
  readonly files: readonly SeenFile[];
  /** Files that are no shards: a format that is not read. */
  readonly strange: readonly string[];
}

const HALF_WRITTEN = /(^\.|\.(tmp|temp|part|partial|crdownload|filepart|swp)$|~$)/i;

/** Names that writers and copiers give to a file until it is whole. */
export function isHalfWritten(file: string): boolean {
  return HALF_WRITTEN.test(file.slice(file.lastIndexOf('/') + 1));
}

/** Null where the file is gone. */
export async function sizeAndStamp(
  file: string,
  baseFolder: string,
): Promise<Pick<SeenFile, 'bytes' | 'stamp'> | null> {
  const state = await storeFor(file, baseFolder).stateOf(file);
  return state && { bytes: state.bytes, stamp: state.etag ?? String(state.modifiedMs) };
}

/** Empty files are not seen: somebody is about to write them. */
export async function lookAt(sources: readonly WatchedSource[], baseFolder: string): Promise<Look> {
  const matched = new Map<string, Set<string>>();
  for (const { name, paths } of sources)
    for (const path of paths)
      for (const file of await storeFor(path, baseFolder).expand(path))
        matched.set(file, (matched.get(file) ?? new Set()).add(name));
  const names = [...matched.keys()].filter((file) => !isHalfWritten(file)).sort();
  const known = names.filter((name) => formatOf(name) !== null);
  const looks = await inLanes(known, widthFor(known), (file) => sizeAndStamp(file, baseFolder));
  const files = looks.flatMap((found, i): SeenFile[] => {
    const file = known[i]!;
    return found && found.bytes > 0 ? [{ file, sources: [...matched.get(file)!], ...found }] : [];
  });
  return { files, strange: names.filter((name) => formatOf(name) === null) };
}
