/**
 * Reads what decides the lead of a cluster, for the documents that stand in one. Copies are judged
 * without the calibration: a copy's word is its own strong evidence, whatever the rate of its source.
 */
import type { ClusterMember } from '../../core/cluster/leader.js';
import type { Verdict } from '../../core/schema/evidence.js';
import { readColumns } from '../../storage/columns.js';
import type { Build, ShardProfile } from '../build-context.js';
import { droppedBy, readContamination } from '../contamination.js';
import { readMatches } from '../own-output-matches.js';
import { documentColumns } from '../profile-columns.js';
import { openRetracted } from '../retracted-copies.js';
import { createRowJudge } from '../row-judge.js';

function isAllowListedHuman(verdict: Verdict): boolean {
  return verdict.evidence.some(
    ({ family, supports, strength }) =>
      family === 'allow_list' &&
      strength > 0 &&
      (supports === 'human_authored' || supports === 'human_edited'),
  );
}

function digestText(digests: Uint8Array, row: number): string {
  return Buffer.from(digests.buffer, digests.byteOffset + row * 32, 32).toString('latin1');
}

type MemberReader = (
  profiles: readonly ShardProfile[],
  wanted: readonly number[],
) => Promise<Map<number, ClusterMember>>;

/** `wanted` is sorted; only shards that hold a wanted document are read. */
export async function createMemberReader(build: Build): Promise<MemberReader> {
  const judge = createRowJudge(build, null, await openRetracted(build));
  return async (profiles, wanted) => {
    const members = new Map<number, ClusterMember>();
    let at = 0;
    for (const profile of profiles) {
      const { source, index } = profile.shard;
      let first = profile.firstDocument;
      if (at >= wanted.length || wanted[at]! >= first + profile.summary.rowsKept) continue;
      const matches = await readMatches(build, index);
      const contamination = await readContamination(build, index);
      for await (const batch of readColumns(profile.documents)) {
        const columns = documentColumns(batch);
        for (; at < wanted.length && wanted[at]! < first + batch.length; at++) {
          const row = wanted[at]! - first;
          const inShard = wanted[at]! - profile.firstDocument;
          const ownOutputs = matches.get(inShard) ?? [];
          const document = { source, columns, row, ownOutputs, textScore: null };
          const verdict = judge.verdict(document, null);
          members.set(wanted[at]!, {
            document: wanted[at]!,
            source: source.name,
            id: columns.id(row),
            date: judge.day(document),
            label: verdict.label,
            digest: digestText(columns.digests, row),
            allowListedHuman: isAllowListedHuman(verdict),
            usable:
              judge.grant(document).usable &&
              judge.retraction(document) === null &&
              droppedBy(build, contamination.get(inShard) ?? []).length === 0,
          });
        }
        first += batch.length;
      }
    }
    return members;
  };
}
