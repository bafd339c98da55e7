/**
 * Pins the build: globs become files, each with its digest; own outputs, benchmarks, lists of terms and
 * the tokenizer file too. Fails before anything is read where a source has no file.
 */
import type { SourceArrivals } from '../../core/line/list.js';
import { listOfPath } from '../../core/line/next-recipe.js';
import { Failure } from '../../core/schema/failure.js';
import type { Lineage } from '../../core/schema/own-output.js';
import type { PinnedShard, Pins } from '../../core/schema/pins.js';
import type { Benchmark, Recipe } from '../../core/schema/recipe.js';
import { inLanes } from '../../storage/in-lanes.js';
import { errorCode, hasCode } from '../../storage/io-failure.js';
import { FORMATS, formatOf } from '../../storage/source/format.js';
import { digestSource, storeFor, widthFor } from '../../storage/source/store.js';
import { type Files, filesOf } from './listed-files.js';

export interface PinInput {
  readonly recipe: Recipe;
  readonly baseFolder: string;
  readonly recipeFingerprint: string;
  readonly lineages: readonly Lineage[];
  readonly previous: Pins['previous'];
  /** By source: files that its line took, in place of its `arrivals:` path. */
  readonly arrivals?: Readonly<Record<string, SourceArrivals>>;
}

function listsOf(
  { sources, ownOutputs }: Recipe,
  arrivals: PinInput['arrivals'] = {},
): Record<'sources' | 'ownOutputs', Files[]> {
  return {
    sources: sources.map(({ name, paths }) => ({
      ...{ name, what: `source "${name}"`, key: `sources.${name}.paths`, arrivals: arrivals[name] },
      paths: paths.filter((path) => listOfPath(path) === null),
    })),
    ownOutputs: ownOutputs.map(({ name, paths }) => ({
      ...{ name, paths, what: `own outputs "${name}"`, key: `own_outputs.${name}.paths` },
    })),
  };
}

function filesOfBenchmark({ name, path }: Benchmark): Files {
  return { name, paths: [path], what: `benchmark "${name}"`, key: `benchmarks.${name}.path` };
}

/** What a file that the system does not let us read becomes; other errors pass unchanged. */
function unreadable(error: unknown, file: string, source: Files): unknown {
  if (error instanceof Failure || errorCode(error) === '') return error;
  const isGone = hasCode(error, 'ENOENT');
  return new Failure(isGone ? 'SOURCE_MISSING' : 'SOURCE_UNREADABLE', {
    subject: source.what,
    expected: 'a file that the worker can read',
    found: isGone ? 'no such file' : `an error of the system, ${errorCode(error)}`,
    where: file,
    remedy: 'check the permissions of the file and its folders, and the disk that it is on',
  });
}

async function pinFile(file: string, source: Files, baseFolder: string): Promise<PinnedShard> {
  const format = formatOf(file);
  if (format === null) {
    throw new Failure('SOURCE_UNREADABLE', {
      subject: `source file ${file}`,
      expected: `a name that ends in ${FORMATS.join(', ')}`,
      found: file.split('/').at(-1) ?? file,
      where: source.key,
      remedy: 'convert the file, or narrow the glob',
    });
  }
  return digestFile(file, format, source, baseFolder);
}

async function digestFile(
  file: string,
  format: string,
  source: Files,
  baseFolder: string,
): Promise<PinnedShard> {
  try {
    const state = await storeFor(file, baseFolder).stateOf(file);
    const { sha256, bytes } = await digestSource(file, baseFolder);
    const { modifiedMs, etag } = state ?? { modifiedMs: 0, etag: null };
    return { file, sha256, bytes, modifiedMs, etag, format };
  } catch (error) {
    throw unreadable(error, file, source);
  }
}

/** The lists of terms that the risk settings name: plain text, so any name will do. */
async function pinTerms({ risk }: Recipe, baseFolder: string): Promise<Pins['terms']> {
  const pinned: Pins['terms'] = [];
  for (const { name, path } of risk?.terms ?? []) {
    const entry = { name, paths: [path], what: `list of terms "${name}"`, key: 'risk.terms' };
    const [file] = await filesOf(entry, baseFolder);
    pinned.push({ name, file: await digestFile(file!, 'text', entry, baseFolder) });
  }
  return pinned;
}

async function pinTokenizer({ tokenizer }: Recipe, baseFolder: string): Promise<Pins['tokenizer']> {
  if (tokenizer.kind !== 'file') return { name: tokenizer.kind, sha256: null, file: null };
  let found: Awaited<ReturnType<typeof digestSource>>;
  try {
    found = await digestSource(tokenizer.path, baseFolder);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const isGone = hasCode(error, 'ENOENT');
    throw new Failure('TOKENIZER_INVALID', {
      subject: 'tokenizer',
      expected: 'a tokenizer.json file',
      found: isGone ? 'no such file' : `an error of the system, ${errorCode(error)}`,
      where: `tokenizer.file: ${tokenizer.path}`,
      remedy: 'correct the path; it starts from the folder of the recipe',
    });
  }
  return {
    name: `file:${tokenizer.path}@${found.sha256.slice(0, 12)}`,
    sha256: found.sha256,
    file: tokenizer.path,
  };
}

/** Lists the files of every entry, then digests them: a missing file fails before anything is read. */
async function pinFiles(
  entries: readonly Files[],
  baseFolder: string,
  progress: Float64Array,
): Promise<Pins['sources']> {
  const listed: { entry: Files; files: string[] }[] = [];
  for (const entry of entries) listed.push({ entry, files: await filesOf(entry, baseFolder) });
  progress[1] = progress[1]! + listed.reduce((sum, { files }) => sum + files.length, 0);
  const pinned: Pins['sources'] = [];
  for (const { entry, files } of listed) {
    const arrived = new Map(entry.arrivals?.taken.map(({ file, sha256 }) => [file, sha256]));
    const shards = await inLanes(files, widthFor(files), async (file) => {
      const shard = await pinFile(file, entry, baseFolder);
      assertAsArrived(shard, arrived.get(file));
      progress[0] = progress[0]! + 1;
      return shard;
    });
    pinned.push({ name: entry.name, shards });
  }
  return pinned;
}

/** A file that a line took must have the bytes that arrived. */
function assertAsArrived({ file, sha256 }: PinnedShard, arrived: string | undefined): void {
  if (arrived === undefined || arrived === sha256) return;
  throw new Failure('SOURCE_CHANGED', {
    subject: `source file ${file}`,
    expected: `the bytes that arrived, sha256 ${arrived.slice(0, 12)}..`,
    found: `sha256 ${sha256.slice(0, 12)}..`,
    where: file,
    remedy: 'put the file back, or let its new bytes arrive: ballast arrive',
  });
}

export async function run(input: PinInput, progress: Float64Array): Promise<Pins> {
  const { recipe, baseFolder, recipeFingerprint, lineages, previous } = input;
  const tokenizer = await pinTokenizer(recipe, baseFolder);
  const lists = listsOf(recipe, input.arrivals);
  const sources = await pinFiles(lists.sources, baseFolder, progress);
  const ownOutputs = await pinFiles(lists.ownOutputs, baseFolder, progress);
  const tests = await pinFiles(recipe.benchmarks.map(filesOfBenchmark), baseFolder, progress);
  const benchmarks = tests.map(({ name, shards }) => ({ name, file: shards[0]! }));
  const terms = await pinTerms(recipe, baseFolder);
  return {
    schemaVersion: 1,
    ...{ recipeFingerprint, tokenizer, sources, ownOutputs, benchmarks, terms },
    lineages: [...lineages],
    previous,
  };
}
