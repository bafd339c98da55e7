/**
 * Licence money as rows. Per grant, with x_s tokens of stratum s and m_s those that its meter counts:
 *   cost >= fixed u + sum rate_s m_s + perEpoch e - M k,  cost >= minimum u,  cost >= cap k
 *   m_s = x_s, or for `in_mix` text that may be repeated m_s >= x_s - (most_s - available_s) j, m_s >= available_s j
 *   u binary: used at all; e integer: passes begun; k binary: pays the fee's cap instead; j binary: whole
 *   stratum in the mix. Integers stand only where the fee needs them.
 * Fractions of tokens and documents cost what they are parts of; what rounding adds is met by the margin. By the
 * document, a stratum under a fee per document has an integer d_s >= m_s x documents_s / available_s that
 * is paid for instead, so that whole documents cost in the program what they cost in the plan.
 */
import { minorUnits } from '../license/fee.js';
import { LICENCE_CAP } from './cap-rows.js';
import type { Instance } from './instance.js';
import type { GrantFee, LicenceTerms } from './licence.js';
import type { ModelDraft } from './model.js';
import { documentsPlanned } from './stratum.js';
import { sumOf } from './sums.js';

/** Scaled size of the licence money, so money and tokens have the same order. */
const MONEY_UNITS = 1e3;
const OF_LICENCE = { capId: LICENCE_CAP, scope: 'all' } as const;

export interface LicenceColumns {
  /** Column of passes begun, by stratum position. */
  readonly passes: ReadonlyMap<number, readonly number[]>;
  /** Column that says whether a grant is paid for, by stratum position. */
  readonly used: ReadonlyMap<number, readonly number[]>;
  /** Columns of documents paid for, by stratum position. */
  readonly documents: ReadonlyMap<number, readonly DocumentColumn[]>;
  /** Column of each grant's cost, in units of money. */
  readonly costs: readonly number[];
  /** Integer columns, with the value that forbids nothing. */
  readonly integers: ReadonlyMap<number, number>;
  /** Minor units per unit of money. */
  readonly minorPerUnit: number;
  /** Row of the budget; null where nothing limits what licences cost. */
  readonly row: number | null;
}

export interface DocumentColumn {
  readonly column: number;
  /** Repeated text is not paid again: all documents paid for allow any amount. */
  readonly isOncePaid: boolean;
}

/** Most strata under fees per document that are planned in whole documents: each is an integer column. */
const DOCUMENT_STRATA_MAX = 64;

/** Strata whose documents are paid for one by one; none where they are too many, or no budget limits the money. */
export function strataByDocument({ licence }: Instance): ReadonlySet<number> {
  const paid = new Set(
    (licence?.fees ?? []).flatMap(({ fee, strata }) => (isByDocument(fee) ? strata : [])),
  );
  const isLimited = licence !== null && licence.budgetMinorUnits !== null;
  return isLimited && paid.size <= DOCUMENT_STRATA_MAX ? paid : new Set();
}

export const isByDocument = ({ perDocument, meter }: GrantFee['fee']) =>
  perDocument !== null && Number(perDocument) > 0 && meter !== 'ingested';

interface Target {
  readonly draft: ModelDraft;
  readonly instance: Instance;
  readonly x: readonly number[];
  readonly minorPerUnit: number;
  readonly passes: Map<number, number[]>;
  readonly used: Map<number, number[]>;
  readonly documents: Map<number, DocumentColumn[]>;
  readonly integers: Map<number, number>;
}

export interface MoneyOptions {
  /** Minor units kept free of the licence budget, for rounding. */
  readonly marginMinor: number;
  /** Whether fees per document are stated with integers, where `strataByDocument` has strata. */
  readonly inDocuments?: boolean;
}

/** Adds what licences cost, and the budget's row; null where nothing costs and nothing is limited. */
export function addLicence(
  draft: ModelDraft,
  instance: Instance,
  x: readonly number[],
  { marginMinor, inDocuments = false }: MoneyOptions,
): LicenceColumns | null {
  const terms = instance.licence;
  if (terms === null) return null;
  const counted = inDocuments && strataByDocument(instance).size > 0;
  const priced = terms.fees.map((grant) => {
    const rates = ratesOf(grant, { instance, terms, inDocuments: counted });
    return { grant, rates, most: mostOf(grant, rates, instance) };
  });
  // A budget far above what everything costs would make prices vanish beside it.
  const most = sumOf(priced.map((of) => Math.min(of.most, of.rates.cap ?? Infinity)));
  const money = Math.min(most, terms.budgetMinorUnits ?? Infinity);
  const minorPerUnit = Math.max(1, money) / MONEY_UNITS;
  const target: Target = {
    ...{ draft, instance, x, minorPerUnit },
    ...{ passes: new Map(), used: new Map(), documents: new Map(), integers: new Map() },
  };
  const costs = priced.map((of) => addGrant(target, of));
  const { passes, used, documents, integers } = target;
  const columns = { passes, used, documents, integers, costs, minorPerUnit };
  if (terms.budgetMinorUnits === null) return { ...columns, row: null };
  const row = draft.addRow(
    costs.map((cost) => [cost, 1] as const),
    { upper: Math.max(0, terms.budgetMinorUnits - marginMinor) / minorPerUnit },
    OF_LICENCE,
  );
  return { ...columns, row };
}

