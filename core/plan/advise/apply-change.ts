/**
 * A change of an advice made real: recipe and inventory with it. Pure and repeatable: the same change
 * on the same problem gives the same problem, so whoever doubts a figure can solve it again.
 *
 * New text is a source of its own under a grant of its own that allows everything for nothing: what it
 * may cost is the question. Labelled text moves
 * from its unknown stratum to one with a label, beside the text of that label which is there.
 */
import type { Key } from '../../random/draw.js';
import type { AddTextChange, AdviceChange, LabelTextChange } from '../../schema/advice.js';
import { canonicalJson } from '../../schema/canonical.js';
import { type Grant, USES } from '../../schema/grant.js';
import type { TruthLabel } from '../../schema/label.js';
import { TRUTH_LABELS } from '../../schema/label.js';
import type { Inventory, Stratum } from '../../schema/plan.js';
import type { Recipe } from '../../schema/recipe.js';
import type { ShareEstimate, TruthShares } from '../../schema/truth-shares.js';
import { drawTruthShares, estimateTruthShares, truthKey } from '../../stats/truth-shares.js';
import { exactNumber } from '../rational.js';
import { withSetting } from '../settings.js';
import { byKey, documentsPlanned, keyText } from '../stratum.js';

/** What a plan is asked for. */
export interface Problem {
  readonly recipe: Recipe;
  readonly inventory: Inventory;
}

/** Samples of what unknown text really is, per question. */
export const TRUTH_DRAWS = 32;

/** Interval of the truth that new text is given, two-sided; as the inventory's. */
const TRUTH_CONFIDENCE = 0.95;

export function applyChange(problem: Problem, change: AdviceChange): Problem {
  if (change.kind === 'set') {
    return { ...problem, recipe: withSetting(problem.recipe, change.key, change.to) };
  }
  return change.kind === 'add_text' ? addText(problem, change) : labelText(problem, change);
}

