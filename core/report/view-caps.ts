/** Caps and model families of a report: usage as written beside the plan's, tightest first. */
import type { Manifest } from '../schema/manifest.js';
import type { CapUsage, OptimalPlan } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import { byText, sumBy, totals } from './tally.js';
import type { CapRow, FamilyRow, Verdict } from './view-types.js';

/** Whether a kind's limit is a share; some do not say so in their name. */
export function isShareKind(kind: string): boolean {
  return kind.endsWith('share') || ['min_budget', 'anchor', 'churn'].includes(kind);
}

/** How much of what a cap allows is taken: 1 at the limit, above 1 when it is breached. */
export function tightnessOf(cap: CapUsage): number {
  const minimum = cap.kind.includes('min_') || cap.kind === 'anchor';
  const [taken, allowed] = minimum ? [cap.limitTokens, cap.part] : [cap.part, cap.limitTokens];
  if (taken <= 0) return 0;
  if (allowed <= 0) return cap.kept ? 1 : 2;
  return taken / allowed;
}

/** One text per usage: a cap in one scope, a rule by what it limits. */
export const capKey = ({ capId, scope, kind }: CapUsage): string =>
  JSON.stringify([capId, scope, kind]);

/** Breached first, then tightest first, then by id and scope. */
export function capRows(caps: readonly CapUsage[], plan: OptimalPlan | null): CapRow[] {
  const plans = new Map(plan?.caps.map((cap) => [capKey(cap), cap]));
  const rows = caps.map((cap) => {
    const planned = plans.get(capKey(cap));
    return {
      ...cap,
      planned: planned?.used ?? null,
      shadowPrice: planned?.shadowPrice ?? null,
      price: planned?.price ?? null,
      tightness: tightnessOf(cap),
    };
  });
  return rows.sort(
    (a, b) =>
      Number(a.kept) - Number(b.kept) ||
      b.tightness - a.tightness ||
      byText(a.capId, b.capId) ||
      byText(a.scope, b.scope),
  );
}

export function verdictOf(caps: readonly CapUsage[]): Verdict {
  const breached = caps.filter((cap) => !cap.kept).length;
  const kept = caps.length - breached;
  if (caps.length === 0) return { kept, breached, sentence: 'No caps were asked for.' };
  const were = (count: number) => `${count} ${count === 1 ? 'cap' : 'caps'}`;
  return { kept, breached, sentence: `${were(kept)} kept, ${breached} breached` };
}

/** The tightest max_share on exactly one label of a whole domain; null where none applies. */
export function labelLimit(
  caps: readonly CapUsage[],
  recipe: Recipe | null,
  wanted: { domain: string; label: 'synthetic' | 'unknown' },
): number | null {
  const ids = new Set(
    recipe?.caps
      .filter((cap) => cap.source === null && cap.modelFamily === null && cap.licensed !== true)
      .filter((cap) => cap.lineageDepth === null && cap.confidence === null)
      .filter((cap) => cap.provenance?.length === 1 && cap.provenance[0] === wanted.label)
      .map((cap) => cap.id),
  );
  const limits = caps
    .filter((cap) => cap.kind === 'max_share' && cap.scope === wanted.domain && ids.has(cap.capId))
    .map((cap) => cap.limit);
  return limits.length === 0 ? null : Math.min(...limits);
}

/** Synthetic tokens by family: the mix as `all`, then every domain that holds synthetic text. */
export function familyRows(manifest: Manifest, recipe: Recipe | null): FamilyRow[] {
  const synthetic = manifest.strata.filter(
    (row) => row.label === 'synthetic' && row.tokensWritten > 0,
  );
  if (synthetic.length === 0) return [];
  const domains = [...new Set(synthetic.map((row) => row.domain))].sort(byText);
  const rules = recipe?.modelFamilies ?? null;
  return [null, ...domains].map((domain) => {
    const rows = domain === null ? synthetic : synthetic.filter((row) => row.domain === domain);
    const tokens = sumBy(rows, (row) => row.tokensWritten);
    const families = totals(
      rows,
      (row) => row.modelFamily,
      (row) => row.tokensWritten,
    ).map(([family, part]) => ({ family, tokens: part, share: part / tokens }));
    const maxShare = rules?.maxShare ?? null;
    const minCount = rules?.minCount ?? null;
    return { scope: domain ?? 'all', tokens, families, maxShare, minCount };
  });
}
