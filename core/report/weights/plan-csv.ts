/**
 * The plan as three tables that open in spreadsheets: a row per stratum, per domain and per cap. All
 * numbers are plain: tokens as integers, shares in [0, 1], an empty cell where there is none.
 */
import { keyText } from '../../plan/stratum.js';
import type { Price } from '../../schema/plan.js';
import { type CsvCell, csvText } from '../csv.js';
import { entryNames } from './blends.js';
import { decimalRatio, plainDecimal } from './decimals.js';
import { countedTokens, type WeightsView } from './weights-view.js';

export const STRATA_COLUMNS = [
  ...['source', 'domain', 'label', 'model_family', 'grant_id', 'lineage_depth'],
  ...['site', 'language', 'anchored'],
  ...['tokens_available', 'tokens_planned', 'tokens_written', 'documents_written'],
  ...['share_of_mix', 'share_of_domain', 'passes', 'entry_by_source', 'entry_by_stratum'],
] as const;

/** `plan-strata.csv`; its last columns name the entry of each blend that a stratum is part of. */
export function strataCsv(view: WeightsView): string {
  const whole = view.strata.reduce((total, stratum) => total + countedTokens(stratum), 0);
  const domains = new Map<string, number>();
  for (const stratum of view.strata)
    domains.set(stratum.domain, (domains.get(stratum.domain) ?? 0) + countedTokens(stratum));
  const names = { source: entryNames(view, 'by-source'), stratum: entryNames(view, 'by-stratum') };
  const rows = view.strata.map((stratum): CsvCell[] => {
    const { source, domain, label, modelFamily, grantId, lineageDepth } = stratum;
    const { tokensAvailable, tokensPlanned, tokensWritten, documentsWritten } = stratum;
    const tokens = countedTokens(stratum);
    const key = keyText(stratum);
    return [
      ...[source, domain, label, modelFamily, grantId, lineageDepth],
      ...[stratum.site, stratum.language, stratum.anchored ? 'yes' : 'no'],
      ...[tokensAvailable, tokensPlanned, tokensWritten, documentsWritten],
      ...[ratioCell(tokens, whole), ratioCell(tokens, domains.get(domain)!)],
      ratioCell(tokens, tokensAvailable),
      ...[names.source.get(key) ?? null, names.stratum.get(key) ?? null],
    ];
  });
  return csvText(STRATA_COLUMNS, rows);
}

export const DOMAIN_COLUMNS = [
  ...['domain', 'target_share', 'share', 'tokens', 'tokens_available'],
  ...['tokens_human_authored', 'tokens_human_edited', 'tokens_synthetic', 'tokens_unknown'],
] as const;

const LABELS = ['human_authored', 'human_edited', 'synthetic', 'unknown'] as const;

/** `plan-domains.csv`: target and share reached, and tokens by label. */
export function domainsCsv(view: WeightsView): string {
  const whole = view.domains.reduce((total, { tokens }) => total + tokens, 0);
  const rows = view.domains.map(({ domain, target, tokens }): CsvCell[] => {
    const strata = view.strata.filter((stratum) => stratum.domain === domain);
    const ofLabel = (label: string) =>
      strata
        .filter((stratum) => stratum.label === label)
        .reduce((total, stratum) => total + countedTokens(stratum), 0);
    const available = strata.reduce((total, { tokensAvailable }) => total + tokensAvailable, 0);
    return [
      ...[domain, target === null ? null : decimalCell(target), ratioCell(tokens, whole)],
      ...[tokens, available, ...LABELS.map(ofLabel)],
    ];
  });
  return csvText(DOMAIN_COLUMNS, rows);
}

export const CAP_COLUMNS = [
  ...['cap_id', 'scope', 'kind', 'limit', 'confidence', 'used', 'part_tokens', 'whole_tokens'],
  ...['limit_tokens', 'slack_tokens', 'kept', 'shadow_price'],
  ...['price_less', 'price_more', 'price_from', 'price_to', 'price_deviation', 'price_money'],
  'reason',
] as const;

/**
 * `plan-caps.csv`: every cap as it stands on the counted tokens, then its price per unit of room (a token; of the
 * licence budget a minor unit): tokens, of a unit less and a unit more, the change in which they hold (empty:
 * without end), tokens off the targets, minor units saved.
 */
export function capsCsv(view: WeightsView): string {
  const rows = view.caps.map((cap): CsvCell[] => [
    ...[cap.capId, cap.scope, cap.kind, decimalCell(cap.limit)],
    cap.confidence === null ? null : decimalCell(cap.confidence),
    ...[decimalCell(cap.used), cap.part, cap.whole, cap.limitTokens, cap.slack],
    cap.kept ? 'yes' : 'no',
    ...[cap.shadowPrice, ...priceFigures(cap.price)].map((value) =>
      value === null ? null : decimalCell(value),
    ),
    cap.reason,
  ]);
  return csvText(CAP_COLUMNS, rows);
}

function priceFigures(price: Price | null): (number | null)[] {
  if (price === null) return [null, null, null, null, null, null];
  const { less, more, range, deviation, money } = price;
  return [less, more, range.from, range.to, deviation, money];
}

/** Digits without an exponent. A negative decimal is a number here, so nothing may guard its sign. */
function decimalCell(value: number): CsvCell {
  if (Number.isSafeInteger(value)) return value;
  return { decimal: plainDecimal(value) };
}

function ratioCell(part: number, whole: number): CsvCell {
  return whole === 0 ? null : { decimal: decimalRatio(part, whole) };
}
