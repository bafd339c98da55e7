/**
 * Pieces: the selected rows of one input shard that go to one output shard, with the digest that
 * the profile took of each text. They live in the build's scratch and are gone when it ends.
 */
import { join } from 'node:path';
import { scratchPath } from '../storage/workspace.js';
import type { BuildContext } from './build-context.js';

export const SPLITS = ['train', 'holdout'] as const;
export type Split = (typeof SPLITS)[number];

export function piecesFolder(context: BuildContext, selection: string, shard: number): string {
  return join(
    context.workspace,
    scratchPath(context.buildId),
    `pieces-${selection.slice(0, 16)}-${shard}`,
  );
}

export function pieceFile(split: Split, outputShard: number): string {
  return `${split}-${outputShard}.arrow`;
}

/** Folder in which the version is assembled before it is published. */
export function stagingFolder(context: BuildContext): string {
  return join(context.workspace, scratchPath(context.buildId), 'staging');
}

export function dataFileName(
  split: Split,
  outputShard: number,
  count: number,
  format: string,
): string {
  const number = (n: number) => String(n).padStart(5, '0');
  return `data/${split}-${number(outputShard)}-of-${number(count)}.${format}`;
}

/** Text columns of a piece that are written as they are; '' becomes null in the mix. */
export const PIECE_TEXTS = [
  'id',
  'source',
  'created',
  'domain',
  'provenance',
  'editDirection',
  'modelFamily',
  'grantId',
  'site',
  'language',
  'metadata',
] as const;
export type PieceText = (typeof PIECE_TEXTS)[number];

/** Folder of the second reader's findings, one file per data file; apart from what is published. */
export function verifiedFolder(context: BuildContext): string {
  return join(context.workspace, scratchPath(context.buildId), 'verified');
}
