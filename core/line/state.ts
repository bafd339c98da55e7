/**
 * What a line knows between messages, and how each message and each end of a build changes it.
 * Every arrival is in one place: held here to wait, or on the list, where it waits, is taken or refused.
 */
import type {
  Arrival,
  ArrivedFile,
  LineBuild,
  LineFreeze,
  LineMemory,
  LineTick,
  MixLineInput,
} from '../schema/arrival.js';
import type { ListCounts, ListedArrival, WaitingArrival } from '../schema/arrival-list.js';
import type { ArtifactRef } from '../schema/artifact.js';
import type { LineSettings } from '../schema/operations.js';

export interface LineState extends Omit<LineMemory, 'building'> {
  readonly lastPublished: string | null;
  /** Arrivals that wait here, in the order they came. */
  readonly held: readonly WaitingArrival[];
  readonly list: ArtifactRef | null;
  readonly building: LineBuild | null;
}

const NO_COUNTS: ListCounts = { waiting: 0, tokensWaiting: 0, taken: 0, refused: 0 };

/** The state that a start or the run before hands over. */
export function stateOf({
  lastPublished,
  pending,
  taken,
  frozen,
  memory,
}: MixLineInput['state']): LineState {
  const fresh: LineMemory = {
    ...{ counts: NO_COUNTS, building: null, tick: null },
    freezes: frozen === null ? [] : [{ reason: frozen, by: 'start' }],
    ...{ lastTried: null, lastOutcome: null, failures: 0, retryAtMs: null },
    newSinceMs: pending[0]?.atMs ?? null,
    lastArrivalAtMs: pending.at(-1)?.atMs ?? null,
  };
  return { lastPublished, held: pending, list: taken, ...(memory ?? fresh) };
}

/** What the next run starts with. */
export function handOver(state: LineState): MixLineInput['state'] {
  const { lastPublished, held, list, ...memory } = state;
  return {
    lastPublished,
    pending: [...held],
    taken: list,
    frozen: frozenBy(state),
    memory: { ...memory, freezes: [...memory.freezes] },
  };
}

/** Why nothing is built; null where the line is not frozen. */
export function frozenBy({ freezes }: Pick<LineState, 'freezes'>): string | null {
  return freezes.length === 0 ? null : freezes.map(({ reason }) => reason).join('; ');
}

export interface Arrived {
  readonly state: LineState;
  readonly files: readonly ArrivedFile[];
}

/**
 * Takes arrivals.
 * @param listed entries of the list that have one of their digests
 */
export function arrive(
  before: LineState,
  arrivals: readonly Arrival[],
  { listed, atMs }: { listed: readonly ListedArrival[]; atMs: number },
): Arrived {
  const onList = new Map(listed.map((entry) => [entry.sha256, entry]));
  const held = new Map(before.held.map((entry) => [entry.sha256, entry]));
  let isAnyNew = false;
  const files = arrivals.map((arrival): ArrivedFile => {
    const { file, sha256 } = arrival;
    const entry = onList.get(sha256);
    const waiting = { file, sha256, state: 'waiting' as const, version: null, reason: null };
    if (held.has(sha256)) return { ...waiting, known: true };
    if (entry !== undefined && !(entry.state === 'refused' && entry.mayReturn))
      return knownFile(arrival, entry, before.building);
    held.set(sha256, { ...arrival, atMs });
    isAnyNew = true;
    return { ...waiting, known: entry !== undefined };
  });
  if (!isAnyNew) return { state: before, files };
  const times = { newSinceMs: before.newSinceMs ?? atMs, lastArrivalAtMs: atMs };
  return { state: { ...before, ...times, held: [...held.values()] }, files };
}

function knownFile(
  { file, sha256 }: Arrival,
  entry: ListedArrival,
  building: LineBuild | null,
): ArrivedFile {
  const { version, reason } = entry;
  const isBuilding = building !== null && version === building.version;
  const taken = isBuilding ? 'building' : 'published';
  return {
    file,
    sha256,
    state: entry.state === 'taken' ? taken : entry.state,
    known: true,
    version,
    reason,
  };
}

