/**
 * Profiles one shard in one read: id, tokens, digest, MinHash bands and statistics of every
 * document, and a listed reason for every row that is not one. read = kept + rejected, asserted.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, Failure } from '../../core/schema/failure.js';
import { LIMITS } from '../../core/schema/limits.js';
import type { TokenizerSpec } from '../../core/schema/recipe.js';
import { createTextKernel, type TextKernel } from '../../engines/text-kernel.js';
import { type ArtifactRecord, type Made, makeArtifact } from '../../storage/artifact.js';
import { ColumnWriter } from '../../storage/columns.js';
import type { RawRow, RejectReason } from '../../storage/source/rows.js';
import { type SourceStore, storeFor } from '../../storage/source/store.js';
import type { Build } from '../build-context.js';
import {
  DOCUMENTS_FILE,
  type FieldPlan,
  type ProfileInput,
  type ProfileSummary,
  profileMadeOf,
  REJECTS_FILE,
  TEXTS_FILE,
} from '../profile-columns.js';
import { type ProfiledDocument, ProfileWriter } from './profile-batch.js';
import { shardRows } from './source-rows.js';

const kernels = new Map<string, Promise<TextKernel>>();

/** One kernel per tokenizer and thread: its tables and caches serve every shard. */
export function textKernel(
  spec: TokenizerSpec,
  sha256: string | null,
  path: string | null,
): Promise<TextKernel> {
  const key = spec.kind === 'file' ? `file:${sha256}` : spec.kind;
  const known = kernels.get(key);
  if (known !== undefined) return known;
  const json = path === null ? {} : { tokenizerJson: readFileSync(path, 'utf8') };
  const made = createTextKernel({ tokenizer: spec, ...json });
  kernels.set(key, made);
  return made;
}

/** The kernel that counts as this build counts. */
export function buildKernel({ recipe, pins, context }: Build): Promise<TextKernel> {
  const { tokenizer } = recipe;
  const isFile = tokenizer.kind === 'file';
  const path = isFile
    ? storeFor(tokenizer.path, context.baseFolder).localPath(tokenizer.path)
    : null;
  return textKernel(tokenizer, pins.tokenizer.sha256, path);
}

class Rejects {
  readonly byReason: Record<string, number> = {};
  readonly #places: number[] = [];
  readonly #reasons: string[] = [];
  readonly #details: string[] = [];
  count = 0;

  add(place: number, reason: RejectReason, detail: string): void {
    this.count++;
    this.byReason[reason] = (this.byReason[reason] ?? 0) + 1;
    if (this.#places.length >= LIMITS.rejectsListed) return;
    this.#places.push(place);
    this.#reasons.push(reason);
    this.#details.push(detail);
  }

  async write(path: string): Promise<number> {
    const writer = new ColumnWriter(path);
    writer.write({
      place: Uint32Array.from(this.#places),
      reason: this.#reasons,
      detail: this.#details,
    });
    await writer.close();
    return this.#places.length;
  }
}

function plainField(fields: Readonly<Record<string, unknown>>, name: string | null): string {
  if (name === null) return '';
  const value = fields[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function metadataJson(fields: Readonly<Record<string, unknown>>, names: readonly string[]): string {
  if (names.length === 0) return '';
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, fields[name] ?? null])));
}

type Parsed = ProfiledDocument | { readonly reason: RejectReason; readonly detail: string };

function parseRow(row: RawRow, plan: FieldPlan): Parsed {
  if ('reason' in row) return row;
  const { fields, place } = row;
  const text = fields[plan.text];
  if (text === undefined || text === null)
    return { reason: 'missing_text', detail: `no field "${plan.text}"` };
  if (typeof text !== 'string')
    return { reason: 'missing_text', detail: `field "${plan.text}" is a ${typeof text}` };
  if (text.trim() === '') return { reason: 'empty_text', detail: '' };
  if (text.length > LIMITS.textBytes / 3 && Buffer.byteLength(text) > LIMITS.textBytes) {
    return { reason: 'text_too_long', detail: `over ${LIMITS.textBytes} bytes` };
  }
  const id = fields[plan.id];
  if (id !== undefined && id !== null && typeof id !== 'string' && !Number.isSafeInteger(id)) {
    return { reason: 'invalid_id', detail: `field "${plan.id}" is a ${typeof id}` };
  }
  return {
    id: plainField(fields, plan.id),
    place,
    text,
    created: plainField(fields, plan.created),
    url: plainField(fields, plan.url),
    domain: plainField(fields, plan.domain),
    provenance: plainField(fields, plan.provenance),
    modelFamily: plainField(fields, plan.modelFamily),
    grant: plainField(fields, plan.grant),
    metadata: metadataJson(fields, plan.metadata),
  };
}

async function makeProfile(
  input: ProfileInput,
  folder: string,
  progress: Float64Array,
): Promise<Made> {
  const { kernel, store } = await toolsFor(input);
  const documentsPath = join(folder, DOCUMENTS_FILE);
  const textsPath = join(folder, TEXTS_FILE);
  const writer = new ProfileWriter({ kernel, source: input.source, documentsPath, textsPath });
  try {
    return await fillProfile(input, { folder, store, writer, progress });
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

async function toolsFor(input: ProfileInput): Promise<{ kernel: TextKernel; store: SourceStore }> {
  const store = storeFor(input.shard.file, input.baseFolder);
  const { tokenizer } = input;
  const path =
    tokenizer.kind === 'file'
      ? storeFor(tokenizer.path, input.baseFolder).localPath(tokenizer.path)
      : null;
  return { kernel: await textKernel(tokenizer, input.tokenizerSha256, path), store };
}

interface Filling {
  readonly folder: string;
  readonly store: SourceStore;
  readonly writer: ProfileWriter;
  readonly progress: Float64Array;
}

/** Reads the shard once and writes its three files. */
async function fillProfile(
  input: ProfileInput,
  { folder, store, writer, progress }: Filling,
): Promise<Made> {
  const { shard } = input;
  const rejects = new Rejects();
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
  const listed = await rejects.write(join(folder, REJECTS_FILE));
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
