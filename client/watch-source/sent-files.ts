/**
 * What a watch has told its line, by path: a small file of the state folder, so that a restart reads
 * and sends nothing twice. Without it everything is sent again, and the line knows it by its digests. A line
 * that was started anew is told again, for what waited with the line before may be lost with its server.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { digestOf } from '../../storage/digest.js';
import { fileSafe } from '../../storage/workspace.js';
import { stateFolder, writeRecord } from '../server/state.js';
import type { SeenFile } from './look.js';

const sentFile = z.strictObject({
  bytes: z.int(),
  stamp: z.string(),
  sha256: z.string(),
  /** First run of the line that was told; null where it had none that the server named. */
  line: z.string().nullable(),
});
export type SentFile = z.infer<typeof sentFile>;

const sentRecord = z.strictObject({
  schemaVersion: z.literal(1),
  mix: z.string(),
  workspace: z.string(),
  files: z.record(z.string(), sentFile),
});

export class SentFiles {
  readonly #path: string;
  readonly #owner: { readonly mix: string; readonly workspace: string };
  #files: Map<string, SentFile>;
  /** True where a record was there and could not be read. */
  readonly wasBroken: boolean;

  constructor(owner: { mix: string; workspace: string }, root: string = stateFolder().root) {
    this.#owner = owner;
    const name = `${fileSafe(owner.mix)}-${digestOf(owner).slice(0, 12)}.json`;
    this.#path = join(root, 'watch', name);
    const read = existsSync(this.#path) ? readRecord(this.#path) : {};
    this.wasBroken = read === null;
    this.#files = new Map(Object.entries(read ?? {}));
  }

  get(file: string): SentFile | null {
    return this.#files.get(file) ?? null;
  }

  /** True where exactly this was sent, to whichever line. */
  has({ file, bytes, stamp }: Pick<SeenFile, 'file' | 'bytes' | 'stamp'>): boolean {
    const sent = this.#files.get(file);
    return sent !== undefined && sent.bytes === bytes && sent.stamp === stamp;
  }

  add(file: string, sent: SentFile): void {
    this.#files.set(file, sent);
  }

  /** Forgets files that are gone. A look that sees nothing at all is more likely a disk that is gone. */
  keepOnly(files: readonly Pick<SeenFile, 'file'>[]): void {
    if (files.length === 0) return;
    const seen = new Set(files.map(({ file }) => file));
    this.#files = new Map([...this.#files].filter(([file]) => seen.has(file)));
  }

  save(): void {
    const files = Object.fromEntries(this.#files);
    writeRecord(this.#path, { schemaVersion: 1, ...this.#owner, files });
  }
}

function readRecord(path: string): Record<string, SentFile> | null {
  try {
    return sentRecord.parse(JSON.parse(readFileSync(path, 'utf8'))).files;
  } catch {
    return null;
  }
}