/** Held arrivals whose tokens nobody counted yet. */
export function uncounted({ held }: LineState): readonly WaitingArrival[] {
  return held.filter(({ tokens }) => tokens === null);
}

/** Those that a build would take now, the oldest first. */
export function ready({ held }: LineState): readonly WaitingArrival[] {
  return held.filter(({ tokens }) => tokens !== null);
}

export function counted(state: LineState, tokens: ReadonlyMap<string, number>): LineState {
  const held = state.held.map((entry) => ({
    ...entry,
    tokens: tokens.get(entry.sha256) ?? entry.tokens,
  }));
  return { ...state, held };
}

/** The list has changed: what stands on it is no longer held. */
export function listChanged(
  state: LineState,
  {
    list,
    counts,
    moved,
  }: { list: ArtifactRef | null; counts: ListCounts; moved: ReadonlySet<string> },
): LineState {
  return { ...state, list, counts, held: state.held.filter(({ sha256 }) => !moved.has(sha256)) };
}

export function isAnyWaiting({ held, counts }: LineState): boolean {
  return held.length + counts.waiting > 0;
}

/**
 * One tick is remembered, the strongest; one that asks for new text is nothing where none waits. It is for now, also
 * where a failure is waited out.
 */
export function ticked(state: LineState, tick: LineTick): LineState {
  const isIdle = state.building === null && !isAnyWaiting(state);
  if (tick.act === 'build-new' && isIdle) return state;
  const strongest = state.tick?.act === 'build-always' ? state.tick : tick;
  return { ...state, tick: strongest, retryAtMs: null };
}

/** The tick that a failure left without a build is tried again, after the pause; a later one may be weaker. */
export function tickedStill(state: LineState, tick: LineTick | null): LineState {
  const isStronger = state.tick === null || tick?.act === 'build-always';
  return tick !== null && isStronger ? { ...state, tick } : state;
}

export function frozen(state: LineState, freeze: LineFreeze): LineState {
  const others = state.freezes.filter(({ by }) => by !== freeze.by);
  return { ...state, freezes: [...others, freeze] };
}

/** By `*` everybody's freezes are lifted, else one's own. */
export function unfrozen(state: LineState, { by }: LineFreeze): LineState {
  return {
    ...state,
    freezes: by === '*' ? [] : state.freezes.filter((freeze) => freeze.by !== by),
  };
}

/** A build is being put together of what is ready: what comes from now on is new. */
export function composing(state: LineState): LineState {
  return { ...state, newSinceMs: uncounted(state)[0]?.atMs ?? null, retryAtMs: null, tick: null };
}

export function started(state: LineState, building: LineBuild): LineState {
  return { ...state, building, lastTried: building.version };
}

export interface BuildEnded {
  readonly isPublished: boolean;
  readonly sentence: string;
  /** New files that were set aside for it. */
  readonly setAside: number;
  readonly atMs: number;
}

/**
 * After a failure that no new file explains, the same files wait longer each time; where files were
 * set aside, the rest goes on at once.
 */
export function ended(state: LineState, end: BuildEnded, settings: LineSettings): LineState {
  const { building, tick } = state;
  const isTickIdle = tick?.act === 'build-new' && !isAnyWaiting(state);
  const lastOutcome = end.sentence;
  const closed = { ...state, building: null, lastOutcome, tick: isTickIdle ? null : tick };
  if (end.isPublished)
    return { ...closed, lastPublished: building?.version ?? null, failures: 0, retryAtMs: null };
  if (end.setAside > 0) return { ...closed, failures: 0, retryAtMs: end.atMs };
  const failures = state.failures + 1;
  const pausedMs = end.atMs + pauseMs(failures, settings);
  // A tick that came while it was built is for now.
  return { ...closed, failures, retryAtMs: closed.tick === null ? pausedMs : null };
}

const DAY_MS = 86_400_000;

/** The longest wait, doubled with every failure in a row, at most a week. */
function pauseMs(failures: number, { maxWaitSeconds, quietSeconds }: LineSettings): number {
  const first = (maxWaitSeconds || quietSeconds || 60) * 1000;
  return Math.max(first, Math.min(first * 2 ** (Math.min(failures, 30) - 1), 7 * DAY_MS));
}
