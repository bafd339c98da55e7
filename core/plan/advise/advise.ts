/**
 * A planned problem in, a shopping list out: what text is worth, which unknown text to label first,
 * which limit costs most, what money buys. Prices of the plan choose what is tried; every figure is a
 * full re-plan with the change, certified, less the plan as it is. The number of re-plans is bounded;
 * what could not be tried within the bound is said, never left out silently. Where no mix is possible,
 * the plan's ways out are the advice.
 */
import type { Advice, MoneyAdvice, TextLine } from '../../schema/advice.js';
import { LIMITS } from '../../schema/limits.js';
import type { InfeasiblePlan, OptimalPlan, Plan } from '../../schema/plan.js';
import type { Recipe } from '../../schema/recipe.js';
import { cheapestLine } from '../way-line.js';
import { adviceNotes } from './advice-notes.js';
import type { Problem } from './apply-change.js';
import { dearestLimitOf, headlineOf } from './headline.js';
import { LABEL_REPLANS_MAX, labelFirst, labelQuestions } from './label-first.js';
import { bindingUsages, LIMIT_REPLANS_MAX, limitCost, limitQuestions } from './limit-cost.js';
import { MONEY_REPLANS_MAX, moneyWorth } from './money-worth.js';
import { sortedLabels, sortedLimits, sortedText } from './order.js';
import { figuresOf, type Replan, Replans } from './replans.js';
import { TEXT_REPLANS_MAX, textQuestions, textWorth } from './text-worth.js';

/** Parts of an advice in the order in which they are worked out. */
export const ADVICE_PARTS = ['limits', 'money', 'text', 'labels'] as const;
export type AdvicePart = (typeof ADVICE_PARTS)[number];

export interface AdviceOptions {
  readonly problem: Problem;
  readonly replan: Replan;
  /** The plan as it is with its ways out, where it is known to be infeasible; else `replan` must find them. */
  readonly infeasible?: InfeasiblePlan | null;
  readonly replansMax?: number;
  /** Questions of a part that are answered, of how many, and re-plans so far. */
  readonly onProgress?: (part: AdvicePart, done: number, total: number, replans: number) => void;
}

/** The advice on a problem; an optimal plan as it is comes from the same planner. Throws what planning throws. */
export async function advise(options: AdviceOptions): Promise<Advice> {
  const { problem, replan } = options;
  const { recipe, inventory } = problem;
  const plan = options.infeasible ?? (await replan(recipe, inventory));
  const work = new Work(options, plan);
  const { replans } = work;
  if (plan.status === 'infeasible') return adviceOnInfeasible(problem, plan, replans);
  const limitsAsked = limitQuestions(recipe, bindingUsages(plan));
  const limits = await work.answer('limits', limitsAsked.slice(0, LIMITS.adviceLimits), {
    ...{ replansMax: LIMIT_REPLANS_MAX, nameOf: (q) => q.step.key },
    ask: (q) => limitCost(replans, q),
  });
  work.skip(limitsAsked.slice(LIMITS.adviceLimits).map((q) => q.step.key));
  const [money = null] = await work.answer('money', recipe.licenceBudget === null ? [] : [plan], {
    ...{ replansMax: MONEY_REPLANS_MAX, nameOf: () => 'licence money' },
    ask: (of) => moneyWorth(replans, of),
  });
  const text = await work.answer(
    'text',
    textQuestions(recipe, inventory, missingOf(recipe, plan)),
    {
      ...{ replansMax: TEXT_REPLANS_MAX, nameOf: (q) => `${q.label} text of ${q.domain}` },
      ask: (q) => textWorth(replans, q),
    },
  );
  const labels = await work.answer('labels', labelQuestions(inventory), {
    ...{ replansMax: LABEL_REPLANS_MAX, nameOf: (q) => `labels of ${q.domain}` },
    ask: (q) => labelFirst(replans, q),
  });
  const lines = {
    text: sortedText(text.map((line) => inMoney(line, money))),
    labels: sortedLabels(labels),
    limits: sortedLimits(limits),
    money,
  };
  const found = {
    ...({ schemaVersion: 1, recipeFingerprint: plan.recipeFingerprint } as const),
    ...{ tokenBudget: recipe.tokenBudget, currency: currencyOf(recipe, plan) },
    ...{ now: replans.now, ...lines },
    ...{ waysOut: [], roundingTokens: replans.roundingTokens, replans: replans.count },
  };
  const notes = adviceNotes(found, work.skipped);
  return { ...found, headline: headlineOf(found), dearestLimit: dearestLimitOf(found), notes };
}

