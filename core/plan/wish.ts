/** Pieces of which the wishes of stages are made: objectives, distances, even shares, keyed weights. */
import { derive, draw } from '../random/draw.js';
import type { MixModel } from './mix-model.js';
import type { Objective } from './model.js';

export type Terms = readonly (readonly [column: number, value: number])[];

const objective = (sense: Objective['sense'], terms: Terms): Objective => ({
  sense,
  indices: terms.map(([column]) => column),
  values: terms.map(([, value]) => value),
});
export const maximise = (terms: Terms) => objective('maximise', terms);
export const minimise = (terms: Terms) => objective('minimise', terms);

/** Generic weight in [1, 2) of a key: the same in every recipe, whatever the seed. */
export function weight(key: string): number {
  return 1 + draw(derive(0, 'plan-tie-break'), key);
}

/** A column of at least |sum of terms|. */
export function addDistance(model: MixModel, terms: Terms): number {
  return addDistanceOutside(model, terms, []);
}

/** A column of at least |sum of terms| - sum of room, and at least 0. */
export function addDistanceOutside({ draft }: MixModel, terms: Terms, room: Terms): number {
  const distance = draft.addColumn('distance', 0, Infinity);
  const less = room.map(([column, value]) => [column, -value] as const);
  draft.addRow([...terms, ...less, [distance, -1]], { upper: 0 });
  draft.addRow([...terms, ...room, [distance, 1]], { lower: 0 });
  return distance;
}

/** A column of at least each sum. */
export function addLargest({ draft }: MixModel, name: string, sums: readonly Terms[]): number {
  const largest = draft.addColumn(name, 0, Infinity);
  for (const terms of sums) draft.addRow([...terms, [largest, -1]], { upper: 0 });
  return largest;
}

export interface Wanted {
  readonly column: number;
  /** In proportion to which the members share their common total. */
  readonly size: number;
}

/** Distances of the members from shares in proportion to their size. */
export function evenTerms(model: MixModel, members: readonly Wanted[]): Terms {
  if (members.length < 2) return [];
  const all = members.reduce((sum, member) => sum + member.size, 0);
  const level = model.draft.addColumn('level', 0, Infinity);
  return members.map(({ column, size }) => {
    const distance = addDistance(model, [
      [column, 1],
      [level, -size / all],
    ]);
    return [distance, 1] as const;
  });
}
