/**
 * Ways out that leave the rules alone: text to find, unknown text to label. The program has the text as
 * a stratum of unlimited size and takes as little of it as a mix needs; a second question asks how little the most of
 * the budget needs.
 */
import { canonicalJson } from '../schema/canonical.js';
import { LIMITS } from '../schema/limits.js';
import type { Cap } from '../schema/recipe.js';
import { BUDGET_FLOOR, FAMILIES_CAP } from './cap-rows.js';
import { isConfident } from './cap-weights.js';
import { type Changed, NEW_FAMILY, type WantedText, withLabels, withText } from './found-text.js';
import { type Instance, instanceOf } from './instance.js';
import type { ChangeContext } from './least-change.js';
import { roundOutwards } from './readable.js';
import { type Point, RelaxedModel } from './relaxed-model.js';
import { count } from './rule-statement.js';
import { byCode, keyText, repetitionFactors } from './stratum.js';

/** Texts that are tried. */
const TEXTS_MAX = 6;
/** Part of the most reachable tokens that "the most of the budget" may fall short of. */
const SHORT = 1e-9;

/** What to add, how much of it, and recipe and inventory with that much. */
export interface TextWay {
  readonly kind: 'text' | 'label';
  readonly capId: string;
  readonly available: number;
  readonly tokens: number;
  /** For the most of the budget that the text makes reachable. */
  readonly tokensForBudget: number;
  readonly apply: (tokens: number) => Changed;
  readonly statement: (tokens: number) => string;
}

/** Ways by text and labels for the members of a conflict; none that frees nothing. */
export async function textWays(
  context: ChangeContext,
  members: readonly number[],
): Promise<TextWay[]> {
  const { model } = context;
  const wanted = new Map<string, readonly [string, WantedText]>();
  const domainsAsked = domainsOfMembers(model, members);
  for (const g of members) {
    const { capId, scope } = model.groups[g]!;
    for (const text of wantedTexts(model.instance, { capId, scope, domainsAsked })) {
      const key = canonicalJson(text);
      if (!wanted.has(key)) wanted.set(key, [capId, text]);
    }
  }
  const ways: TextWay[] = [];
  for (const [capId, text] of [...wanted.values()].slice(0, TEXTS_MAX)) {
    const way = await findText(context, capId, text);
    if (way !== null) ways.push(way);
  }
  for (const [scope, capId] of unknownScopes(model, members)) {
    const way = await labelText(context, scope, capId);
    if (way !== null) ways.push(way);
  }
  return ways;
}

/** Domains that the members speak of; where they speak of the mix alone, the one with the most text. */
function domainsOfMembers(model: RelaxedModel, members: readonly number[]): string[] {
  const { strata, domains, recipe } = model.instance;
  const scopes = members.map((g) => model.groups[g]!.scope).filter((scope) => scope !== 'all');
  if (scopes.length > 0) return [...new Set(scopes)].sort(byCode);
  const sizeOf = (domain: string) =>
    strata.reduce((sum, s) => sum + (s.domain === domain ? s.tokens : 0), 0);
  const targets = Object.keys(recipe.targetShares);
  const best = [...(targets.length > 0 ? targets : domains)].sort(
    (a, b) => sizeOf(b) - sizeOf(a) || byCode(a, b),
  );
  return best.slice(0, 1);
}

interface Asked {
  readonly capId: string;
  readonly scope: string;
  readonly domainsAsked: readonly string[];
}

const ANY: Omit<WantedText, 'domain' | 'label'> = {
  ...{ modelFamily: '', source: null, site: '', language: '', lineageDepth: 0, tier: null },
};

/** Text that would help a rule: what a floor counts, what a ceiling does not count, another family. */
function wantedTexts(instance: Instance, { capId, scope, domainsAsked }: Asked): WantedText[] {
  const { recipe, families } = instance;
  const cap = recipe.caps.find(({ id }) => id === capId);
  const within = scope === 'all' ? domainsAsked : [scope];
  if (cap !== undefined) return within.flatMap((domain) => textsForCap(instance, cap, domain));
  if (capId === BUDGET_FLOOR) {
    return within.map((domain) => ({ ...ANY, domain, label: 'human_authored' as const }));
  }
  if (capId !== FAMILIES_CAP) return [];
  const synthetic = [...new Set(families.map((row) => row.scope))].filter((s) => s !== 'all');
  const places = within.filter((domain) => synthetic.includes(domain));
  return (places.length > 0 ? places : within).map((domain) => {
    return { ...ANY, domain, label: 'synthetic' as const, modelFamily: NEW_FAMILY };
  });
}

