/**
 * What would free an infeasible problem. For every member of the conflict the least change of its limit, and the text
 * or labels that would help it, such that all rules hold together, not those of the conflict alone. A change
 * frees everything only if it frees this conflict, so no other rule need be tried. Where no limit
 * does it alone, the cheapest joint change. Every way is planned again and certified before it is told.
 */
import type { WayOut } from '../schema/plan.js';
import type { Changed } from './found-text.js';
import { type Knob, knobsOf } from './knobs.js';
import { bisected, type ChangeContext, leastValue } from './least-change.js';
import { stepOutwards } from './readable.js';
import { byCode } from './stratum.js';
import { jointWay, type Moved } from './ways-joint.js';
import { type TextWay, textWays } from './ways-text.js';

/** Members whose ways are looked for; a conflict of more is rare. */
const MEMBERS_MAX = 12;
/** Readable numbers further that are tried when whole tokens need a little more room than fractions. */
const WIDENINGS_MAX = 3;

/** Up to this many strata a limit that fractions find too small is looked for with plans. */
const PLANNED_STRATA_MAX = 64;

/** Of equal cost: limits, then labels, then text. */
const TEXT_LAST: readonly WayOut['kind'][] = ['label', 'text'];

/** Tokens of the certified plan of a changed problem; null where it is infeasible too. */
export type Replan = (changed: Changed) => Promise<number | null>;

interface Verifier {
  readonly context: ChangeContext;
  readonly replan: Replan;
}

/** Ways out of a conflict (positions of groups), cheapest first. */
export async function waysOut(
  context: ChangeContext,
  conflict: readonly number[],
  replan: Replan,
): Promise<WayOut[]> {
  const members = conflict.slice(0, MEMBERS_MAX);
  const verifier = { context, replan };
  const ways: WayOut[] = [];
  for (const knob of knobsOf(context.model, members)) {
    const value = await leastValue(context, knob);
    const way = value === null ? null : await verifiedLimit(verifier, knob, value);
    if (way !== null) ways.push(way);
  }
  if (ways.length === 0) {
    const way = await joint(verifier);
    if (way !== null) ways.push(way);
  }
  for (const text of await textWays(context, members)) {
    const way = await verifiedText(verifier, text);
    if (way !== null) ways.push(way);
  }
  const last = (way: WayOut) => TEXT_LAST.indexOf(way.kind);
  return ways.sort(
    (a, b) => a.cost - b.cost || last(a) - last(b) || byCode(a.statement, b.statement),
  );
}

/** Costs that differ by a float's dust are equal. */
const tidy = (cost: number) => Number(cost.toPrecision(9));

/** In [0, 1]: how much of the larger of the two values changes. */
function relativeChange(from: number, to: number): number {
  const larger = Math.max(from, to);
  return larger === 0 ? 0 : tidy(Math.abs(to - from) / larger);
}

function changeOf({ knob, value }: Moved): WayOut['changes'][number] {
  const { capId, key, from, unit, written } = knob;
  const inMajor = (n: number) => (knob.kind === 'licence_budget' ? Number(written(n)) : n);
  const [a, b] = [inMajor(from), inMajor(value)];
  const amount = Number(Math.abs(b - a).toPrecision(12));
  return { capId, setting: `${key}=${written(value)}`, from: a, to: b, amount, unit };
}

function applied({ context }: Verifier, moved: readonly Moved[]): Changed {
  const { recipe, inventory } = context.model.instance;
  const changed = moved.reduce((given, { knob, value }) => knob.apply(given, value), recipe);
  return { recipe: changed, inventory };
}

async function verifiedLimit(
  verifier: Verifier,
  knob: Knob,
  least: number,
): Promise<WayOut | null> {
  const { model, sharp } = verifier.context;
  const tokensAt = (value: number) => verifier.replan(applied(verifier, [{ knob, value }]));
  let value = least;
  for (let widening = 0; widening <= WIDENINGS_MAX; widening++) {
    const tokensAllocated = value === knob.from ? null : await tokensAt(value);
    if (tokensAllocated !== null) return limitWay(knob, value, tokensAllocated);
    if (value === knob.furthest) return null;
    if (widening === 0 && sharp !== model) {
      const sharper = await leastValue({ ...verifier.context, model: sharp }, knob);
      if (sharper === null) return null;
      if (sharper !== value) {
        value = sharper;
        continue;
      }
    }
    value = stepOutwards(value, { up: knob.up, isWhole: knob.isWhole });
    value = knob.up ? Math.min(value, knob.furthest) : Math.max(value, knob.furthest);
  }
  if (model.instance.strata.length > PLANNED_STRATA_MAX) return null;
  const planned = await bisected(knob, async (at) => (await tokensAt(at)) !== null);
  const tokensAllocated = planned === null ? null : await tokensAt(planned);
  if (planned === null || tokensAllocated === null) return null;
  return limitWay(knob, planned, tokensAllocated);
}

function limitWay(knob: Knob, value: number, tokensAllocated: number): WayOut {
  return {
    ...{ kind: knob.kind, changes: [changeOf({ knob, value })] },
    ...{ cost: relativeChange(knob.from, value), verified: true, tokensAllocated },
    ...{ forBudget: null, statement: knob.statement(value) },
  };
}

async function joint(verifier: Verifier): Promise<WayOut | null> {
  const replan = (moved: readonly Moved[]) => verifier.replan(applied(verifier, moved));
  const moved = await jointWay(verifier.context.model, replan);
  const tokensAllocated = moved === null ? null : await replan(moved);
  if (moved === null || tokensAllocated === null) return null;
  return {
    ...{ kind: 'combination', changes: moved.map(changeOf) },
    cost: tidy(moved.reduce((sum, { knob, value }) => sum + relativeChange(knob.from, value), 0)),
    ...{ verified: true, tokensAllocated, forBudget: null },
    statement: moved.map(({ knob, value }) => knob.statement(value)).join(', and '),
  };
}

async function verifiedText(verifier: Verifier, way: TextWay): Promise<WayOut | null> {
  const { tokenBudget } = verifier.context.model.instance.recipe;
  const up = { up: true, isWhole: true };
  let tokens = way.tokens;
  for (let widening = 0; widening <= WIDENINGS_MAX; widening++) {
    const tokensAllocated = await verifier.replan(way.apply(tokens));
    if (tokensAllocated !== null) {
      const amount = Math.max(tokens, way.tokensForBudget);
      const full = amount > tokens ? await verifier.replan(way.apply(amount)) : null;
      const forBudget =
        full === null || full <= tokensAllocated ? null : { amount, tokensAllocated: full };
      const { kind, capId, available: from } = way;
      const change = {
        capId,
        setting: null,
        from,
        to: from + tokens,
        amount: tokens,
        unit: 'tokens',
      };
      return {
        ...{ kind, changes: [kind === 'label' ? { ...change, from: 0, to: tokens } : change] },
        ...{ cost: tidy(tokens / tokenBudget), verified: true, tokensAllocated },
        ...{ forBudget, statement: way.statement(tokens) },
      };
    }
    tokens = stepOutwards(tokens, up);
    if (way.kind === 'label' && tokens > way.available) return null;
  }
  return null;
}
