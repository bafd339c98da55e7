/** Measures of the label bench: what labels come to per truth class, and how good a chance is. */
import {
  aurocOf,
  brierOf,
  calibrationBins,
  calibrationError,
  truePositivesAt,
} from '../dist/core/stats/detector.js';

export const TRUTHS = ['human_authored', 'human_edited', 'synthetic'];

/** A detector by itself: synthetic from a chance on, human up to its complement, unknown between. */
export function byThreshold(p, from) {
  if (p >= from) return 'synthetic';
  return p <= 1 - from || from === 0.5 ? 'human_authored' : 'unknown';
}

export function count(list, is) {
  return list.filter(is).length;
}

/** Per truth class: share labelled so, wrongly, and unknown; human text called synthetic. */
export function labelling(scored, labels) {
  const classes = {};
  for (const truth of TRUTHS) {
    const of = labels.filter((_, i) => scored[i].truth === truth);
    if (of.length === 0) continue;
    const right = count(of, (label) => label === truth);
    const unknown = count(of, (label) => label === 'unknown');
    classes[truth] = {
      right: right / of.length,
      wrong: (of.length - right - unknown) / of.length,
      unknown: unknown / of.length,
      synthetic: count(of, (label) => label === 'synthetic') / of.length,
    };
  }
  const decided = count(labels, (label) => label !== 'unknown');
  const right = labels.filter((label, i) => label === scored[i].truth).length;
  return {
    classes,
    unknown: 1 - decided / labels.length,
    accuracy: decided === 0 ? null : right / decided,
    humanCalledSynthetic: classes.human_authored?.synthetic ?? null,
  };
}

/** Chance of synthetic: ranking of human against synthetic text, calibration over all text. */
export function detection(scored, chances) {
  const columns = (rows) => ({
    values: rows.map((i) => chances[i]),
    isPositive: rows.map((i) => scored[i].truth === 'synthetic'),
    weights: rows.map(() => 1),
  });
  const all = columns(scored.map((_, i) => i));
  const pure = columns(scored.map((_, i) => i).filter((i) => scored[i].truth !== 'human_edited'));
  return {
    auroc: aurocOf(pure),
    truePositivesAt1: truePositivesAt(pure, 0.01),
    error: calibrationError(calibrationBins(all)),
    noise: noiseOf(all),
    brier: brierOf(all),
  };
}

export function splits(scored, verdicts) {
  const names = [...new Set(scored.map(({ split }) => split))].sort();
  return names.map((split) => {
    const at = scored.map((_, i) => i).filter((i) => scored[i].split === split);
    const labels = at.map((i) => verdicts[i].label);
    return {
      split,
      documents: at.length,
      ...labelling(
        at.map((i) => scored[i]),
        labels,
      ),
    };
  });
}

/** Calibration error that chances right to the last digit would show on this many documents, about. */
function noiseOf({ values, isPositive, weights }) {
  const bins = calibrationBins({ values, isPositive, weights });
  const order = [...values].sort((a, b) => a - b);
  let [at, sum] = [0, 0];
  for (const { documents } of bins) {
    const inBin = order.slice(at, at + documents);
    const variance = inBin.reduce((v, p) => v + p * (1 - p), 0) / documents;
    sum += documents * Math.sqrt((2 / Math.PI) * (variance / documents));
    at += documents;
  }
  return sum / values.length;
}
