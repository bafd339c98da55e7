/**
 * What the text of the strata really is: random reviews by the label that their documents had without
 * review, and flags of the calibrated text statistics, collected while the inventory is taken. A stratum's own
 * reviews are those of its source, domain and label; pooled ones, of its domain and label.
 */
import { CALIBRATION_POLICY } from '../core/label/calibration-policy.js';
import { reviewedTruth } from '../core/label/reviewed-truth.js';
import { RandomSample } from '../core/review/random-sample.js';
import type { Calibration, DomainCalibration } from '../core/schema/calibration.js';
import { keyOfParts } from '../core/schema/key-of-parts.js';
import type { Label, TruthLabel } from '../core/schema/label.js';
import type { Stratum } from '../core/schema/plan.js';
import type { TruthShares } from '../core/schema/truth-shares.js';
import { effectiveCount, type WeightedCount } from '../core/stats/intervals.js';
import { sigmoid } from '../core/stats/platt.js';
import {
  estimateTruthShares,
  type ReviewTally,
  type TruthTally,
} from '../core/stats/truth-shares.js';
import type { Build } from './build-context.js';
import type { LabelledBatch } from './labelled-documents.js';
import { textDigest } from './row-judge.js';

/** A stratum as it was counted, before anything is known of its truth. */
export type StratumTally = Omit<Stratum, 'truth'>;

/** Two-sided confidence of the intervals that the inventory states; caps re-scale them to theirs. */
const INTERVAL_CONFIDENCE = 0.95;

interface Reviews {
  readonly weights: Record<TruthLabel, number>;
  squares: number;
  reviews: number;
}

export class StratumTruths {
  readonly #build: Build;
  readonly #sample: RandomSample;
  readonly #domains: ReadonlyMap<string, DomainCalibration>;
  readonly #own = new Map<string, Reviews>();
  readonly #pooled = new Map<string, Reviews>();
  /** Sums of the tokens of scored and flagged documents of unknown label, by source and domain. */
  readonly #flags = new Map<string, WeightedCount>();
  /** Texts counted already, by key: a review counts once, however many copies there are. */
  readonly #counted = new Set<string>();

  constructor(build: Build, calibration: Calibration | null) {
    this.#build = build;
    this.#sample = new RandomSample([...build.decisions.values()].flat(), build.recipe.seed);
    const inUse = calibration?.domains.filter(({ state }) => state === 'calibrated') ?? [];
    this.#domains = new Map(inUse.map((domain) => [domain.domain, domain]));
  }

  /** Takes in a document that may be chosen; what is left out is no part of a stratum. */
  add(source: string, { documents, labels }: LabelledBatch, row: number): void {
    const domain = labels.domain(row);
    const blind = labels.blindLabel(row);
    if (blind !== '') {
      this.#addReview(source, domain, blind, {
        tokens: documents.tokens[row]!,
        digest: textDigest({ columns: documents, row }),
      });
    }
    if (labels.label(row) === 'unknown')
      this.#addFlag(source, domain, {
        score: labels.textScores[row]!,
        tokens: documents.tokens[row]!,
      });
  }

  #addReview(
    source: string,
    domain: string,
    blind: string,
    { tokens, digest }: { readonly tokens: number; readonly digest: string },
  ): void {
    const truth = reviewedTruth(this.#build.decisions.get(digest) ?? [], this.#sample);
    if (truth === null || !truth.isRandom) return;
    const weight = tokens * truth.weight;
    for (const [map, key] of [
      [this.#own, keyOfParts(source, domain, blind)],
      [this.#pooled, keyOfParts(domain, blind)],
    ] as const) {
      const once = `${key}\u001f${digest}`;
      if (this.#counted.has(once)) continue;
      this.#counted.add(once);
      const tally = map.get(key) ?? noReviews();
      map.set(key, tally);
      tally.weights[truth.label] += weight;
      tally.squares += weight * weight;
      tally.reviews++;
    }
  }

  #addFlag(
    source: string,
    domain: string,
    { score, tokens }: { readonly score: number; readonly tokens: number },
  ): void {
    const known = this.#domains.get(domain);
    if (known === undefined || Number.isNaN(score)) return;
    const key = keyOfParts(source, domain);
    const { yes, all, squares } = this.#flags.get(key) ?? { yes: 0, all: 0, squares: 0 };
    const isFlagged = sigmoid(known.slope! * score + known.intercept!) >= CALIBRATION_POLICY.flagAt;
    this.#flags.set(key, {
      yes: yes + (isFlagged ? tokens : 0),
      all: all + tokens,
      squares: squares + tokens * tokens,
    });
  }

  /** Truth shares of a stratum's tokens, from the best that is known of it. */
  of({ source, domain, label }: StratumTally): TruthShares {
    const tally: TruthTally = {
      label,
      own: this.#own.get(keyOfParts(source, domain, label)) ?? null,
      domain: this.#pooled.get(keyOfParts(domain, label)) ?? null,
      flags: this.#flagsOf(source, domain, label),
    };
    const { thresholds } = this.#build.recipe.labels;
    return estimateTruthShares(tally, { thresholds, confidence: INTERVAL_CONFIDENCE });
  }

  #flagsOf(source: string, domain: string, label: Label): TruthTally['flags'] {
    const known = this.#domains.get(domain);
    const flags = this.#flags.get(keyOfParts(source, domain));
    if (label !== 'unknown' || flags === undefined || known === undefined) return null;
    const { sensitivity, falsePositives, reviews } = known;
    if (sensitivity === null || falsePositives === null) return null;
    return { flagged: effectiveCount(flags), sensitivity, falsePositives, reviews };
  }
}

function noReviews(): Reviews & ReviewTally {
  const weights = { human_authored: 0, human_edited: 0, synthetic: 0 };
  return { weights, squares: 0, reviews: 0 };
}

/** What the shares depend on beside the labels: part of the inventory's address. */
export function truthMadeOf({ recipe, context }: Build): unknown {
  const { thresholds } = recipe.labels;
  const { seed } = recipe;
  return { thresholds, confidence: INTERVAL_CONFIDENCE, decisions: context.decisions.sha256, seed };
}