function textsForCap({ recipe }: Instance, cap: Cap, domain: string): WantedText[] {
  const isFloor = cap.limit.kind.startsWith('min');
  if (cap.limit.kind === 'max_tokens') return [];
  if (!isFloor) {
    const label = (['human_authored', 'human_edited', 'synthetic'] as const).find(
      (l) => !(cap.provenance ?? []).includes(l),
    );
    return label === undefined || label === 'synthetic' ? [] : [{ ...ANY, domain, label }];
  }
  const listed = cap.provenance ?? ['human_authored'];
  const label =
    cap.modelFamily !== null
      ? 'synthetic'
      : listed.includes('human_authored')
        ? 'human_authored'
        : listed[0]!;
  const source = recipe.sources.find(({ name }) => name === cap.source);
  if (cap.source !== null && source === undefined) return [];
  const isElsewhere = source?.domain.kind === 'constant' && source.domain.value !== domain;
  if (isElsewhere && cap.domain !== 'all') return [];
  return [
    {
      domain: isElsewhere && source.domain.kind === 'constant' ? source.domain.value : domain,
      label,
      modelFamily: cap.modelFamily ?? (label === 'synthetic' ? NEW_FAMILY : ''),
      ...{ source: cap.source, site: cap.site ?? '', language: cap.language ?? '' },
      lineageDepth: cap.lineageDepth ?? 0,
      tier: cap.licenceTier?.[0] ?? null,
    },
  ];
}

/** Domains (or `all`) in which a member limits unknown text or asks for human text, with the member's id. */
function unknownScopes(model: RelaxedModel, members: readonly number[]): Map<string, string> {
  const { recipe } = model.instance;
  const scopes = new Map<string, string>();
  for (const g of members) {
    const { capId, scope } = model.groups[g]!;
    const cap = recipe.caps.find(({ id }) => id === capId);
    if (cap === undefined || cap.provenance === null || scopes.has(scope)) continue;
    const isCeiling = cap.limit.kind.startsWith('max');
    const hasUnknown = cap.provenance.includes('unknown') || isConfident(cap);
    const asksHuman = !isCeiling && cap.provenance.some((label) => label.startsWith('human_'));
    if ((isCeiling && hasUnknown) || asksHuman) scopes.set(scope, capId);
  }
  return scopes;
}

/** So much that more would not matter. */
function amountMost({ recipe }: Instance): number {
  const floors = recipe.caps.map(({ limit }) => ('tokens' in limit ? limit.tokens : 0));
  return Math.min(2 ** 50, 10 * Math.max(recipe.tokenBudget, ...floors));
}

async function findText(
  { model, options, solver }: ChangeContext,
  capId: string,
  text: WantedText,
): Promise<TextWay | null> {
  const { recipe, inventory, strata } = model.instance;
  const before = { recipe, inventory };
  const { key, ...wide } = withText(before, text, amountMost(model.instance));
  const changed = RelaxedModel.open(instanceOf(wide.recipe, wide.inventory), options, solver);
  const at = changed.instance.strata.findIndex((stratum) => keyText(stratum) === key);
  const column = changed.mix.x[at]!;
  const factor = repetitionFactors(recipe)(text.source ?? '');
  const { tokensPerUnit } = changed.instance;
  const tokensAt = (point: Point) => Math.max(1, (point[column]! * tokensPerUnit) / factor);
  const needed = factor > 0 ? await leastOf(changed, [column], tokensAt) : null;
  changed.close();
  model.solves += changed.solves;
  if (needed === null) return null;
  const counted = strata.filter((s) => s.domain === text.domain && s.label === text.label);
  const free = (model.instance.licence?.fees.length ?? 0) > 0 ? ' without a fee' : '';
  return {
    ...{ kind: 'text', capId, ...needed },
    available: counted.reduce((sum, s) => sum + s.tokens, 0),
    apply: (tokens) => withText(before, text, tokens),
    statement: (tokens) =>
      `find ${count(tokens)} more ${tokens === 1 ? 'token' : 'tokens'} of ${textName(text)}${free}`,
  };
}

/** `health text that is human_authored, from source medquad`. */
function textName(text: WantedText): string {
  const family =
    text.modelFamily === NEW_FAMILY
      ? ' by another model family'
      : ` by model family ${text.modelFamily}`;
  const parts = [
    text.source === null ? '' : ` from source ${text.source}`,
    text.site === '' ? '' : ` of site ${text.site}`,
    text.language === '' ? '' : ` in language ${text.language}`,
    text.tier === null ? '' : ` under a ${text.tier} licence`,
    text.lineageDepth === 0 ? '' : ` of lineage depth ${text.lineageDepth}`,
  ];
  const label = text.label.replace('_', '-');
  return `${label} ${text.domain} text${text.modelFamily === '' ? '' : family}${parts.join('')}`;
}