interface Rates {
  /** Minor units as soon as the grant is used. */
  readonly fixed: number;
  /** Minor units per token, per stratum of the grant. */
  readonly perToken: readonly number[];
  /** Minor units per whole document; 0 where documents are paid as fractions, within `perToken`. */
  readonly perDocument: number;
  readonly perEpoch: number;
  readonly minimum: number;
  readonly cap: number | null;
}

interface Priced {
  readonly grant: GrantFee;
  readonly rates: Rates;
  /** Minor units that the grant can cost at most, its cap aside. */
  readonly most: number;
}

interface Market {
  readonly instance: Instance;
  readonly terms: LicenceTerms;
  readonly inDocuments: boolean;
}

function ratesOf({ fee, rate, strata }: GrantFee, market: Market): Rates {
  const { instance, terms } = market;
  const scale = minorUnits('1', terms.currency) * Number(rate ?? '1');
  const money = (text: string | null) => (text === null ? 0 : Number(text) * scale);
  const at = strata.map((i) => instance.strata[i]!);
  const ingested = fee.meter === 'ingested';
  const perDocument = market.inDocuments && isByDocument(fee) ? money(fee.perDocument) : 0;
  const inTokens = perDocument > 0 ? 0 : money(fee.perDocument);
  const linear = at.map((s) => money(fee.perToken) + (inTokens * s.documents) / s.tokens);
  const all = sumOf(at.map((s, k) => linear[k]! * s.tokens));
  const perToken = ingested ? at.map(() => 0) : linear;
  return {
    fixed: money(fee.fixed) + (ingested ? all : 0),
    ...{ perToken, perDocument },
    perEpoch: money(fee.perEpoch),
    minimum: money(fee.minimum),
    cap: fee.cap === null ? null : money(fee.cap),
  };
}

/** Tokens that the meter counts at most, by stratum of the grant. */
function meteredMost({ fee, strata }: GrantFee, { writable, strata: all }: Instance): number[] {
  return strata.map((i) =>
    fee.meter === 'in_mix' ? Math.min(writable[i]!, all[i]!.tokens) : writable[i]!,
  );
}

function passesMost({ strata }: GrantFee, { writable, strata: all }: Instance): number {
  return Math.max(...strata.map((i) => Math.ceil(writable[i]! / all[i]!.tokens)));
}

function mostOf(grant: GrantFee, rates: Rates, instance: Instance): number {
  const metered = meteredMost(grant, instance);
  const linear = sumOf(
    metered.map((tokens, k) => {
      const documents = documentsPlanned(instance.strata[grant.strata[k]!]!, tokens);
      return tokens * rates.perToken[k]! + documents * rates.perDocument;
    }),
  );
  const perEpoch = rates.perEpoch === 0 ? 0 : rates.perEpoch * passesMost(grant, instance);
  return Math.max(rates.minimum, rates.fixed + linear + perEpoch);
}

