/** Every published version of a workspace with its manifest. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { byCode } from '../core/plan/stratum.js';
import type { Manifest } from '../core/schema/manifest.js';
import { sha256File } from '../storage/digest.js';
import { isThere, mixPath } from '../storage/workspace.js';
import { MANIFEST_FILE, otherVersions, readManifest } from './published-version.js';
import { versionStates } from './version-states.js';

export interface Published {
  /** name@version. */
  readonly title: string;
  readonly manifest: Manifest;
  readonly manifestSha256: string;
}

/** Every published version, by name and date; those whose data was deleted apart. */
export async function publishedVersions(
  workspace: string,
): Promise<{ standing: Published[]; deleted: Published[] }> {
  const states = await versionStates(workspace);
  const folder = join(workspace, 'mixes');
  const names = isThere(folder) ? readdirSync(folder).sort(byCode) : [];
  const [standing, deleted]: [Published[], Published[]] = [[], []];
  for (const name of names) {
    for (const version of otherVersions(workspace, name, '')) {
      const manifest = readManifest(workspace, name, version);
      if (manifest === null) continue;
      const path = join(workspace, mixPath(name, version), MANIFEST_FILE);
      const { sha256: manifestSha256 } = await sha256File(path);
      const title = `${name}@${version}`;
      const list = states.get(title)?.state === 'deleted' ? deleted : standing;
      list.push({ title, manifest, manifestSha256 });
    }
  }
  return { standing, deleted };
}
