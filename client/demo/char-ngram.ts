/**
 * Family `char-witten-bell`: the next character from the six before it, with Witten-Bell back-off.
 *
 *   P(x | h) = (c(hx) + T(h) P(x | h')) / (c(h) + T(h))
 *
 * T(h) counts the distinct characters seen after h; h' is h without its oldest character; the last
 * step is uniform over the 97 symbols (line feed, printable ASCII, and one for everything else).
 * Witten and Bell 1991, method C (10.1109/18.87000). Seven symbols of 7 bits fill 49 bits, so that
 * an n-gram is one exact number.
 */
import type { LanguageModel, TextCost } from './language-model.js';
import type { NgramTable } from './ngram-table.js';
import { buildNgramTable, findContext, successorCount, successorTypes } from './ngram-table.js';
import type { UniformStream } from './uniform-stream.js';

const BASE = 128;
const CONTEXT_LENGTH = 6;
const SYMBOLS = 97;
/** Symbol of a line feed; it also stands before and after each text. */
const LINE_FEED = 0;
/** Symbol of every character that is neither a line feed nor printable ASCII. */
const OTHER = 96;

export function trainCharNgram(texts: readonly string[]): LanguageModel {
  const symbols = symbolsOf(texts.map((text) => `${text}\n\n`).join(''));
  const tables: NgramTable[] = [];
  for (let length = 0; length <= CONTEXT_LENGTH; length++) {
    tables.push(buildNgramTable(gramsOf(symbols, length), BASE));
  }
  return {
    write: (uniform, characters) => writeText(tables, uniform, characters),
    cost: (text) => costOf(tables, text),
  };
}

function symbolsOf(text: string): Uint8Array {
  const symbols = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    symbols[i] = unit === 10 ? LINE_FEED : unit >= 32 && unit < 127 ? unit - 31 : OTHER;
  }
  return symbols;
}

/** Context of `length` symbols before position `end`, as one number; line feeds before the start. */
function contextBefore(symbols: Uint8Array, end: number, length: number): number {
  let context = 0;
  for (let i = end - length; i < end; i++)
    context = context * BASE + (i < 0 ? LINE_FEED : symbols[i]!);
  return context;
}

function gramsOf(symbols: Uint8Array, length: number): Float64Array {
  const grams = new Float64Array(symbols.length);
  for (let i = 0; i < symbols.length; i++) {
    grams[i] = contextBefore(symbols, i, length) * BASE + symbols[i]!;
  }
  return grams;
}

/** Draws a symbol by walking down the interpolation: longest known context first. */
function drawSymbol(
  tables: readonly NgramTable[],
  written: number[],
  uniform: UniformStream,
): number {
  for (let length = CONTEXT_LENGTH; length >= 0; length--) {
    const table = tables[length]!;
    let context = 0;
    for (let i = written.length - length; i < written.length; i++)
      context = context * BASE + written[i]!;
    const position = findContext(table, context);
    if (position < 0) continue;
    let rest = uniform() * (table.totals[position]! + successorTypes(table, position));
    for (let j = table.starts[position]!; j < table.starts[position + 1]!; j++) {
      rest -= table.counts[j]!;
      if (rest < 0) return table.successors[j]!;
    }
  }
  return Math.floor(uniform() * SYMBOLS);
}

function writeText(
  tables: readonly NgramTable[],
  uniform: UniformStream,
  characters: number,
): string {
  const written: number[] = new Array(CONTEXT_LENGTH).fill(LINE_FEED);
  const bytes = Buffer.alloc(characters);
  for (let size = 0; size < characters; ) {
    const symbol = drawSymbol(tables, written, uniform);
    if (symbol === OTHER) continue;
    written.push(symbol);
    bytes[size++] = symbol === LINE_FEED ? 10 : symbol + 31;
  }
  return bytes.toString('latin1');
}

function costOf(tables: readonly NgramTable[], text: string): TextCost {
  const symbols = symbolsOf(text);
  let bits = 0;
  for (let i = 0; i < symbols.length; i++) {
    let chance = 1 / SYMBOLS;
    for (let length = 0; length <= CONTEXT_LENGTH; length++) {
      const table = tables[length]!;
      const position = findContext(table, contextBefore(symbols, i, length));
      if (position < 0) break;
      const types = successorTypes(table, position);
      const count = successorCount(table, position, symbols[i]!);
      chance = (count + types * chance) / (table.totals[position]! + types);
    }
    bits -= Math.log2(chance);
  }
  return { bits, units: symbols.length };
}
