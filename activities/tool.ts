/** Name and version of this tool, as files and manifests carry them. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findPackage(from: string): { name: string; version: string } {
  for (let folder = from; ; folder = dirname(folder)) {
    try {
      return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name: string;
        version: string;
      };
    } catch (error) {
      if (dirname(folder) === folder) throw error;
    }
  }
}

const { name, version } = findPackage(dirname(fileURLToPath(import.meta.url)));
export const TOOL = { name, version } as const;
