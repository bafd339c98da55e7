/**
 * Blends: lists of entries with weights, which is all that trainers know of a mix. A trainer draws
 * evenly from an entry, so what an entry holds decides what of the plan it can carry out:
 *
 *   written     one entry: the data files, each row once. The mix itself.
 *   by-source   the usable text of a source in a domain. What most teams have files for; shares of labels
 *               inside an entry are then those of what is available (`drift` says how far off).
 *   by-stratum  a stratum each: everything in it is alike, so weights carry out the whole plan.
 */
import { REPETITION_CAP } from '../../plan/cap-rows.js';
import { keyText } from '../../plan/stratum.js';
import { decimalRatioUp, decimalShares } from './decimals.js';
import { countedTokens, type WeightsStratum, type WeightsView } from './weights-view.js';

export const BLEND_KINDS = ['written', 'by-source', 'by-stratum'] as const;
export type BlendKind = (typeof BLEND_KINDS)[number];

export interface BlendEntry {
  /** File-safe, unique in its blend. */
  readonly name: string;
  /** What it holds, for people. */
  readonly what: string;
  /** Counted tokens that the plan takes from it. */
  readonly tokens: number;
  /** Tokens of its text, each document once. */
  readonly tokensAvailable: number;
  /** tokens / sum of tokens, a decimal; all shares sum to exactly 1. */
  readonly share: string;
  /** Passes over its text: tokens / tokensAvailable, a decimal, rounded up at the twelfth place. */
  readonly passes: string;
  /** Passes over a document that the recipe allows; null where nobody says. */
  readonly passesMax: number | null;
  /** Share of its tokens, in [0, 1], that would be of other strata than planned if drawn evenly. */
  readonly drift: number;
}

export interface Blend {
  readonly kind: BlendKind;
  readonly view: WeightsView;
  readonly tokens: number;
  readonly entries: readonly BlendEntry[];
}

/** The blends that a view has: `written` only where something was. Without tokens there is none. */
export function blendsOf(view: WeightsView): Blend[] {
  const kinds = BLEND_KINDS.filter((kind) => kind !== 'written' || view.files.length > 0);
  return kinds.map((kind) => blendOf(view, kind)).filter(({ tokens }) => tokens > 0);
}

function blendOf(view: WeightsView, kind: BlendKind): Blend {
  const groups = [...groupsOf(view, kind).values()].filter(
    (strata) => sum(strata, countedTokens) > 0,
  );
  if (groups.length === 0) return { kind, view, tokens: 0, entries: [] };
  const tokens = groups.map((strata) => sum(strata, countedTokens));
  const shares = decimalShares(tokens.map(BigInt));
  const names = uniqueNames(groups.map((strata) => nameOf(view, kind, strata[0]!)));
  const entries = groups.map((strata, i) => ({
    ...{ name: names[i]!, tokens: tokens[i]!, share: shares[i]! },
    ...entryOf(view, kind, strata),
  }));
  return { kind, view, tokens: tokens.reduce((a, b) => a + b, 0), entries };
}

/** Name of each stratum's entry in a blend, by key text; strata of no tokens have none. */
export function entryNames(view: WeightsView, kind: BlendKind): Map<string, string> {
  const { entries } = blendOf(view, kind);
  const groups = [...groupsOf(view, kind).values()].filter(
    (strata) => sum(strata, countedTokens) > 0,
  );
  return new Map(
    groups.flatMap((strata, i) =>
      strata.map((stratum): [string, string] => [keyText(stratum), entries[i]!.name]),
    ),
  );
}

function groupsOf(view: WeightsView, kind: BlendKind): Map<string, WeightsStratum[]> {
  const groups = new Map<string, WeightsStratum[]>();
  for (const stratum of view.strata) {
    const { source, domain } = stratum;
    const key = { written: '', 'by-source': JSON.stringify([source, domain]) };
    const group = kind === 'by-stratum' ? keyText(stratum) : key[kind];
    groups.set(group, [...(groups.get(group) ?? []), stratum]);
  }
  return groups;
}

function entryOf(view: WeightsView, kind: BlendKind, strata: readonly WeightsStratum[]) {
  const tokens = sum(strata, countedTokens);
  // Written rows are the mix: passes are rows already.
  const tokensAvailable = kind === 'written' ? tokens : sum(strata, ({ tokensAvailable: n }) => n);
  return {
    what: whatOf(kind, strata[0]!),
    tokensAvailable,
    passes: decimalRatioUp(tokens, tokensAvailable),
    passesMax: kind === 'written' ? 1 : passesMaxOf(view, strata[0]!.source),
    drift: kind === 'by-source' ? driftOf(strata) : 0,
  };
}

/** Half the sum over strata of abs(share of what is planned - share of what is available). */
function driftOf(strata: readonly WeightsStratum[]): number {
  const [tokens, available] = [
    sum(strata, countedTokens),
    sum(strata, ({ tokensAvailable }) => tokensAvailable),
  ];
  const distances = strata.map((stratum) =>
    Math.abs(countedTokens(stratum) / tokens - stratum.tokensAvailable / available),
  );
  return distances.reduce((a, b) => a + b, 0) / 2;
}

function passesMaxOf(view: WeightsView, source: string): number | null {
  const cap = view.caps.find(
    ({ kind, capId }) => kind === 'repetition' && capId === `${REPETITION_CAP}:${source}`,
  );
  return cap?.limit ?? null;
}

function whatOf(kind: BlendKind, stratum: WeightsStratum): string {
  if (kind === 'written') return 'the written rows';
  const { source, domain } = stratum;
  if (kind === 'by-source') return `source ${source}, domain ${domain}`;
  return partsOf(stratum).join(' / ');
}

function partsOf(stratum: WeightsStratum): string[] {
  const { source, domain, label, modelFamily, grantId, lineageDepth, site, language } = stratum;
  const depth = lineageDepth === 0 ? '' : `depth${lineageDepth}`;
  const anchored = stratum.anchored ? 'anchored' : '';
  const parts = [source, domain, label, modelFamily, grantId, depth, site, language, anchored];
  return parts.filter((part) => part !== '');
}

function nameOf(view: WeightsView, kind: BlendKind, stratum: WeightsStratum): string {
  if (kind === 'written') return fileName([view.name]);
  const { source, domain } = stratum;
  return fileName(kind === 'by-source' ? [source, domain] : partsOf(stratum));
}

/** Letters, digits and `._-` alone: a folder's name on every system, and one word in Megatron's list. */
export function fileName(parts: readonly string[]): string {
  const clean = (part: string) =>
    part.replaceAll(/[^A-Za-z0-9_-]+/g, '-').replaceAll(/^-+|-+$/g, '') || 'x';
  return parts.map(clean).join('.').slice(0, 200);
}

/** A name that came before gets a number; names differ in more than capitals. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let n = 2; taken.has(unique.toLowerCase()); n++) unique = `${name}-${n}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}

function sum<T>(rows: readonly T[], value: (row: T) => number): number {
  return rows.reduce((total, row) => total + value(row), 0);
}
