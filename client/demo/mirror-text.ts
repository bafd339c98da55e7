/**
 * The mirror: a site that republished other people's text and says nothing about it. It is planted
 * so that the demo shows what happens to
 * - exact copies and near copies (a slip in one word of a hundred) of dated human documents: they
 *   join the original's cluster and are left out, since a copy is not a second human;
 * - edited copies (one word in ten replaced): too far for a duplicate, so undeclared text;
 * - undeclared human text, and machine text as it was written or with one word in ten replaced:
 *   `unknown` unless it is found in the log of what the demo's own models wrote (`own-log.ts`).
 */
import { derive, draw } from '../../core/random/draw.js';
import type { DemoDocument, Planted } from './demo-document.js';
import { uniformStream } from './uniform-stream.js';

export const CRAWLED = '2023-05-17';
const EXACT_COPIES = 60;
const NEAR_COPIES = 60;
const EDITED_COPIES = 40;

/** Words that an editor puts in place of another; the choice is blind to meaning. */
const REPLACEMENTS = [
  'indeed',
  'often',
  'perhaps',
  'again',
  'rather',
  'surely',
  'always',
  'hardly',
];

/** `originals`: human documents to copy; `undeclared`: text that only the mirror has. */
export function plantMirror(
  originals: readonly DemoDocument[],
  undeclared: readonly DemoDocument[],
  seed: number,
): DemoDocument[] {
  const key = derive(seed, 'demo-mirror');
  const ranked = originals
    .filter(({ text }) => text.length > 1_200)
    .map((document) => ({ document, rank: draw(key, document.id) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ document }) => document);
  const take = (from: number, count: number) => ranked.slice(from, from + count);
  return [
    ...take(0, EXACT_COPIES).map((original) => copy(original, 'exact_copy', original.text)),
    ...take(EXACT_COPIES, NEAR_COPIES).map((original) =>
      copy(original, 'near_copy', slip(original, seed)),
    ),
    ...take(EXACT_COPIES + NEAR_COPIES, EDITED_COPIES).map((original) =>
      copy(original, 'edited', edit(original, seed)),
    ),
    ...undeclared.map((document, i) =>
      undeclare(
        document,
        document.truth === 'synthetic' && i % 2 === 1 ? edit(document, seed) : null,
      ),
    ),
  ];
}

function copy(original: DemoDocument, planted: Planted, text: string): DemoDocument {
  return {
    id: `mirror-${planted}-${original.id}`,
    text,
    source: 'mirror',
    domain: original.domain,
    truth: planted === 'edited' ? 'human_edited' : 'human_authored',
    created: CRAWLED,
    planted,
    copyOf: original.id,
  };
}

function undeclare({ id, text, domain, truth }: DemoDocument, edited: string | null): DemoDocument {
  return {
    id: `mirror-${id}`,
    text: edited ?? text,
    source: 'mirror',
    domain,
    truth,
    created: CRAWLED,
    planted: 'undeclared',
  };
}

/** Swaps two letters inside one long word of every hundred words (at least one). */
function slip(original: DemoDocument, seed: number): string {
  return changeWords(original, seed, 100, (word) =>
    word.length < 4 ? `${word}s` : word[0]! + word[2]! + word[1]! + word.slice(3),
  );
}

/** Replaces one word in ten. */
function edit(original: DemoDocument, seed: number): string {
  const uniform = uniformStream(seed, 'demo-editor', original.id);
  return changeWords(original, seed, 10, () => {
    return REPLACEMENTS[Math.floor(uniform() * REPLACEMENTS.length)]!;
  });
}

/** Changes one word in each run of `every` words, at a drawn place; white space stays. */
function changeWords(
  original: DemoDocument,
  seed: number,
  every: number,
  change: (word: string) => string,
): string {
  const uniform = uniformStream(seed, 'demo-slips', original.id);
  let place = Math.floor(uniform() * every);
  let count = 0;
  return original.text.replace(/\S+/gu, (word) => {
    const chosen = count === place;
    count++;
    if (count === every) {
      count = 0;
      place = Math.floor(uniform() * every);
    }
    return chosen ? change(word) : word;
  });
}
