/**
 * A small evaluation set: sentences of a novel that the mix also reads. It is planted so that the demo
 * shows how documents that hold benchmark items are found and left out.
 */
import type { DemoDocument } from './demo-document.js';
import { splitSentences } from './split-text.js';

const ITEMS = 12;
const WORDS_MIN = 16;

/** JSON lines, one item each: a sentence of every twentieth part of the book. */
export function quiz(documents: readonly DemoDocument[], book: string): string {
  const parts = documents.filter(({ source, id }) => source === 'novels' && id.includes(book));
  const step = Math.max(1, Math.floor(parts.length / ITEMS));
  const items: string[] = [];
  for (let at = 0; at < parts.length && items.length < ITEMS; at += step) {
    const long = splitSentences(parts[at]!.text).find(
      (sentence) => sentence.split(/\s+/).length >= WORDS_MIN,
    );
    if (long === undefined) continue;
    items.push(
      JSON.stringify({
        id: `quiz-${items.length + 1}`,
        question: `In which book: ${long}`,
        answer: book,
      }),
    );
  }
  return items.map((line) => `${line}\n`).join('');
}
