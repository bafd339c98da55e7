/** Labels one shard: evidence -> verdict, grant, duplicate or not, held out or not, row by row. */
import { join } from 'node:path';
import type { ClusterPlace } from '../../core/label/label-input.js';
import { holdoutKey, isHoldout } from '../../core/mix/holdout.js';
import type { Calibration } from '../../core/schema/calibration.js';
import type { Evidence, Verdict } from '../../core/schema/evidence.js';
import { assert } from '../../core/schema/failure.js';
import { labelCode } from '../../core/schema/label.js';
import { type ArtifactRecord, type Made, makeArtifact } from '../../storage/artifact.js';
import { type Columns, ColumnWriter, readColumns } from '../../storage/columns.js';
import {
  type Build,
  type BuildContext,
  openBuild,
  openProfiles,
  type ShardProfile,
} from '../build-context.js';
import { calibrationKey, openCalibration } from '../calibration.js';
import { CLUSTERS_FILE, type ClusterRow, clusterRows } from '../cluster-columns.js';
import { droppedBy, readContamination, type ShardContamination } from '../contamination.js';
import { ContaminationCounter } from '../contamination-tally.js';
import {
  AVAILABLE,
  CONTAMINATED,
  DUPLICATE,
  HOLDOUT,
  LABELS_FILE,
  type LabelSummary,
  labelsMadeOf,
  RETRACTED,
} from '../label-columns.js';
import { openClusters } from '../open-clusters.js';
import { readMatches, type ShardMatches } from '../own-output-matches.js';
import { documentColumns } from '../profile-columns.js';
import { openRetracted } from '../retracted-copies.js';
import type { RetractedText } from '../retractions.js';
import { createRowJudge, type RowJudge, type RowOf } from '../row-judge.js';
import { openTextScorer, type TextScorer } from './text-scores.js';

/** Cluster rows of the documents [first, end), by document. */
async function duplicatesOf(
  path: string,
  first: number,
  end: number,
): Promise<Map<number, ClusterRow>> {
  const found = new Map<number, ClusterRow>();
  for await (const batch of readColumns(path)) {
    for (const row of clusterRows(batch, first, end)) found.set(row.document, row);
  }
  return found;
}

/** A document among its copies, as the labeller sees it. */
function placeOf(duplicate: ClusterRow | undefined): ClusterPlace | null {
  if (duplicate === undefined) return null;
  const { kind, texts, isLeader, leader, speaker, opposing } = duplicate;
  const copyOf = <T extends { date: string | null }>({ date, ...copy }: T) => ({
    ...copy,
    created: date,
  });
  return {
    ...{ kind, texts },
    leader: isLeader ? null : copyOf(leader),
    speaker: speaker && copyOf(speaker),
    opposing: opposing.map(copyOf),
  };
}

const evidenceTexts = new WeakMap<readonly Evidence[], string>();

function evidenceText(verdict: Verdict): string {
  const known = evidenceTexts.get(verdict.evidence);
  if (known !== undefined) return known;
  const text = JSON.stringify(verdict.evidence);
  evidenceTexts.set(verdict.evidence, text);
  return text;
}

interface Outcome {
  readonly warnings: readonly string[];
  readonly outcome: string;
  readonly reason: string;
  readonly grantId: string;
}

function outcomeOf(
  judge: RowJudge,
  document: RowOf,
  duplicate: ClusterRow | undefined,
  { heldOut, contaminatedBy }: { heldOut: boolean; contaminatedBy: readonly string[] },
): Outcome {
  const decision = judge.grant(document);
  const { grantId, warnings } = decision.usable ? decision : { grantId: '', warnings: [] };
  const retraction = judge.retraction(document);
  if (retraction !== null) return { outcome: RETRACTED, reason: retraction, grantId, warnings };
  if (!decision.usable && decision.refusal === RETRACTED)
    return { outcome: RETRACTED, reason: decision.sentence, grantId, warnings };
  if (duplicate !== undefined && !duplicate.isKept) {
    const { kept } = duplicate;
    return {
      outcome: DUPLICATE,
      reason: `the same text is kept as ${kept.source}/${kept.id}`,
      grantId,
      warnings,
    };
  }
  if (contaminatedBy.length > 0) {
    const reason = `holds items of ${contaminatedBy.join(', ')}`;
    return { outcome: CONTAMINATED, reason, grantId, warnings };
  }
  if (!decision.usable)
    return { outcome: decision.refusal, reason: decision.sentence, grantId, warnings };
  if (heldOut) return { outcome: HOLDOUT, reason: 'held out of every version', grantId, warnings };
  return { outcome: AVAILABLE, reason: '', grantId, warnings };
}

function familyOf(verdict: Verdict): string {
  if (verdict.label !== 'synthetic') return verdict.modelFamily ?? '';
  return verdict.modelFamily ?? 'unstated';
}

/** What was found of the documents of one shard, by row or by document. */
interface Findings {
  readonly duplicates: ReadonlyMap<number, ClusterRow>;
  readonly matches: ShardMatches;
  readonly contamination: ShardContamination;
  readonly calibration: Calibration | null;
  readonly scorer: TextScorer;
  readonly retracted: RetractedText;
}

/** Labels batch by batch, and tallies what it did. */
class ShardLabeller {
  readonly #build: Build;
  readonly #judge: RowJudge;
  readonly #findings: Findings;
  readonly #source: RowOf['source'];
  readonly byLabel: Record<string, number> = {};
  readonly byOutcome: Record<string, number> = {};
  readonly warnings = new Set<string>();
  readonly contamination = new ContaminationCounter();
  conflicts = 0;

