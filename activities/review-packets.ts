/**
 * Packets as they lie in the workspace: an artifact of kind `packets` with `index.json`, and for each
 * packet what a reviewer is shown, `<packet>.json`, and what the machine thinks,
 * `<packet>.machine.json`. Every file is read back against the digest that the index, or the
 * artifact's record, holds.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import { type ArtifactRef, artifactRecord } from '../core/schema/artifact.js';
import { Failure } from '../core/schema/failure.js';
import {
  type MachineViews,
  machineViews,
  type Packet,
  type PacketEntry,
  type PacketIndex,
  packet,
  packetIndex,
} from '../core/schema/review-packet.js';
import { sha256 } from '../storage/digest.js';
import { guardIo, hasCode } from '../storage/io-failure.js';
import { haveFile } from '../storage/remote/mirror.js';

export const INDEX_FILE = 'index.json';

export function packetFile(id: string): string {
  return `${id}.json`;
}

export function machineFile(id: string): string {
  return `${id}.machine.json`;
}

function damaged(where: string, found: string): Failure {
  return new Failure('STORAGE_UNREACHABLE', {
    subject: 'review packets',
    expected: 'the file that the build wrote',
    found,
    where,
    remedy: 'build the mix again: it drafts the same packets from the same inputs',
  });
}

async function readText(workspace: string, path: string): Promise<string> {
  await haveFile(join(workspace, path));
  return guardIo(path, () =>
    readFile(join(workspace, path), 'utf8').catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) throw damaged(path, 'no such file');
      throw error;
    }),
  );
}

async function readChecked<T>(
  workspace: string,
  path: string,
  digest: string,
  schema: z.ZodType<T>,
): Promise<T> {
  const text = await readText(workspace, path);
  const found = sha256(text);
  if (found !== digest) throw damaged(path, `sha256 ${found.slice(0, 12)}..`);
  return schema.parse(JSON.parse(text));
}

export function readPacketIndex(workspace: string, index: ArtifactRef): Promise<PacketIndex> {
  return readChecked(workspace, index.path, index.sha256, packetIndex);
}

/** What a reviewer is shown. */
export function readPacket(
  workspace: string,
  index: ArtifactRef,
  { packet: id, sha256: digest }: Pick<PacketEntry, 'packet' | 'sha256'>,
): Promise<Packet> {
  return readChecked(workspace, `${dirname(index.path)}/${packetFile(id)}`, digest, packet);
}

/** What the machine thinks: for those who have answered. */
export async function readMachineViews(
  workspace: string,
  index: ArtifactRef,
  id: string,
): Promise<MachineViews> {
  const path = `${dirname(index.path)}/record.json`;
  const text = await readText(workspace, path);
  const file = artifactRecord.parse(JSON.parse(text)).files[machineFile(id)];
  if (file === undefined) throw damaged(path, `no packet ${id}`);
  return readChecked(workspace, file.path, file.sha256, machineViews);
}
