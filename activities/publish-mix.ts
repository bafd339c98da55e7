/**
 * Publishing: one rename, then one line in the ledger. Each may have happened before a crash, so
 * both are asked for again and again until both stand: a version without its line is healed by the
 * next build of it, and no line is written for a version that does not stand with these bytes.
 */
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { approvalClosedLine } from '../core/schema/approval-lines.js';
import { Failure } from '../core/schema/failure.js';
import type { Manifest } from '../core/schema/manifest.js';
import { sha256File } from '../storage/digest.js';
import { hasCode } from '../storage/io-failure.js';
import {
  appendLedgerIf,
  checkLedger,
  type LedgerCondition,
  readLedger,
} from '../storage/ledger.js';
import { claimVersion, releaseClaim } from '../storage/remote/claim.js';
import {
  copyShared,
  fetchAgain,
  haveFile,
  mirrored,
  unshareFolder,
} from '../storage/remote/mirror.js';
import { isThere, mixPath, publishFolder, syncFolder } from '../storage/workspace.js';
import { type BuildContext, openBuild } from './build-context.js';
import { stagingFolder } from './piece-columns.js';
import { MANIFEST_FILE, readManifest } from './published-version.js';
import {
  assertRetractionsKnown,
  retractedMeanwhile,
  retractionWithout,
} from './retraction-guard.js';
import type { Assembled } from './tasks/assemble-version.js';

export interface PublishInput {
  readonly context: BuildContext;
  readonly assembled: Assembled;
}

export interface Published {
  readonly path: string;
  readonly manifestSha256: string;
  readonly ledgerSequence: number | null;
  /** Hash of that line; null where there is none. */
  readonly ledgerHash: string | null;
}

async function manifestDigest(folder: string): Promise<string | null> {
  const path = join(folder, MANIFEST_FILE);
  await haveFile(path);
  return isThere(path) ? (await sha256File(path)).sha256 : null;
}

/** The ledger's line of a published version; adds it where a crash kept it from being written. */
export async function recordPublished(
  workspace: string,
  found: Manifest,
  by: string,
): Promise<Published> {
  const published = await recordWhere(workspace, found, by, () => Promise.resolve(true));
  return published!;
}

/** Null where `holds` does not, and no line was added. */
async function recordWhere(
  workspace: string,
  found: Manifest,
  by: string,
  holds: LedgerCondition,
): Promise<Published | null> {
  const path = mixPath(found.name, found.version);
  const manifestSha256 = await manifestDigest(join(workspace, path));
  if (manifestSha256 === null) throw vanished(path, 'no manifest');
  const mix = `${found.name}@${found.version}`;
  const { recipeFingerprint, tokensWritten: tokens, documentsWritten: documents } = found;
  const body = { mix, path, recipeFingerprint, manifestSha256, tokens, documents };
  await assertRecordable(workspace, found, { mix, path, manifestSha256 });
  const key = `publish/${mix}/${manifestSha256}`;
  const entry = await appendLedgerIf(workspace, { key, kind: 'publish', by, body }, holds);
  if (entry === null) return null;
  return { path, manifestSha256, ledgerSequence: entry.sequence, ledgerHash: entry.hash };
}

/** A folder that somebody put or changed there is not made a published version by a line. */
async function assertRecordable(
  workspace: string,
  { recipe, approval }: Manifest,
  { mix, path, manifestSha256 }: { mix: string; path: string; manifestSha256: string },
): Promise<void> {
  const entries = await readLedger(workspace);
  const published = entries
    .filter(({ kind }) => kind === 'publish')
    .map(({ body }) => body as { mix?: unknown; manifestSha256?: unknown })
    .find((body) => body.mix === mix);
  if (published !== undefined && published.manifestSha256 !== manifestSha256)
    throw notOurs(
      path,
      `sha256 ${String(published.manifestSha256)}, as in the ledger`,
      manifestSha256,
    );
  const { review } = recipe as { review?: { approval?: unknown } | null };
  if (review?.approval == null) return;
  const closed = entries
    .filter(({ kind }) => kind === 'approval-closed')
    .map(({ body }) => approvalClosedLine.safeParse(body))
    .some(
      ({ success, data }) =>
        success &&
        data.mix === mix &&
        data.packetSha256 === approval?.packetSha256 &&
        data.end.startsWith('approved'),
    );
  if (!closed) throw notOurs(path, 'an approval of its plan in the ledger', 'none');
}