interface Answering<Q, A> {
  /** Re-plans that one question takes at most. */
  readonly replansMax: number;
  readonly nameOf: (question: Q) => string;
  readonly ask: (question: Q) => Promise<A>;
}

/** Asks one question after the other while re-plans are left. */
class Work {
  readonly replans: Replans;
  readonly skipped: string[] = [];
  private readonly onProgress: NonNullable<AdviceOptions['onProgress']>;
  private at: { part: AdvicePart; done: number; total: number } | null = null;

  constructor(
    { problem, replan, replansMax = LIMITS.adviceReplans, onProgress }: AdviceOptions,
    plan: Plan,
  ) {
    this.onProgress = onProgress ?? (() => undefined);
    const now = figuresOf(problem.recipe, plan);
    const onReplan = () => this.say();
    this.replans = new Replans({ problem, now, replan, replansMax, onReplan });
  }

  async answer<Q, A>(
    part: AdvicePart,
    questions: readonly Q[],
    { replansMax, nameOf, ask }: Answering<Q, A>,
  ): Promise<A[]> {
    const answers: A[] = [];
    this.at = { part, done: 0, total: questions.length };
    for (const question of questions) {
      if (this.replans.hasLeft(replansMax)) answers.push(await ask(question));
      else this.skip([nameOf(question)]);
      this.at.done++;
      this.say();
    }
    return answers;
  }

  skip(names: readonly string[]): void {
    this.skipped.push(...names);
  }

  private say(): void {
    if (this.at === null) return;
    this.onProgress(this.at.part, this.at.done, this.at.total, this.replans.count);
  }
}

/**
 * Of an infeasible recipe the plan has said what frees it, for every member of its conflict, with least amounts and each planned again:
 * prices and small steps have nothing to add where no mix is possible.
 */
function adviceOnInfeasible(
  { recipe }: Problem,
  plan: InfeasiblePlan,
  { now, roundingTokens, count }: Replans,
): Advice {
  return {
    ...{ schemaVersion: 1, recipeFingerprint: plan.recipeFingerprint },
    ...{ tokenBudget: recipe.tokenBudget, currency: recipe.licenceBudget?.currency ?? null, now },
    ...{
      headline: cheapestLine(plan.waysOut, recipe.tokenBudget),
      dearestLimit: null,
      text: [],
      labels: [],
      limits: [],
      money: null,
    },
    ...{ waysOut: plan.waysOut, notes: plan.notes, roundingTokens, replans: count },
  };
}

/** Tokens that a domain lacks for its target, so that the neediest are asked about first. */
function missingOf({ targetShares, tokenBudget }: Recipe, plan: OptimalPlan): Map<string, number> {
  const reached = new Map(plan.targets.map((t) => [t.domain, t.tokens]));
  return new Map(
    Object.entries(targetShares).map(([domain, share]) => [
      domain,
      share * tokenBudget - (reached.get(domain) ?? 0),
    ]),
  );
}

function currencyOf(recipe: Recipe, plan: OptimalPlan): string | null {
  return recipe.licenceBudget?.currency ?? plan.licenceCost?.currency ?? null;
}

/**
 * Where money binds, text is worth at least what its gain costs at today's rate of the licence budget:
 * more money buys ever less, so the same gain by money costs as much or more.
 */
function inMoney(line: TextLine, money: MoneyAdvice | null): TextLine {
  if (money === null || !(money.tokensPerMinorUnit > 0) || line.gain !== 'tokens') return line;
  return { ...line, worthMinorUnits: line.worthTokens / money.tokensPerMinorUnit };
}
