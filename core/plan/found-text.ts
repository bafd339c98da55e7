/**
 * Text that is not there yet, as strata: what a way out may find, or label. Found text comes under a grant of its
 * own that allows everything and costs nothing, from a source of its own where the rule names none.
 */

import { type Grant, type LicenceTier, USES, type Use } from '../schema/grant.js';
import type { Label } from '../schema/label.js';
import type { Inventory, Stratum } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import { estimateTruthShares } from '../stats/truth-shares.js';
import { byKey, keyText } from './stratum.js';

export interface WantedText {
  readonly domain: string;
  readonly label: Label;
  /** '' where the text is not synthetic. */
  readonly modelFamily: string;
  /** null: any source. */
  readonly source: string | null;
  readonly site: string;
  readonly language: string;
  readonly lineageDepth: number;
  /** null: any tier. */
  readonly tier: LicenceTier | null;
}

export interface Changed {
  readonly recipe: Recipe;
  readonly inventory: Inventory;
}

/** A family that the recipe does not know. */
export const NEW_FAMILY = 'another-family';
const NEW_SOURCE = 'found-text';
const NEW_GRANT = 'found-text';

/** Truth of text with a label that nobody reviewed: what the policy's thresholds promise. */
function truthOf(recipe: Recipe, label: Label): Stratum['truth'] {
  const { thresholds } = recipe.labels;
  return estimateTruthShares(
    { label, own: null, domain: null, flags: null },
    { thresholds, confidence: 0.95 },
  );
}

const unused = (name: string, taken: ReadonlySet<string>): string =>
  taken.has(name) ? unused(`${name}-`, taken) : name;

/** Recipe and inventory with so many tokens of the text, in documents of one token. */
export function withText(
  { recipe, inventory }: Changed,
  wanted: WantedText,
  tokens: number,
): Changed & { readonly key: string } {
  const names = new Set(recipe.sources.map(({ name }) => name));
  const source = wanted.source ?? unused(NEW_SOURCE, names);
  const grantId = unused(NEW_GRANT, new Set(recipe.grants.map((g) => g.grantId)));
  const { domain, label, modelFamily, site, language, lineageDepth } = wanted;
  const stratum: Stratum = {
    ...{ source, domain, label, modelFamily, grantId, lineageDepth, site, language },
    ...{ anchored: false, documents: tokens, tokens, tokensMax: 1, tokensMin: 1 },
    truth: truthOf(recipe, label),
  };
  const template = { ...recipe.sources[0]!, name: source, value: 1, maxRepetitionFactor: null };
  return {
    recipe: {
      ...recipe,
      sources: wanted.source === null ? [...recipe.sources, template] : recipe.sources,
      grants: [...recipe.grants, freeGrant(grantId, wanted.tier ?? 'commercial')],
    },
    inventory: { ...inventory, strata: [...inventory.strata, stratum].sort(byKey) },
    key: keyText(stratum),
  };
}

/** A grant of the tier that allows pretraining. */
function freeGrant(grantId: string, tier: LicenceTier): Grant {
  const uses = Object.fromEntries(USES.map((use) => [use, 'allow'])) as Record<Use, 'allow'>;
  const commercial = tier === 'commercial' ? 'allow' : tier === 'unspecified' ? 'unstated' : 'deny';
  const narrow =
    tier === 'academic_only'
      ? ({ redistribute_text: 'deny', pretrain: 'conditional' } as const)
      : {};
  return {
    ...{ grantId, kind: 'contract', grantor: null, spdxDeclared: null, spdxConcluded: null },
    scope: { sources: null, contentBefore: null, contentAfter: null },
    ...{ validFrom: null, validUntil: null, noticeDays: 0 },
    uses: { ...uses, commercial, ...narrow },
    conditions: { attributionText: null, shareAlike: false, noDerivatives: false },
    territory: { include: ['WORLD'], exclude: [] },
    ...{ fee: null, revokedAt: null, status: 'active', evidence: [] },
  };
}

/** Tokens of unknown label that become human, by the key of their stratum; documents pro rata. */
export function withLabels(
  { recipe, inventory }: Changed,
  moved: ReadonlyMap<string, number>,
): Changed {
  const strata = new Map(inventory.strata.map((s) => [keyText(s), s]));
  for (const [key, tokens] of moved) {
    const from = strata.get(key)!;
    const documents = Math.min(
      from.documents,
      Math.ceil((from.documents * tokens) / Math.max(1, from.tokens)),
    );
    const human = { ...from, label: 'human_authored' as const };
    const known = strata.get(keyText(human));
    strata.set(keyText(human), {
      ...human,
      truth: known?.truth ?? truthOf(recipe, 'human_authored'),
      tokens: (known?.tokens ?? 0) + tokens,
      documents: (known?.documents ?? 0) + documents,
      tokensMax: Math.max(known?.tokensMax ?? 0, from.tokensMax),
      tokensMin: Math.min(known?.tokensMin ?? Infinity, from.tokensMin),
    });
    if (from.tokens === tokens) strata.delete(key);
    else {
      const left = {
        tokens: from.tokens - tokens,
        documents: Math.max(1, from.documents - documents),
      };
      strata.set(key, { ...from, ...left });
    }
  }
  return { recipe, inventory: { ...inventory, strata: [...strata.values()].sort(byKey) } };
}
