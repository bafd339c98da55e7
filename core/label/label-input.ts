/** What a labeller sees of a document, and the rules it is judged by. */
import type { Similarity } from '../cluster/similarity.js';
import type { ClusterKind } from '../cluster/template.js';
import type { BoilerplateFinding } from '../schema/boilerplate.js';
import type { Calibration } from '../schema/calibration.js';
import type { CredentialFinding } from '../schema/credential.js';
import type { Evidence } from '../schema/evidence.js';
import type { Label } from '../schema/label.js';
import type { Lineage, OwnOutputHit } from '../schema/own-output.js';
import type { PlatformField } from '../schema/platform.js';
import type { AllowList, LabelPolicy, Recipe, Source } from '../schema/recipe.js';
import type { ReviewDecision } from '../schema/review.js';
import type { TextDates } from '../schema/text-dates.js';
import { groupBy } from './group-by.js';

export interface LabelInput {
  readonly source: Source;
  readonly id: string;
  readonly domain: string;
  /** Language tag as stated; null where nobody says. */
  readonly language: string | null;
  /** Date as written; null where there is none. */
  readonly created: string | null;
  readonly url: string | null;
  /** Value of the field that the source's `provenance` names; null where there is none. */
  readonly provenanceValue: string | null;
  /** Value of the field that the source's `model_family` names; null where there is none. */
  readonly modelFamilyValue: string | null;
  /** Fields of the row that say how the text came about. */
  readonly platform: readonly PlatformField[];
  readonly credentials: readonly CredentialFinding[];
  readonly textDates: TextDates | null;
  readonly boilerplate: readonly BoilerplateFinding[];
  /** Own outputs that it resembles, strongest first. */
  readonly ownOutputs: readonly OwnOutputHit[];
  /** Decisions on this very text, one per reviewer. */
  readonly reviews: readonly ReviewDecision[];
  /** Raw score of the text-statistics model, in natural-log odds of synthetic; null where none is in use. */
  readonly textScore: number | null;
  /** What its copies say; null for a document without copies, or to judge it by itself. */
  readonly cluster: ClusterPlace | null;
}

/** Another document with the same text, or nearly, and its label by its own evidence. */
export interface ClusterCopy {
  readonly source: string;
  readonly id: string;
  /** ISO date; null where there is none. */
  readonly created: string | null;
  readonly label: Label;
}

/** Another document of the cluster, and how alike the texts are. */
export interface LinkedCopy extends ClusterCopy, Similarity {
  /** True if the two are near-duplicates by themselves, not only over a chain of others. */
  readonly isDirect: boolean;
}

/** A document among its copies. */
export interface ClusterPlace {
  readonly kind: ClusterKind;
  /** Distinct texts of the cluster. */
  readonly texts: number;
  /** The document whose near-duplicate this is; null for the leader itself. */
  readonly leader: LinkedCopy | null;
  /** The older copy whose label is evidence for this one; null where none may speak. */
  readonly speaker: LinkedCopy | null;
  /** Exact copies whose label is another than this document's own, none known to be younger. */
  readonly opposing: readonly ClusterCopy[];
}

/** An allow-list with its place in the recipe. */
export interface PlacedAllowList extends AllowList {
  readonly index: number;
}

export interface LabelContext {
  readonly allowListsBySource: ReadonlyMap<string, readonly PlacedAllowList[]>;
  /** ISO day on which allow-lists are judged. */
  readonly asOf: string;
  readonly policy: LabelPolicy;
  /** By name of the entry under `own_outputs`. */
  readonly lineages: ReadonlyMap<string, Lineage>;
  /** From the decisions of reviewers; null where there are none. */
  readonly calibration: Calibration | null;
  /** Evidence that was found false, by the beginning of its name; it is given to nobody. */
  readonly disregarded: readonly string[];
}

/** One family of witnesses: reads its evidence for a document, and nothing else's. */
export type EvidenceFamilyReader = (row: LabelInput, context: LabelContext) => Evidence[];

/** What is the same for every document of a build. */
export function labelContext(
  { allowLists, labels }: Pick<Recipe, 'allowLists' | 'labels'>,
  asOf: string,
  lineages: readonly Lineage[] = [],
  calibration: Calibration | null = null,
  disregarded: readonly string[] = [],
): LabelContext {
  const placed = allowLists.map((list, index) => ({ ...list, index }));
  return {
    allowListsBySource: groupBy(placed, ({ source }) => source),
    asOf,
    policy: labels,
    lineages: new Map(lineages.map((lineage) => [lineage.output, lineage])),
    calibration,
    disregarded,
  };
}

/** True if a text matches a pattern in which `*` stands for any characters; case is ignored. */
export function matchesPattern(pattern: string, text: string): boolean {
  const parts = pattern.toLowerCase().split('*');
  const last = parts.pop()!;
  const whole = text.toLowerCase();
  const [first] = parts;
  if (first === undefined) return whole === last;
  if (!whole.startsWith(first) || !whole.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1)) {
    const found = whole.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= whole.length - last.length;
}
