/** `name@version`, or `name` for its newest version, as people write it on the command line. */
import { join } from 'node:path';
import { latestVersion, readManifest } from '../../activities/published-version.js';
import { Failure } from '../../core/schema/failure.js';
import type { Manifest } from '../../core/schema/manifest.js';
import { haveFolder } from '../../storage/remote/mirror.js';
import { mixPath } from '../../storage/workspace.js';

export interface MixReference {
  readonly name: string;
  readonly version: string;
}

export function parseReference(text: string, workspace: string): MixReference {
  const at = text.lastIndexOf('@');
  if (at > 0) return { name: text.slice(0, at), version: text.slice(at + 1) };
  const version = latestVersion(workspace, text, '');
  if (version === null) throw notPublished(text, workspace);
  return { name: text, version };
}

function notPublished(text: string, workspace: string): Failure {
  return new Failure('USAGE', {
    subject: `mix ${text}`,
    expected: 'a published version, name@version',
    found: 'none',
    where: workspace,
    remedy: 'look at the folder mixes of the workspace, or name another with --workspace',
  });
}

/** Manifest of a published mix, and its folder relative to the workspace, with all its files in reach. */
export async function openMix(
  text: string,
  workspace: string,
): Promise<{ manifest: Manifest; path: string }> {
  const { name, version } = parseReference(text, workspace);
  const manifest = readManifest(workspace, name, version);
  if (manifest === null) throw notPublished(text, workspace);
  const path = mixPath(name, version);
  await haveFolder(join(workspace, path));
  return { manifest, path };
}
