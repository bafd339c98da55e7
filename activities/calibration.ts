/**
 * The calibration of a build's labeller, made from the decisions of reviewers: figures and priors in
 * `calibration.json`, the text model in `model.bin`, cross-fitted scores of the reviewed texts in
 * `scores.json`. A build without decisions has none.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CALIBRATION_POLICY } from '../core/label/calibration-policy.js';
import { decodeTextModel } from '../core/label/text-statistics/model-bytes.js';
import { TEXT_TRAINING, type TextModel } from '../core/label/text-statistics/text-model.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import { type Calibration, calibration, reviewedScores } from '../core/schema/calibration.js';
import { fileOf, findArtifact, readJsonArtifact } from '../storage/artifact.js';
import { digestOf } from '../storage/digest.js';
import { type Build, keptPerBuild, missingArtifact, profileKeys } from './build-context.js';

export const CALIBRATION_FILE = 'calibration.json';
export const MODEL_FILE = 'model.bin';
export const SCORES_FILE = 'scores.json';
const CALIBRATION_VERSION = 'calibration@1';

export interface CalibrationSummary {
  /** Documents with a truth class, and domains whose text statistics are in use. */
  readonly reviews: number;
  readonly domains: number;
}

export interface OpenCalibration {
  readonly calibration: Calibration;
  /** Null where text statistics are off, or one class was never found. */
  readonly model: TextModel | null;
  /** Score of a reviewed text, by digest in hex, of a model that never saw its review. */
  readonly scores: ReadonlyMap<string, number>;
  /** Digest of what it says: equal calibrations label alike, whatever they were made of. */
  readonly digest: string;
}

export function calibrationMadeOf(build: Build): unknown {
  return {
    activity: CALIBRATION_VERSION,
    decisions: build.context.decisions.sha256,
    profiles: profileKeys(build),
    domains: build.recipe.sources.map(({ name, domain, language }) => ({ name, domain, language })),
    policy: CALIBRATION_POLICY,
    training: TEXT_TRAINING,
    textStatistics: build.recipe.labels.textStatistics,
    seed: build.recipe.seed,
  };
}

/** The calibration, which must have been made; null where nobody has decided anything. */
export async function openCalibration(build: Build): Promise<OpenCalibration | null> {
  return build.decisions.size === 0 ? null : openMade(build);
}

const openMade = keptPerBuild(async (build): Promise<OpenCalibration> => {
  const { workspace } = build.context;
  const madeOf = calibrationMadeOf(build);
  const record = await findArtifact({ workspace, kind: 'calibration', madeOf });
  if (record === null) throw missingArtifact('calibration', build.recipe.name);
  const [figures, weights, scored] = [CALIBRATION_FILE, MODEL_FILE, SCORES_FILE].map((name) =>
    fileOf(record, name),
  ) as [ArtifactRef, ArtifactRef, ArtifactRef];
  const scores = await readJsonArtifact(workspace, scored, reviewedScores);
  return {
    calibration: await readJsonArtifact(workspace, figures, calibration),
    model: decodeTextModel(await readFile(join(workspace, weights.path))),
    scores: new Map(Object.entries(scores)),
    digest: digestOf([figures.sha256, weights.sha256, scored.sha256]),
  };
});

/** What labels owe to the calibration: part of the address of every label; `none` without decisions. */
export async function calibrationKey(build: Build): Promise<string> {
  return (await openCalibration(build))?.digest ?? 'none';
}
