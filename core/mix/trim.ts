/**
 * Makes rules hold on whole documents. A plan's tokens become documents that never pass their quota,
 * so a stratum may fall short, the denominator of a share shrinks, and a share that the plan kept
 * may be passed by a document's width. Then documents leave, highest rank first, from the strata
 * whose going mends the rule and breaks no floor, until every rule holds. Each step removes at least one
 * document, so it ends; the same input gives the same steps.
 */
import { capUsages, type TallyRow } from '../plan/cap-usages.js';
import type { CapUsage, Inventory } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import type { StratumChoice } from './choose.js';
import { Floors, type Need, trimProblem, trimRules } from './trim-rules.js';

export interface TrimResult {
  /** Documents that left. */
  readonly dropped: number;
  /** Caps that no removal can mend, or that ran out of listed documents. */
  readonly breached: readonly CapUsage[];
  /** True where a wider window of documents may help. */
  readonly exhausted: boolean;
}

/**
 * A document that does not cover the need counts as this many tokens worse: more than a document holds, so one
 * that does always goes first.
 */
const TOO_SMALL_TOKENS = 1e9;

/** A stratum's last document counts as this many tokens worse: more than all else can, so it goes last. */
const LAST_TOKENS = 1e12;

/**
 * The stratum whose next document covers the need most tightly and breaks no floor; a stratum's last
 * document stays if it can.
 */
function nextToDrop(
  choices: readonly StratumChoice[],
  need: Need,
  floors: Floors,
): { readonly position: number; readonly tokens: number } | null {
  let best: { position: number; tokens: number; cost: number } | null = null;
  for (const [position, needed] of need) {
    const { nextTokens: tokens, documents } = choices[position]!;
    if (tokens === null) continue;
    const over = tokens >= needed ? tokens - needed : needed - tokens + TOO_SMALL_TOKENS;
    const cost = over + (documents === 1 ? LAST_TOKENS : 0);
    // Of equal costs the first stays.
    if (best !== null && cost >= best.cost) continue;
    if (floors.allows(position, choices[position]!.tokens, tokens))
      best = { position, tokens, cost };
  }
  return best;
}

export function tallyOf(choices: readonly StratumChoice[]): TallyRow[] {
  return choices.map(({ source, tokens, documents }) => ({ key: source.key, tokens, documents }));
}

/** Drops documents from `choices` until every rule that can be mended holds. */
export function trimToCaps(
  recipe: Recipe,
  inventory: Inventory,
  choices: readonly StratumChoice[],
): TrimResult {
  const problem = trimProblem(recipe, tallyOf(choices), inventory);
  const rules = trimRules(problem);
  const floors = new Floors(problem);
  let dropped = 0;
  for (let isStable = false; !isStable; ) {
    isStable = true;
    for (const rule of rules) {
      for (;;) {
        const usage = rule.usage();
        if (usage === null || usage.kept) break;
        const need = rule.need(usage);
        const next = need === null ? null : nextToDrop(choices, need, floors);
        if (next === null) {
          return { dropped, breached: [usage], exhausted: need !== null && hasMore(choices, need) };
        }
        const choice = choices[next.position]!;
        floors.dropped(next.position, choice.tokens, next.tokens);
        for (const each of rules) each.dropped(next.position, next.tokens);
        choice.dropLast();
        dropped++;
        isStable = false;
      }
    }
  }
  const breached = capUsages(recipe, tallyOf(choices), inventory).filter((usage) => !usage.kept);
  return { dropped, breached, exhausted: false };
}

/** Whether documents that would help lie outside the windows. */
function hasMore(choices: readonly StratumChoice[], need: Need): boolean {
  return [...need.keys()].some((i) => choices[i]!.nextTokens === null && choices[i]!.tokens > 0);
}
