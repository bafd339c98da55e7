/**
 * Where source files are: a seam of few acts (expand a glob, look, stream, open for an engine), so that
 * local disks, object stores and a counting test double all fit. A file that is gone is an error with
 * the code `ENOENT` everywhere, as on a disk.
 */

/** What a look from outside tells of a file; the same look and the same file, most likely. */
export interface FileState {
  readonly bytes: number;
  readonly modifiedMs: number;
  /** The store's own mark of the content; null on a disk. */
  readonly etag: string | null;
}

/** A file of the local disk for an engine that opens files itself. */
export interface OpenedFile {
  readonly path: string;
  /** Removes it where it is a copy. */
  close(): Promise<void>;
}

export interface SourceStore {
  /** Files that a pattern names, sorted by code unit, in the form that the record keeps. */
  expand(pattern: string): Promise<string[]>;
  /** True where the name is that of a folder, or the beginning of other keys. */
  isFolder(file: string): Promise<boolean>;
  /** Null where there is none. */
  stateOf(file: string): Promise<FileState | null>;
  sizeOf(file: string): Promise<number | null>;
  /** Bytes from the start, in chunks of at most about a mebibyte. */
  stream(file: string): AsyncIterable<Uint8Array>;
  /** The file itself, or a whole copy of it in `scratch`, an existing folder. */
  open(file: string, scratch: string): Promise<OpenedFile>;
}

/** What makes a path a pattern, on a disk and in a bucket. */
export const WILDCARD = /[*?{[!]/;

export const byCodeUnit = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
