/** Two styles of invented prose: the same words, which one style takes by another chance than the other. */
import type { ReviewedText } from '../core/label/text-statistics/cross-fit.js';
import { derive, draw } from '../core/random/draw.js';
import type { TruthLabel } from '../core/schema/label.js';

const WORDS =
  'river stone morning letter garden window almost never under about walked seemed answer quiet market delve tapestry nuanced moreover crucial landscape robust notably';
const VOCABULARY = WORDS.split(' ');
const KEY = derive(21, 'style corpus');

/** `tilt` in [0, 1]: how much more often the later words of the list come; 0 is the even style. */
export function styleText(id: string, tilt: number, words = 90): string {
  return Array.from({ length: words }, (_, i) => {
    const u = draw(KEY, `${id}/${i}`);
    return VOCABULARY[Math.floor(u ** (1 - 0.5 * tilt) * VOCABULARY.length)]!;
  }).join(' ');
}

/** Every other text of each style. */
export function styleExamples(name: string, count: number, tilt = 0.6): ReviewedText[] {
  return Array.from({ length: count }, (_, i) => {
    const label: TruthLabel = i % 2 === 0 ? 'synthetic' : 'human_authored';
    const id = `${name}-${i}`;
    return { id, label, text: styleText(id, label === 'synthetic' ? tilt : 0) };
  });
}
