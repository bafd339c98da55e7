/**
 * Measuring a change: the whole problem is planned again with it, certified, and compared with the
 * plan as it is. Every figure of an advice comes from here; prices only say what is worth a try.
 */
import type { AdviceChange, AdviceGain, PlanFigures, Tried } from '../../schema/advice.js';
import { assert } from '../../schema/failure.js';
import type { Inventory, Plan } from '../../schema/plan.js';
import type { Recipe } from '../../schema/recipe.js';
import { licenceTerms } from '../licence.js';
import { byCode } from '../stratum.js';
import { applyChange, type Problem } from './apply-change.js';

/** The certified plan of a recipe on an inventory. */
export type Replan = (recipe: Recipe, inventory: Inventory) => Promise<Plan>;

/** Sum over domains of |tokens - target x total|; domains without a target count whole. */
export function deviationOf({ targetShares }: Recipe, plan: Plan): number {
  const wanted = Object.keys(targetShares);
  if (plan.status === 'infeasible' || wanted.length === 0) return 0;
  const tokens = new Map(wanted.map((domain) => [domain, 0]));
  for (const { domain, tokensAllocated } of plan.allocations) {
    tokens.set(domain, (tokens.get(domain) ?? 0) + tokensAllocated);
  }
  const domains = [...tokens.keys()].sort(byCode);
  return domains.reduce((sum, domain) => {
    const target = Object.hasOwn(targetShares, domain) ? targetShares[domain]! : 0;
    return sum + Math.abs(tokens.get(domain)! - target * plan.tokensAllocated);
  }, 0);
}

export function figuresOf(recipe: Recipe, plan: Plan): PlanFigures {
  const isOptimal = plan.status === 'optimal';
  return {
    status: plan.status,
    tokens: isOptimal ? plan.tokensAllocated : 0,
    deviationTokens: deviationOf(recipe, plan),
    minorUnits: isOptimal ? (plan.licenceCost?.minorUnits ?? 0) : 0,
  };
}

export interface ReplansOptions {
  readonly problem: Problem;
  readonly now: PlanFigures;
  readonly replan: Replan;
  /** Re-plans allowed in all. */
  readonly replansMax: number;
  readonly onReplan: (count: number) => void;
}

export type Gained = Exclude<AdviceGain, 'none'>;

/** Counts re-plans and remembers what was measured. */
export class Replans {
  readonly problem: Problem;
  readonly now: PlanFigures;
  /** Gains up to this are rounding to whole tokens: less than one per stratum, and one per domain. */
  readonly roundingTokens: number;
  /** Some text costs something, or a licence budget limits what it may cost. */
  readonly hasFees: boolean;
  /** The plan as it is was the first. */
  count = 1;
  private readonly options: ReplansOptions;
  private readonly known = new Map<string, Tried>();

  constructor(options: ReplansOptions) {
    const { strata } = options.problem.inventory;
    const usable = strata.filter((stratum) => stratum.tokens > 0);
    this.problem = options.problem;
    this.now = options.now;
    this.options = options;
    this.hasFees = licenceTerms(options.problem.recipe, usable) !== null;
    this.roundingTokens = usable.length + new Set(usable.map((s) => s.domain)).size;
  }

  /** True while at least `wanted` more re-plans are allowed. */
  hasLeft(wanted: number): boolean {
    return this.count + wanted <= this.options.replansMax;
  }

  async measure(change: AdviceChange): Promise<Tried> {
    return this.known.get(JSON.stringify(change)) ?? (await this.planWith(change)).tried;
  }

  /** The re-plan itself, too. It is not kept: a thousand plans of many strata would fill the memory. */
  async planWith(change: AdviceChange): Promise<{ tried: Tried; plan: Plan }> {
    const { recipe, inventory } = applyChange(this.problem, change);
    const plan = await this.options.replan(recipe, inventory);
    const tried = compare(change, this.now, figuresOf(recipe, plan));
    this.known.set(JSON.stringify(change), tried);
    this.count++;
    this.options.onReplan(this.count);
    return { tried, plan };
  }

  /** What a measured change gains first of all. Money counts where the question is what to pay. */
  gainOf(tried: Tried, gains: readonly Gained[] = ['tokens', 'deviation']): AdviceGain {
    return gains.find((gain) => this.isGain(tried, gain)) ?? 'none';
  }

  isGain(tried: Tried, gain: Gained): boolean {
    const least = gain === 'money' ? 0 : this.roundingTokens;
    return amountOf(tried, gain) > least;
  }
}

function compare(change: AdviceChange, now: PlanFigures, figures: PlanFigures): Tried {
  const gainTokens = figures.tokens - now.tokens;
  assert(Number.isSafeInteger(gainTokens), `gain ${gainTokens}`);
  return {
    ...{ change, figures, gainTokens },
    gainDeviation: now.deviationTokens - figures.deviationTokens,
    changeMinorUnits: figures.minorUnits - now.minorUnits,
  };
}

/** A gain in its unit: tokens of the mix, of deviation, or minor units saved. */
export function amountOf(tried: Tried, gain: AdviceGain): number {
  if (gain === 'tokens') return tried.gainTokens;
  if (gain === 'deviation') return tried.gainDeviation;
  return gain === 'money' ? -tried.changeMinorUnits : 0;
}
