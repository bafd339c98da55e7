/**
 * The rows that every stage shares. Columns: tokens per stratum, tokens per domain, synthetic tokens
 * per scope, total; all in units of tokensPerUnit. A share cap is `part - share x whole <= 0`: its
 * right-hand side is tokens of slack, and so is what its dual prices. In a cap at a confidence the part is a sum of
 * bounds x tokens. The total is at most the budget, and at least the part of it that the recipe asks for.
 */
import { BUDGET_CAP, type CapRow, FAMILIES_CAP } from './cap-rows.js';
import { WHOLE_WEIGHT } from './cap-weights.js';
import { groupBy } from './group-by.js';
import type { Instance } from './instance.js';
import { addLicence, type LicenceColumns, type MoneyOptions } from './licence-rows.js';
import { ModelDraft } from './model.js';
import { addRules, churnRoom, type RuleRows } from './rule-rows.js';
import { byCode, familyOf, presenceTokens } from './stratum.js';

export interface MixModel {
  readonly draft: ModelDraft;
  readonly instance: Instance;
  /** Column of each stratum. */
  readonly x: readonly number[];
  readonly total: number;
  readonly domains: ReadonlyMap<string, number>;
  /** Row of each entry of `instance.caps`. */
  readonly capRows: readonly number[];
  /** Rows of the rule on families, by scope. */
  readonly familyRows: ReadonlyMap<string, readonly number[]>;
  readonly licence: LicenceColumns | null;
  readonly rules: RuleRows;
  readonly hasRoom: boolean;
  /** Where an integer says that a family is present: its stratum then holds `tokens` at least. */
  readonly presence: readonly Presence[];
  /** Strata that may hold nothing: synthetic text of domains that cannot reach the number of families. */
  readonly barred: readonly number[];
  /** Columns and rows that the caps come to; what lies behind belongs to wishes. */
  readonly size: { readonly columns: number; readonly rows: number };
}

export interface Presence {
  readonly column: number;
  readonly position: number;
  readonly tokens: number;
  /** All strata of the family in the domain. */
  readonly part: readonly number[];
}

export interface MixModelOptions extends MoneyOptions {
  /** Domains in which the number of families is stated with integers. */
  readonly presence: ReadonlySet<string>;
  /** Most tokens per stratum, where budget and repetition shall not bound its column. */
  readonly most?: readonly number[];
  /** Whether the anchor and churn leave room for whole documents and tokens. */
  readonly hasRoom: boolean;
}

export function mixModel(instance: Instance, options: MixModelOptions): MixModel {
  const draft = new ModelDraft();
  const { recipe, strata, writable, tokensPerUnit } = instance;
  const budget = recipe.tokenBudget / tokensPerUnit;
  const x = writable.map((tokens, i) => {
    const most = options.most?.[i] ?? Math.min(recipe.tokenBudget, tokens);
    return draft.addColumn(`x${i}`, 0, most / tokensPerUnit);
  });
  const total = draft.addColumn('total', 0, Infinity);
  draft.addRow([[total, 1]], { upper: budget }, { capId: BUDGET_CAP, scope: 'all' });
  const domains = new Map<string, number>();
  for (const [domain, positions] of groupBy(strata, (s) => s.domain)) {
    domains.set(
      domain,
      addSum(
        draft,
        `domain:${domain}`,
        positions.map((i) => x[i]!),
      ),
    );
  }
  draft.addRow([[total, -1], ...[...domains.values()].map((c) => [c, 1] as const)], EQUAL);
  const presence: Presence[] = [];
  const barred: number[] = [];
  const base = { draft, instance, x, total, domains, presence, barred };
  const capRows = instance.caps.map((row) => addCap(base, row));
  const familyRows = addFamilies(base, options.presence);
  const written = { ...instance, writable: options.most ?? writable };
  const licence = addLicence(draft, written, x, options);
  const rules = addRules(
    { ...base, instance: written },
    {
      anchored: anchoredOf(instance, options),
      churnRoom: options.hasRoom ? churnRoom(instance) : 0,
    },
  );
  const size = { columns: draft.columns.length, rows: draft.rows.length };
  return { ...base, capRows, familyRows, licence, rules, size, hasRoom: options.hasRoom };
}

/** Tokens of the anchor that the model keeps; null where there is no such rule. */
export function anchoredOf({ anchor }: Instance, { hasRoom }: Pick<MixModelOptions, 'hasRoom'>) {
  if (anchor === null) return null;
  return hasRoom ? anchor.roomy : anchor.least;
}

const EQUAL = { lower: 0, upper: 0 } as const;
type Base = Pick<MixModel, 'draft' | 'instance' | 'x' | 'total' | 'domains'> & {
  readonly presence: Presence[];
  readonly barred: number[];
};

/** A column that is the sum of others. */
export function addSum(draft: ModelDraft, name: string, columns: readonly number[]): number {
  const sum = draft.addColumn(name, 0, Infinity);
  draft.addRow([[sum, -1], ...columns.map((column) => [column, 1] as const)], EQUAL);
  return sum;
}

