/**
 * A second reading of a recipe, for small instances: every linear rule as `a x <= b` in whole numbers
 * (millionths of a token), the rest as plain loops. Shares no code with the planner but the types.
 * Written for what its tests need: truths are `assumed`, so bounds of a confidence stand as they are.
 */
import type { Grant } from '../core/schema/grant.js';
import type { Inventory, Stratum } from '../core/schema/plan.js';
import type { Cap, Recipe } from '../core/schema/recipe.js';

const PPM = 1_000_000;

/** a x <= b. `member` names the cap and scope, null what no recipe can change. */
export interface Plane {
  readonly a: readonly number[];
  readonly b: number;
  readonly member: string | null;
}

const RANK = ['commercial', 'unspecified', 'non_commercial', 'academic_only'];

function tierRank({ uses }: Grant): number {
  if (uses.commercial === 'allow' || uses.commercial === 'conditional') return 0;
  if (uses.commercial !== 'deny') return 1;
  return uses.redistribute_text === 'deny' && uses.pretrain === 'conditional' ? 3 : 2;
}

function tierOf(recipe: Recipe, grantId: string): string {
  const ranks = grantId.split(' AND ').map((id) => {
    const grant = recipe.grants.find((g) => g.grantId === id);
    return grant === undefined ? 1 : tierRank(grant);
  });
  return RANK[Math.max(...ranks)]!;
}

export const familyName = (s: Stratum) => (s.modelFamily === '' ? 'unstated' : s.modelFamily);

/** Millionths for which a token of the stratum counts in the cap. */
function weight(recipe: Recipe, cap: Cap, s: Stratum): number {
  if (cap.source !== null && cap.source !== s.source) return 0;
  if (cap.site !== null && s.site !== cap.site && !s.site.endsWith(`.${cap.site}`)) return 0;
  const [tag, wanted] = [s.language.toLowerCase(), (cap.language ?? '').toLowerCase()];
  if (cap.language !== null && tag !== wanted && !tag.startsWith(`${wanted}-`)) return 0;
  if (cap.licenceTier !== null && !cap.licenceTier.some((t) => t === tierOf(recipe, s.grantId)))
    return 0;
  if (cap.lineageDepth !== null && s.lineageDepth < cap.lineageDepth) return 0;
  if (cap.confidence !== null && cap.provenance !== null) return truthWeight(cap, s);
  if (cap.provenance !== null && !cap.provenance.includes(s.label)) return 0;
  if (cap.modelFamily === null) return PPM;
  return s.label === 'synthetic' && familyName(s) === cap.modelFamily ? PPM : 0;
}

const CLASSES = ['human_authored', 'human_edited', 'synthetic'] as const;

/** Bounds of a sum of classes: of one its own, of two what the third leaves. */
function truthWeight(cap: Cap, s: Stratum): number {
  const wanted = CLASSES.filter((c) => cap.provenance!.includes(c));
  if (s.label === 'unknown' && cap.provenance!.includes('unknown')) return PPM;
  const others = CLASSES.filter((c) => !wanted.includes(c));
  const isMaximum = cap.limit.kind.startsWith('max');
  if (wanted.length === 0) return 0;
  if (others.length === 0) return PPM;
  if (wanted.length === 1) {
    const { low, high } = s.truth[wanted[0]!];
    return Math.round((isMaximum ? high : low) * PPM);
  }
  const { low, high } = s.truth[others[0]!];
  return Math.round((1 - (isMaximum ? low : high)) * PPM);
}

export const usable = (inventory: Inventory) => inventory.strata.filter((s) => s.tokens > 0);
export const domainsIn = (strata: readonly Stratum[]) => [...new Set(strata.map((s) => s.domain))];

/** Most tokens of a stratum; factors of the tests have at most six decimals. */
export function mostOf(recipe: Recipe, s: Stratum): number {
  const own = recipe.sources.find((source) => source.name === s.source)!.maxRepetitionFactor;
  return Math.floor((Math.round((own ?? recipe.maxRepetitionFactor) * PPM) * s.tokens) / PPM);
}

/** Rows of caps, in millionths. */
function capPlanes(recipe: Recipe, strata: readonly Stratum[]): Plane[] {
  return recipe.caps.flatMap((cap) => {
    const scopes = cap.domain === 'each' ? domainsIn(strata) : [cap.domain];
    return scopes.map((scope) => {
      const sign = cap.limit.kind.startsWith('max') ? 1 : -1;
      const share = 'share' in cap.limit ? Math.round(cap.limit.share * PPM) : 0;
      const a = strata.map((s) =>
        scope === 'all' || s.domain === scope ? sign * (weight(recipe, cap, s) - share) : 0,
      );
      const b = 'tokens' in cap.limit ? sign * cap.limit.tokens * PPM : 0;
      return { a, b, member: JSON.stringify([cap.id, scope]) };
    });
  });
}

