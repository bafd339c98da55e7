/** Labels one shard: evidence -> verdict, grant, duplicate or not, held out or not, row by row. */
import { join } from 'node:path';
import { holdoutKey, isHoldout } from '../../core/mix/holdout.js';
import type { Evidence, Verdict } from '../../core/schema/evidence.js';
import { assert } from '../../core/schema/failure.js';
import { labelCode } from '../../core/schema/label.js';
import {
  type ArtifactRecord,
  findArtifact,
  type Made,
  makeArtifact,
} from '../../storage/artifact.js';
import { type Columns, ColumnWriter, readColumns } from '../../storage/columns.js';
import {
  type Build,
  type BuildContext,
  missingArtifact,
  openBuild,
  openProfiles,
  profileKeys,
  type ShardProfile,
} from '../build-context.js';
import { CLUSTERS_FILE, clustersMadeOf } from '../cluster-columns.js';
import {
  AVAILABLE,
  DUPLICATE,
  HOLDOUT,
  LABELS_FILE,
  type LabelSummary,
  labelsMadeOf,
} from '../label-columns.js';
import { documentColumns } from '../profile-columns.js';
import { createRowJudge, type RowJudge, type RowOf } from '../row-judge.js';

/** A document's place in its cluster. */
interface Duplicate {
  readonly isKept: boolean;
  readonly leader: { source: string; id: string; created: string | null };
  readonly kept: string;
}

/** The cluster record of the build. */
export async function openClusters(build: Build): Promise<ArtifactRecord> {
  const madeOf = clustersMadeOf(build, profileKeys(build));
  const record = await findArtifact({
    workspace: build.context.workspace,
    kind: 'clusters',
    madeOf,
  });
  if (record === null) throw missingArtifact('clusters', build.recipe.name);
  return record;
}

/** Cluster rows of the documents [first, end), by document. */
async function duplicatesOf(
  path: string,
  first: number,
  end: number,
): Promise<Map<number, Duplicate>> {
  const found = new Map<number, Duplicate>();
  for await (const batch of readColumns(path)) {
    const documents = batch.u32('document');
    const kept = batch.u8('isKept');
    const texts = ['leaderSource', 'leaderId', 'leaderDate', 'keptSource', 'keptId'].map((name) =>
      batch.text(name),
    );
    const [leaderSource, leaderId, leaderDate, keptSource, keptId] = texts as [
      Text,
      Text,
      Text,
      Text,
      Text,
    ];
    documents.forEach((document, row) => {
      if (document < first || document >= end) return;
      found.set(document, {
        isKept: kept[row] === 1,
        leader: { source: leaderSource(row), id: leaderId(row), created: leaderDate(row) || null },
        kept: `${keptSource(row)}/${keptId(row)}`,
      });
    });
  }
  return found;
}
type Text = (row: number) => string;

const evidenceTexts = new WeakMap<readonly Evidence[], string>();

function evidenceText(verdict: Verdict): string {
  const known = evidenceTexts.get(verdict.evidence);
  if (known !== undefined) return known;
  const text = JSON.stringify(verdict.evidence);
  evidenceTexts.set(verdict.evidence, text);
  return text;
}

interface Outcome {
  readonly outcome: string;
  readonly reason: string;
  readonly grantId: string;
}

function outcomeOf(
  judge: RowJudge,
  document: RowOf,
  duplicate: Duplicate | undefined,
  heldOut: boolean,
): Outcome {
  const decision = judge.grant(document);
  const grantId = decision.usable ? decision.grantId : '';
  if (duplicate !== undefined && !duplicate.isKept) {
    return { outcome: DUPLICATE, reason: `the same text is kept as ${duplicate.kept}`, grantId };
  }
  if (!decision.usable) return { outcome: decision.refusal, reason: decision.sentence, grantId };
  if (heldOut) return { outcome: HOLDOUT, reason: 'held out of every version', grantId };
  return { outcome: AVAILABLE, reason: '', grantId };
}

function familyOf(verdict: Verdict): string {
  if (verdict.label !== 'synthetic') return verdict.modelFamily ?? '';
  return verdict.modelFamily ?? 'unstated';
}

/** Labels batch by batch, and tallies what it did. */
class ShardLabeller {
  readonly #build: Build;
  readonly #judge: RowJudge;
  readonly #duplicates: Map<number, Duplicate>;
  readonly #source: RowOf['source'];
  readonly byLabel: Record<string, number> = {};
  readonly byOutcome: Record<string, number> = {};
  readonly warnings = new Set<string>();
  conflicts = 0;

