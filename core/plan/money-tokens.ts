/**
 * Whole tokens against money. Fractions cost what they are parts of; a token or a document more may pass
 * the budget by a little. Then one stratum gives up the few tokens that mend it, or several a document each, and what that leaves
 * is filled where it costs nothing. Rows, limits and money bound a stratum from one side, so each
 * amount is found by halving.
 */
import { assert } from '../schema/failure.js';
import type { Instance } from './instance.js';
import { tokensWithin } from './licence.js';
import { LicenceMeter } from './licence-meter.js';
import { isByDocument } from './licence-rows.js';
import { anchoredOf, type MixModel } from './mix-model.js';
import type { Staged } from './stages.js';
import { documentsPlanned } from './stratum.js';
import { sumOf } from './sums.js';
import { exactRows, limitsOf } from './whole-tokens.js';

/** Above this many strata the few tokens that moving strata one by one brings are left. */
const STRATA_MAX = 1024;

/** Whole tokens of a program's optimum. */
export interface Whole {
  readonly model: MixModel;
  readonly staged: Staged;
  readonly tokens: readonly number[];
}

/** The licence budget while strata change one by one. */
class Purse {
  private readonly strata: Instance['strata'];
  private readonly meter: LicenceMeter;
  private readonly limit: number;

  constructor({ licence, strata }: Instance, tokens: readonly number[]) {
    assert(licence !== null && licence.budgetMinorUnits !== null, 'no budget limits the money');
    const documents = strata.map((stratum, i) => documentsPlanned(stratum, tokens[i]!));
    this.strata = strata;
    this.limit = licence.budgetMinorUnits;
    this.meter = new LicenceMeter(licence, strata, { tokens, documents });
  }

  private amountAt(i: number, tokens: number) {
    return { tokens, documents: documentsPlanned(this.strata[i]!, tokens) };
  }

  get isEnough(): boolean {
    return this.meter.minorUnits <= this.limit;
  }

  /** Whether the money is enough with so many tokens of one stratum. */
  pays(i: number, tokens: number): boolean {
    return this.meter.minorUnits - this.meter.savedBy(i, this.amountAt(i, tokens)) <= this.limit;
  }

  set(i: number, tokens: number): void {
    this.meter.set(i, this.amountAt(i, tokens));
  }
}

/** Less of the one stratum that needs to give up fewest tokens; null where none alone is enough. */
export function trimmedTokens({ model, staged, tokens }: Whole): number[] | null {
  if (tokens.length > STRATA_MAX) return null;
  const { lower } = limitsOf(model, staged);
  const rows = exactRows(model.instance, tokens, anchoredOf(model.instance, model));
  const purse = new Purse(model.instance, tokens);
  let best: { i: number; left: number; lost: number } | null = null;
  for (const [i, at] of tokens.entries()) {
    const most = at - lower[i]!;
    const left = mostFitting(most, (more) => purse.pays(i, lower[i]! + more));
    if (left === null) continue;
    const lost = most - left;
    if (!rows.allows(i, -lost) || (best !== null && best.lost <= lost)) continue;
    best = { i, left: lower[i]! + left, lost };
  }
  return best === null ? null : tokens.with(best.i, best.left);
}

/**
 * Less of several strata, each back to the end of the document before, fewest tokens first, until the money is
 * enough; null where it never is.
 */
export function documentsFewer({ model, staged, tokens }: Whole): number[] | null {
  if (tokens.length > STRATA_MAX) return null;
  const { instance } = model;
  const { lower } = limitsOf(model, staged);
  const rows = exactRows(instance, tokens, anchoredOf(instance, model));
  const purse = new Purse(instance, tokens);
  const steps = documentSteps(model, tokens).sort((a, b) => a.lost - b.lost || a.i - b.i);
  for (const { i, lost } of steps) {
    if (tokens[i]! - lost < lower[i]! || !rows.allows(i, -lost)) continue;
    rows.move(i, -lost);
    purse.set(i, rows.tokens[i]!);
    if (purse.isEnough) return [...rows.tokens];
  }
  return null;
}

/** Tokens that each stratum loses with the document that it begins last, where that is paid for. */
function documentSteps({ instance }: MixModel, tokens: readonly number[]) {
  const fees = (instance.licence?.fees ?? []).filter(({ fee }) => isByDocument(fee));
  const paid = new Set(
    fees.flatMap(({ fee, strata }) =>
      // Text that is repeated for free saves nothing.
      strata.filter((i) => fee.meter !== 'in_mix' || tokens[i]! <= instance.strata[i]!.tokens),
    ),
  );
  return [...paid].flatMap((i) => {
    const stratum = instance.strata[i]!;
    const documents = documentsPlanned(stratum, tokens[i]!);
    return documents === 0 ? [] : [{ i, lost: tokens[i]! - tokensWithin(stratum, documents - 1) }];
  });
}

/** Strata in use raised, farthest below their fraction first, up to the total. */
export function filledTokens({ model, staged, tokens }: Whole, total: number): readonly number[] {
  let rest = total - sumOf(tokens);
  if (rest <= 0 || tokens.length > STRATA_MAX) return tokens;
  const { upper } = limitsOf(model, staged);
  const rows = exactRows(model.instance, tokens, anchoredOf(model.instance, model));
  const purse = new Purse(model.instance, tokens);
  const gap = (i: number) => Math.round(staged.tokens[i]! - tokens[i]!);
  const order = tokens.map((_, i) => i).filter((i) => tokens[i]! > 0);
  order.sort((a, b) => gap(b) - gap(a) || a - b);
  for (let raised = -1; raised !== 0 && rest > 0; ) {
    raised = 0;
    for (const i of order) {
      const at = rows.tokens[i]!;
      const fits = (more: number) => rows.allows(i, more) && purse.pays(i, at + more);
      const more = mostFitting(Math.min(rest, upper[i]! - at), fits) ?? 0;
      if (more > 0) {
        rows.move(i, more);
        purse.set(i, at + more);
      }
      raised += more;
      rest -= more;
    }
  }
  return [...rows.tokens];
}

/** The most in [0, most] that fits, where everything below what fits does too; null where 0 does not. */
function mostFitting(most: number, fits: (amount: number) => boolean): number | null {
  if (most < 0 || !fits(0)) return null;
  let [low, high] = [0, most];
  while (low < high) {
    const middle = low + Math.ceil((high - low) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
