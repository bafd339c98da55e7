/**
 * Content-addressed artifacts. Each is a folder `cache/<kind>/../<key>/` with its files and a
 * `record.json` that says what made it: kind, key, what the key was made of, and each file's size
 * and digest. The record is written last and the folder appears by one rename, so a folder that is
 * there is whole; reusing one reads its files once and checks their digests all the same.
 */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { type ArtifactRecord, type ArtifactRef, artifactRecord } from '../core/schema/artifact.js';
import { canonicalJson } from '../core/schema/canonical.js';
import { assert } from '../core/schema/failure.js';
import { digestOf, sha256, sha256File } from './digest.js';
import { guardIo } from './io-failure.js';
import { fetchAgain, haveFile, keepShared, mirrored, unshareFile } from './remote/mirror.js';
import { cachePath, isThere, makeScratch, publishFolder, readJson, sizeOf } from './workspace.js';

export type { ArtifactRecord };

export interface ArtifactAddress {
  readonly workspace: string;
  readonly kind: string;
  /** Inputs' digests, activity version and parameters. */
  readonly madeOf: unknown;
}

export function artifactKey(madeOf: unknown): string {
  return digestOf(madeOf);
}

/** The record of a finished artifact, or null where none is (or one whose files are gone). */
export async function findArtifact(address: ArtifactAddress): Promise<ArtifactRecord | null> {
  const key = artifactKey(address.madeOf);
  const path = join(address.workspace, cachePath(address.kind, key), 'record.json');
  if (!(await haveFile(path))) return null;
  const parsed = artifactRecord.safeParse(jsonOrNull(path));
  if (!parsed.success) return null;
  const found = parsed.data;
  assert(
    found.kind === address.kind && found.key === key,
    `record of ${path} names another artifact`,
  );
  for (const file of Object.values(found.files)) {
    const there = join(address.workspace, file.path);
    if (mirrored(there) !== null) await fetchWhole(there, file);
    if ((await sizeOf(there)) !== file.bytes) return null;
  }
  await keepShared(join(address.workspace, cachePath(address.kind, key)), 'record.json');
  return found;
}

/** Fetches a file that a mirror lacks or has damaged; one that comes with other bytes goes again. */
async function fetchWhole(path: string, file: ArtifactRef): Promise<void> {
  if ((await sizeOf(path)) === file.bytes) return;
  if (!(await fetchAgain(path))) return;
  if ((await sha256File(path)).sha256 !== file.sha256) await rm(path);
}

/** A record cut short by a crash of the machine counts as none: the artifact is made again. */
function jsonOrNull(path: string): unknown {
  try {
    return readJson(path);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The artifact, if every file still has the digest that was recorded; read once when it is reused. */
async function findWhole(address: ArtifactAddress): Promise<ArtifactRecord | null> {
  const found = await findArtifact(address);
  if (found === null) return null;
  for (const file of Object.values(found.files)) {
    const path = join(address.workspace, file.path);
    if ((await sha256File(path)).sha256 === file.sha256) continue;
    const isMended = (await fetchAgain(path)) && (await sha256File(path)).sha256 === file.sha256;
    if (!isMended) return null;
  }
  return found;
}

/** What `make` returns: rows per file it wrote into its folder, and the summary. */
export interface Made {
  readonly rows: Readonly<Record<string, number>>;
  /** Digests already known (hashed while writing), by file name. */
  readonly digests?: Readonly<Record<string, string>>;
  readonly summary: unknown;
}

async function refsOf(
  folder: string,
  target: string,
  made: Made,
): Promise<Record<string, ArtifactRef>> {
  const files: Record<string, ArtifactRef> = {};
  for (const [name, rows] of Object.entries(made.rows)) {
    const known = made.digests?.[name];
    const path = join(folder, name);
    const digest = known ?? (await sha256File(path)).sha256;
    const bytes = await sizeOf(path);
    assert(bytes !== null, `${name} was announced but not written`);
    files[name] = { path: `${target}/${name}`, sha256: digest, rows, bytes };
  }
  return files;
}

/** Finds the artifact, or makes it in a scratch folder and publishes it. */
export async function makeArtifact(
  address: ArtifactAddress & { buildId: string },
  make: (folder: string) => Promise<Made>,
): Promise<{ record: ArtifactRecord; reused: boolean }> {
  const found = await findWhole(address);
  if (found !== null) return { record: found, reused: true };
  const key = artifactKey(address.madeOf);
  const target = cachePath(address.kind, key);
  const folder = await makeScratch(address.workspace, address.buildId);
  const made = await guardIo(folder, () => make(folder));
  const files = await refsOf(folder, target, made);
  const whole = { kind: address.kind, key, madeOf: address.madeOf, files, summary: made.summary };
  await guardIo(folder, () => writeFile(join(folder, 'record.json'), canonicalJson(whole)));
  await setDamagedAside(address, join(address.workspace, target), folder);
  const isOurs = await publishFolder(folder, join(address.workspace, target));
  const record = isOurs ? artifactRecord.parse(whole) : await findArtifact(address);
  assert(record !== null, `the artifact that stands at ${target} is whole`);
  return { record, reused: false };
}

/** A folder that stands there with a file missing or damaged would keep the whole one out for ever. */
async function setDamagedAside(
  address: ArtifactAddress,
  target: string,
  folder: string,
): Promise<void> {
  if (!isThere(target) || (await findWhole(address)) !== null) return;
  await guardIo(target, () => rename(target, `${folder}-damaged`));
  await unshareFile(join(target, 'record.json'));
}

export function fileOf(made: ArtifactRecord, name: string): ArtifactRef {
  const ref = made.files[name];
  assert(ref !== undefined, `artifact ${made.kind}/${made.key} has no file ${name}`);
  return ref;
}

/** Writes one JSON document as an artifact of its own, addressed by its content. */
export async function writeJsonArtifact(
  address: { workspace: string; kind: string; buildId: string; rows: number },
  value: unknown,
): Promise<ArtifactRef> {
  const text = canonicalJson(value);
  const madeOf = { content: sha256(text) };
  const { record: made } = await makeArtifact({ ...address, madeOf }, async (folder) => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'value.json'), text);
    return { rows: { 'value.json': address.rows }, summary: null };
  });
  return fileOf(made, 'value.json');
}

/** Finds the JSON document that a question's answer is, or makes it; `summary` stands in its record. */
export async function makeJsonArtifact(
  address: ArtifactAddress & { buildId: string },
  make: () => Promise<{ value: unknown; rows: number; summary: unknown }>,
): Promise<{ ref: ArtifactRef; summary: unknown }> {
  const { record } = await makeArtifact(address, async (folder) => {
    const { value, rows, summary } = await make();
    await writeFile(join(folder, 'value.json'), canonicalJson(value));
    return { rows: { 'value.json': rows }, summary };
  });
  return { ref: fileOf(record, 'value.json'), summary: record.summary };
}

/** Reads a JSON artifact, checking its digest. */
export async function readJsonArtifact<T>(
  workspace: string,
  ref: ArtifactRef,
  schema: z.ZodType<T>,
): Promise<T> {
  const path = join(workspace, ref.path);
  await haveFile(path);
  const read = () => guardIo(path, () => readFile(path, 'utf8'));
  let text = await read();
  if (sha256(text) !== ref.sha256 && (await fetchAgain(path))) text = await read();
  assert(
    sha256(text) === ref.sha256,
    `${ref.path} does not have the digest that was recorded for it`,
  );
  return schema.parse(JSON.parse(text));
}
