/**
 * An object store as the house sees it: whole objects under keys, and conditional puts that decide
 * races. `s3-store.ts` is the one implementation.
 */

export interface StoredObject {
  /** Relative to the store, with forward slashes. */
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
  readonly modifiedMs: number;
}

/** What must hold for a put: nothing stands there, or exactly this does; null: put in any case. */
export type PutCondition = { readonly ifNoneMatch: '*' } | { readonly ifMatch: string } | null;

export interface ObjectStore {
  /** `s3://bucket/prefix`, without a slash at the end. */
  readonly url: string;
  /** Null where there is none. */
  head(key: string): Promise<StoredObject | null>;
  /** A small object, whole. */
  read(key: string): Promise<{ body: Uint8Array; etag: string } | null>;
  /** Writes it to a file that appears whole or not at all; false where there is none. */
  download(key: string, path: string): Promise<boolean>;
  /** Bytes from the start; goes on where a connection broke, as long as the object is the same. */
  stream(key: string): AsyncIterable<Uint8Array>;
  /** Null where the condition did not hold. */
  put(
    key: string,
    body: Uint8Array | string,
    condition: PutCondition,
  ): Promise<{ etag: string } | null>;
  /** A file, in parts where it is large. */
  upload(key: string, path: string, condition: PutCondition): Promise<{ etag: string } | null>;
  /** Within the store, without a way through this machine; false where there is nothing to copy. */
  copy(from: string, to: string): Promise<boolean>;
  /** All objects whose keys begin so, in order of their keys. */
  list(prefix: string): AsyncIterable<StoredObject>;
  delete(key: string): Promise<void>;
}
