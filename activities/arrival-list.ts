/**
 * A line's list of arrivals in the workspace. Every change is a line of the ledger first, and the
 * list is what the lines add up to: where its file is gone, it is made again from the ledger.
 */

import { join } from 'node:path';
import {
  applyLine,
  arrivalsOfSource,
  countList,
  EMPTY_LIST,
  type SourceArrivals,
} from '../core/line/list.js';
import { listOfPath } from '../core/line/next-recipe.js';
import {
  ARRIVALS_LINE,
  type ArrivalList,
  type ArrivalsLine,
  arrivalList,
  arrivalsLine,
  type ListCounts,
} from '../core/schema/arrival-list.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import { Failure } from '../core/schema/failure.js';
import type { Recipe } from '../core/schema/recipe.js';
import { artifactKey, readJsonArtifact, writeJsonArtifact } from '../storage/artifact.js';
import { digestOf } from '../storage/digest.js';
import { appendLedger, readLedger } from '../storage/ledger.js';
import { cachePath, isThere } from '../storage/workspace.js';

const KIND = 'arrivals';

export interface ListPlace {
  readonly workspace: string;
  /** Name of the mix. */
  readonly name: string;
  /** The line's workflow and run, as the ledger names them. */
  readonly by: string;
}

/** A place with scratch of its own: several activities of a line run at once. */
export interface ScratchPlace extends ListPlace {
  readonly scratch: string;
}

export interface ListNow {
  readonly list: ArtifactRef | null;
  readonly counts: ListCounts;
}

/** The line's ledger lines, oldest first. */
export async function readArrivalsLines(workspace: string, name: string): Promise<ArrivalsLine[]> {
  const entries = await readLedger(workspace);
  return entries
    .filter(({ kind }) => kind === ARRIVALS_LINE)
    .map(({ body }) => arrivalsLine.parse(body))
    .filter((line) => line.name === name);
}

/** The file of a list is found by the digest of its bytes alone. */
function pathOf(sha256: string): string {
  return `${cachePath(KIND, artifactKey({ content: sha256 }))}/value.json`;
}

/** Lists that were read or written last, by digest; a list never changes. */
const kept = new Map<string, ArrivalList>();
const LISTS_KEPT = 4;

function keep(sha256: string, list: ArrivalList): ArrivalList {
  if (kept.size >= LISTS_KEPT) kept.delete(kept.keys().next().value!);
  kept.set(sha256, list);
  return list;
}

/** The list with this digest; `name` says whose, where it has to be made again. */
export async function readList(
  workspace: string,
  name: string,
  sha256: string,
): Promise<ArrivalList> {
  const known = kept.get(sha256);
  if (known !== undefined) return known;
  const path = pathOf(sha256);
  if (!isThere(join(workspace, path))) return keep(sha256, await remake(workspace, name, sha256));
  const ref = { path, sha256, rows: 0, bytes: 0 };
  return keep(sha256, await readJsonArtifact(workspace, ref, arrivalList));
}

async function remake(workspace: string, name: string, sha256: string): Promise<ArrivalList> {
  let list = EMPTY_LIST;
  for (const line of await readArrivalsLines(workspace, name)) {
    list = applyLine(list, line);
    if (digestOf(list) === sha256) return list;
  }
  throw new Failure('STORAGE_UNREACHABLE', {
    subject: `arrivals of ${name}`,
    expected: `the list ${sha256.slice(0, 12)}.., in the cache or as lines of the ledger`,
    found: 'neither',
    where: 'workspace cache/arrivals and ledger.jsonl',
    remedy: 'restore the ledger from a copy, or the folder cache/arrivals',
  });
}

export async function listNow(place: ScratchPlace, list: ArrivalList): Promise<ListNow> {
  const { workspace, scratch } = place;
  const counts = countList(list);
  if (list.arrivals.length === 0) return { list: null, counts };
  const address = { workspace, kind: KIND, buildId: scratch, rows: list.arrivals.length };
  const ref = await writeJsonArtifact(address, list);
  keep(ref.sha256, list);
  return { list: ref, counts };
}

/** The list of a reference; null is the empty one. */
export function listOf({ workspace, name }: ListPlace, ref: ArtifactRef | null) {
  return ref === null ? Promise.resolve(EMPTY_LIST) : readList(workspace, name, ref.sha256);
}

/** Writes what happened to the ledger, and the list after it. A retry finds its line and goes by that. */
export async function record(
  place: ListPlace,
  before: ArrivalList,
  { key, line }: { key: string; line: ArrivalsLine },
): Promise<{ list: ArrivalList; line: ArrivalsLine }> {
  const draft = {
    key: `arrivals/${place.name}/${key}`,
    kind: ARRIVALS_LINE,
    by: place.by,
    body: line,
  };
  const entry = await appendLedger(place.workspace, draft);
  const standing = arrivalsLine.parse(entry.body);
  return { list: applyLine(before, standing), line: standing };
}

/** The list as the whole ledger has it. */
export async function replay(workspace: string, name: string) {
  const lines = await readArrivalsLines(workspace, name);
  return { lines, list: lines.reduce(applyLine, EMPTY_LIST) };
}

/** By source: the files that an `arrivals:` path of the recipe stands for. */
export async function arrivalsOfRecipe(
  workspace: string,
  { name, sources }: Recipe,
): Promise<Record<string, SourceArrivals>> {
  const found: Record<string, SourceArrivals> = {};
  for (const source of sources) {
    const sha256 = source.paths.map(listOfPath).find((digest) => digest !== null);
    if (sha256 === undefined || sha256 === null) continue;
    found[source.name] = arrivalsOfSource(await readList(workspace, name, sha256), source.name);
  }
  return found;
}
