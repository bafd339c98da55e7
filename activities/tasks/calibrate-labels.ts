/**
 * Calibrates the labeller on what people decided: finds their documents in the profiles by digest,
 * trains the text model on them, scores each by a model that never saw it, and fits a step per domain.
 * A text that stands in several places counts once, at the place that sorts first. Memory holds the
 * beginnings of the reviewed texts, of at most `textsMax` of them.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { calibrate, type ReviewedScore } from '../../core/label/calibrate.js';
import { CALIBRATION_POLICY } from '../../core/label/calibration-policy.js';
import { type ReviewedTruth, reviewedTruth } from '../../core/label/reviewed-truth.js';
import { crossFit } from '../../core/label/text-statistics/cross-fit.js';
import { encodeTextModel } from '../../core/label/text-statistics/model-bytes.js';
import { textForm } from '../../core/label/text-statistics/text-grams.js';
import { derive, draw } from '../../core/random/draw.js';
import { RandomSample } from '../../core/review/random-sample.js';
import { canonicalJson } from '../../core/schema/canonical.js';
import { keyOfParts } from '../../core/schema/key-of-parts.js';
import { type Made, makeArtifact } from '../../storage/artifact.js';
import { readColumns } from '../../storage/columns.js';
import { type Build, type BuildContext, openBuild, openProfiles } from '../build-context.js';
import {
  CALIBRATION_FILE,
  type CalibrationSummary,
  calibrationMadeOf,
  MODEL_FILE,
  SCORES_FILE,
} from '../calibration.js';
import { documentColumns } from '../profile-columns.js';
import { createRowJudge, type RowOf, textDigest } from '../row-judge.js';
import { TextBeginnings } from './text-beginnings.js';

/** A reviewed document where it stands in this build. */
interface Found extends Omit<ReviewedScore, 'score'> {
  /** Sorts the places of one text. */
  readonly place: string;
  /** Scoring form of its beginning; '' where it is too short to have a style. */
  readonly text: string;
}

/** Truth by digest of the text, in hex: of all decided texts, or of as many as are read, drawn by key. */
function truthsOf({ decisions, recipe }: Build): ReadonlyMap<string, ReviewedTruth> {
  const sample = new RandomSample([...decisions.values()].flat(), recipe.seed);
  const truths = [...decisions].flatMap(([digest, list]) => {
    const truth = reviewedTruth(list, sample);
    return truth === null ? [] : [[digest, truth] as const];
  });
  const key = derive(0, 'calibration-texts');
  const ranked = truths.map((entry) => ({ entry, rank: draw(key, entry[0]) }));
  ranked.sort((a, b) => a.rank - b.rank);
  return new Map(ranked.slice(0, CALIBRATION_POLICY.textsMax).map(({ entry }) => entry));
}

/** First words of the digests, to pass over nearly all rows without spelling theirs out. */
function firstWords(digests: Iterable<string>): Set<number> {
  return new Set([...digests].map((digest) => Number.parseInt(digest.slice(0, 8), 16)));
}

async function findReviewed(build: Build, progress: Float64Array): Promise<Found[]> {
  const truths = truthsOf(build);
  const words = firstWords(truths.keys());
  const judge = createRowJudge(build);
  const found = new Map<string, Found>();
  const profiles = await openProfiles(build);
  progress[1] = profiles.length + 1;
  for (const { shard, documents, texts } of profiles) {
    const beginnings = await TextBeginnings.open(texts);
    try {
      for await (const batch of readColumns(documents)) {
        const columns = documentColumns(batch);
        const view = new DataView(columns.digests.buffer, columns.digests.byteOffset);
        for (let row = 0; row < columns.length; row++) {
          if (!words.has(view.getUint32(row * 32))) continue;
          const id = textDigest({ columns, row });
          const truth = truths.get(id);
          if (truth === undefined) continue;
          const { source } = shard;
          const document = { source, columns, row, ownOutputs: [], textScore: null };
          const at = placeOf(judge, document);
          const before = found.get(id);
          if (before !== undefined && before.place <= at.place) continue;
          const isLong = columns.words[row]! >= CALIBRATION_POLICY.wordsMin;
          const text =
            before?.text ?? (isLong ? textForm(await beginnings.read(columns, row)) : '');
          found.set(id, { id, ...truth, ...at, text });
        }
      }
    } finally {
      await beginnings.close();
    }
    progress[0]!++;
  }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function placeOf(
  judge: ReturnType<typeof createRowJudge>,
  document: RowOf,
): Pick<Found, 'source' | 'domain' | 'language' | 'place'> {
  const source = document.source.name;
  const domain = judge.domain(document);
  const language = judge.language(document) ?? '';
  return { source, domain, language, place: keyOfParts(source, domain, language) };
}

async function makeCalibration(
  build: Build,
  folder: string,
  progress: Float64Array,
): Promise<Made> {
  const found = await findReviewed(build, progress);
  const isOff = build.recipe.labels.textStatistics === 'off';
  const texts = isOff ? [] : found.filter(({ text }) => text !== '');
  const { model, scores } = crossFit(texts, CALIBRATION_POLICY.folds);
  const rows = found.map(({ place: _place, text: _text, ...row }) => ({
    ...row,
    score: scores.get(row.id) ?? null,
  }));
  const figures = calibrate(rows, CALIBRATION_POLICY, model?.examples ?? 0);
  await writeFile(join(folder, CALIBRATION_FILE), canonicalJson(figures));
  await writeFile(join(folder, MODEL_FILE), model === null ? '' : encodeTextModel(model));
  await writeFile(join(folder, SCORES_FILE), canonicalJson(Object.fromEntries(scores)));
  const summary: CalibrationSummary = {
    reviews: figures.reviewed,
    domains: figures.domains.filter(({ state }) => state === 'calibrated').length,
  };
  const written = { [CALIBRATION_FILE]: figures.domains.length, [SCORES_FILE]: scores.size };
  return { rows: { ...written, [MODEL_FILE]: 1 }, summary };
}

/** Makes the calibration; a build without decisions needs none, and does no work. */
export async function run(
  context: BuildContext,
  progress: Float64Array,
): Promise<CalibrationSummary> {
  const build = await openBuild(context);
  if (build.decisions.size === 0) return { reviews: 0, domains: 0 };
  const { workspace, buildId } = context;
  const madeOf = calibrationMadeOf(build);
  const { record } = await makeArtifact(
    { workspace, buildId, kind: 'calibration', madeOf },
    (folder) => makeCalibration(build, folder, progress),
  );
  return record.summary as CalibrationSummary;
}
