/** Files of the demo, each written beside its place and renamed: a reader sees all of it or none. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes `content` and gives its size in bytes. */
export function writeWhole(path: string, content: string): number {
  mkdirSync(dirname(path), { recursive: true });
  const scratch = `${path}.${process.pid}.tmp`;
  const bytes = Buffer.from(content, 'utf8');
  try {
    writeFileSync(scratch, bytes);
    renameSync(scratch, path);
  } catch (error) {
    rmSync(scratch, { force: true });
    throw error;
  }
  return bytes.length;
}
