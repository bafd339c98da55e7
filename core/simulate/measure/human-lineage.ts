/**
 * The human part u of text, by its label, as samples: what a human share is made of.
 *
 *   written by a person   u = 1
 *   by a model            u = 0
 *   by both               u ~ Beta by direction of the edits: a person's text that a model worked on Beta(4, 2), a
 *                         model's text that a person worked on Beta(2, 4), interleaved or not known Beta(2, 2)
 *   unknown, no evidence  u ~ Beta(2, 1), mean 2/3; with evidence its truth shares are drawn, and the part of each
 *                         class is as above
 *
 * The betas are priors, not measurements. One draw holds for all text of a run, for what is not known
 * about edited text is not known about any of it: independent draws would average the doubt away.
 */
import type { Key } from '../../random/draw.js';
import type { EditDirection } from '../../schema/label.js';
import { EDIT_DIRECTIONS } from '../../schema/label.js';
import type { TruthShares } from '../../schema/truth-shares.js';
import { drawBeta } from '../../stats/draw-beta.js';
import type { TruthDraw } from '../../stats/truth-shares.js';

/** Shapes of the beta of the human part, by who came first. */
export const EDITED_PRIORS: Readonly<Record<EditDirection, readonly [number, number]>> = {
  human_then_ai: [4, 2],
  ai_then_human: [2, 4],
  interleaved: [2, 2],
  unknown: [2, 2],
};

export const UNKNOWN_PRIOR = [2, 1] as const;

/** Draws of the human part of edited text; weights are words by direction, none: unknown. */
export function drawEditedPart(
  key: Key,
  directions: Readonly<Record<string, number>>,
  runs: number,
): number[] {
  const known = EDIT_DIRECTIONS.filter((direction) => (directions[direction] ?? 0) > 0);
  const among: readonly EditDirection[] = known.length === 0 ? ['unknown'] : known;
  const weight = (direction: EditDirection) => (known.length === 0 ? 1 : directions[direction]!);
  const all = among.reduce((sum, direction) => sum + weight(direction), 0);
  return Array.from({ length: runs }, (_, run) =>
    among.reduce((sum, direction) => {
      const [a, b] = EDITED_PRIORS[direction];
      return sum + (weight(direction) / all) * drawBeta(key, `${direction}/${run}`, a, b);
    }, 0),
  );
}

/** Whether nothing at all is known of a stratum's truth. */
export function isTruthUnknown(truth: TruthShares): boolean {
  return Object.values(truth).every(({ basis }) => basis === 'unknown');
}

/** Human part of a stratum in one run: people's text, and its share of edited text. */
export function humanPartOf([authored, edited]: TruthDraw, editedPart: number): number {
  return Math.min(1, authored + edited * editedPart);
}