/** Least tokens for a mix, and for the most of the budget; null where nothing frees. */
async function leastOf(
  changed: RelaxedModel,
  columns: readonly number[],
  tokensAt: (point: Point) => number,
): Promise<{ tokens: number; tokensForBudget: number } | null> {
  const objective = { indices: columns, values: columns.map(() => 1) };
  const point = await changed.least(() => 'on', objective);
  if (point === null) return null;
  const round = (tokens: number) => roundOutwards(tokens, { up: true, isWhole: true });
  const tokens = round(tokensAt(point));
  const most = await changed.tokensUnder(changed.groups.map((_, g) => g));
  const units = (most / changed.instance.tokensPerUnit) * (1 - SHORT);
  const full = await changed.least(() => 'on', objective, Math.max(changed.unitsLeast, units));
  const tokensForBudget = full === null ? tokens : Math.max(tokens, round(tokensAt(full)));
  return { tokens, tokensForBudget: Math.min(tokensForBudget, LIMITS.tokenBudget) };
}

interface Pair {
  readonly key: string;
  readonly tokens: number;
  readonly column: number;
}

/**
 * Unknown text of a scope that evidence shows to be human. With y tokens moved: unknown <= factor x (u - y),
 * human <= factor x (h + y).
 */
async function labelText(
  { model, options, solver }: ChangeContext,
  scope: string,
  capId: string,
): Promise<TextWay | null> {
  const { recipe, inventory, strata } = model.instance;
  const before = { recipe, inventory };
  const unknown = strata.filter(
    (s) => s.label === 'unknown' && (scope === 'all' || s.domain === scope),
  );
  if (unknown.length === 0) return null;
  const both = new Map(inventory.strata.map((s) => [keyText(s), s.tokens]));
  const all = new Map(unknown.map((s) => [keyText(s), s.tokens]));
  const wide = withLabels(before, all).inventory;
  const strataWide = [...wide.strata, ...unknown];
  const instance = instanceOf(recipe, { ...wide, strata: strataWide });
  const changed = RelaxedModel.open(instance, options, solver);
  const factorOf = repetitionFactors(recipe);
  const positions = new Map(instance.strata.map((s, i) => [keyText(s), i]));
  const { tokensPerUnit } = instance;
  const pairs = unknown.map((s): Pair => {
    const human = { ...s, label: 'human_authored' as const };
    const factor = factorOf(s.source);
    const column = changed.session.addColumn({ lower: 0, upper: s.tokens / tokensPerUnit });
    const [u, h] = [s, human].map((k) => changed.mix.x[positions.get(keyText(k))!]!) as [
      number,
      number,
    ];
    const bound = (tokens: number) => ({
      lower: -Infinity,
      upper: (factor * tokens) / tokensPerUnit,
    });
    changed.session.addRow({ indices: [u, column], values: [1, factor], ...bound(s.tokens) });
    const known = both.get(keyText(human)) ?? 0;
    changed.session.addRow({ indices: [h, column], values: [1, -factor], ...bound(known) });
    return { key: keyText(s), tokens: s.tokens, column };
  });
  const columns = pairs.map(({ column }) => column);
  let last: Point | null = null;
  const needed = await leastOf(changed, columns, (point) => {
    last ??= point;
    return columns.reduce((sum, c) => sum + point[c]! * tokensPerUnit, 0);
  });
  changed.close();
  model.solves += changed.solves;
  if (needed === null || last === null) return null;
  const point: Point = last;
  const available = pairs.reduce((sum, { tokens }) => sum + tokens, 0);
  const place = scope === 'all' ? '' : `${scope} `;
  return {
    ...{ kind: 'label', capId, available },
    tokens: Math.min(needed.tokens, available),
    tokensForBudget: Math.min(needed.tokensForBudget, available),
    apply: (tokens) => withLabels(before, divided(pairs, point, tokens, tokensPerUnit)),
    statement: (tokens) =>
      `label ${count(tokens)} tokens of unknown ${place}text as human: a declaration, an allow-list or reviews`,
  };
}

/** Tokens to label, divided as the program has it; what rounding adds goes where there is room. */
function divided(
  pairs: readonly Pair[],
  point: Point,
  tokens: number,
  tokensPerUnit: number,
): Map<string, number> {
  const moved = new Map<string, number>();
  let left = tokens;
  const give = (pair: Pair, amount: number) => {
    const before = moved.get(pair.key) ?? 0;
    const given = Math.max(0, Math.min(amount, pair.tokens - before, left));
    if (given > 0) moved.set(pair.key, before + given);
    left -= given;
  };
  for (const pair of pairs) give(pair, Math.ceil(point[pair.column]! * tokensPerUnit - 1e-6));
  for (const pair of pairs) give(pair, left);
  return moved;
}
