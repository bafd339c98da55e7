/** What a build wrote, as commands show it: the manifest, the verdict on collapse, and where it stands. */
import { join } from 'node:path';
import { readManifest } from '../../activities/published-version.js';
import type { Manifest } from '../../core/schema/manifest.js';
import type { RiskReport } from '../../core/schema/risk.js';
import { haveFile } from '../../storage/remote/mirror.js';
import type { BuildMixResult } from '../../workflows/build-mix.js';
import { riskOfMix } from './print-risk.js';
import { folderOf, readableFolder } from './workspace-option.js';

export interface WrittenMix {
  /** Null for a `dev` build. */
  readonly manifest: Manifest | null;
  /** As people find it: an absolute folder, or a URL. */
  readonly folder: string;
  /** Folder on this machine that holds its plan.json and risk.json. */
  readonly local: string;
  readonly risk: RiskReport | null;
}

export async function readWritten(
  workspace: string,
  { name, version }: { readonly name: string; readonly version: string },
  result: BuildMixResult,
): Promise<WrittenMix> {
  const readable = await readableFolder(workspace);
  const local = join(readable, result.path ?? '');
  await haveFile(join(local, 'plan.json'));
  return {
    manifest: readManifest(readable, name, version),
    folder: folderOf(workspace, result.path),
    local,
    risk: await riskOfMix(local),
  };
}
