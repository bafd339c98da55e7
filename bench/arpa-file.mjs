/**
 * The smoothed model of fitted tables as an ARPA file, so that another program can score with it. Words are
 * their codes. P of each n-gram that the text holds, with the backoff weight of its contexts; `<unk>` is what the
 * lowest order spreads on a word that the text does not hold.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { lowestProbability, middleProbability } from '../dist/core/simulate/ngram/probability.js';
import { copiesOf } from '../dist/core/simulate/ngram/tables.js';

/** Writes a trigram model; `smoothing` as in probability.ts. */
export function writeArpa(path, tables, smoothing) {
  const { discount } = smoothing;
  const { vocabulary, bigrams, trigrams, bigramWord, wordBigrams, wordMiddle } = tables;
  const lowest = Array.from({ length: vocabulary + 1 }, (_, w) =>
    lowestProbability(tables, smoothing, w),
  );
  const held = [...Array(vocabulary).keys()].filter((w) => copiesOf(tables, w) > 0);
  const firstWord = new Int32Array(bigrams);
  for (const v of held) firstWord.fill(v, wordBigrams[v], wordBigrams[v + 1]);
  const middle = Float64Array.from({ length: bigrams }, (_, b) =>
    middleProbability(tables, discount, {
      ...{ context: firstWord[b], bigram: b, lower: lowest[bigramWord[b]] },
    }),
  );
  const file = openSync(path, 'w');
  const log = (p) => Math.log10(p).toFixed(7);
  const section = (name, lines) => writeSync(file, `\\${name}:\n${lines.join('\n')}\n\n`);
  writeSync(
    file,
    `\\data\\\nngram 1=${held.length + 3}\nngram 2=${bigrams}\nngram 3=${trigrams}\n\n`,
  );
  section('1-grams', [
    `${log(lowest[vocabulary])}\t<unk>\t0`,
    '-99\t<s>\t0',
    '-99\t</s>',
    ...held.map((v) => {
      const types = wordBigrams[v + 1] - wordBigrams[v];
      return `${log(lowest[v])}\t${v}\t${log((discount * types) / (wordMiddle[v + 1] - wordMiddle[v]))}`;
    }),
  ]);
  const { bigramEntries, bigramTrigrams, trigramTail, trigramCount } = tables;
  const size = (ranges, b) => ranges[b + 1] - ranges[b];
  section(
    '2-grams',
    Array.from({ length: bigrams }, (_, b) => {
      const weight = (discount * size(bigramTrigrams, b)) / size(bigramEntries, b);
      return `${log(middle[b])}\t${firstWord[b]} ${bigramWord[b]}\t${log(weight)}`;
    }),
  );
  const lines = [];
  for (let b = 0; b < bigrams; b++) {
    const total = size(bigramEntries, b);
    const types = size(bigramTrigrams, b);
    for (let t = bigramTrigrams[b]; t < bigramTrigrams[b + 1]; t++) {
      const tail = trigramTail[t];
      const p = (trigramCount[t] - discount + discount * types * middle[tail]) / total;
      lines.push(`${log(p)}\t${firstWord[b]} ${bigramWord[b]} ${bigramWord[tail]}`);
    }
  }
  section('3-grams', lines);
  writeSync(file, '\\end\\\n');
  closeSync(file);
}
