/**
 * Published versions against the records: the manifest of each against the ledger, every file against its
 * manifest, and no file that nobody listed. Sealed histories are checked apart.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { readManifest } from '../../activities/published-version.js';
import type { FailureParts } from '../../core/schema/failure.js';
import type { LedgerEntry } from '../../core/schema/ledger.js';
import { sha256File } from '../../storage/digest.js';
import { sizeOf } from '../../storage/workspace.js';
import type { Findings } from './findings.js';

export interface AuditedMix {
  readonly mix: string;
  readonly files: number;
  readonly bytes: number;
}

export interface PublishBody {
  readonly mix: string;
  readonly path: string;
  readonly manifestSha256: string;
}

/** The folder of a version that the seal's own index lists. */
export const HISTORY_FOLDER = 'history';

const RESTORE =
  'restore the file from a copy, or withdraw the version: it is not what was published';

function parts(where: string, expected: string, found: string): FailureParts {
  return { subject: 'audit', expected, found, where, remedy: RESTORE };
}

export async function digestAt(path: string): Promise<string> {
  return (await sizeOf(path)) === null ? 'no such file' : (await sha256File(path)).sha256;
}

/** A line of another shape names no version: the folder then stands without a line, and that is found. */
function isPublishBody(body: unknown): body is PublishBody {
  const { mix, path, manifestSha256 } = (body ?? {}) as Record<string, unknown>;
  return [mix, path, manifestSha256].every((text) => typeof text === 'string');
}

/** Newest publish line of each mix. */
export function publishedMixes(entries: readonly LedgerEntry[]): Map<string, PublishBody> {
  const published = new Map<string, PublishBody>();
  for (const { kind, body } of entries)
    if (kind === 'publish' && isPublishBody(body)) published.set(body.mix, body);
  return published;
}

export async function checkMix(
  workspace: string,
  body: PublishBody,
  {
    removed,
    onFile,
  }: {
    /** Data files that a retraction removed, with their digests: the ledger says which. */
    readonly removed: ReadonlyMap<string, string>;
    readonly onFile: (path: string) => void;
  },
  findings: Findings,
): Promise<AuditedMix> {
  const folder = join(workspace, body.path);
  const manifestDigest = await digestAt(join(folder, 'mix.json'));
  const nothing = { mix: body.mix, files: 0, bytes: 0 };
  if (manifestDigest !== body.manifestSha256) {
    const expected = `sha256 ${body.manifestSha256}, as in the ledger`;
    findings.ledger(parts(`${body.path}/mix.json`, expected, manifestDigest));
  }
  if (manifestDigest === 'no such file') return nothing;
  const at = body.mix.lastIndexOf('@');
  const manifest = readManifest(workspace, body.mix.slice(0, at), body.mix.slice(at + 1));
  if (manifest === null) return nothing;
  const listed = [...manifest.files, ...manifest.attachments].filter(
    ({ path, sha256 }) => removed.get(path) !== sha256,
  );
  let bytes = 0;
  for (const file of listed) {
    onFile(`${body.mix} ${file.path}`);
    const digest = await digestAt(join(folder, file.path));
    const expected = `sha256 ${file.sha256}, as in the manifest`;
    if (digest !== file.sha256)
      findings.ledger(parts(`${body.path}/${file.path}`, expected, digest));
    bytes += file.bytes;
  }
  await checkExtras(folder, body.path, new Set(listed.map(({ path }) => path)), findings);
  return { mix: body.mix, files: listed.length + 1, bytes };
}

async function checkExtras(
  folder: string,
  path: string,
  listed: ReadonlySet<string>,
  findings: Findings,
): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const name = relative(folder, join(entry.parentPath, entry.name));
    if (listed.has(name) || name === 'mix.json' || name.startsWith(`${HISTORY_FOLDER}/`)) continue;
    findings.ledger(parts(`${path}/${name}`, 'only files that the manifest lists', 'one more'));
  }
}

/** Under `mixes` stand folders of names with folders of published versions, and nothing else. */
export async function checkListed(
  workspace: string,
  published: ReadonlyMap<string, PublishBody>,
  findings: Findings,
): Promise<void> {
  for (const name of await foldersOf(workspace, 'mixes', findings)) {
    for (const version of await foldersOf(workspace, `mixes/${name}`, findings)) {
      const where = `mixes/${name}/${version}`;
      if (published.has(`${name}@${version}`)) continue;
      findings.ledger({
        ...parts(where, 'a ledger entry for every published version', 'none'),
        remedy:
          'restore ledger.jsonl from a copy that holds its line: lines were cut off, or the folder was put there by hand',
      });
    }
  }
}

/** Names of the folders in a folder; none where it does not exist. */
async function foldersOf(workspace: string, path: string, findings: Findings): Promise<string[]> {
  const folder = join(workspace, path);
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries) {
    if (entry.isDirectory()) continue;
    findings.ledger({
      subject: 'audit',
      expected: 'only folders of published versions',
      found: entry.isFile() ? 'a file' : 'something else',
      where: `${path}/${entry.name}`,
      remedy: 'move it away; ballast wrote nothing of that kind there',
    });
  }
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
