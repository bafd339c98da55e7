/** Moments of the natural logarithm of words per document. */

/**
 * Mean, and variance with n - 1 below, over documents that have words; 0 where there are none (or one, for the
 * variance). Sums run over lengths, so they do not depend on the order of documents.
 */
export function logMoments(lengths: readonly { words: number; documents: number }[]): {
  documents: number;
  mean: number;
  variance: number;
} {
  const ascending = [...lengths].sort((a, b) => a.words - b.words);
  const sum = (of: (log: number) => number) =>
    ascending.reduce((all, { words, documents }) => all + documents * of(Math.log(words)), 0);
  const documents = sum(() => 1);
  if (documents === 0) return { documents, mean: 0, variance: 0 };
  const mean = sum((log) => log) / documents;
  const squares = sum((log) => (log - mean) ** 2);
  return { documents, mean, variance: documents === 1 ? 0 : squares / (documents - 1) };
}