  constructor(build: Build, source: RowOf['source'], duplicates: Map<number, Duplicate>) {
    this.#build = build;
    this.#source = source;
    this.#judge = createRowJudge(build);
    this.#duplicates = duplicates;
  }

  label(batch: Columns, firstDocument: number) {
    const columns = documentColumns(batch);
    const key = holdoutKey(this.#source.name);
    const share = this.#build.recipe.output.holdoutShare;
    const labels = new Uint8Array(batch.length);
    const texts = emptyTexts();
    for (let row = 0; row < batch.length; row++) {
      const document = { source: this.#source, columns, row };
      const duplicate = this.#duplicates.get(firstDocument + row);
      const leader =
        duplicate === undefined || isLeader(duplicate, document) ? null : duplicate.leader;
      const verdict = this.#judge.verdict(document, leader);
      const heldOut = isHoldout(key, columns.id(row), share);
      const outcome = outcomeOf(this.#judge, document, duplicate, heldOut);
      labels[row] = labelCode(verdict.label);
      texts.domain.push(this.#judge.domain(document));
      texts.modelFamily.push(familyOf(verdict));
      texts.grantId.push(outcome.grantId);
      texts.outcome.push(outcome.outcome);
      texts.reason.push(outcome.reason);
      texts.editDirection.push(verdict.editDirection ?? '');
      texts.unknownReason.push(verdict.unknownReason ?? '');
      texts.evidence.push(evidenceText(verdict));
      texts.leader.push(leader === null ? '' : `${leader.source}/${leader.id}`);
      this.#tally(verdict, outcome.outcome, document);
    }
    return { label: labels, ...texts };
  }

  #tally(verdict: Verdict, outcome: string, document: RowOf): void {
    this.byLabel[verdict.label] = (this.byLabel[verdict.label] ?? 0) + 1;
    this.byOutcome[outcome] = (this.byOutcome[outcome] ?? 0) + 1;
    if (verdict.unknownReason === 'conflict') this.conflicts++;
    const decision = this.#judge.grant(document);
    if (decision.usable) for (const warning of decision.warnings) this.warnings.add(warning);
  }
}

function isLeader(duplicate: Duplicate, { source, columns, row }: RowOf): boolean {
  return duplicate.leader.source === source.name && duplicate.leader.id === columns.id(row);
}

function emptyTexts() {
  const names = [
    'domain',
    'modelFamily',
    'grantId',
    'outcome',
    'reason',
    'editDirection',
    'unknownReason',
    'evidence',
    'leader',
  ] as const;
  return Object.fromEntries(names.map((name) => [name, [] as string[]])) as Record<
    (typeof names)[number],
    string[]
  >;
}

async function makeLabels(
  build: Build,
  profile: ShardProfile,
  clusters: ArtifactRecord,
  folder: string,
  progress: Float64Array,
): Promise<Made> {
  const { firstDocument, summary: profiled } = profile;
  const clustersPath = join(build.context.workspace, clusters.files[CLUSTERS_FILE]!.path);
  const duplicates = await duplicatesOf(
    clustersPath,
    firstDocument,
    firstDocument + profiled.rowsKept,
  );
  const labeller = new ShardLabeller(build, profile.shard.source, duplicates);
  const writer = new ColumnWriter(join(folder, LABELS_FILE));
  progress[1] = profiled.rowsKept;
  for await (const batch of readColumns(profile.documents)) {
    writer.write(labeller.label(batch, firstDocument + writer.rows));
    progress[0] = writer.rows;
  }
  await writer.close();
  assert(writer.rows === profiled.rowsKept, 'labels and profile differ in rows');
  const { byLabel, byOutcome, conflicts, warnings } = labeller;
  const summary: LabelSummary = {
    documents: writer.rows,
    byLabel,
    byOutcome,
    conflicts,
    warnings: [...warnings].sort(),
  };
  return { rows: { [LABELS_FILE]: writer.rows }, summary };
}

export async function run(
  input: { context: BuildContext; shard: number },
  progress: Float64Array,
): Promise<{ record: ArtifactRecord; reused: boolean }> {
  const build = await openBuild(input.context);
  const profiles = await openProfiles(build);
  const profile = profiles[input.shard];
  assert(profile !== undefined, `no shard ${input.shard}`);
  const clusters = await openClusters(build);
  const madeOf = labelsMadeOf(build, profile.shard, {
    profileKey: profile.key,
    clustersKey: clusters.key,
  });
  const { workspace, buildId } = input.context;
  return makeArtifact({ workspace, buildId, kind: 'labels', madeOf }, (folder) =>
    makeLabels(build, profile, clusters, folder, progress),
  );
}