  constructor(build: Build, source: RowOf['source'], findings: Findings) {
    this.#build = build;
    this.#source = source;
    this.#judge = createRowJudge(build, findings.calibration, findings.retracted);
    this.#findings = findings;
  }

  /** `firstRow` is the batch's place in the shard, `firstDocument` over all shards. */
  async label(batch: Columns, firstRow: number, firstDocument: number) {
    const columns = documentColumns(batch);
    const { duplicates, matches, contamination, scorer } = this.#findings;
    const scoreOf = await scorer.batch(columns, (row) => this.#domain(columns, row));
    const key = holdoutKey(this.#source.name);
    const share = this.#build.recipe.output.holdoutShare;
    const labels = new Uint8Array(batch.length);
    const texts = emptyTexts();
    const numbers = emptyNumbers(batch.length);
    for (let row = 0; row < batch.length; row++) {
      const ownOutputs = matches.get(firstRow + row) ?? [];
      const textScore = scoreOf(row);
      const document = { source: this.#source, columns, row, ownOutputs, textScore };
      const duplicate = duplicates.get(firstDocument + row);
      const hits = contamination.get(firstRow + row) ?? [];
      const cluster = placeOf(duplicate);
      const leader = cluster?.leader ?? null;
      const verdict = this.#judge.verdict(document, cluster);
      const heldOut = isHoldout(key, columns.id(row), share);
      const contaminatedBy = droppedBy(this.#build, hits);
      const outcome = outcomeOf(this.#judge, document, duplicate, { heldOut, contaminatedBy });
      labels[row] = labelCode(verdict.label);
      texts.domain.push(this.#judge.domain(document));
      texts.modelFamily.push(familyOf(verdict));
      texts.grantId.push(outcome.grantId);
      texts.outcome.push(outcome.outcome);
      texts.reason.push(outcome.reason);
      texts.editDirection.push(verdict.editDirection ?? '');
      texts.unknownReason.push(verdict.unknownReason ?? '');
      texts.syntheticKind.push(verdict.syntheticKind ?? '');
      texts.transformedBy.push(verdict.transformedBy.join(','));
      texts.language.push(this.#judge.language(document) ?? '');
      texts.loop.push(verdict.loop ?? '');
      const isReviewed = this.#judge.reviews(document).length > 0;
      const blind = isReviewed ? this.#judge.blindVerdict(document, cluster).label : '';
      texts.blindLabel.push(blind);
      texts.contamination.push(hits.length === 0 ? '' : JSON.stringify(hits));
      texts.evidence.push(evidenceText(verdict));
      numbers.lineageDepth[row] = verdict.lineageDepth;
      const [humanAuthored, humanEdited, synthetic] = verdict.posterior;
      numbers.humanAuthored[row] = humanAuthored;
      numbers.humanEdited[row] = humanEdited;
      numbers.synthetic[row] = synthetic;
      numbers.conflict[row] = verdict.conflict;
      numbers.textScore[row] = textScore ?? Number.NaN;
      texts.clusterKind.push(cluster?.kind ?? '');
      texts.leader.push(leader === null ? '' : `${leader.source}/${leader.id}`);
      this.#tally(verdict, outcome);
      if (hits.length > 0) {
        const domain = this.#judge.domain(document);
        const found = { domain, tokens: columns.tokens[row]!, outcome: outcome.outcome };
        this.contamination.add({ ...found, hits, contaminatedBy });
      }
    }
    return { label: labels, ...numbers, ...texts };
  }

  #domain(columns: RowOf['columns'], row: number): string {
    const nothing = { ownOutputs: [], textScore: null };
    return this.#judge.domain({ source: this.#source, columns, row, ...nothing });
  }

  #tally(verdict: Verdict, { outcome, warnings }: Outcome): void {
    this.byLabel[verdict.label] = (this.byLabel[verdict.label] ?? 0) + 1;
    this.byOutcome[outcome] = (this.byOutcome[outcome] ?? 0) + 1;
    if (verdict.unknownReason === 'conflict') this.conflicts++;
    for (const warning of warnings) this.warnings.add(warning);
  }
}

function emptyNumbers(rows: number) {
  return {
    lineageDepth: new Uint32Array(rows),
    humanAuthored: new Float64Array(rows),
    humanEdited: new Float64Array(rows),
    synthetic: new Float64Array(rows),
    conflict: new Float64Array(rows),
    textScore: new Float64Array(rows),
  };
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
    'syntheticKind',
    'transformedBy',
    'language',
    'loop',
    'blindLabel',
    'contamination',
    'evidence',
    'clusterKind',
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
  const { index, source } = profile.shard;
  const opened = await openCalibration(build);
  const matches = await readMatches(build, index);
  const contamination = await readContamination(build, index);
  const scorer = await openTextScorer(opened, profile);
  const calibration = opened?.calibration ?? null;
  const retracted = await openRetracted(build);
  const findings = { duplicates, matches, contamination, calibration, scorer, retracted };
  const labeller = new ShardLabeller(build, source, findings);
  const writer = new ColumnWriter(join(folder, LABELS_FILE));
  progress[1] = profiled.rowsKept;
  try {
    for await (const batch of readColumns(profile.documents)) {
      writer.write(await labeller.label(batch, writer.rows, firstDocument + writer.rows));
      progress[0] = writer.rows;
    }
  } finally {
    await scorer.close();
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
    contamination: labeller.contamination.summary(),
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
    calibrationKey: await calibrationKey(build),
  });
  const { workspace, buildId } = input.context;
  return makeArtifact({ workspace, buildId, kind: 'labels', madeOf }, (folder) =>
    makeLabels(build, profile, clusters, folder, progress),
  );
}
