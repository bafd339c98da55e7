/** Strata in canonical order, and the questions that the planner asks of one. */
import type { Stratum, StratumKey } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import { divCeil, exactNumber, floorShare } from './rational.js';

/** Separates the parts of a key; no name holds it. */
const SEPARATOR = '\u001f';

/** The key alone, of anything that has one. */
export function stratumKeyFrom<T extends StratumKey>(of: T): StratumKey {
  const { source, domain, label, modelFamily, grantId, lineageDepth, site, language, anchored } =
    of;
  return { source, domain, label, modelFamily, grantId, lineageDepth, site, language, anchored };
}

const keyTexts = new WeakMap<StratumKey, string>();

/** One text per stratum, equal exactly when the keys are equal; remembered by object: keys do not change. */
export function keyText(key: StratumKey): string {
  const known = keyTexts.get(key);
  if (known !== undefined) return known;
  const text = joinedKey(key);
  keyTexts.set(key, text);
  return text;
}

function joinedKey(key: StratumKey): string {
  const { source, domain, label, modelFamily, grantId, lineageDepth, site, language } = key;
  const what = `${source}${SEPARATOR}${domain}${SEPARATOR}${label}${SEPARATOR}${modelFamily}`;
  const terms = `${grantId}${SEPARATOR}${lineageDepth}${SEPARATOR}${site}${SEPARATOR}${language}`;
  return `${what}${SEPARATOR}${terms}${SEPARATOR}${key.anchored ? 'anchored' : ''}`;
}

/** Parts of a stratum's name as people read it, without those that are empty. */
export function nameParts(key: Omit<StratumKey, 'grantId'>): string[] {
  const depth = key.lineageDepth === 0 ? '' : `lineage depth ${key.lineageDepth}`;
  const anchored = key.anchored ? 'anchored' : '';
  const { source, domain, label, modelFamily, site, language } = key;
  const parts = [source, domain, label, modelFamily, depth, site, language, anchored];
  return parts.filter((part) => part !== '');
}

/** `web / health / human_authored / open`: a stratum as messages name it, with its grant. */
export function stratumName(key: StratumKey): string {
  return [...nameParts(key), key.grantId].join(' / ');
}

/** Code-unit order: the same on every machine, unlike a locale's. */
export function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** source, domain, label, modelFamily, grantId, lineageDepth, site, language, anchored. */
export function byKey(a: StratumKey, b: StratumKey): number {
  return (
    byCode(a.source, b.source) ||
    byCode(a.domain, b.domain) ||
    byCode(a.label, b.label) ||
    byCode(a.modelFamily, b.modelFamily) ||
    byCode(a.grantId, b.grantId) ||
    a.lineageDepth - b.lineageDepth ||
    byCode(a.site, b.site) ||
    byCode(a.language, b.language) ||
    Number(a.anchored) - Number(b.anchored)
  );
}

/** Model family of synthetic text; text whose family nobody stated is one family of its own. */
export function familyOf(key: Pick<StratumKey, 'modelFamily'>): string {
  return key.modelFamily === '' ? 'unstated' : key.modelFamily;
}

/** Passes over a document of a source: its own factor, else the recipe's. */
export function repetitionFactors(recipe: Recipe): (source: string) => number {
  const own = new Map(recipe.sources.map((s) => [s.name, s.maxRepetitionFactor]));
  return (source) => own.get(source) ?? recipe.maxRepetitionFactor;
}

/** Most tokens of a stratum that may be written: floor(factor x available). */
export function tokensWritable(factor: number, tokensAvailable: number): number {
  return floorShare(factor, tokensAvailable);
}

/** Documents that a token quota comes to, pro rata, rounded up. */
export function documentsPlanned(stratum: Stratum, tokens: number): number {
  if (tokens === 0) return 0;
  return exactNumber(divCeil(BigInt(stratum.documents) * BigInt(tokens), BigInt(stratum.tokens)));
}

/**
 * Tokens from which a stratum surely holds a document: its largest one. Where repetition allows less
 * than that, all that it allows; null where not even the smallest fits.
 */
export function presenceTokens(stratum: Stratum, writable: number): number | null {
  if (writable === 0 || stratum.tokensMin > writable) return null;
  return Math.max(1, Math.min(stratum.tokensMax, writable));
}

/**
 * Most tokens of a quota that whole documents may leave unused: the first document that no longer fits
 * is larger than what is left. Whole passes leave nothing.
 */
export function tokensLeftAtMost(stratum: Stratum, quota: number): number {
  return quota % stratum.tokens === 0 ? 0 : Math.min(quota, Math.max(0, stratum.tokensMax - 1));
}
