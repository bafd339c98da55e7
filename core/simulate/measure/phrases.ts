/** Finds terms of several words in a text's words. */

export type PhraseFinder = (words: readonly string[]) => string[];

/** `phrases`: words joined by a space. Answers every occurrence, overlapping ones too, in text order. */
export function phraseFinder(phrases: readonly string[]): PhraseFinder {
  const byFirst = new Map<string, string[][]>();
  for (const phrase of phrases) {
    const parts = phrase.split(' ');
    const list = byFirst.get(parts[0]!);
    if (list === undefined) byFirst.set(parts[0]!, [parts]);
    else list.push(parts);
  }
  if (byFirst.size === 0) return () => [];
  return (words) => {
    const found: string[] = [];
    words.forEach((word, at) => {
      for (const parts of byFirst.get(word) ?? [])
        if (parts.every((part, i) => words[at + i] === part)) found.push(parts.join(' '));
    });
    return found;
  };
}
