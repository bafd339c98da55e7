/**
 * Indexes own outputs: every file of every entry is read once, in blocks of bounded size. Rows that
 * are no outputs are counted and listed, as those of a source are.
 */
import { join } from 'node:path';
import { parseDate } from '../../core/schema/parse-date.js';
import type { OwnOutput } from '../../core/schema/recipe.js';
import type { TextKernel } from '../../engines/text-kernel.js';
import { type ArtifactRecord, type Made, makeArtifact } from '../../storage/artifact.js';
import { storeFor } from '../../storage/source/store.js';
import { type Build, type BuildContext, openBuild } from '../build-context.js';
import {
  blockFile,
  entryOf,
  INDEX_KIND,
  INDEX_REJECTS_FILE,
  type IndexSummary,
  indexMadeOf,
  outputFields,
} from '../own-output-index.js';
import { OutputBlockWriter } from './output-block.js';
import { parseRow } from './parse-row.js';
import type { ProfiledDocument } from './profile-batch.js';
import { textKernel } from './profile-shard.js';
import { RejectList } from './reject-list.js';
import { shardRows } from './source-rows.js';

interface Reading {
  readonly build: Build;
  readonly entry: OwnOutput;
  readonly folder: string;
  readonly progress: Float64Array;
}

/** ISO day on which an output was generated; null where nobody says, or not readably. */
function dayOf({ generated }: OwnOutput, { created }: ProfiledDocument): string | null {
  if (generated === null) return null;
  return generated.kind === 'constant' ? generated.day : parseDate(created);
}

function familyOf({ name, modelFamily }: OwnOutput, document: ProfiledDocument): string {
  if (modelFamily.kind === 'constant') return modelFamily.value;
  return document.modelFamily.trim() || name;
}

/** Blocks of one entry, written as they fill. */
class EntryIndex {
  readonly #reading: Reading;
  readonly #kernel: TextKernel;
  readonly rows: Record<string, number> = {};
  #block: OutputBlockWriter;
  blocks = 0;
  outputs = 0;
  undated = 0;

  constructor(reading: Reading, kernel: TextKernel) {
    this.#reading = reading;
    this.#kernel = kernel;
    this.#block = new OutputBlockWriter(kernel);
  }

  async add(document: ProfiledDocument): Promise<void> {
    if (!this.#block.hasRoom(document.text)) await this.flush();
    const { entry } = this.#reading;
    const generated = dayOf(entry, document);
    if (generated === null) this.undated++;
    const modelFamily = familyOf(entry, document);
    this.#block.add(document.text, { id: document.id, modelFamily, generated });
    this.outputs++;
  }

  async flush(): Promise<void> {
    if (this.#block.outputs === 0) return;
    const file = blockFile(this.blocks++);
    this.rows[file] = this.#block.outputs;
    await this.#block.write(join(this.#reading.folder, file));
    this.#block = new OutputBlockWriter(this.#kernel);
  }
}

async function makeIndex(reading: Reading): Promise<Made> {
  const rejects = new RejectList(join(reading.folder, INDEX_REJECTS_FILE));
  try {
    return await fillIndex(reading, rejects);
  } catch (error) {
    await rejects.abandon();
    throw error;
  }
}

async function fillIndex(reading: Reading, rejects: RejectList): Promise<Made> {
  const { build, entry, folder, progress } = reading;
  const { baseFolder } = build.context;
  const index = new EntryIndex(reading, await textKernel({ kind: 'bytes' }, null, null));
  const fields = outputFields(entry);
  const onBytes = (n: number) => {
    progress[0] = progress[0]! + n;
  };
  let rowsRead = 0;
  for (const shard of filesOf(build, entry.name)) {
    const store = storeFor(shard.file, baseFolder);
    for await (const rows of shardRows(shard, { store, fields, scratch: folder, onBytes })) {
      for (const row of rows) {
        rowsRead++;
        const parsed = parseRow(row, fields);
        if ('reason' in parsed) rejects.add(row.place, parsed.reason, parsed.detail);
        else await index.add(parsed);
      }
    }
  }
  await index.flush();
  const listed = await rejects.close();
  const { blocks, outputs, undated } = index;
  const summary: IndexSummary = {
    ...{ rowsRead, outputs, undated, blocks },
    rowsRejected: rejects.count,
    rejectedByReason: rejects.byReason,
  };
  return { rows: { ...index.rows, [INDEX_REJECTS_FILE]: listed }, summary };
}

function filesOf({ pins }: Build, name: string) {
  return pins.ownOutputs.find((files) => files.name === name)?.shards ?? [];
}

export interface IndexedEntry {
  readonly record: ArtifactRecord;
  readonly reused: boolean;
}

/** Indexes every entry; one that was indexed before, from the same bytes, is found again. */
export async function run(context: BuildContext, progress: Float64Array): Promise<IndexedEntry[]> {
  const build = await openBuild(context);
  const { workspace, buildId } = context;
  const names = build.pins.ownOutputs.map(({ name }) => name);
  const files = names.flatMap((name) => filesOf(build, name));
  progress[1] = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const made: IndexedEntry[] = [];
  for (const name of names) {
    const address = { workspace, buildId, kind: INDEX_KIND, madeOf: indexMadeOf(build, name) };
    const entry = entryOf(build, name);
    made.push(
      await makeArtifact(address, (folder) => makeIndex({ build, entry, folder, progress })),
    );
  }
  return made;
}
