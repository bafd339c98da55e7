/**
 * Raw scores of the text statistics for the documents of a shard, batch by batch, where the domain is
 * calibrated and the text long enough; nothing is read or scored anywhere else. A reviewed text keeps the
 * score of the cross-fit: the model knows its review.
 */
import { CALIBRATION_POLICY } from '../../core/label/calibration-policy.js';
import { type TextModel, textScore } from '../../core/label/text-statistics/text-model.js';
import type { ShardProfile } from '../build-context.js';
import type { OpenCalibration } from '../calibration.js';
import type { DocumentColumns } from '../profile-columns.js';
import { textDigest } from '../row-judge.js';
import { TextBeginnings } from './text-beginnings.js';

/** Score by row of a batch; null where there is none. */
export type BatchScores = (row: number) => number | null;

const NO_SCORES: BatchScores = () => null;

export interface TextScorer {
  /** Scores of one batch; `domain` names the domain of a row. */
  batch(columns: DocumentColumns, domain: (row: number) => string): Promise<BatchScores>;
  close(): Promise<void>;
}

const NO_SCORER: TextScorer = { batch: async () => NO_SCORES, close: async () => undefined };

/** A scorer of one shard; without a calibrated domain it opens nothing and scores nothing. */
export async function openTextScorer(
  opened: OpenCalibration | null,
  { texts }: Pick<ShardProfile, 'texts'>,
): Promise<TextScorer> {
  if (opened === null || opened.model === null) return NO_SCORER;
  const { model, scores } = opened;
  const calibrated = opened.calibration.domains.filter(({ state }) => state === 'calibrated');
  if (calibrated.length === 0) return NO_SCORER;
  const domains = new Set(calibrated.map(({ domain }) => domain));
  const beginnings = await TextBeginnings.open(texts);
  return {
    batch: async (columns, domain) => {
      const wanted = rowsOf(columns, (row) => domains.has(domain(row)));
      return wanted.length === 0
        ? NO_SCORES
        : scoresOf({ model, scores, beginnings }, columns, wanted);
    },
    close: () => beginnings.close(),
  };
}

function rowsOf({ length, words }: DocumentColumns, isWanted: (row: number) => boolean): number[] {
  const rows: number[] = [];
  for (let row = 0; row < length; row++) {
    if (words[row]! >= CALIBRATION_POLICY.wordsMin && isWanted(row)) rows.push(row);
  }
  return rows;
}

interface Scoring {
  readonly model: TextModel;
  readonly scores: OpenCalibration['scores'];
  readonly beginnings: TextBeginnings;
}

async function scoresOf(
  { model, scores: known, beginnings }: Scoring,
  columns: DocumentColumns,
  rows: readonly number[],
): Promise<BatchScores> {
  const text = await beginnings.batch(columns);
  const scores = new Float64Array(columns.length).fill(Number.NaN);
  for (const row of rows) {
    scores[row] = known.get(textDigest({ columns, row })) ?? textScore(model, text(row));
  }
  return (row) => (Number.isNaN(scores[row]!) ? null : scores[row]!);
}
