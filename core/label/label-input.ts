/** What a labeller sees of a document, and the rules it is judged by. */
import type { Evidence } from '../schema/evidence.js';
import type { Label } from '../schema/label.js';
import type { AllowList, Source } from '../schema/recipe.js';

export interface LabelInput {
  readonly source: Source;
  readonly id: string;
  /** Date as written; null where there is none. */
  readonly created: string | null;
  /** Value of the field that the source's `provenance` names; null where there is none. */
  readonly provenanceValue: string | null;
  /** Value of the field that the source's `model_family` names; null where there is none. */
  readonly modelFamilyValue: string | null;
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

/** A document among its copies. */
export interface ClusterPlace {
  /** The document whose near-duplicate this is; null for the leader itself. */
  readonly leader: (ClusterCopy & { readonly isOlder: boolean }) | null;
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
}

/** One family of witnesses: reads its evidence for a document, and nothing else's. */
export type EvidenceFamilyReader = (row: LabelInput, context: LabelContext) => Evidence[];

export function labelContext(allowLists: readonly AllowList[], asOf: string): LabelContext {
  const bySource = new Map<string, PlacedAllowList[]>();
  allowLists.forEach((list, index) => {
    const placed = { ...list, index };
    const listed = bySource.get(list.source);
    if (listed === undefined) bySource.set(list.source, [placed]);
    else listed.push(placed);
  });
  return { allowListsBySource: bySource, asOf };
}