function addCap({ draft, instance, x, total, domains }: Base, row: CapRow): number {
  const of = { capId: row.capId, scope: row.scope };
  const terms: [number, number][] = row.part.map((i, at) => [
    x[i]!,
    row.weights === null ? 1 : row.weights[at]! / WHOLE_WEIGHT,
  ]);
  const whole = row.scope === 'all' ? total : domains.get(row.scope);
  const tokens = row.limit / instance.tokensPerUnit;
  switch (row.kind) {
    case 'max_tokens':
      return draft.addRow(terms, { upper: tokens }, of);
    case 'min_tokens':
      return draft.addRow(terms, { lower: tokens }, of);
    case 'max_share':
    case 'min_share':
      if (whole !== undefined) terms.push([whole, -row.limit]);
      return draft.addRow(terms, row.kind === 'max_share' ? { upper: 0 } : { lower: 0 }, of);
  }
}

/** Family rule: shares as rows; counts by `presence`, or by leaving out what cannot reach them. */
function addFamilies(base: Base, presence: ReadonlySet<string>): Map<string, number[]> {
  const { draft, instance, x } = base;
  const rule = instance.recipe.modelFamilies;
  const rows = new Map<string, number[]>();
  if (rule === null) return rows;
  for (const [scope, positions] of groupBy(instance.families, (row) => row.scope)) {
    const families = positions.map((i) => instance.families[i]!);
    const of = { capId: FAMILIES_CAP, scope };
    const list: number[] = [];
    rows.set(scope, list);
    const sum = addSum(
      draft,
      `synthetic:${scope}`,
      families[0]!.whole.map((i) => x[i]!),
    );
    for (const { part } of families) {
      if (rule.maxShare >= 1) break;
      const terms = part.map((i) => [x[i]!, 1] as const);
      list.push(draft.addRow([...terms, [sum, -rule.maxShare]], { upper: 0 }, of));
    }
    if (scope === 'all') continue;
    if (familiesPresentable(instance, scope).size < rule.minCount) {
      list.push(draft.addRow([[sum, 1]], { upper: 0 }, of));
      base.barred.push(...families[0]!.whole);
    } else if (presence.has(scope)) addPresence(base, scope, rule.minCount);
  }
  return rows;
}

/**
 * In one domain: v = 1 when it has synthetic text, w_f = 1 when family f is present with at least one
 * document: the easiest stratum of the family then holds its presence tokens.
 */
function addPresence(
  { draft, instance, x, presence }: Base,
  domain: string,
  minCount: number,
): void {
  const of = { capId: FAMILIES_CAP, scope: domain };
  const used = draft.addColumn(`uses:${domain}`, 0, 1, true);
  const present: number[] = [];
  const easiest = familiesPresentable(instance, domain);
  for (const { scope, family, part } of instance.families) {
    if (scope !== domain) continue;
    const entry = easiest.get(family);
    const w = draft.addColumn(`present:${domain}:${family}`, 0, entry === undefined ? 0 : 1, true);
    for (const i of part) {
      draft.addRow(
        [
          [x[i]!, 1],
          [w, -draft.columns[x[i]!]!.upper],
        ],
        { upper: 0 },
        of,
      );
    }
    if (entry !== undefined) {
      const least = entry.tokens / instance.tokensPerUnit;
      presence.push({ column: w, ...entry, part });
      draft.addRow(
        [
          [x[entry.position]!, 1],
          [w, -least],
        ],
        { lower: 0 },
        of,
      );
    }
    draft.addRow(
      [
        [w, 1],
        [used, -1],
      ],
      { upper: 0 },
      of,
    );
    present.push(w);
  }
  const terms = present.map((w) => [w, 1] as const);
  draft.addRow([...terms, [used, -minCount]], { lower: 0 }, of);
}

/** Per family of a domain, the stratum that needs the fewest tokens to hold a document. */
export function familiesPresentable(
  instance: Instance,
  domain: string,
): Map<string, { position: number; tokens: number }> {
  const easiest = new Map<string, { position: number; tokens: number }>();
  for (const { scope, family, part } of instance.families) {
    if (scope !== domain) continue;
    for (const position of part) {
      const tokens = presenceTokens(instance.strata[position]!, instance.writable[position]!);
      const before = easiest.get(family);
      if (tokens === null || (before !== undefined && before.tokens <= tokens)) continue;
      easiest.set(family, { position, tokens });
    }
  }
  return easiest;
}

/** Domains with synthetic tokens, but fewer families with a whole document than the rule asks. */
export function domainsShortOfFamilies(instance: Instance, tokens: readonly number[]): string[] {
  const rule = instance.recipe.modelFamilies;
  if (rule === null) return [];
  const short: string[] = [];
  const synthetic = groupBy(instance.strata, (s, i) =>
    s.label === 'synthetic' && tokens[i]! > 0 ? s.domain : null,
  );
  for (const [domain, positions] of synthetic) {
    const present = positions.filter((i) => {
      const least = presenceTokens(instance.strata[i]!, instance.writable[i]!);
      return least !== null && tokens[i]! >= least;
    });
    const families = new Set(present.map((i) => familyOf(instance.strata[i]!)));
    if (families.size < rule.minCount) short.push(domain);
  }
  return short.sort(byCode);
}
