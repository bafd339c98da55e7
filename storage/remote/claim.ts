/**
 * Who publishes a version on an object store. Files of a version go up one by one, so the version is
 * claimed before: `claims/<name>@<version>` holds the digest of the manifest, put once and for all. A
 * build with the same digest completes it, however often; one with another is refused.
 */
import { type Mirrored, mirrored } from './mirror.js';

function claimKey({ key }: Mirrored): string {
  const [, name, version] = key.split('/');
  return `claims/${name}@${version}`;
}

/** True where `digest` holds the claim on the version at `target`, a folder of a mirror. */
export async function claimVersion(target: string, digest: string): Promise<boolean> {
  const there = mirrored(target)!;
  const key = claimKey(there);
  if ((await there.store.put(key, digest, { ifNoneMatch: '*' })) !== null) return true;
  const standing = await there.store.read(key);
  return standing !== null && Buffer.from(standing.body).toString('utf8') === digest;
}

/** Gives a claim back: the version was withdrawn before anybody was told of it. */
export async function releaseClaim(target: string): Promise<void> {
  const there = mirrored(target)!;
  await there.store.delete(claimKey(there));
}
