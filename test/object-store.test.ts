/** The object store against a real S3 server: conditions, parts, pages, and a road that resets, delays, answers 503 and loses answers. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Failure } from '../core/schema/failure.js';
import type { ObjectStore, StoredObject } from '../storage/remote/object-store.js';
import { placeOf } from '../storage/remote/s3-store.js';
import { FAULTS, type FaultProxy, startFaultProxy } from './fault-proxy.js';
import { environmentOf, type S3Server, startS3, weedPath } from './s3-server.js';

const binary = await weedPath();
const reason = binary === null ? ' (skipped: no SeaweedFS, and none could be fetched)' : '';
const folder = mkdtempSync(join(tmpdir(), 'ballast-object-store-'));
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A store whose client read this environment: clients are kept per process and URL, so each gets a URL of its own. */
async function storeAt(endpoint: string, prefix: string): Promise<ObjectStore> {
  Object.assign(process.env, environmentOf(endpoint));
  const { openObjectStore } = await import('../storage/remote/s3-store.js');
  return openObjectStore(`s3://ballast/${prefix}`);
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('the place that a URL names', () => {
  it.each([
    ['s3://mixes', 'mixes', ''],
    ['s3://mixes/', 'mixes', ''],
    ['s3://mixes/team/a', 'mixes', 'team/a'],
    ['s3://mixes//team/a//', 'mixes', 'team/a'],
  ])('%s', (url, bucket, prefix) => {
    expect(placeOf(url)).toEqual({ bucket, prefix });
  });

  it.each(['s3://', 's3:///a', 's3://UPPER/a', 's3://a/b', 'gs://mixes', 'mixes'])(
    'refuses %s',
    (url) => {
      expect(() => placeOf(url)).toThrow(/s3:\/\/bucket/);
    },
  );
});

describe.skipIf(binary === null)(`an object store${reason}`, () => {
  let server: S3Server;
  let store: ObjectStore;

  beforeAll(async () => {
    server = await startS3(binary!);
    store = await storeAt(server.endpoint, 'plain');
  }, 90_000);
  afterAll(() => server?.stop());

  it('puts, finds, reads, deletes', async () => {
    expect(await store.head('a/b.txt')).toBeNull();
    expect(await store.read('a/b.txt')).toBeNull();
    const { etag } = (await store.put('a/b.txt', 'grain', null))!;
    expect(await store.head('a/b.txt')).toMatchObject({ key: 'a/b.txt', bytes: 5, etag });
    const read = (await store.read('a/b.txt'))!;
    expect([Buffer.from(read.body).toString(), read.etag]).toEqual(['grain', etag]);
    await store.delete('a/b.txt');
    expect(await store.head('a/b.txt')).toBeNull();
    await store.delete('a/b.txt');
  });

  it('of many that put the first object one wins, and all others see what stands', async () => {
    const racers = Array.from({ length: 8 }, (_, i) =>
      store.put('race/first', `racer ${i}`, { ifNoneMatch: '*' }),
    );
    const winners = (await Promise.all(racers)).flatMap((won, i) => (won === null ? [] : [i]));
    expect(winners).toHaveLength(1);
    const { body } = (await store.read('race/first'))!;
    expect(Buffer.from(body).toString()).toBe(`racer ${winners[0]}`);
  });

  it('of many that replace one object one wins, round after round', async () => {
    let { etag } = (await store.put('race/swap', 'round 0', null))!;
    for (let round = 1; round <= 5; round++) {
      const racers = Array.from({ length: 5 }, (_, i) =>
        store.put('race/swap', `round ${round} by ${i}`, { ifMatch: etag }),
      );
      const won = (await Promise.all(racers)).filter((answer) => answer !== null);
      expect(won).toHaveLength(1);
      etag = won[0]!.etag;
    }
    expect(await store.put('race/swap', 'late', { ifMatch: '"0123456789abcdef"' })).toBeNull();
  });

  it('the same put again is the same, not a second one', async () => {
    const first = await store.put('again', 'same', { ifNoneMatch: '*' });
    expect(first).not.toBeNull();
    expect(await store.put('again', 'same', { ifNoneMatch: '*' })).not.toBeNull();
    expect(await store.put('again', 'other', { ifNoneMatch: '*' })).toBeNull();
  });

  it('carries a file in parts, whole', async () => {
    const path = join(folder, 'large');
    const bytes = randomBytes(40 * 1024 * 1024 + 7);
    writeFileSync(path, bytes);
    expect(await store.upload('large', path, { ifNoneMatch: '*' })).not.toBeNull();
    expect(await store.download('large', join(folder, 'back/large'))).toBe(true);
    expect(sha(readFileSync(join(folder, 'back/large')))).toBe(sha(bytes));
    expect(await store.download('none', join(folder, 'back/none'))).toBe(false);
    writeFileSync(path, randomBytes(20 * 1024 * 1024));
    expect(await store.upload('large', path, { ifNoneMatch: '*' })).toBeNull();
  });

  it('lists all pages, in order of the keys, and nothing of a neighbour', async () => {
    const names = Array.from({ length: 1_203 }, (_, i) => `pages/${String(i).padStart(4, '0')}`);
    for (let i = 0; i < names.length; i += 100)
      await Promise.all(names.slice(i, i + 100).map((name) => store.put(name, 'x', null)));
    await store.put('pages-of-another', 'x', null);
    const listed = await all<StoredObject>(store.list('pages/'));
    expect(listed.map(({ key }) => key)).toEqual(names);
    expect(await all(store.list('nothing/'))).toEqual([]);
  }, 60_000);

  it('says what is wrong with a bucket or a key, and names no secret', async () => {
    const { openObjectStore } = await import('../storage/remote/s3-store.js');
    const absent = await openObjectStore('s3://no-such-bucket-here')
      .put('a', 'b', null)
      .catch((e) => e);
    expect(absent).toBeInstanceOf(Failure);
    expect(absent.code).toBe('STORAGE_UNREACHABLE');
    process.env.AWS_SECRET_ACCESS_KEY = 'wrong-secret';
    const refused = await openObjectStore('s3://ballast/other-keys')
      .read('a')
      .catch((e) => e);
    Object.assign(process.env, environmentOf(server.endpoint));
    expect(refused).toBeInstanceOf(Failure);
    expect(refused.parts.remedy).toContain('AWS_SECRET_ACCESS_KEY');
    expect(JSON.stringify(refused.parts)).not.toContain('wrong-secret');
  });

  describe('over a bad road', () => {
    let proxy: FaultProxy;

    beforeAll(async () => {
      proxy = await startFaultProxy(server.endpoint, {
        ...{ delay: 0.15, busy: 0.1, reset: 0.1, lost: 0.08, cut: 0.1 },
      });
    });
    afterAll(() => proxy?.stop());

    it('brings the same bytes, and conditions hold although answers are lost', async () => {
      const bad = await storeAt(proxy.endpoint, 'bad');
      const bytes = randomBytes(1024 * 1024);
      const path = join(folder, 'three');
      writeFileSync(path, bytes);
      for (let i = 0; i < 8; i++) {
        expect(await bad.upload(`file-${i}`, path, { ifNoneMatch: '*' })).not.toBeNull();
        expect(await bad.download(`file-${i}`, join(folder, `bad/${i}`))).toBe(true);
        expect(sha(readFileSync(join(folder, `bad/${i}`)))).toBe(sha(bytes));
        const streamed = Buffer.concat(await all(bad.stream(`file-${i}`)));
        expect(sha(streamed)).toBe(sha(bytes));
        expect(await bad.put(`file-${i}`, `other ${i}`, { ifNoneMatch: '*' })).toBeNull();
      }
      expect((await all(bad.list('file-'))).length).toBe(8);
      for (const fault of FAULTS) expect([fault, proxy.done[fault] > 0]).toEqual([fault, true]);
    }, 120_000);

    it('a swap whose answer is lost counts once', async () => {
      proxy.shares = { lost: 0.4 };
      const bad = await storeAt(proxy.endpoint, 'swaps');
      let { etag } = (await bad.put('counter', '0', null))!;
      for (let i = 1; i <= 15; i++) {
        const won = await bad.put('counter', String(i), { ifMatch: etag });
        expect(won).not.toBeNull();
        etag = won!.etag;
      }
      expect(Buffer.from((await bad.read('counter'))!.body).toString()).toBe('15');
      expect(proxy.done.lost).toBeGreaterThan(3);
    }, 60_000);

    it('an object that changes while it is read is no mixture', async () => {
      const bad = await storeAt(proxy.endpoint, 'changing');
      const plain = await storeAt(server.endpoint, 'changing/plain');
      expect(plain.url).toBe('s3://ballast/changing/plain');
      const whole = randomBytes(2 * 1024 * 1024);
      proxy.shares = {};
      await bad.put('plain/object', whole, null);
      proxy.shares = { cut: 1 };
      const reading = (async () => {
        for await (const _ of bad.stream('plain/object')) {
          proxy.shares = {};
          await plain.put('object', randomBytes(2 * 1024 * 1024), null);
          proxy.shares = { cut: 1 };
        }
      })();
      await expect(reading).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
    }, 60_000);
  });
});
