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
  'as an (?:ai|artificial intelligence)(?: language)? (?:model|assistant)',
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
  "let me know if you(?:'d like| would like| want| need) (?:me to|any (?:further|other|more|additional) (?:changes|adjustments|revisions|modifications|edits|assistance|help))",
  'feel free to (?:adjust|modify|customi[sz]e|tweak|ask (?:if|for)|let me know)',
  "is there anything else (?:i can|you(?:'d| would) like)",
  `would you like me to (?:${VERSION}|make|add|adjust|expand|continue|revise|change)`,
  'i hope this (?:version|revision|rewrite|revised|draft|response) ',
];
const AT_START = new RegExp([...OPENING, ...SELF].join('|'));
const AT_END = new RegExp([...CLOSING, ...SELF].join('|'));

/** Characters that the scoring form may turn into other letters, or drop. */
const MAY_HIDE =
  /[^\0-\u00ac\u00ae-\u024f\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20a0-\u20cf\u3000-\u9fff]/;
/** Every phrase holds one of these: most edges need no closer look. */
const HINT =
  /an\s+a(?:i|rtificial)\b|language\s+model|sorry|fulfil|assist\s+with|comply\s+with|knowledge\s+cutoff|training\s+data|my\s+last|model[ol]|modèle|mô\s+hình|作为|phiên\s+bản|let\s+me\s+know|feel\s+free|anything\s+else|would\s+you\s+like|i\s+hope\s+this|^[#*_\s]*(?:sure|certainly|of\s+course|absolutely|here)\b/i;

const QUOTED_LINE = /^[ \t]*(?:>|\||```).*$/gm;
const QUOTES = /["“”„«»`]/g;
/** Before a phrase that is named, not said: `says "`, `the phrase '`. */
const OPEN_QUOTE = /(?:^|[\s(:])['‘"“„«`]\s*$/;

/** Phrases at the edges of a text. Cost: constant, whatever the length of the text. */
export function findBoilerplate(text: string): BoilerplateFinding[] {
  const end = Math.min(text.length, EDGE_CHARACTERS);
  // A text that is one edge is read for both; a longer one for its other edge.
  const start = text.length > end ? Math.max(end, text.length - EDGE_CHARACTERS) : 0;
  const first = phraseIn(text.slice(0, end), AT_START);
  const last = phraseIn(text.slice(start), AT_END);
  const found: BoilerplateFinding[] = [];
  if (first !== null) found.push({ phrase: first, edge: 'start', span: [0, end] });
  if (last !== null && (last !== first || start > 0))
    found.push({ phrase: last, edge: 'end', span: [start, text.length] });
  return found;
}

function phraseIn(edge: string, phrases: RegExp): string | null {
  if (!MAY_HIDE.test(edge) && !HINT.test(edge)) return null;
  const form = scoringForm(edge.replace(QUOTED_LINE, '')).replaceAll('’', "'");
  const match = phrases.exec(form);
  return match === null || isQuoted(form.slice(0, match.index)) ? null : match[0].trim();
}

function isQuoted(before: string): boolean {
  return (before.match(QUOTES)?.length ?? 0) % 2 === 1 || OPEN_QUOTE.test(before);
}
