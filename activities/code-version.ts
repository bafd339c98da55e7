/** Which code seals: the version that the worker was started as, and the digest of its workflows' bundle. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256File } from '../storage/digest.js';

/** The bundle of this installation, whether this file runs as source or from `dist/`. */
export function bundlePath(): string | null {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const path = join(folder, 'dist/worker/workflow-bundle.js');
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) return null;
  }
}

export interface CodeVersion {
  readonly codeVersion: string;
  /** '' where nothing was built. */
  readonly bundleSha256: string;
}

export async function readCodeVersion(): Promise<CodeVersion> {
  const path = bundlePath();
  return {
    codeVersion: process.env.BALLAST_CODE_VERSION ?? 'unknown',
    bundleSha256: path === null ? '' : (await sha256File(path)).sha256,
  };
}
