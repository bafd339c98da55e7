/** After all shards of a source are read: ids must be unique, and rejects within the stated share. */
import { join } from 'node:path';
import { ENTRY_WORDS } from '../../core/cluster/equal-groups.js';
import { assert, Failure } from '../../core/schema/failure.js';
import { readColumns } from '../../storage/columns.js';
import { makeScratch } from '../../storage/workspace.js';
import {
  type Build,
  type BuildContext,
  findProfiles,
  openBuild,
  type ShardProfile,
} from '../build-context.js';
import { documentColumns, REJECTS_FILE } from '../profile-columns.js';
import { KeySpill } from './key-spill.js';

export interface CheckInput {
  readonly context: BuildContext;
  readonly source: string;
}

export interface SourceCheck {
  readonly rowsRead: number;
  readonly rowsKept: number;
  readonly rowsRejected: number;
  readonly rejectedByReason: Readonly<Record<string, number>>;
  readonly tokens: number;
}

function sumOf(profiles: readonly ShardProfile[]): SourceCheck {
  const byReason: Record<string, number> = {};
  const sum = { rowsRead: 0, rowsKept: 0, rowsRejected: 0, tokens: 0 };
  for (const { summary } of profiles) {
    sum.rowsRead += summary.rowsRead;
    sum.rowsKept += summary.rowsKept;
    sum.rowsRejected += summary.rowsRejected;
    sum.tokens += summary.tokens;
    for (const [reason, count] of Object.entries(summary.rejectedByReason))
      byReason[reason] = (byReason[reason] ?? 0) + count;
  }
  return { ...sum, rejectedByReason: byReason };
}

/** An empty file has no line to point at. */
function placeOf(file: string, line: number): string {
  return line === 0 ? file : `${file}:${line}`;
}

async function firstRejects(
  build: Build,
  profiles: readonly ShardProfile[],
  most: number,
): Promise<string[]> {
  const shown: string[] = [];
  for (const { shard, record } of profiles) {
    for await (const batch of readColumns(
      join(build.context.workspace, record.files[REJECTS_FILE]!.path),
    )) {
      const [reason, places] = [batch.text('reason'), batch.u32('place')];
      for (let row = 0; row < batch.length; row++) {
        if (shown.length === most) return shown;
        shown.push(`${placeOf(shard.pinned.file, places[row]!)} ${reason(row)}`);
      }
    }
  }
  return shown;
}

async function assertFewRejects(
  build: Build,
  source: string,
  profiles: readonly ShardProfile[],
  sum: SourceCheck,
): Promise<void> {
  const { maxShare } = build.recipe.rejects;
  if (sum.rowsRejected <= maxShare * sum.rowsRead && sum.rowsKept > 0) return;
  if (sum.rowsRejected === 0) return;
  const reasons = Object.entries(sum.rejectedByReason).map(
    ([reason, count]) => `${reason} ${count}`,
  );
  const first = await firstRejects(build, profiles, 3);
  throw new Failure(
    'SOURCE_REJECTS',
    {
      subject: `source "${source}"`,
      expected: `at most ${maxShare * 100} % of its rows rejected`,
      found: `${sum.rowsRejected} of ${sum.rowsRead} (${reasons.join(', ')})`,
      where: first.join('; '),
      remedy: 'mend these rows, correct `fields`, or raise rejects.max_share',
    },
    { rejectedByReason: sum.rejectedByReason, first },
  );
}

/** Documents whose id hash another document shares, by document number. */
async function suspects(
  profiles: readonly ShardProfile[],
  scratch: string,
  expected: number,
): Promise<Set<number>> {
  const keys = new KeySpill({ expected, scratch, name: 'id' });
  let document = 0;
  for (const profile of profiles) {
    for await (const batch of readColumns(profile.documents)) {
      const { idHashes } = documentColumns(batch);
      const words = new Uint32Array(idHashes.buffer, idHashes.byteOffset, idHashes.length * 2);
      for (let row = 0; row < batch.length; row++)
        keys.add(words[row * 2 + 1]!, words[row * 2]!, document++, 0, 0);
    }
  }
  const found = new Set<number>();
  for (const { words, positions } of keys.groups()) {
    for (const position of positions) found.add(words[position * ENTRY_WORDS + 2]!);
  }
  return found;
}

async function assertUniqueIds(
  source: string,
  profiles: readonly ShardProfile[],
  doubtful: ReadonlySet<number>,
): Promise<void> {
  if (doubtful.size === 0) return;
  const places = new Map<string, { place: string; isMade: boolean }>();
  let document = 0;
  for (const profile of profiles) {
    const { file } = profile.shard.pinned;
    for await (const batch of readColumns(profile.documents)) {
      const columns = documentColumns(batch);
      for (let row = 0; row < batch.length; row++, document++) {
        if (!doubtful.has(document)) continue;
        const id = columns.id(row);
        const place = `${file}:${columns.places[row]}`;
        const isMade = columns.isIdMade[row] === 1;
        const before = places.get(id);
        if (before === undefined) places.set(id, { place, isMade });
        else {
          const twice = { source, first: before.place, second: place };
          throw isMade && before.isMade ? repeatedRow(twice) : duplicateId({ ...twice, id });
        }
      }
    }
  }
}

interface Twice {
  readonly source: string;
  readonly first: string;
  readonly second: string;
}

/** Nothing tells such rows apart but their places, and an id may not depend on a place. */
function repeatedRow({ source, first, second }: Twice): Failure {
  return new Failure('DUPLICATE_ID', {
    subject: `source "${source}"`,
    expected: 'rows without ids that differ in text or in a mapped field',
    found: 'two identical rows without ids',
    where: `${first} and ${second}`,
    remedy: 'remove one of them, or give the rows ids',
  });
}

function duplicateId({ source, id, first, second }: Twice & { id: string }): Failure {
  return new Failure('DUPLICATE_ID', {
    subject: `source "${source}"`,
    expected: 'a different id for every document',
    found: `id "${id}" twice`,
    where: `${first} and ${second}`,
    remedy:
      'make ids unique, or name another field under fields.id (a row without an id gets a digest)',
  });
}

export async function run({ context, source }: CheckInput): Promise<SourceCheck> {
  const build = await openBuild(context);
  const profiles = await findProfiles(build, source);
  const sum = sumOf(profiles);
  assert(
    sum.rowsRead === sum.rowsKept + sum.rowsRejected,
    `source ${source}: read != kept + rejected`,
  );
  await assertFewRejects(build, source, profiles, sum);
  const scratch = await makeScratch(context.workspace, context.buildId);
  await assertUniqueIds(source, profiles, await suspects(profiles, scratch, sum.rowsKept));
  return sum;
}
