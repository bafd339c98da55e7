/**
 * What text that is not there yet would be worth, by domain and label. First so much of it that more
 * could not help: where that gains nothing, nothing binds there. Else two steps, and a walk to the
 * amount from which on more adds nothing.
 *
 * The gain g(s) of s tokens is concave (a maximum of a linear program over its right-hand side), up to
 * whole tokens and the integers of families and fees. So a line through the last two sizes that fall
 * short meets the whole gain at or before the amount that is sought, and hits it where g is straight.
 */
import type { AddTextChange, TextLine, Tried } from '../../schema/advice.js';
import type { Label } from '../../schema/label.js';
import type { Inventory } from '../../schema/plan.js';
import type { Recipe } from '../../schema/recipe.js';
import { byCode } from '../stratum.js';
import { newFamily } from './apply-change.js';
import { amountOf, type Gained, type Replans } from './replans.js';

/** First step: 1 % of the budget, at most a million tokens. The second is ten times that. */
const STEP_SHARE = 0.01;
const STEP_MAX = 1_000_000;
const STEP_FACTOR = 10;

/** Sizes that the walk tries after the steps. */
const WALK_MAX = 6;
/** The walk ends when it knows the amount to this factor. */
const WALK_PRECISION = 1.02;
/** A worth that falls by less than this over the walk holds. */
const HOLDS = 0.99;

/** Re-plans that one line takes at most. */
export const TEXT_REPLANS_MAX = 3 + WALK_MAX;

export interface TextQuestion {
  readonly domain: string;
  readonly label: Label;
  readonly modelFamily: string;
}

export function stepTokens({ tokenBudget }: Recipe): number {
  return Math.max(1, Math.min(STEP_MAX, Math.floor(STEP_SHARE * tokenBudget)));
}

/**
 * Every domain of the targets and of the text, neediest first, with human text, with synthetic text of a
 * new model family, and with what a minimum asks for besides: edited text alone, a named family.
 */
export function textQuestions(
  recipe: Recipe,
  inventory: Inventory,
  missing: ReadonlyMap<string, number>,
): TextQuestion[] {
  const usable = inventory.strata.filter((stratum) => stratum.tokens > 0);
  const domains = new Set([...Object.keys(recipe.targetShares), ...usable.map((s) => s.domain)]);
  const ordered = [...domains].sort(
    (a, b) => (missing.get(b) ?? 0) - (missing.get(a) ?? 0) || byCode(a, b),
  );
  return kindsOf(recipe, inventory).flatMap(({ label, modelFamily }) =>
    ordered.map((domain) => ({ domain, label, modelFamily })),
  );
}

function kindsOf({ caps }: Recipe, inventory: Inventory): Omit<TextQuestion, 'domain'>[] {
  const minima = caps.filter((cap) => cap.limit.kind.startsWith('min'));
  const editedAlone = minima.some(
    ({ provenance }) =>
      provenance?.includes('human_edited') === true && !provenance.includes('human_authored'),
  );
  const named = minima.flatMap((cap) => (cap.modelFamily === null ? [] : [cap.modelFamily]));
  const families = [newFamily(inventory), ...[...new Set(named)].sort(byCode)];
  return [
    { label: 'human_authored', modelFamily: '' },
    ...(editedAlone ? [{ label: 'human_edited', modelFamily: '' } as const] : []),
    ...families.map((modelFamily) => ({ label: 'synthetic', modelFamily }) as const),
  ];
}

/** So much text that more could not help: the budget, in as many passes as are allowed. */
function enoughTokens({ tokenBudget, maxRepetitionFactor }: Recipe): number {
  if (maxRepetitionFactor >= 1 || maxRepetitionFactor === 0) return tokenBudget;
  return Math.min(Number.MAX_SAFE_INTEGER, Math.ceil(tokenBudget / maxRepetitionFactor));
}

