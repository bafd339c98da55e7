/**
 * S3 and what speaks it. Settings are those of every AWS program (`AWS_REGION`, keys, profiles,
 * `AWS_ENDPOINT_URL_S3`); with an endpoint of one's own, buckets stand in the path. Requests are tried
 * again for about half a minute: a store that resets, delays or answers 503 costs time, no build.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { Failure } from '../../core/schema/failure.js';
import { sha256, sha256File } from '../digest.js';
import type { ObjectStore, PutCondition, StoredObject } from './object-store.js';
import { guardS3, isAbsent, isConflict, isFinal, isRefused, s3Failure } from './s3-failure.js';

/** Files beyond this go up in parts. */
const PART_BYTES = 16 * 1024 * 1024;
const ATTEMPTS = 10;
/** Our own tries on top of the client's: of a body that broke, of a put that met another. */
const TRIES = 8;
const SHA256_KEY = 'sha256';

export interface S3Place {
  readonly bucket: string;
  /** '' or a path without slashes at its ends. */
  readonly prefix: string;
}

/** Bucket and prefix of `s3://bucket/prefix`; anything else is bad usage. */
export function placeOf(url: string): S3Place {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/+(.*?))?\/*$/.exec(url);
  if (match === null)
    throw new Failure('USAGE', {
      subject: 'object store',
      expected: 's3://bucket or s3://bucket/prefix',
      found: url,
      where: 'URL',
      remedy: 'a bucket has 3 to 63 lower-case letters, digits, dots and hyphens',
    });
  return { bucket: match[1]!, prefix: match[2] ?? '' };
}

function newClient(): S3Client {
  // The SDK says at every start which Node it will want one day.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const endpoint = process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL;
  return new S3Client({
    region: process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || 'us-east-1',
    maxAttempts: ATTEMPTS,
    retryMode: 'standard',
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: 60_000,
      throwOnRequestTimeout: true,
    },
  });
}

const pause = (attempt: number) =>
  new Promise((resolve) =>
    setTimeout(resolve, Math.min(4_000, 50 * 2 ** attempt) * (0.5 + Math.random())),
  );

const stores = new Map<string, ObjectStore>();

/** The store of a URL; one per process and URL. */
export function openObjectStore(url: string): ObjectStore {
  const { bucket, prefix } = placeOf(url);
  const plain = prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
  const known = stores.get(plain) ?? new S3Store(plain, { bucket, prefix }, newClient());
  stores.set(plain, known);
  return known;
}

function conditionOf(condition: PutCondition) {
  if (condition === null) return {};
  return 'ifMatch' in condition ? { IfMatch: condition.ifMatch } : { IfNoneMatch: '*' };
}

class S3Store implements ObjectStore {
  readonly url: string;
  readonly #place: S3Place;
  readonly #client: S3Client;

  constructor(url: string, place: S3Place, client: S3Client) {
    this.url = url;
    this.#place = place;
    this.#client = client;
  }