/** No family above its share of the synthetic text, in the mix and in each domain. */
function familyPlanes(recipe: Recipe, strata: readonly Stratum[]): Plane[] {
  const rule = recipe.modelFamilies;
  if (rule === null) return [];
  const share = Math.round(rule.maxShare * PPM);
  const member = JSON.stringify(['model_families', 'all']);
  return ['all', ...domainsIn(strata)].flatMap((scope) => {
    const inside = strata.map((s) => s.label === 'synthetic' && [s.domain, 'all'].includes(scope));
    const families = new Set(strata.filter((_, i) => inside[i]).map(familyName));
    return [...families].map((family) => {
      const a = strata.map((s, i) =>
        inside[i] ? (familyName(s) === family ? PPM : 0) - share : 0,
      );
      return { a, b: 0, member };
    });
  });
}

const unit = (strata: readonly Stratum[], i: number, value: number) =>
  strata.map((_, k) => (k === i ? value : 0));

/** Every linear rule: limits of strata, the budget, caps, shares of families. */
export function planesOf(recipe: Recipe, inventory: Inventory): Plane[] {
  const strata = usable(inventory);
  return [
    ...strata.map((s, i) => ({ a: unit(strata, i, 1), b: mostOf(recipe, s), member: null })),
    ...strata.map((_, i) => ({ a: unit(strata, i, -1), b: 0, member: null })),
    {
      a: strata.map(() => 1),
      b: recipe.tokenBudget,
      member: JSON.stringify(['token_budget', 'all']),
    },
    ...capPlanes(recipe, strata),
    ...familyPlanes(recipe, strata),
  ];
}

/** Families of each domain that has synthetic text, where every one of them holds a document. */
export function hasFamilies(recipe: Recipe, strata: readonly Stratum[], x: readonly number[]) {
  const rule = recipe.modelFamilies;
  if (rule === null) return true;
  return domainsIn(strata).every((domain) => {
    const written = strata.filter(
      (s, i) => s.domain === domain && s.label === 'synthetic' && x[i]! > 0,
    );
    return written.length === 0 || new Set(written.map(familyName)).size >= rule.minCount;
  });
}

/** Millionths of a cent: prices of the tests have at most six decimals of a major unit. */
const micro = (text: string | null) => (text === null ? 0 : Math.round(Number(text) * PPM));

/** What the grants of a mix cost, in minor units of a currency with cents. */
export function moneyOf(recipe: Recipe, strata: readonly Stratum[], x: readonly number[]): number {
  let cents = 0;
  for (const { grantId, fee } of recipe.grants) {
    const at = strata.flatMap((s, i) => (s.grantId.split(' AND ').includes(grantId) ? [i] : []));
    if (fee === null || !at.some((i) => x[i]! > 0)) continue;
    const documents = (i: number) => Math.ceil((strata[i]!.documents * x[i]!) / strata[i]!.tokens);
    const counted = at.map((i) => {
      const { tokens, documents: all } = strata[i]!;
      if (fee.meter === 'ingested') return { tokens, documents: all };
      if (fee.meter === 'trained') return { tokens: x[i]!, documents: documents(i) };
      return { tokens: Math.min(x[i]!, tokens), documents: Math.min(documents(i), all) };
    });
    const sum = (of: 'tokens' | 'documents') => counted.reduce((n, c) => n + c[of], 0);
    const epochs = Math.max(...at.map((i) => Math.ceil(x[i]! / strata[i]!.tokens)));
    let price = micro(fee.fixed) + micro(fee.perToken) * sum('tokens');
    price += micro(fee.perDocument) * sum('documents') + micro(fee.perEpoch) * epochs;
    price = Math.max(price, micro(fee.minimum));
    if (fee.cap !== null) price = Math.min(price, micro(fee.cap));
    cents += Math.floor(price / (PPM / 100) + 0.5);
  }
  return cents;
}

export const budgetCents = ({ licenceBudget }: Recipe) =>
  licenceBudget === null ? Infinity : Math.round(Number(licenceBudget.amount) * 100);

export const dot = (a: readonly number[], x: readonly number[]) =>
  a.reduce((sum, value, i) => sum + value * x[i]!, 0);

/** Every whole allocation of at least one token that keeps every rule, by walking the whole grid. */
export function* wholeMixes(recipe: Recipe, inventory: Inventory): Generator<number[]> {
  const strata = usable(inventory);
  const planes = planesOf(recipe, inventory);
  const most = strata.map((s) => mostOf(recipe, s));
  const x = strata.map(() => 0);
  for (;;) {
    let i = 0;
    while (i < x.length && x[i] === most[i]) x[i++] = 0;
    if (i === x.length) return;
    x[i]! += 1;
    if (!planes.every(({ a, b }) => dot(a, x) <= b)) continue;
    if (hasFamilies(recipe, strata, x) && moneyOf(recipe, strata, x) <= budgetCents(recipe))
      yield [...x];
  }
}
