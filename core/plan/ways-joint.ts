/**
 * Where no single limit frees the problem: all rules get a slack, priced by the size of the rule, and the cheapest
 * sum says which limits move together (an elastic program: J. Chinneck 2008, doi:10.1007/978-0-387-74932-7).
 */
import { type Knob, knobsOf } from './knobs.js';
import { shareAt, shiftedTo } from './least-change.js';
import { familiesPresentable } from './mix-model.js';
import { roundOutwards, stepOutwards } from './readable.js';
import type { Point, RelaxedModel } from './relaxed-model.js';

/** How often all values are moved one readable number further before we give up. */
const WIDENINGS_MAX = 3;

export interface Moved {
  readonly knob: Knob;
  readonly value: number;
}

/** Limits that free the problem together, none of them needless; null where none were found. */
export async function jointWay(
  model: RelaxedModel,
  replan: (moved: readonly Moved[]) => Promise<number | null>,
): Promise<readonly Moved[] | null> {
  let moved = await cheapest(model);
  if (moved === null || moved.length === 0) return null;
  for (let widening = 0; (await replan(moved)) === null; widening++) {
    if (widening >= WIDENINGS_MAX) return null;
    moved = moved.map(({ knob, value }) => ({ knob, value: further(knob, value) }));
  }
  for (const one of [...moved]) {
    const rest: Moved[] = moved.filter((other) => other !== one);
    if (rest.length > 0 && (await replan(rest)) !== null) moved = rest;
  }
  return moved;
}

function further(knob: Knob, value: number): number {
  const next = stepOutwards(value, { up: knob.up, isWhole: knob.isWhole });
  return knob.up ? Math.min(knob.furthest, next) : Math.max(knob.furthest, next);
}

async function cheapest(model: RelaxedModel): Promise<Moved[] | null> {
  const soft = model.groups.flatMap(({ slack }, g) => (slack === null ? [] : [{ g, slack }]));
  const isSoft = new Set(soft.map(({ g }) => g));
  const point = await model.least((g) => (isSoft.has(g) ? 'soft' : 'on'), {
    indices: soft.map(({ slack }) => slack.column),
    values: soft.map(({ slack }) => slack.cost),
  });
  if (point === null) return null;
  const broken = soft.filter(({ g }) => !model.keeps(point, g));
  const knobs = knobsOf(
    model,
    broken.map(({ g }) => g),
  );
  return knobs
    .map((knob) => ({ knob, value: valueAt(model, knob, point) }))
    .filter(({ knob, value }) => value !== knob.from);
}

/** The readable value that a knob needs for the mix of a point. */
function valueAt(model: RelaxedModel, knob: Knob, point: Point): number {
  const outwards = { up: knob.up, isWhole: knob.isWhole };
  switch (knob.search) {
    case 'share':
      return roundOutwards(shareAt(model, knob, point), outwards);
    case 'shift': {
      const slacks = knob.groups.map((g) => point[model.groups[g]!.slack!.column]!);
      return roundOutwards(shiftedTo(model, knob, Math.max(...slacks)), outwards);
    }
    default:
      return knob.kind === 'families_min_count' ? familiesAt(model, knob, point) : knob.from;
  }
}

/** Families in the domains whose synthetic text cannot reach the number, as far as the mix uses it. */
function familiesAt({ instance, mix }: RelaxedModel, knob: Knob, point: Point): number {
  const counts = [...mix.familyRows].flatMap(([scope, rows]) => {
    const isUsed = rows.some((row) => {
      const { indices } = mix.draft.rows[row]!;
      return indices.length === 1 && point[indices[0]!]! > 0;
    });
    return isUsed ? [familiesPresentable(instance, scope).size] : [];
  });
  return Math.max(knob.furthest, Math.min(knob.from, ...counts));
}
