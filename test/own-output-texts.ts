/**
 * Made texts for tests of own outputs: sentences over a vocabulary that all texts of a topic share,
 * with names and numbers of their own, as texts on one matter have. Each is a function of its number.
 */
import { derive, draw } from '../core/random/draw.js';

const KEY = derive(29, 'own outputs');
const chance = (...parts: (string | number)[]) => draw(KEY, parts.join('/'));
const SYLLABLES = 'ba re mi to lan der ost vik sen pra quo lin tar mu gel fin zor hap'.split(' ');
const TOPICS = 6;

function madeWord(seed: string): string {
  const length = 2 + Math.floor(2 * chance(seed, 'length'));
  return Array.from(
    { length },
    (_, i) => SYLLABLES[Math.floor(SYLLABLES.length * chance(seed, i))]!,
  ).join('');
}

/** Words of a text: a third that every text has, half of its topic, the rest its own. */
function wordsOf(i: number): string[] {
  const topic = i % TOPICS;
  const count = 90 + Math.floor(60 * chance('count', i));
  return Array.from({ length: count }, (_, at) => {
    const kind = chance('kind', i, at);
    const rank = Math.floor(60 * chance('rank', i, at) ** 2);
    if (kind < 0.35) return madeWord(`common ${rank}`);
    if (kind < 0.8) return madeWord(`topic ${topic} ${rank}`);
    if (kind < 0.97) return madeWord(`own ${i} ${Math.floor(12 * chance('own', i, at))}`);
    return String(1000 + Math.floor(9000 * chance('number', i, at)));
  });
}

function written(words: readonly string[]): string {
  return words
    .map((word, at) => {
      const starts = at % 11 === 0;
      const ends = at % 11 === 10 || at === words.length - 1;
      return `${starts ? word[0]!.toUpperCase() + word.slice(1) : word}${ends ? '.' : ''}`;
    })
    .join(' ');
}

export function outputText(i: number): string {
  return written(wordsOf(i));
}

/** The text with a share of its words replaced by others of its topic. */
export function rewriteOf(i: number, share: number): string {
  return written(
    wordsOf(i).map((word, at) =>
      chance('change', share, i, at) < share
        ? madeWord(`topic ${i % TOPICS} ${Math.floor(60 * chance('other', share, i, at))}`)
        : word,
    ),
  );
}
