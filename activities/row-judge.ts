/** Label and grant of one document of a batch: how the columns of a profile become questions. */

import { documentDay } from '../core/label/document-day.js';
import { type LabelInput, labelContext } from '../core/label/label-input.js';
import { createLabeller } from '../core/label/labeller.js';
import type { GrantDecision } from '../core/license/decide.js';
import { createGrantDecider } from '../core/license/grant-decider.js';
import type { Calibration } from '../core/schema/calibration.js';
import type { Verdict } from '../core/schema/evidence.js';
import { keyOfParts } from '../core/schema/key-of-parts.js';
import type { OwnOutputHit } from '../core/schema/own-output.js';
import type { PlatformField } from '../core/schema/platform.js';
import type { Source } from '../core/schema/recipe.js';
import type { ReviewDecision } from '../core/schema/review.js';
import type { TextDates } from '../core/schema/text-dates.js';
import { parseSpdx } from '../engines/spdx.js';
import type { Build } from './build-context.js';
import type { DocumentColumns } from './profile-columns.js';
import type { RetractedText } from './retractions.js';

/** A row whose source names a field for its domain, but which leaves it empty. */
export const DOMAIN_UNSTATED = 'unstated';

export interface RowJudge {
  verdict(document: RowOf, cluster: LabelInput['cluster']): Verdict;
  /** The verdict that it would have if nobody had decided on it. */
  blindVerdict(document: RowOf, cluster: LabelInput['cluster']): Verdict;
  /** ISO day from which it counts among its copies; null where no date is readable. */
  day(document: Pick<RowOf, 'source' | 'columns' | 'row'>): string | null;
  reviews(document: RowOf): readonly ReviewDecision[];
  grant(document: RowOf): GrantDecision;
  /** Which retraction withdraws it by its source, id or text, as a sentence; null where none does. */
  retraction(document: Pick<RowOf, 'source' | 'columns' | 'row'>): string | null;
  domain(document: RowOf): string;
  language(document: RowOf): string | null;
}

/** One document: its source, the batch that holds it, its row in the batch, and what was found of it. */
export interface RowOf {
  readonly source: Source;
  readonly columns: DocumentColumns;
  readonly row: number;
  readonly ownOutputs: readonly OwnOutputHit[];
  readonly textScore: number | null;
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}

function listOf<T>(json: string): readonly T[] {
  return json === '' ? [] : (JSON.parse(json) as T[]);
}

/** Digest of a document's text in hex. */
export function textDigest({ columns, row }: Pick<RowOf, 'columns' | 'row'>): string {
  const { buffer, byteOffset } = columns.digests;
  return Buffer.from(buffer, byteOffset + row * 32, 32).toString('hex');
}

const NO_DECISIONS: readonly ReviewDecision[] = [];

/** Judges documents of a build; without a calibration, text statistics and reviewed priors are silent. */
export function createRowJudge(
  build: Build,
  calibration: Calibration | null = null,
  retracted: RetractedText = build.retracted,
): RowJudge {
  const { recipe, context, decisions, pins } = build;
  const { disregarded } = retracted;
  const label = createLabeller(
    labelContext(recipe, context.asOf, pins.lineages, calibration, disregarded),
  );
  const decide = createGrantDecider(recipe, context.asOf, parseSpdx, retracted.grants);
  const reviewsOf = (document: RowOf): readonly ReviewDecision[] =>
    decisions.size === 0 ? NO_DECISIONS : (decisions.get(textDigest(document)) ?? NO_DECISIONS);
  const domain = ({ source, columns, row }: RowOf): string =>
    source.domain.kind === 'constant'
      ? source.domain.value
      : columns.domain(row) || DOMAIN_UNSTATED;
  const language = ({ source, columns, row }: RowOf): string | null =>
    source.language?.kind === 'constant' ? source.language.value : orNull(columns.language(row));
  const datesOf = ({ source, columns, row }: Pick<RowOf, 'source' | 'columns' | 'row'>) => {
    const textDates = columns.textDates(row);
    return {
      source,
      created: orNull(columns.created(row)),
      url: orNull(columns.url(row)),
      platform: listOf<PlatformField>(columns.platform(row)),
      textDates: textDates === '' ? null : (JSON.parse(textDates) as TextDates),
    };
  };
  const inputOf = (document: RowOf, cluster: LabelInput['cluster']): LabelInput => {
    const { columns, row, ownOutputs, textScore } = document;
    return {
      ...datesOf(document),
      id: columns.id(row),
      domain: domain(document),
      language: language(document),
      provenanceValue: orNull(columns.provenance(row)),
      modelFamilyValue: orNull(columns.modelFamily(row)),
      credentials: listOf(columns.credentials(row)),
      boilerplate: listOf(columns.boilerplate(row)),
      reviews: NO_DECISIONS,
      ...{ ownOutputs, textScore, cluster },
    };
  };
  return {
    domain,
    language,
    day: (document) => documentDay(datesOf(document), context.asOf),
    reviews: reviewsOf,
    verdict: (document, cluster) =>
      label({ ...inputOf(document, cluster), reviews: reviewsOf(document) }),
    blindVerdict: (document, cluster) => label(inputOf(document, cluster)),
    retraction: (document) => retractionOf(retracted, document),
    grant: ({ source, columns, row }) =>
      decide({
        source,
        grantValue: orNull(columns.grant(row)),
        created: orNull(columns.created(row)),
      }),
  };
}

function retractionOf(
  { sources, documents, digests }: RetractedText,
  { source, columns, row }: Pick<RowOf, 'source' | 'columns' | 'row'>,
): string | null {
  const bySource = sources.get(source.name);
  if (bySource !== undefined) return bySource;
  if (documents.size === 0 && digests.size === 0) return null;
  const byId = documents.get(keyOfParts(source.name, columns.id(row)));
  return byId ?? digests.get(textDigest({ columns, row })) ?? null;
}