/** Adds one grant and returns its cost column, in units of money. */
function addGrant(target: Target, { grant, rates, most }: Priced): number {
  const { draft, instance, minorPerUnit } = target;
  const cost = draft.addColumn(`cost:${grant.grantId}`, 0, Infinity);
  const terms: [number, number][] = [[cost, 1]];
  const atLeast = (column: number, minor: number) =>
    draft.addRow(
      [[cost, 1] as const, [column, -minor / minorPerUnit] as const],
      AT_LEAST,
      OF_LICENCE,
    );
  grant.strata.forEach((i, k) => {
    const minor = rates.perToken[k]! * instance.tokensPerUnit;
    if (minor === 0 && rates.perDocument === 0) return;
    const metered = addMetered(target, grant, i);
    if (minor > 0) terms.push([metered, -minor / minorPerUnit]);
    if (rates.perDocument === 0) return;
    terms.push([addDocuments(target, grant, { i, metered }), -rates.perDocument / minorPerUnit]);
  });
  if (rates.perEpoch > 0) {
    terms.push([addPasses(target, grant), -rates.perEpoch / minorPerUnit]);
  }
  if (rates.fixed > 0 || rates.minimum > 0) {
    const used = addUsed(target, grant);
    terms.push([used, -rates.fixed / minorPerUnit]);
    const least = Math.min(rates.minimum, rates.cap ?? Infinity);
    if (least > 0) atLeast(used, least);
  }
  if (rates.cap !== null && rates.cap < most) {
    const capped = addInteger(target, `capped:${grant.grantId}`, { upper: 1, freely: 1 });
    terms.push([capped, most / minorPerUnit]);
    atLeast(capped, rates.cap);
  }
  draft.addRow(terms, AT_LEAST, OF_LICENCE);
  return cost;
}

const AT_LEAST = { lower: 0 } as const;
const AT_MOST = { upper: 0 } as const;

function addInteger(
  { draft, integers }: Target,
  name: string,
  { upper, freely }: { readonly upper: number; readonly freely: number },
): number {
  const column = draft.addColumn(name, 0, upper, true);
  integers.set(column, freely);
  return column;
}

/** Tokens of a stratum that the meter counts: the stratum's own column, unless text is repeated for free. */
function addMetered(target: Target, { grantId, fee }: GrantFee, i: number): number {
  const { draft, instance, x } = target;
  const { writable, strata, tokensPerUnit } = instance;
  const available = strata[i]!.tokens / tokensPerUnit;
  if (fee.meter !== 'in_mix' || writable[i]! <= strata[i]!.tokens) return x[i]!;
  if (draft.columns[x[i]!]!.upper <= available) return x[i]!;
  const metered = draft.addColumn(`metered:${grantId}`, 0, available);
  const whole = addInteger(target, `whole:${grantId}`, { upper: 1, freely: 1 });
  const repeated = draft.columns[x[i]!]!.upper - available;
  const terms = [
    [x[i]!, 1],
    [metered, -1],
    [whole, -repeated],
  ] as const;
  draft.addRow(terms, AT_MOST, OF_LICENCE);
  draft.addRow([[metered, 1] as const, [whole, -available] as const], AT_LEAST, OF_LICENCE);
  return metered;
}

/** Integer: documents that the metered tokens of a stratum begin. */
function addDocuments(
  { draft, instance, documents, integers }: Target,
  { grantId, fee }: GrantFee,
  { i, metered }: { readonly i: number; readonly metered: number },
): number {
  const stratum = instance.strata[i]!;
  const isOncePaid = fee.meter === 'in_mix';
  const tokens = instance.writable[i]!;
  const most = documentsPlanned(stratum, isOncePaid ? Math.min(tokens, stratum.tokens) : tokens);
  const column = draft.addColumn(`documents:${grantId}`, 0, most, true);
  integers.set(column, most);
  const perUnit = (stratum.documents * instance.tokensPerUnit) / stratum.tokens;
  draft.addRow([[column, 1] as const, [metered, -perUnit] as const], AT_LEAST, OF_LICENCE);
  documents.set(i, [...(documents.get(i) ?? []), { column, isOncePaid }]);
  return column;
}

/** Binary: 1 when any stratum of the grant is used. */
function addUsed(target: Target, grant: GrantFee): number {
  const { draft, x, used: usedOf } = target;
  const used = addInteger(target, `used:${grant.grantId}`, { upper: 1, freely: 1 });
  for (const i of grant.strata) {
    const upper = draft.columns[x[i]!]!.upper;
    draft.addRow([[x[i]!, 1] as const, [used, -upper] as const], AT_MOST, OF_LICENCE);
    usedOf.set(i, [...(usedOf.get(i) ?? []), used]);
  }
  return used;
}

/** Integer: passes begun over the most repeated stratum of the grant. */
function addPasses(target: Target, grant: GrantFee): number {
  const { draft, instance, x, passes } = target;
  const { strata, tokensPerUnit } = instance;
  const most = passesMost(grant, instance);
  const column = addInteger(target, `passes:${grant.grantId}`, { upper: most, freely: most });
  for (const i of grant.strata) {
    const available = strata[i]!.tokens / tokensPerUnit;
    draft.addRow([[x[i]!, 1] as const, [column, -available] as const], AT_MOST, OF_LICENCE);
    passes.set(i, [...(passes.get(i) ?? []), column]);
  }
  return column;
}
