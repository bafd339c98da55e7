/** Where a file for a trainer points: the entries' folders, and the version's own data files. */
import type { DataFile } from '../../schema/manifest.js';
import type { Blend, BlendEntry } from './blends.js';

export interface ToolPlace {
  /** Folder or URL of the entries' files, without a slash at its end. */
  readonly root: string;
  /** Folder or URL of the published version, for its own data files. */
  readonly version: string;
}

/** The text of one blend for one tool. */
export type ToolFile = (blend: Blend, place: ToolPlace) => string;

/** `<root>/<entry>`: the folder in which a team keeps an entry's files in the tool's format. */
export const folderOf = ({ root }: ToolPlace, { name }: BlendEntry): string => `${root}/${name}`;

/** Files of a split in one format, Parquet where there is any: all formats hold the same rows. */
export function filesOf({ view }: Blend, split: DataFile['split']): DataFile[] {
  const files = view.files.filter((file) => file.split === split);
  const parquet = files.filter(({ format }) => format === 'parquet');
  return parquet.length > 0 ? parquet : files;
}
