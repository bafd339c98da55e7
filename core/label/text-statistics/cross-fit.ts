/**
 * The model of a build and scores of the reviewed texts themselves, each by a model that never saw it:
 * the folds are drawn by the text's id, and a fold's texts are scored by a model of the other folds. Text
 * that people call human_edited is scored but teaches nothing: it is neither end of the scale.
 */
import { derive, draw } from '../../random/draw.js';
import type { TruthLabel } from '../../schema/label.js';
import { type TextModel, textScore, trainTextModel } from './text-model.js';

export interface ReviewedText {
  readonly id: string;
  readonly text: string;
  readonly label: TruthLabel;
}

export interface CrossFit {
  /** Trained on all; null where one class is missing. */
  readonly model: TextModel | null;
  /** By id; a text whose fold had no model is absent. */
  readonly scores: ReadonlyMap<string, number>;
}

export function crossFit(texts: readonly ReviewedText[], folds: number): CrossFit {
  const key = derive(0, 'cross-fit');
  const foldOf = ({ id }: ReviewedText) => Math.floor(draw(key, id) * folds);
  const model = trainOn(texts);
  const scores = new Map<string, number>();
  for (let fold = 0; fold < folds; fold++) {
    const others = trainOn(texts.filter((text) => foldOf(text) !== fold));
    if (others === null) continue;
    for (const text of texts) {
      if (foldOf(text) === fold) scores.set(text.id, textScore(others, text.text));
    }
  }
  return { model, scores };
}

function trainOn(texts: readonly ReviewedText[]): TextModel | null {
  return trainTextModel(
    texts
      .filter(({ label }) => label !== 'human_edited')
      .map(({ id, text, label }) => ({ id, text, isSynthetic: label === 'synthetic' })),
  );
}
