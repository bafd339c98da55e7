/**
 * What an assistant says around its answer and people forget to delete: "as an AI language model",
 * "here is a polished version". Looked for in the first and the last characters of a text only, in its
 * scoring form, so that look-alikes hide nothing; quoted phrases are about models, not by them.
 */
import type { BoilerplateFinding } from '../schema/boilerplate.js';
import { scoringForm } from './scoring-form.js';

/** Characters of each edge that are read. */
export const EDGE_CHARACTERS = 200;

const VERSION =
  '(?:version|rewrite|revision|draft|rewritten|revised|polished|paraphrased?|improved|refined|enhanced|edited|summary|response|continuation)';
/** An assistant about itself: at either edge. */
const SELF = [
  'as an? (?:ai|artificial intelligence)(?: language)? (?:model|assistant)',
  'as a (?:large )?language model',
  "i(?:'m| am) (?:just )?an ai(?: language model| assistant)?\\b",
  "i(?:'m| am) sorry, but i (?:cannot|can't|am unable to|can not)",
  "i (?:cannot|can't|am unable to) (?:fulfill|fulfil|assist with|comply with) (?:this|that|your)",
  'my (?:knowledge cutoff|training data|last (?:knowledge |training )?update)',
  '(?:là|vai trò là) (?:một )?mô hình ngôn ngữ',
  'como (?:un )?modelo de lenguaje',
  'en tant que modèle de langage',
  'als (?:ein )?(?:ki-|großes )(?:sprach)?modell',
  '作为(?:一个|一名|一款)?(?:ai|人工智能|大型?)(?:语言)?(?:模型|助手)',
];
/** An assistant that hands over its answer, with its first words. */
const OPENING = [
  "^[#*_ ]*(?:sure|certainly|of course|absolutely)(?: thing)?[,!.:]+ (?:here(?:'s| is| are)|i(?:'d be| would be) (?:happy|glad))\\b",
  `^[#*_ ]*here(?:'s| is) (?:a|an|the|your|my) (?:[\\w-]+,? ){0,5}${VERSION}`,
  '^[#*_ ]*(?:dưới đây|sau đây) là (?:một )?phiên bản',
];
/** An assistant that waits for the next request. */
const CLOSING = [
  `let me know if you(?:'d like| would like| want| need) (?:me to|any (?:further|other|more|additional) (?:changes|adjustments|revisions|modifications|edits|assistance|help))`,
  'feel free to (?:adjust|modify|customi[sz]e|tweak|ask (?:if|for)|let me know)',
  "is there anything else (?:i can|you(?:'d| would) like)",
  `would you like me to (?:${VERSION}|make|add|adjust|expand|continue|revise|change)`,
  'i hope this (?:version|revision|rewrite|revised|draft|response) ',
];

const AT_START = new RegExp([...SELF, ...OPENING].join('|'));
const AT_END = new RegExp([...SELF, ...CLOSING].join('|'));
const QUOTED_LINE = /^[ \t]*(?:>|\||```).*$/gm;
const QUOTES = /["“”„«»`]/g;
/** Before a phrase that is named, not said: `says "`, `the phrase '`. */
const OPEN_QUOTE = /(?:^|[\s(:])['‘"“„«`]\s*$/;

/** Phrases at the edges of a text. Cost: constant, whatever the length of the text. */
export function findBoilerplate(text: string): BoilerplateFinding[] {
  const end = Math.min(text.length, EDGE_CHARACTERS);
  const start = Math.max(end, text.length - EDGE_CHARACTERS);
  const found: BoilerplateFinding[] = [];
  const add = (edge: 'start' | 'end', pattern: RegExp, span: [number, number]) => {
    const phrase = phraseIn(text.slice(...span), pattern);
    if (phrase !== null) found.push({ phrase, edge, span });
  };
  add('start', AT_START, [0, end]);
  // A text that is one edge is read for both; a longer one for its other edge.
  add('end', AT_END, start < text.length ? [start, text.length] : [0, end]);
  return found.length === 2 && found[0]!.phrase === found[1]!.phrase ? [found[0]!] : found;
}

function phraseIn(edge: string, pattern: RegExp): string | null {
  const form = scoringForm(edge.replace(QUOTED_LINE, '').replaceAll('’', "'"));
  const match = pattern.exec(form);
  if (match === null) return null;
  const before = form.slice(0, match.index);
  const isQuoted = (before.match(QUOTES)?.length ?? 0) % 2 === 1 || OPEN_QUOTE.test(before);
  return isQuoted ? null : match[0].trim();
}
