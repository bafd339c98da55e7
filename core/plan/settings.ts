/**
 * One value of the recipe by its key in the recipe file, for the keys that ways out and advice change. What
 * `--set key=value` does to the file this does to the parsed recipe: the same recipe comes out.
 */
import { assert } from '../schema/failure.js';
import type { Cap, CapLimit, Recipe } from '../schema/recipe.js';
import { REPETITION_CAP } from './cap-rows.js';

export type SettingValue = number | string | null;

interface Setting {
  readonly get: (recipe: Recipe) => SettingValue;
  readonly set: (recipe: Recipe, to: SettingValue) => Recipe;
}

const amount = (to: SettingValue): number => {
  assert(typeof to === 'number', `a number expected, not ${to}`);
  return to;
};

const PLAIN: Readonly<Record<string, Setting>> = {
  token_budget: {
    get: (recipe) => recipe.tokenBudget,
    set: (recipe, to) => ({ ...recipe, tokenBudget: amount(to) }),
  },
  min_budget_share: {
    get: (recipe) => recipe.minBudgetShare,
    set: (recipe, to) => ({ ...recipe, minBudgetShare: amount(to) }),
  },
  max_repetition_factor: {
    get: (recipe) => recipe.maxRepetitionFactor,
    set: (recipe, to) => ({ ...recipe, maxRepetitionFactor: amount(to) }),
  },
  churn_max: {
    get: (recipe) => recipe.churnMax,
    set: (recipe, to) => ({ ...recipe, churnMax: to === null ? null : amount(to) }),
  },
  'anchor.min_share': {
    get: (recipe) => recipe.anchor?.minShare ?? null,
    set: (recipe, to) => ({ ...recipe, anchor: { ...recipe.anchor!, minShare: amount(to) } }),
  },
  'model_families.max_share': {
    get: (recipe) => recipe.modelFamilies?.maxShare ?? null,
    set: (recipe, to) => withFamilies(recipe, { maxShare: amount(to) }),
  },
  'model_families.min_count': {
    get: (recipe) => recipe.modelFamilies?.minCount ?? null,
    set: (recipe, to) => withFamilies(recipe, { minCount: amount(to) }),
  },
  'licence_budget.amount': {
    get: (recipe) => recipe.licenceBudget?.amount ?? null,
    set: (recipe, to) => ({
      ...recipe,
      licenceBudget: { ...recipe.licenceBudget!, amount: String(to) },
    }),
  },
};

function withFamilies(
  recipe: Recipe,
  given: Partial<NonNullable<Recipe['modelFamilies']>>,
): Recipe {
  return { ...recipe, modelFamilies: { ...recipe.modelFamilies!, ...given } };
}

/** A cap's limit: `caps.ID.max_share`, or `caps.POSITION.max_share`. An id may hold dots. */
function capSetting(name: string, kind: CapLimit['kind']): Setting {
  const indexIn = ({ caps }: Recipe) => {
    const named = caps.findIndex(({ id }) => id === name);
    return named >= 0 ? named : Number(name);
  };
  return {
    get: (recipe) => {
      const limit = recipe.caps[indexIn(recipe)]?.limit;
      return limit === undefined ? null : 'share' in limit ? limit.share : limit.tokens;
    },
    set: (recipe, to) => {
      const index = indexIn(recipe);
      const caps = recipe.caps.map((cap, i) =>
        i === index ? { ...cap, limit: limitOf(kind, amount(to)) } : cap,
      );
      return { ...recipe, caps };
    },
  };
}

/** The key of a cap's limit. A name with `=` would end the key; the position names the cap as well. */
export function capLimitKey({ caps }: Recipe, { id, limit }: Cap): string {
  const name = id.includes('=') ? String(caps.findIndex((cap) => cap.id === id)) : id;
  return `caps.${name}.${limit.kind}`;
}

/** The key of the factor that limits a source: its own, else the recipe's. */
export function repetitionKey(recipe: Recipe, source: string | null): string {
  const own = recipe.sources.find(({ name }) => name === source)?.maxRepetitionFactor ?? null;
  return own === null ? REPETITION_CAP : `sources.${source}.${REPETITION_CAP}`;
}

function limitOf(kind: CapLimit['kind'], to: number): CapLimit {
  return kind === 'max_share' || kind === 'min_share' ? { kind, share: to } : { kind, tokens: to };
}

function sourceSetting(name: string): Setting {
  return {
    get: (recipe) => recipe.sources.find((s) => s.name === name)?.maxRepetitionFactor ?? null,
    set: (recipe, to) => ({
      ...recipe,
      sources: recipe.sources.map((source) =>
        source.name === name ? { ...source, maxRepetitionFactor: amount(to) } : source,
      ),
    }),
  };
}

function settingOf(key: string): Setting {
  if (Object.hasOwn(PLAIN, key)) return PLAIN[key]!;
  const cap = /^caps\.(.+)\.(max_share|min_share|max_tokens|min_tokens)$/s.exec(key);
  if (cap !== null) return capSetting(cap[1]!, cap[2] as CapLimit['kind']);
  const source = /^sources\.(.+)\.max_repetition_factor$/.exec(key);
  assert(source !== null, `no key that advice changes: ${key}`);
  return sourceSetting(source[1]!);
}

export function settingValue(recipe: Recipe, key: string): SettingValue {
  return settingOf(key).get(recipe);
}

export function withSetting(recipe: Recipe, key: string, to: SettingValue): Recipe {
  return settingOf(key).set(recipe, to);
}
