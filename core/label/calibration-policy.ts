/** Policy `calibration-v1`: from when on reviews calibrate. A change of any number is another policy. */
export const CALIBRATION_POLICY = {
  name: 'calibration-v1',
  /** Random reviews of a domain below which its text statistics are off; aim for twice as many. */
  reviewsMin: 100,
  /** Documents of the rarer class (synthetic, or not) that the fit needs. */
  rarerClassMin: 5,
  /** Reviews in one language below which its documents are out of scope. */
  languageMin: 10,
  /** Random reviews of a source below which its prior stays even. */
  priorReviewsMin: 20,
  /** Parts of the cross-fit: a document is scored by a model that never saw its own review. */
  folds: 5,
  /** Calibrated chance of synthetic at which a document counts as flagged. */
  flagAt: 0.5,
  /** Two-sided, of every interval. */
  confidence: 0.95,
  /** Words below which a text has no style to read. */
  wordsMin: 20,
  /** Reviewed texts that are read at most, drawn by key: more teach the model little. */
  textsMax: 20_000,
} as const;
export type CalibrationPolicy = Readonly<
  Record<Exclude<keyof typeof CALIBRATION_POLICY, 'name'>, number>
> & { readonly name: string };