  #at(key: string): { Bucket: string; Key: string } {
    const { bucket, prefix } = this.#place;
    return { Bucket: bucket, Key: prefix === '' ? key : `${prefix}/${key}` };
  }

  #whereOf(key: string): string {
    return `${this.url}/${key}`;
  }

  async head(key: string): Promise<StoredObject | null> {
    return guardS3(this.#whereOf(key), async () => {
      try {
        const found = await this.#client.send(new HeadObjectCommand(this.#at(key)));
        const { ContentLength: bytes = 0, ETag: etag = '', LastModified } = found;
        return { key, bytes, etag, modifiedMs: LastModified?.getTime() ?? 0 };
      } catch (error) {
        if (isAbsent(error)) return null;
        throw error;
      }
    });
  }

  async read(key: string): Promise<{ body: Uint8Array; etag: string } | null> {
    return this.#again(key, async () => {
      try {
        const found = await this.#client.send(new GetObjectCommand(this.#at(key)));
        const body = await found.Body!.transformToByteArray();
        if (body.length !== found.ContentLength) throw cutShort(key);
        return { body, etag: found.ETag ?? '' };
      } catch (error) {
        if (isAbsent(error)) return null;
        throw error;
      }
    });
  }

  /** A body that breaks off is no error to the client: it is asked for again here. */
  async #again<T>(key: string, act: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await act();
      } catch (error) {
        if (isFinal(error) || attempt >= TRIES) throw s3Failure(error, this.#whereOf(key));
        await pause(attempt);
      }
    }
  }

  async download(key: string, path: string): Promise<boolean> {
    const known = await this.head(key);
    if (known === null) return false;
    await mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
    try {
      await pipeline(Readable.from(this.#streamOf(known)), createWriteStream(temporary));
      const { size } = await stat(temporary);
      if (size !== known.bytes) throw cutShort(key);
      await rename(temporary, path);
    } finally {
      await rm(temporary, { force: true });
    }
    return true;
  }

  async *stream(key: string): AsyncIterable<Uint8Array> {
    const known = await this.head(key);
    if (known === null) throw gone(this.#whereOf(key));
    yield* this.#streamOf(known);
  }

  async *#streamOf({ key, bytes, etag }: StoredObject): AsyncGenerator<Uint8Array> {
    let at = 0;
    let fruitless = 0;
    while (at < bytes) {
      const before = at;
      try {
        const range = at === 0 ? {} : { Range: `bytes=${at}-` };
        const command = new GetObjectCommand({ ...this.#at(key), IfMatch: etag, ...range });
        const found = await this.#client.send(command);
        for await (const chunk of found.Body as unknown as AsyncIterable<Uint8Array>) {
          yield chunk;
          at += chunk.length;
        }
        if (at < bytes) throw cutShort(key);
      } catch (error) {
        if (isRefused(error) || isAbsent(error)) throw changed(this.#whereOf(key));
        fruitless = at > before ? 0 : fruitless + 1;
        if (isFinal(error) || fruitless > TRIES) throw s3Failure(error, this.#whereOf(key));
        await pause(fruitless);
      }
    }
  }

  put(key: string, body: Uint8Array | string, condition: PutCondition) {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    return this.#putOnce(key, { digest: sha256(bytes), condition }, (more) =>
      this.#client.send(new PutObjectCommand({ ...this.#at(key), Body: bytes, ...more })),
    );
  }

  async upload(key: string, path: string, condition: PutCondition) {
    const { size } = await stat(path);
    const { sha256: digest } = await sha256File(path);
    return this.#putOnce(key, { digest, condition }, async (more) => {
      if (size <= PART_BYTES) {
        const Body = await readFile(path);
        return this.#client.send(new PutObjectCommand({ ...this.#at(key), Body, ...more }));
      }
      const params = { ...this.#at(key), Body: createReadStream(path), ...more };
      return new Upload({
        client: this.#client,
        params,
        partSize: PART_BYTES,
        queueSize: 2,
      }).done();
    });
  }

  /**
   * A put whose answer was lost is sent again, and then finds what it wrote itself: what stands is
   * compared by the digest in its metadata before the condition counts as broken.
   */
  async #putOnce(
    key: string,
    { digest, condition }: { digest: string; condition: PutCondition },
    send: (more: object) => Promise<{ ETag?: string | undefined }>,
  ): Promise<{ etag: string } | null> {
    const more = { ...conditionOf(condition), Metadata: { [SHA256_KEY]: digest } };
    for (let attempt = 0; ; attempt++) {
      try {
        const { ETag: etag = '' } = await send(more);
        return { etag };
      } catch (error) {
        if (condition !== null && isRefused(error)) return this.#oursAt(key, digest);
        if ((isFinal(error) && !isConflict(error)) || attempt >= TRIES)
          throw s3Failure(error, this.#whereOf(key));
        await pause(attempt);
      }
    }
  }

  async #oursAt(key: string, digest: string): Promise<{ etag: string } | null> {
    return guardS3(this.#whereOf(key), async () => {
      try {
        const found = await this.#client.send(new HeadObjectCommand(this.#at(key)));
        return found.Metadata?.[SHA256_KEY] === digest ? { etag: found.ETag ?? '' } : null;
      } catch (error) {
        if (isAbsent(error)) return null;
        throw error;
      }
    });
  }

  async copy(from: string, to: string): Promise<boolean> {
    const { Bucket, Key } = this.#at(from);
    const CopySource = `${Bucket}/${Key.split('/').map(encodeURIComponent).join('/')}`;
    return this.#again(from, async () => {
      try {
        await this.#client.send(new CopyObjectCommand({ ...this.#at(to), CopySource }));
        return true;
      } catch (error) {
        if (isAbsent(error)) return false;
        throw error;
      }
    });
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    const { Bucket, Key: Prefix } = this.#at(prefix);
    const cut = this.#place.prefix === '' ? 0 : this.#place.prefix.length + 1;
    let token: string | undefined;
    do {
      const page = await guardS3(this.#whereOf(prefix), () =>
        this.#client.send(
          new ListObjectsV2Command({
            Bucket,
            Prefix,
            ...(token ? { ContinuationToken: token } : {}),
          }),
        ),
      );
      for (const { Key = '', Size = 0, ETag = '', LastModified } of page.Contents ?? []) {
        const modifiedMs = LastModified?.getTime() ?? 0;
        yield { key: Key.slice(cut), bytes: Size, etag: ETag, modifiedMs };
      }
      token = page.NextContinuationToken;
    } while (token !== undefined && token !== '');
  }

  async delete(key: string): Promise<void> {
    await guardS3(this.#whereOf(key), () =>
      this.#client.send(new DeleteObjectCommand(this.#at(key))),
    );
  }
}

function cutShort(key: string): Error {
  return Object.assign(new Error(`the body of ${key} broke off`), { code: 'ECONNRESET' });
}

function gone(where: string): Failure {
  return new Failure('STORAGE_UNREACHABLE', {
    subject: 'object',
    expected: 'the object that was listed',
    found: 'none',
    where,
    remedy: 'put it back, or start again without it',
  });
}

function changed(where: string): Failure {
  return new Failure('SOURCE_CHANGED', {
    subject: 'object',
    expected: 'the object that was there when it was opened',
    found: 'another, or none',
    where,
    remedy: 'do not change it while it is read; start again',
  });
}