function notOurs(where: string, expected: string, found: string): Failure {
  return new Failure('LEDGER_BROKEN', {
    subject: 'a version that stands',
    ...{ expected, found, where },
    remedy: 'move the folder away, or restore it and ledger.jsonl from one copy; then build again',
  });
}

function vanished(path: string, found: string): Failure {
  return new Failure('STORAGE_UNREACHABLE', {
    subject: 'the assembled mix',
    expected: 'the files that this build assembled, in scratch or published',
    found,
    where: path,
    remedy: 'do not touch tmp/ while a build runs; start the build again',
  });
}

function standsAlready(mix: string, path: string): Failure {
  return new Failure('VERSION_EXISTS', {
    subject: mix,
    expected: 'the version that this build assembled',
    found: 'one that another build published meanwhile',
    where: path,
    remedy: 'compare them with `ballast diff`, or choose a new version',
  });
}

export async function publishMix(input: PublishInput): Promise<Published> {
  const { context, assembled } = input;
  const { recipe } = await openBuild(context);
  const { workspace } = context;
  const { manifestSha256 } = assembled;
  const staging = stagingFolder(context);
  if (recipe.version === 'dev') {
    const path = `dev/${recipe.name}`;
    await replaceDev(staging, join(workspace, path), manifestSha256);
    return { path, manifestSha256, ledgerSequence: null, ledgerHash: null };
  }
  await checkLedger(workspace);
  const path = mixPath(recipe.name, recipe.version);
  const target = join(workspace, path);
  if (!isThere(target)) await assertRetractionsKnown(context, recipe);
  if (mirrored(target) !== null) await publishShared(staging, target, manifestSha256);
  else if (isThere(staging)) {
    await syncFolder(staging);
    await publishFolder(staging, target);
  }
  const standing = await manifestDigest(target);
  if (standing === null) throw vanished(path, 'neither');
  if (standing !== manifestSha256) throw standsAlready(`${recipe.name}@${recipe.version}`, path);
  const found = readManifest(workspace, recipe.name, recipe.version);
  if (found === null) throw vanished(path, 'no manifest');
  const mix = `${recipe.name}@${recipe.version}`;
  let unknown: string | null = null;
  const published = await recordWhere(workspace, found, context.buildId, async (entries) => {
    unknown = await retractionWithout(context, recipe, entries);
    return unknown === null;
  });
  if (published !== null) return published;
  await withdraw(target, staging);
  throw retractedMeanwhile(mix, unknown!);
}

/** Nobody was told of it yet: its line was not written. */
async function withdraw(target: string, staging: string): Promise<void> {
  if (mirrored(target) !== null) {
    await unshareFolder(target);
    await releaseClaim(target);
  }
  await mkdir(dirname(staging), { recursive: true });
  await rm(staging, { recursive: true, force: true });
  await rename(target, staging);
}

/** On a store: the claim decides who, and the manifest comes last. What was copied stays in the store. */
export async function publishShared(
  staging: string,
  target: string,
  digest: string,
): Promise<void> {
  if (await fetchAgain(join(target, MANIFEST_FILE))) return;
  if (await claimVersion(target, digest)) await copyShared(staging, target, MANIFEST_FILE);
  else if (!(await fetchAgain(join(target, MANIFEST_FILE)))) throw claimed(target);
}

function claimed(target: string): Failure {
  const { store, key } = mirrored(target)!;
  const path = `${store.url}/${key}`;
  return new Failure('VERSION_EXISTS', {
    subject: path,
    expected: 'a version that nobody publishes yet',
    found: 'one that a build with other results has claimed, and has not published',
    where: path,
    remedy:
      'run that build again to complete it, choose a new version, or delete the claim below claims/',
  });
}

/** `dev` is replaced each time. A retry that finds its staging gone finds the new one in place. */
async function replaceDev(staging: string, target: string, digest: string): Promise<void> {
  if (mirrored(target) !== null) {
    const isAssembled = await fetchAgain(join(staging, MANIFEST_FILE));
    if (!isAssembled && (await manifestDigest(target)) === digest) return;
    if (!isAssembled) throw vanished(target, 'neither');
    await unshareFolder(target);
    await copyShared(staging, target, MANIFEST_FILE);
    await rm(target, { recursive: true, force: true });
    return;
  }
  if (!isThere(staging)) {
    if ((await manifestDigest(target)) === digest) return;
    throw vanished(target, 'neither');
  }
  const aside = `${staging}-old`;
  await rm(aside, { recursive: true, force: true });
  await rename(target, aside).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT')) throw error;
  });
  await publishFolder(staging, target);
  await rm(aside, { recursive: true, force: true });
}
