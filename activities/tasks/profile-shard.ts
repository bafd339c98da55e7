/**
 * Profiles one shard in one read: id, tokens, digest, MinHash bands and statistics of every
 * document, and a listed reason for every row that is not one. read = kept + rejected, asserted.
 */
import { join } from 'node:path';
import { assert, Failure } from '../../core/schema/failure.js';
import type { TokenizerSpec } from '../../core/schema/recipe.js';
import { createTextKernel, type TextKernel } from '../../engines/text-kernel.js';
import { type ArtifactRecord, type Made, makeArtifact } from '../../storage/artifact.js';
import { sha256 as digestOfBytes } from '../../storage/digest.js';
import { readSource, type SourceStore, storeFor } from '../../storage/source/store.js';
import type { Build } from '../build-context.js';
import {
  DOCUMENTS_FILE,
  type ProfileInput,
  type ProfileSummary,
  profileMadeOf,
  REJECTS_FILE,
  TEXTS_FILE,
} from '../profile-columns.js';
import { parseRow } from './parse-row.js';
import { ProfileWriter } from './profile-batch.js';
import { RejectList } from './reject-list.js';
import { changed, shardRows } from './source-rows.js';

const kernels = new Map<string, Promise<TextKernel>>();

/** One kernel per tokenizer and thread: its tables and caches serve every shard. */
export function textKernel(
  spec: TokenizerSpec,
  sha256: string | null,
  baseFolder: string | null,
): Promise<TextKernel> {
  const key = spec.kind === 'file' ? `file:${sha256}` : spec.kind;
  const known = kernels.get(key);
  if (known !== undefined) return known;
  const made = makeKernel(spec, sha256, baseFolder);
  kernels.set(key, made);
  made.catch(() => kernels.delete(key));
  return made;
}

/** A tokenizer file is named from `baseFolder`, and must have the pinned digest. */
async function makeKernel(
  spec: TokenizerSpec,
  sha256: string | null,
  baseFolder: string | null,
): Promise<TextKernel> {
  if (spec.kind !== 'file' || baseFolder === null) return createTextKernel({ tokenizer: spec });
  const json = await readSource(spec.path, baseFolder);
  const found = digestOfBytes(json);
  if (sha256 !== null && found !== sha256) throw changed(spec.path, sha256, found);
  return createTextKernel({ tokenizer: spec, tokenizerJson: json.toString('utf8') });
}

/** The kernel that counts as this build counts. */
export function buildKernel({ recipe, pins, context }: Build): Promise<TextKernel> {
  return textKernel(recipe.tokenizer, pins.tokenizer.sha256, context.baseFolder);
}

async function makeProfile(
  input: ProfileInput,
  folder: string,
  progress: Float64Array,
): Promise<Made> {
  const { tokenizer, tokenizerSha256, baseFolder } = input;
  const store = storeFor(input.shard.file, baseFolder);
  const kernel = await textKernel(tokenizer, tokenizerSha256, baseFolder);
  const documentsPath = join(folder, DOCUMENTS_FILE);
  const textsPath = join(folder, TEXTS_FILE);
  const writer = new ProfileWriter({ kernel, source: input.source, documentsPath, textsPath });
  const rejects = new RejectList(join(folder, REJECTS_FILE));
  try {
    return await fillProfile(input, { folder, store, writer, rejects, progress });
  } catch (error) {
    await writer.abandon();
    await rejects.abandon();
    throw error;
  }
}

interface Filling {
  readonly folder: string;
  readonly store: SourceStore;
  readonly writer: ProfileWriter;
  readonly rejects: RejectList;
  readonly progress: Float64Array;
}

/** Reads the shard once and writes its three files. */
async function fillProfile(
  input: ProfileInput,
  { folder, store, writer, rejects, progress }: Filling,
): Promise<Made> {
  const { shard } = input;
  let read = 0;
  progress[1] = shard.bytes;
  const onBytes = (n: number) => {
    progress[0] = progress[0]! + n;
  };
  for await (const rows of shardRows(shard, {
    store,
    fields: input.fields,
    scratch: folder,
    onBytes,
  })) {
    for (const row of rows) {
      read++;
      const parsed = parseRow(row, input.fields);
      if ('reason' in parsed) rejects.add(row.place, parsed.reason, parsed.detail);
      else writer.add(parsed);
    }
  }
  if (read === 0) {
    read = 1;
    rejects.add(0, 'empty_file', 'the file holds no row');
  }
  const textsDigest = await writer.close();
  const listed = await rejects.close();
  assert(listed === rejects.count, `${shard.file}: ${rejects.count} rejected, ${listed} listed`);
  assert(read === writer.rows + rejects.count, `${shard.file}: read ${read} != kept + rejected`);
  const summary: ProfileSummary = {
    rowsRead: read,
    rowsKept: writer.rows,
    rowsRejected: rejects.count,
    rejectedByReason: rejects.byReason,
    tokens: writer.tokens,
    textBytes: writer.textBytes,
  };
  const rows = { [DOCUMENTS_FILE]: writer.rows, [TEXTS_FILE]: writer.rows, [REJECTS_FILE]: listed };
  return { rows, digests: { [TEXTS_FILE]: textsDigest }, summary };
}

export async function run(
  input: ProfileInput,
  progress: Float64Array,
): Promise<{ record: ArtifactRecord; reused: boolean }> {
  const { workspace, buildId } = input;
  const madeOf = profileMadeOf(input);
  try {
    return await makeArtifact({ workspace, buildId, kind: 'profile', madeOf }, (folder) =>
      makeProfile(input, folder, progress),
    );
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') throw error;
    throw new Failure('SOURCE_MISSING', {
      subject: `source file ${input.shard.file}`,
      expected: 'the file that was pinned when the build started',
      found: 'no such file',
      where: `source "${input.source}"`,
      remedy: 'put it back, or start the build again without it',
    });
  }
}
