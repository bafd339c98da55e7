/**
 * Sites and languages as strata know them. Only names that a cap uses divide strata, so that a corpus
 * of a million hosts has as many strata as before. Names nest like labels of a host or subtags of a
 * language: a text belongs to the most specific name that holds it, and a cap on a name counts every
 * stratum inside it.
 */
import type { Recipe } from '../schema/recipe.js';

/** `a.example.org` lies in `example.org`; a host lies in itself. */
export function isInSite(host: string, site: string): boolean {
  return host === site || host.endsWith(`.${site}`);
}

/** `en-GB` lies in `en`; a tag lies in itself. Case does not count (RFC 5646, section 2.1.1). */
export function isInLanguage(tag: string, language: string): boolean {
  const [a, b] = [tag.toLowerCase(), language.toLowerCase()];
  return a === b || a.startsWith(`${b}-`);
}

/** Host of a url in lower case, without port, user or trailing dot; '' where it has none. */
export function hostOf(url: string): string {
  const match = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)/i.exec(url);
  return (match?.[1] ?? '').toLowerCase().replace(/\.$/, '');
}

export interface Facets {
  site(host: string): string;
  language(tag: string): string;
}

/** The names that caps of the recipe use. */
export function facetsOf({ caps }: Pick<Recipe, 'caps'>): Facets {
  const sites = caps.flatMap((cap) => (cap.site === null ? [] : [cap.site]));
  const languages = caps.flatMap((cap) => (cap.language === null ? [] : [cap.language]));
  return {
    site: mostSpecific(sites, isInSite),
    language: mostSpecific(languages, isInLanguage),
  };
}

function mostSpecific(
  names: readonly string[],
  isIn: (value: string, name: string) => boolean,
): (value: string) => string {
  const longestFirst = [...new Set(names)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  if (longestFirst.length === 0) return () => '';
  const known = new Map<string, string>();
  return (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const found = value === '' ? '' : (longestFirst.find((name) => isIn(value, name)) ?? '');
    if (known.size < NAMES_REMEMBERED) known.set(value, found);
    return found;
  };
}

/** Hosts and tags whose name is remembered. */
const NAMES_REMEMBERED = 10_000;

/** What divides strata by site and language: two recipes with the same names have the same strata. */
export function facetNames({ caps }: Pick<Recipe, 'caps'>): {
  sites: string[];
  languages: string[];
} {
  const names = (of: readonly (string | null)[]) =>
    [...new Set(of.filter((name) => name !== null))].sort();
  return { sites: names(caps.map((c) => c.site)), languages: names(caps.map((c) => c.language)) };
}