/** One line; every figure in it is measured. */
export async function textWorth(replans: Replans, question: TextQuestion): Promise<TextLine> {
  const { recipe } = replans.problem;
  const measure = (tokens: number) => replans.measure({ kind: 'add_text', ...question, tokens });
  const all = await measure(enoughTokens(recipe));
  const gain = replans.gainOf(all, ['tokens', 'deviation', 'money']);
  if (gain === 'none') return { ...question, gain, ...NO_WORTH, tried: [all] };
  const step = stepTokens(recipe);
  const sizes = [step, step * STEP_FACTOR].filter((s) => s < sizeOf(all));
  const tried = [all];
  for (const size of sizes) tried.push(await measure(size));
  if (gain !== 'money') await walk(replans, gain, tried, measure);
  tried.sort((a, b) => sizeOf(a) - sizeOf(b));
  const useful = gain === 'money' ? null : usefulOf(replans, gain, tried);
  // Below it a gain may be lost in the rounding.
  const first = tried.find((one) => replans.isGain(one, gain))!;
  const perMillion = (amount: number) => (amount / sizeOf(first)) * 1e6;
  return {
    ...question,
    ...{ gain, tried },
    worthTokens: perMillion(first.gainTokens),
    worthDeviation: perMillion(first.gainDeviation),
    worthMinorUnits: replans.hasFees ? perMillion(-first.changeMinorUnits) : null,
    tokensUseful: useful === null ? null : sizeOf(useful),
    holds: useful !== null && rateOf(useful, gain) >= HOLDS * rateOf(first, gain),
  };
}

const NO_WORTH = {
  ...{ worthTokens: 0, worthDeviation: 0, worthMinorUnits: null },
  ...{ tokensUseful: null, holds: false },
} as const;

const sizeOf = (tried: Tried) => (tried.change as AddTextChange).tokens;
const rateOf = (tried: Tried, gain: Gained) => amountOf(tried, gain) / sizeOf(tried);

/** Whether a size reaches the whole gain, up to rounding. */
function isWhole(replans: Replans, gain: Gained, tried: Tried, whole: number): boolean {
  return amountOf(tried, gain) >= whole - replans.roundingTokens;
}

/** The smallest size tried that reaches the whole gain. */
function usefulOf(replans: Replans, gain: Gained, tried: readonly Tried[]): Tried {
  const whole = amountOf(tried.at(-1)!, gain);
  return tried.find((one) => isWhole(replans, gain, one, whole))!;
}

/** Adds sizes until the least one with the whole gain is known. */
async function walk(
  replans: Replans,
  gain: Gained,
  tried: Tried[],
  measure: (tokens: number) => Promise<Tried>,
): Promise<void> {
  const whole = amountOf(tried[0]!, gain);
  for (let n = 0; n < WALK_MAX; n++) {
    tried.sort((a, b) => sizeOf(a) - sizeOf(b));
    const at = tried.findIndex((one) => isWhole(replans, gain, one, whole));
    const high = sizeOf(tried[at]!);
    const low = at === 0 ? 0 : sizeOf(tried[at - 1]!);
    if (high <= low * WALK_PRECISION + 1) return;
    const guess = at === 0 ? Math.ceil(high / STEP_FACTOR) : guessOf(tried, at - 1, gain, whole);
    const inside = Math.min(Math.max(guess, low + 1), high - 1);
    // Every third size halves the ratio, whatever the line says: integers bend the gain. So does each
    // where there is no line: the smaller sizes gain nothing.
    const isLine = guess < Number.MAX_SAFE_INTEGER && (n % 3 !== 2 || low === 0);
    const size = isLine ? inside : Math.round(Math.sqrt(Math.max(1, low) * high));
    const next = await measure(Math.min(Math.max(size, low + 1), high - 1));
    tried.push(next);
    if (isLine && at > 0 && isWhole(replans, gain, next, whole)) return;
  }
}

/** Where the line through the last two sizes that fall short meets the whole gain. */
function guessOf(tried: readonly Tried[], last: number, gain: Gained, whole: number): number {
  const [x1, y1] = [sizeOf(tried[last]!), amountOf(tried[last]!, gain)];
  const before = last > 0 ? tried[last - 1]! : null;
  const [x0, y0] = before === null ? [0, 0] : [sizeOf(before), amountOf(before, gain)];
  const slope = (y1 - y0) / (x1 - x0);
  return slope <= 0 ? Number.MAX_SAFE_INTEGER : Math.ceil(x1 + (whole - y1) / slope);
}