/** A name that neither list has: `base`, else `base-2`, .. */
function freeName(base: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base}-${n}`;
    if (!taken.has(name)) return name;
  }
}

/** Model family of new synthetic text: one that nobody has yet. */
export function newFamily(inventory: Inventory): string {
  return freeName('new-family', new Set(inventory.strata.map((s) => s.modelFamily)));
}

function assumedTruth({ labels }: Recipe, label: Stratum['label']): TruthShares {
  const tally = { label, own: null, domain: null, flags: null };
  const { thresholds } = labels;
  return estimateTruthShares(tally, { thresholds, confidence: TRUTH_CONFIDENCE });
}

/** Mean tokens of a document of the domain, else of all text; at least 1. */
function documentTokens({ strata }: Inventory, domain: string): number {
  const own = strata.filter((s) => s.domain === domain && s.tokens > 0);
  const rows = own.length > 0 ? own : strata;
  const documents = rows.reduce((sum, s) => sum + s.documents, 0);
  const tokens = rows.reduce((sum, s) => sum + s.tokens, 0);
  return Math.max(1, Math.round(tokens / Math.max(1, documents)));
}

function addText({ recipe, inventory }: Problem, change: AddTextChange): Problem {
  const { domain, label, modelFamily, tokens } = change;
  const name = freeName('new-text', new Set(recipe.sources.map((source) => source.name)));
  const grantId = freeName('new-text', new Set(recipe.grants.map((grant) => grant.grantId)));
  const size = Math.min(tokens, documentTokens(inventory, domain));
  const stratum: Stratum = {
    ...{ source: name, domain, label, modelFamily, grantId, lineageDepth: 0 },
    ...{ site: '', language: '', anchored: false },
    ...{ documents: Math.ceil(tokens / size), tokens, tokensMax: size, tokensMin: size },
    truth: assumedTruth(recipe, label),
  };
  return {
    recipe: {
      ...recipe,
      sources: [...recipe.sources, sourceOf(name, domain)],
      grants: [...recipe.grants, freeGrant(grantId)],
    },
    inventory: { ...inventory, strata: [...inventory.strata, stratum].sort(byKey) },
  };
}

function sourceOf(name: string, domain: string): Recipe['sources'][number] {
  return {
    ...{ name, paths: [name], domain: { kind: 'constant', value: domain } },
    fields: { id: 'id', text: 'text', created: 'created', url: 'url' },
    provenance: { kind: 'none' },
    ...{ modelFamily: null, language: null, grant: null },
    platform: { wellKnown: false, fields: {} },
    ...{ value: 1, maxRepetitionFactor: null, metadata: [] },
  };
}

/** Allows every use, commercial ones too, everywhere, for nothing. */
function freeGrant(grantId: string): Grant {
  return {
    ...{ grantId, kind: 'contract', grantor: null, spdxDeclared: null, spdxConcluded: null },
    scope: { sources: null, contentBefore: null, contentAfter: null },
    ...{ validFrom: null, validUntil: null, noticeDays: 0 },
    uses: Object.fromEntries(USES.map((use) => [use, 'allow' as const])) as Grant['uses'],
    conditions: { attributionText: null, shareAlike: false, noDerivatives: false },
    territory: { include: ['WORLD'], exclude: [] },
    ...{ fee: null, revokedAt: null, status: 'active', evidence: [] },
  };
}

/** `measured` where reviews or flags say at least what is synthetic, `unknown` where nothing does. */
export function basisOf(truth: TruthShares): ShareEstimate['basis'] {
  return truth.synthetic.basis;
}

/** Unknown text of a domain of which equally much is known, by key. */
export function unknownStrata(
  { strata }: Inventory,
  { domain, basis }: Pick<LabelTextChange, 'domain' | 'basis'>,
): Stratum[] {
  return strata
    .filter((s) => s.label === 'unknown' && s.tokens > 0)
    .filter((s) => s.domain === domain && basisOf(s.truth) === basis)
    .sort(byKey);
}

function labelText({ recipe, inventory }: Problem, change: LabelTextChange): Problem {
  const from = unknownStrata(inventory, change);
  const amounts = proRata(
    change.tokens,
    from.map((stratum) => stratum.tokens),
  );
  const strata = new Map(inventory.strata.map((stratum) => [keyText(stratum), stratum]));
  from.forEach((stratum, i) => {
    const found = outcomeOf(recipe, stratum, amounts[i]!, change);
    for (const [c, label] of TRUTH_LABELS.entries())
      move(strata, recipe, stratum, label, found[c]!);
    const tokens = stratum.tokens - amounts[i]!;
    if (tokens === 0) strata.delete(keyText(stratum));
    else strata.set(keyText(stratum), { ...stratum, ...partOf(stratum, tokens) });
  });
  return { recipe, inventory: { ...inventory, strata: [...strata.values()].sort(byKey) } };
}

/** Whole amounts in proportion to sizes that sum to `amount`; each at most its size. */
export function proRata(amount: number, sizes: readonly number[]): number[] {
  const all = BigInt(sizes.reduce((sum, size) => sum + size, 0));
  let [seen, given] = [0n, 0n];
  return sizes.map((size) => {
    seen += BigInt(size);
    const upTo = all === 0n ? 0n : (BigInt(amount) * seen) / all;
    const own = upTo - given;
    given = upTo;
    return exactNumber(own);
  });
}

/** Tokens by truth label of a stratum's text that was looked at. */
function outcomeOf(
  recipe: Recipe,
  stratum: Stratum,
  tokens: number,
  { outcome }: LabelTextChange,
): readonly number[] {
  if (outcome.kind === 'all')
    return TRUTH_LABELS.map((label) => (label === outcome.label ? tokens : 0));
  const shares = drawTruthShares(stratum.truth, drawKey(recipe, stratum), TRUTH_DRAWS)[
    outcome.draw
  ]!;
  const human = Math.min(tokens, Math.floor(shares[0] * tokens));
  const edited = Math.min(tokens - human, Math.floor(shares[1] * tokens));
  return [human, edited, tokens - human - edited];
}

/** Strata that share one estimate (pooled over their domain) are right or wrong together. */
function drawKey({ seed }: Recipe, { domain, truth }: Stratum): Key {
  return truthKey(seed, `advice/${domain}/${canonicalJson(truth)}`);
}

/** Tokens and documents of a part of a stratum. */
function partOf(stratum: Stratum, tokens: number): Pick<Stratum, 'tokens' | 'documents'> {
  return { tokens, documents: documentsPlanned(stratum, tokens) };
}

function move(
  strata: Map<string, Stratum>,
  recipe: Recipe,
  from: Stratum,
  label: TruthLabel,
  tokens: number,
): void {
  if (tokens === 0) return;
  const moved = { ...from, label, modelFamily: '', ...partOf(from, tokens) };
  const key = keyText(moved);
  const there = strata.get(key);
  const sum = there ?? { ...moved, truth: assumedTruth(recipe, label), tokens: 0, documents: 0 };
  strata.set(key, {
    ...sum,
    tokens: sum.tokens + moved.tokens,
    documents: sum.documents + moved.documents,
    tokensMax: Math.max(sum.tokensMax, moved.tokensMax),
    tokensMin: Math.min(sum.tokensMin, moved.tokensMin),
  });
}
