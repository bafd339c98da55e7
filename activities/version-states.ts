/**
 * How published versions stand after retractions, by the ledger: a version that holds withdrawn text is
 * `withdrawn`, one whose labels were overturned `superseded`, one whose data files were removed `deleted`.
 * A version that no retraction touches is not listed.
 */
import {
  type RetractionLine,
  retractionLine,
  type TombstonesLine,
  tombstonesLine,
  type VersionState,
} from '../core/schema/retraction.js';
import { type LedgerEntry, readLedger } from '../storage/ledger.js';
import { mixNameOf, RETRACTION_LINE } from './retractions.js';

/** Kind of the ledger lines that say how a retraction stands. */
export const TOMBSTONES_LINE = 'tombstones';

export interface StandingVersion {
  readonly state: Exclude<VersionState, 'published'>;
  readonly retractions: readonly {
    readonly key: string;
    readonly reason: string;
    readonly effective: string;
  }[];
  /** The first version after it that its retractions do not touch, name@version; null where there is none yet. */
  readonly replacedBy: string | null;
  /** Digests of files that were removed, by path in the version. */
  readonly removed: ReadonlyMap<string, string>;
}

/** How the retraction `key` stands; null before its first tombstones. */
export function standingOf(entries: readonly LedgerEntry[], key: string): TombstonesLine | null {
  const lines = entries
    .filter(({ kind }) => kind === TOMBSTONES_LINE)
    .map(({ body }) => tombstonesLine.parse(body));
  return lines.findLast((line) => line.key === key) ?? null;
}

function withdraws({ scope }: RetractionLine): boolean {
  return !scope.kind.startsWith('label_');
}

const RANK = { superseded: 0, withdrawn: 1, deleted: 2 } as const;

function worse(a: StandingVersion['state'], b: StandingVersion['state']) {
  return RANK[a] >= RANK[b] ? a : b;
}

/** By name@version. */
export function versionStatesOf(entries: readonly LedgerEntry[]): Map<string, StandingVersion> {
  const states = new Map<string, StandingVersion>();
  const touch = (mix: string, change: Partial<StandingVersion>): void => {
    const known = states.get(mix) ?? {
      ...{ state: 'superseded', retractions: [], replacedBy: null, removed: new Map() },
    };
    states.set(mix, { ...known, ...change } as StandingVersion);
  };
  for (const { kind, body } of entries) {
    if (kind === RETRACTION_LINE) {
      const line = retractionLine.parse(body);
      const { key, reason, effective } = line;
      for (const mix of line.versions) {
        const { state = 'superseded', retractions = [] } = states.get(mix) ?? {};
        const known = retractions.filter((other) => other.key !== key);
        touch(mix, {
          state: worse(state, withdraws(line) ? 'withdrawn' : 'superseded'),
          retractions: [...known, { key, reason, effective }],
        });
      }
    }
    if (kind === TOMBSTONES_LINE) {
      const line = tombstonesLine.parse(body);
      for (const { mix, state, removed } of line.versions) {
        const known = states.get(mix);
        if (known === undefined) continue;
        const next = line.rebuilt.find(({ name }) => name === mixNameOf(mix));
        const files = new Map([
          ...known.removed,
          ...removed.map((f) => [f.path, f.sha256] as const),
        ]);
        touch(mix, {
          state: state === 'published' ? known.state : worse(known.state, state),
          removed: files,
          replacedBy: next?.version == null ? known.replacedBy : `${next.name}@${next.version}`,
        });
      }
    }
  }
  return states;
}

export async function versionStates(workspace: string): Promise<Map<string, StandingVersion>> {
  return versionStatesOf(await readLedger(workspace));
}
