/**
 * Looks for benchmark items in the texts of one shard: one pass for all benchmarks that were not
 * searched for in it before, an artifact for each.
 */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { isContamination } from '../../core/label/contamination-rule.js';
import type { ContaminationHit } from '../../core/schema/contamination.js';
import { assert } from '../../core/schema/failure.js';
import type { Screen } from '../../engines/ngram/ngram-screen.js';
import { findArtifact, type Made, makeArtifact } from '../../storage/artifact.js';
import { ColumnWriter } from '../../storage/columns.js';
import { guardIo } from '../../storage/io-failure.js';
import { makeScratch } from '../../storage/workspace.js';
import { screenOf } from '../benchmark-screen.js';
import {
  type Build,
  type BuildContext,
  missingArtifact,
  openBuild,
  profileInput,
} from '../build-context.js';
import {
  type ContaminationSummary,
  contaminationMadeOf,
  HITS_FILE,
  type PinnedBenchmark,
  pinnedBenchmarks,
} from '../contamination.js';
import {
  DOCUMENTS_FILE,
  type ProfileSummary,
  profileMadeOf,
  TEXTS_FILE,
} from '../profile-columns.js';
import { shardTexts } from '../shard-texts.js';

export interface ScreenInput {
  readonly context: BuildContext;
  readonly shard: number;
}

export interface Screened {
  /** Benchmarks that were searched for now, and those whose hits stood already. */
  readonly made: number;
  readonly reused: number;
  readonly documentsContaminated: number;
}

/** Rows that are held before a batch is written. */
const BATCH_ROWS = 4096;

/** Hits of one benchmark, written as they come. */
class HitsFile {
  readonly path: string;
  readonly #writer: ColumnWriter;
  #rows: number[] = [];
  #hits: string[] = [];
  documentsFound = 0;
  documentsContaminated = 0;

  constructor(path: string) {
    this.path = path;
    this.#writer = new ColumnWriter(path);
  }

  add(row: number, hits: readonly ContaminationHit[]): void {
    this.#rows.push(row);
    this.#hits.push(JSON.stringify(hits));
    this.documentsFound++;
    if (hits.some(isContamination)) this.documentsContaminated++;
    if (this.#rows.length === BATCH_ROWS) this.#flush();
  }

  #flush(): void {
    this.#writer.write({ row: Uint32Array.from(this.#rows), hits: this.#hits });
    this.#rows = [];
    this.#hits = [];
  }

  /** A file without hits holds one empty batch. */
  async close(): Promise<void> {
    if (this.#rows.length > 0 || this.#writer.rows === 0) this.#flush();
    await this.#writer.close();
  }
}

interface Shard {
  readonly documents: string;
  readonly texts: string;
  readonly rows: number;
}

async function openShard(build: Build, index: number): Promise<Shard & { key: string }> {
  const { workspace } = build.context;
  const shard = build.shards[index];
  assert(shard !== undefined, `no shard ${index}`);
  const madeOf = profileMadeOf(profileInput(build, shard));
  const record = await findArtifact({ workspace, kind: 'profile', madeOf });
  if (record === null) throw missingArtifact('profile', shard.pinned.file);
  return {
    key: record.key,
    documents: join(workspace, record.files[DOCUMENTS_FILE]!.path),
    texts: join(workspace, record.files[TEXTS_FILE]!.path),
    rows: (record.summary as ProfileSummary).rowsKept,
  };
}

/** Searches the shard once; hits of each benchmark in a file of its own in `folder`. */
async function screenTexts(
  shard: Shard,
  screen: Screen,
  folder: string,
  progress: Float64Array,
): Promise<Map<string, HitsFile>> {
  const names = [...screen.coverage.keys()];
  const files = new Map(names.map((name, i) => [name, new HitsFile(join(folder, `${i}.arrow`))]));
  progress[1] = shard.rows;
  for await (const { firstRow, length, text } of shardTexts(shard.documents, shard.texts)) {
    for (let row = 0; row < length; row++) {
      const hits = screen.hitsIn(text(row));
      if (hits.length === 0) continue;
      for (const [name, file] of files) {
        const ours = hits.filter(({ benchmark }) => benchmark === name);
        if (ours.length > 0) file.add(firstRow + row, ours);
      }
    }
    progress[0] = firstRow + length;
  }
  for (const file of files.values()) await file.close();
  return files;
}

/** What one search found: the coverage of its screen, and a file of hits for each benchmark. */
interface Search {
  readonly screen: Screen;
  readonly files: Map<string, HitsFile>;
}

async function search(
  build: Build,
  shard: Shard,
  pinned: readonly PinnedBenchmark[],
  progress: Float64Array,
): Promise<Search> {
  const { workspace, buildId, baseFolder } = build.context;
  const scratch = await makeScratch(workspace, buildId);
  return guardIo(scratch, async () => {
    const screen = await screenOf(pinned.map((one) => ({ ...one, baseFolder, scratch })));
    return { screen, files: await screenTexts(shard, screen, scratch, progress) };
  });
}

/** Takes the hits of one benchmark out of a search, into the folder of their artifact. */
async function take(name: string, { screen, files }: Search, folder: string): Promise<Made> {
  const [file, coverage] = [files.get(name), screen.coverage.get(name)];
  assert(file !== undefined && coverage !== undefined, `${name} was searched for`);
  await rename(file.path, join(folder, HITS_FILE));
  const { documentsFound, documentsContaminated } = file;
  const summary: ContaminationSummary = { coverage, documentsFound, documentsContaminated };
  return { rows: { [HITS_FILE]: documentsFound }, summary };
}

export async function run(
  { context, shard: index }: ScreenInput,
  progress: Float64Array,
): Promise<Screened> {
  const build = await openBuild(context);
  const { workspace, buildId } = context;
  const shard = await openShard(build, index);
  const pinned = pinnedBenchmarks(build);
  const addresses = pinned.map((one) => {
    const madeOf = contaminationMadeOf(shard.key, one);
    return { workspace, buildId, kind: 'contamination', madeOf };
  });
  const standing = await Promise.all(addresses.map(findArtifact));
  const missing = pinned.filter((_, i) => standing[i] === null);
  const found = missing.length === 0 ? null : await search(build, shard, missing, progress);
  let [made, documentsContaminated] = [0, 0];
  for (const [i, one] of pinned.entries()) {
    const { name } = one.benchmark;
    const { record, reused } = await makeArtifact(addresses[i]!, async (folder) => {
      // One that stood there damaged was not searched for with the rest.
      const its = found?.files.has(name) ? found : await search(build, shard, [one], progress);
      return take(name, its, folder);
    });
    if (!reused) made++;
    documentsContaminated += (record.summary as ContaminationSummary).documentsContaminated;
  }
  return { made, reused: pinned.length - made, documentsContaminated };
}
