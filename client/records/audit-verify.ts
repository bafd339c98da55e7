/**
 * Checks the workspace against its own records, with no server: the ledger's chain, the manifest of
 * every published version against the ledger, and every file against its manifest.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { readManifest } from '../../activities/published-version.js';
import { versionStatesOf } from '../../activities/version-states.js';
import { Failure } from '../../core/schema/failure.js';
import { sha256File } from '../../storage/digest.js';
import { readLedger } from '../../storage/ledger.js';
import { sizeOf } from '../../storage/workspace.js';

export interface AuditedMix {
  readonly mix: string;
  readonly files: number;
  readonly bytes: number;
}

export interface AuditResult {
  readonly ledgerEntries: number;
  readonly mixes: readonly AuditedMix[];
}

interface PublishBody {
  readonly mix: string;
  readonly path: string;
  readonly manifestSha256: string;
}

function broken(where: string, expected: string, found: string): Failure {
  return new Failure('LEDGER_BROKEN', {
    subject: 'audit',
    expected,
    found,
    where,
    remedy: 'restore the file from a copy, or withdraw the version: it is not what was published',
  });
}

async function digestAt(path: string): Promise<string> {
  return (await sizeOf(path)) === null ? 'no such file' : (await sha256File(path)).sha256;
}

async function auditMix(
  workspace: string,
  body: PublishBody,
  removed: ReadonlyMap<string, string>,
  onFile: (path: string) => void,
): Promise<AuditedMix> {
  const folder = join(workspace, body.path);
  const manifestDigest = await digestAt(join(folder, 'mix.json'));
  if (manifestDigest !== body.manifestSha256)
    throw broken(
      `${body.path}/mix.json`,
      `sha256 ${body.manifestSha256}, as in the ledger`,
      manifestDigest,
    );
  const at = body.mix.lastIndexOf('@');
  const manifest = readManifest(workspace, body.mix.slice(0, at), body.mix.slice(at + 1));
  if (manifest === null) throw broken(body.path, 'a manifest', 'none');
  // A retraction may have removed data files; the ledger says which, with their digests.
  const isThere = (file: { path: string; sha256: string }) =>
    removed.get(file.path) !== file.sha256;
  const listed = [...manifest.files, ...manifest.attachments].filter(isThere);
  let bytes = 0;
  for (const file of listed) {
    onFile(`${body.mix} ${file.path}`);
    const digest = await digestAt(join(folder, file.path));
    if (digest !== file.sha256) {
      throw broken(
        `${body.path}/${file.path}`,
        `sha256 ${file.sha256}, as in the manifest`,
        digest,
      );
    }
    bytes += file.bytes;
  }
  const known = new Set([...listed.map(({ path }) => path), 'mix.json']);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = relative(folder, join(entry.parentPath, entry.name));
    if (!known.has(path))
      throw broken(`${body.path}/${path}`, 'only files that the manifest lists', 'one more');
  }
  return { mix: body.mix, files: listed.length + 1, bytes };
}

export async function auditWorkspace(
  workspace: string,
  onFile: (path: string) => void = () => undefined,
): Promise<AuditResult> {
  const entries = await readLedger(workspace);
  const published = new Map<string, PublishBody>();
  for (const entry of entries)
    if (entry.kind === 'publish')
      published.set((entry.body as PublishBody).mix, entry.body as PublishBody);
  await checkListed(workspace, published);
  const states = versionStatesOf(entries);
  const mixes: AuditedMix[] = [];
  for (const body of published.values()) {
    const removed = states.get(body.mix)?.removed ?? new Map();
    mixes.push(await auditMix(workspace, body, removed, onFile));
  }
  return { ledgerEntries: entries.length, mixes };
}

/** Under `mixes` stand folders of names with folders of published versions, and nothing else. */
async function checkListed(
  workspace: string,
  published: ReadonlyMap<string, PublishBody>,
): Promise<void> {
  for (const name of await foldersOf(workspace, 'mixes')) {
    for (const version of await foldersOf(workspace, `mixes/${name}`)) {
      const where = `mixes/${name}/${version}`;
      if (!published.has(`${name}@${version}`))
        throw broken(where, 'a ledger entry for every published version', 'none');
    }
  }
}

/** Names of the folders in a folder; none where it does not exist. */
async function foldersOf(workspace: string, path: string): Promise<string[]> {
  const folder = join(workspace, path);
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isDirectory())
      throw stray(`${path}/${entry.name}`, entry.isFile() ? 'a file' : 'something else');
  }
  return entries.map(({ name }) => name);
}

function stray(where: string, found: string): Failure {
  return new Failure('LEDGER_BROKEN', {
    subject: 'audit',
    expected: 'only folders of published versions',
    found,
    where,
    remedy: 'move it away; ballast wrote nothing of that kind there',
  });
}
