/**
 * The split regexes of o200k_base and cl100k_base by hand. Each function takes the start of a
 * pre-token and returns its end, which is the end of the regex's match there, backtracking included.
 *
 * o200k, alternatives in order (X = [^\r\n\p{L}\p{N}]?, s = optional English contraction):
 *   X[Lu Lt Lm Lo M]*[Ll Lm Lo M]+s | X[Lu Lt Lm Lo M]+[Ll Lm Lo M]*s | N{1,3}
 *   | ' '?[^\s L N]+[\r\n/]* | \s*[\r\n]+ | \s+(?!\S) | \s+
 * cl100k:
 *   contraction | X L+ | N{1,3} | ' '?[^\s L N]+[\r\n]* | \s+$ | \s*[\r\n] | \s+(?!\S) | \s
 *
 * As in tiktoken, which defines the encodings, \s is Unicode's White_Space (U+0085 is, U+FEFF is not;
 * JavaScript's \s has it the other way round), and any case includes the long s of "it'ſ".
 */
import { classAt, widthOf } from './characters';
import {
  LETTER,
  LOWER,
  MARK,
  NEWLINE,
  NUMBER,
  OTHER_LETTER,
  SPACE,
  UPPER,
  textEnd,
} from './memory';

const NOT_SYMBOL: u32 = LETTER | NUMBER | SPACE | NEWLINE;
const APOSTROPHE: u32 = 0x27;
/** U+017F in UTF-8, little-endian: the long s is an s in another case. */
const LONG_S: u32 = 0xbfc5;

// @ts-ignore: decorator
@inline
function next(p: usize): usize {
  return p + widthOf(load<u8>(p));
}

/** End of 's 'd 'm 't 'll 've 're (any case) at `p`, else `p`. */
// @ts-ignore: decorator
@inline
function contractionEnd(p: usize): usize {
  if (load<u8>(p) != APOSTROPHE) return p;
  return contractionBody(p);
}

function contractionBody(p: usize): usize {
  const a: u32 = load<u8>(p, 1) | 0x20;
  if (a == 0x73 || a == 0x64 || a == 0x6d || a == 0x74) return p + 2;
  if (load<u16>(p, 1) == LONG_S) return p + 3;
  const b: u32 = load<u8>(p, 2) | 0x20;
  if (a == 0x6c && b == 0x6c) return p + 3;
  if ((a == 0x76 || a == 0x72) && b == 0x65) return p + 3;
  return p;
}

/** End of the run of characters with a class in `classes`. */
// @ts-ignore: decorator
@inline
function runEnd(p: usize, classes: u32): usize {
  while (classAt(p) & classes) p = next(p);
  return p;
}

/**
 * First two alternatives of o200k for letters from `q`; 0 = no match. The upper run is greedy, so
 * without a lower letter behind it the match shrinks to the run's last letter of both cases.
 */
function wordEnd(q: usize, prefixIsMark: bool): usize {
  let r = q;
  let lastOfBoth: usize = 0;
  let c = classAt(r);
  while (c & (UPPER | OTHER_LETTER | MARK)) {
    r = next(r);
    if (c & (OTHER_LETTER | MARK)) lastOfBoth = r;
    c = classAt(r);
  }
  if (c & LOWER) return contractionEnd(runEnd(r, LOWER | OTHER_LETTER | MARK));
  if (lastOfBoth) return contractionEnd(lastOfBoth);
  if (prefixIsMark) return contractionEnd(q);
  return r > q ? contractionEnd(r) : 0;
}

// @ts-ignore: decorator
@inline
function numberEnd(p: usize): usize {
  p = next(p);
  if (!(classAt(p) & NUMBER)) return p;
  p = next(p);
  return classAt(p) & NUMBER ? next(p) : p;
}

/** ' '?[^\s L N]+ and its tail; 0 = no match. */
function symbolsEnd(p: usize, slashInTail: bool): usize {
  let r = load<u8>(p) == 0x20 ? p + 1 : p;
  const first = r;
  while (r < textEnd && !(classAt(r) & NOT_SYMBOL)) r = next(r);
  if (r == first) return 0;
  let b: u32 = load<u8>(r);
  while (b == 0x0a || b == 0x0d || (slashInTail && b == 0x2f)) b = load<u8>(++r);
  return r;
}

/** The white-space alternatives; `p` stands on white space. */
function spacesEnd(p: usize, endFirst: bool): usize {
  let r = p;
  let last = p;
  let afterNewline: usize = 0;
  let c = classAt(r);
  while (c & (SPACE | NEWLINE)) {
    last = r;
    r = next(r);
    if (c & NEWLINE) afterNewline = r;
    c = classAt(r);
  }
  if (endFirst && r == textEnd) return r;
  if (afterNewline) return afterNewline;
  if (r == textEnd) return r;
  return last > p ? last : r;
}

export function o200kEnd(p: usize): usize {
  const c = classAt(p);
  if (c & NUMBER) return numberEnd(p);
  if (!(c & NEWLINE)) {
    const end = wordEnd(c & LETTER ? p : next(p), (c & MARK) != 0);
    if (end) return end;
    const symbols = symbolsEnd(p, true);
    if (symbols) return symbols;
  }
  return spacesEnd(p, false);
}

export function cl100kEnd(p: usize): usize {
  const c = classAt(p);
  if (c & NUMBER) return numberEnd(p);
  if (c & LETTER) return runEnd(p, LETTER);
  if (!(c & NEWLINE)) {
    const contraction = contractionEnd(p);
    if (contraction > p) return contraction;
    const q = next(p);
    const r = runEnd(q, LETTER);
    if (r > q) return r;
    const symbols = symbolsEnd(p, false);
    if (symbols) return symbols;
  }
  return spacesEnd(p, true);
}
