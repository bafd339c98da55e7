/**
 * The list of a line's arrivals: what the ledger's `arrivals` lines add up to. Each line changes the
 * list in one way, so the list can be made again from the ledger, byte for byte.
 */
import type {
  ArrivalList,
  ArrivalsLine,
  ListCounts,
  ListedArrival,
  WaitingArrival,
} from '../schema/arrival-list.js';

export const EMPTY_LIST: ArrivalList = { schemaVersion: 1, arrivals: [] };

function waiting({ source, file, sha256, bytes, tokens, atMs }: WaitingArrival): ListedArrival {
  const arrival = { source, file, sha256, bytes, tokens, atMs };
  return { ...arrival, state: 'waiting', version: null, reason: null, mayReturn: false };
}

/** The list after one more line. */
export function applyLine(list: ArrivalList, line: ArrivalsLine): ArrivalList {
  const known = new Map(list.arrivals.map((entry) => [entry.sha256, entry]));
  const { event, version, outcome } = line;
  if (event === 'ended' && outcome === 'failed') {
    for (const [digest, entry] of known)
      if (entry.state === 'taken' && entry.version === version) known.set(digest, waiting(entry));
  }
  if (event === 'waiting')
    for (const entry of line.arrivals) known.set(entry.sha256, waiting(entry));
  if (event === 'composed') {
    for (const entry of line.arrivals)
      known.set(entry.sha256, { ...waiting(entry), state: 'taken', version });
  }
  for (const { reason, mayReturn, ...entry } of line.refused)
    known.set(entry.sha256, { ...waiting(entry), state: 'refused', reason, mayReturn });
  const arrivals = [...known.values()].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  return { schemaVersion: 1, arrivals };
}

/** The line of a build that was composed and of which no end is on record; null where there is none. */
export function openBuildOf(lines: readonly ArrivalsLine[]): ArrivalsLine | null {
  const ended = new Set<string | null>();
  for (const { event, version } of lines) if (event === 'ended') ended.add(version);
  return (
    lines.findLast(({ event, version }) => event === 'composed' && !ended.has(version)) ?? null
  );
}

export function countList({ arrivals }: ArrivalList): ListCounts {
  const counts = { waiting: 0, tokensWaiting: 0, taken: 0, refused: 0 };
  for (const { state, tokens } of arrivals) {
    counts[state]++;
    if (state === 'waiting') counts.tokensWaiting += tokens ?? 0;
  }
  return counts;
}

/** What a build reads of one source beside the paths of its recipe. */
export interface SourceArrivals {
  /** By path, with the digest that arrived. */
  readonly taken: readonly { readonly file: string; readonly sha256: string }[];
  /** Paths that are left out although a glob of the recipe matches them. */
  readonly leftOut: readonly string[];
}

/** Of several arrivals at one path the newest counts: its bytes are the ones that lie there. */
export function arrivalsOfSource({ arrivals }: ArrivalList, source: string): SourceArrivals {
  const newest = new Map<string, ListedArrival>();
  for (const entry of arrivals) {
    if (entry.source !== source || entry.state === 'waiting') continue;
    const other = newest.get(entry.file);
    if (other === undefined || isNewer(entry, other)) newest.set(entry.file, entry);
  }
  const entries = [...newest.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
  return {
    taken: entries
      .filter(({ state }) => state === 'taken')
      .map(({ file, sha256 }) => ({ file, sha256 })),
    leftOut: entries.filter(({ state }) => state === 'refused').map(({ file }) => file),
  };
}

function isNewer(a: ListedArrival, b: ListedArrival): boolean {
  if (a.atMs !== b.atMs) return a.atMs > b.atMs;
  if (a.state !== b.state) return a.state === 'taken';
  return a.sha256 > b.sha256;
}
