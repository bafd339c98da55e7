/**
 * Drafts the packets of a build: one pass over the labels picks the documents, a second reads columns
 * and texts of those alone. Same labels, policy, seed and decisions: same packets, byte for byte.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Draft, type DraftedPacket, ReviewDraft } from '../../core/review/draft.js';
import { RandomSample } from '../../core/review/random-sample.js';
import type { ArtifactRef } from '../../core/schema/artifact.js';
import { canonicalJson } from '../../core/schema/canonical.js';
import { assert } from '../../core/schema/failure.js';
import type { ReviewPolicy } from '../../core/schema/recipe.js';
import type { ReviewReason } from '../../core/schema/review.js';
import {
  type MachineViews,
  type Packet,
  type PacketEntry,
  type PacketIndex,
  packetIndex,
} from '../../core/schema/review-packet.js';
import { fileOf, type Made, makeArtifact } from '../../storage/artifact.js';
import { digestOf, sha256 } from '../../storage/digest.js';
import { type Build, type BuildContext, openBuild } from '../build-context.js';
import { type LabelledShard, openLabelledShards } from '../labelled-documents.js';
import { type PickedRow, placeKey, readPickedRows } from '../picked-rows.js';
import { type RowPlace, reviewCandidates } from '../review-candidates.js';
import { INDEX_FILE, machineFile, packetFile, readPacketIndex } from '../review-packets.js';

const DRAFT_VERSION = 'packets@2';

export interface Drafted {
  readonly index: ArtifactRef;
  readonly frame: number;
  readonly documents: number;
  readonly random: number;
  readonly packets: PacketIndex['packets'];
}

function draftMadeOf(build: Build, shards: readonly LabelledShard[], review: ReviewPolicy) {
  const { recipe, context } = build;
  const { conflicts, randomShare, doubleShare, documents, packetSize } = review;
  return {
    activity: DRAFT_VERSION,
    labels: digestOf(shards.map(({ labels }) => labels.slice(context.workspace.length))),
    review: { conflicts, randomShare, doubleShare, documents, packetSize },
    thresholds: recipe.labels.thresholds,
    reviewConflict: recipe.labels.reviewConflict,
    auditRates: recipe.allowLists.map(({ auditRate }) => auditRate),
    decisions: context.decisions.sha256,
    seed: recipe.seed,
  };
}

/** A packet with its bytes, and what the machine thinks of the same documents. */
function packetOf(
  { round, documents }: DraftedPacket,
  rows: ReadonlyMap<string, PickedRow>,
  seed: number,
): { shown: Packet; machine: MachineViews } {
  const found = documents.map(({ candidate, ...pick }) => {
    const row = rows.get(placeKey(candidate.place as RowPlace));
    assert(row !== undefined, `text of ${candidate.source}/${candidate.id} was read`);
    const { source, id, textSha256, domain, tokens } = candidate;
    const { view, ...shown } = row;
    return { document: { source, id, textSha256, domain, tokens, ...pick, ...shown }, view };
  });
  const identity = found.map(({ document: { source, id, textSha256 } }) => [
    source,
    id,
    textSha256,
  ]);
  const packet = digestOf({ round, identity }).slice(0, 12);
  return {
    shown: {
      schemaVersion: 1,
      packet,
      round,
      seed,
      documents: found.map(({ document }) => document),
    },
    machine: { schemaVersion: 1, packet, views: found.map(({ view }) => view) },
  };
}

function entryOf({ packet, round, documents }: Packet, text: string): PacketEntry {
  const reasons: Partial<Record<ReviewReason, number>> = {};
  for (const { why } of documents) reasons[why] = (reasons[why] ?? 0) + 1;
  return { packet, sha256: sha256(text), round, documents: documents.length, reasons };
}

async function writePackets(
  draft: Draft,
  rows: ReadonlyMap<string, PickedRow>,
  { folder, seed }: { folder: string; seed: number },
): Promise<Made> {
  const files: Record<string, number> = {};
  const packets: PacketEntry[] = [];
  for (const drafted of draft.packets) {
    const { shown, machine } = packetOf(drafted, rows, seed);
    const text = canonicalJson(shown);
    await writeFile(join(folder, packetFile(shown.packet)), text);
    await writeFile(join(folder, machineFile(shown.packet)), canonicalJson(machine));
    files[packetFile(shown.packet)] = shown.documents.length;
    files[machineFile(shown.packet)] = shown.documents.length;
    packets.push(entryOf(shown, text));
  }
  const { frame, documents, random } = draft;
  const index: PacketIndex = { schemaVersion: 1, frame, documents, random, packets };
  await writeFile(join(folder, INDEX_FILE), canonicalJson(packetIndex.parse(index)));
  files[INDEX_FILE] = packets.length;
  return { rows: files, summary: { frame, documents, random, packets: packets.length } };
}

async function makeDraft(
  build: Build,
  shards: readonly LabelledShard[],
  review: ReviewPolicy,
  { folder, progress }: { folder: string; progress: Float64Array },
): Promise<Made> {
  const { labels, seed } = build.recipe;
  const { rankMax } = new RandomSample([...build.decisions.values()].flat(), seed);
  const draft = new ReviewDraft({ review, labels }, seed, rankMax);
  progress[1] = shards.reduce((sum, { summary }) => sum + summary.documents, 0);
  const onRows = (rows: number) => {
    progress[0] = progress[0]! + rows;
  };
  for await (const candidate of reviewCandidates(build, shards, onRows)) draft.add(candidate);
  const drafted = draft.finish();
  const places = drafted.packets.flatMap(({ documents }) =>
    documents.map(({ candidate }) => candidate.place as RowPlace),
  );
  return writePackets(drafted, await readPickedRows(shards, places), { folder, seed });
}

export async function run(context: BuildContext, progress: Float64Array): Promise<Drafted> {
  const build = await openBuild(context);
  const { review } = build.recipe;
  assert(review !== null, 'the recipe asks for review');
  const shards = await openLabelledShards(build);
  const madeOf = draftMadeOf(build, shards, review);
  const { workspace, buildId } = context;
  const { record } = await makeArtifact({ workspace, buildId, kind: 'packets', madeOf }, (folder) =>
    makeDraft(build, shards, review, { folder, progress }),
  );
  const index = fileOf(record, INDEX_FILE);
  const { frame, documents, random, packets } = await readPacketIndex(workspace, index);
  return { index, frame, documents, random, packets };
}
