/**
 * Megatron's blend is a list of words: `weight prefix weight prefix ..`, or prefixes alone, whose
 * weights are then their sizes. It tells the two apart by the words' number alone, so an odd word
 * turns weights into prefixes there, in silence; here that is refused.
 */
import { Failure } from '../../schema/failure.js';
import type { ForeignSource } from '../../schema/foreign-blend.js';
import { LIMITS } from '../../schema/limits.js';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** What Megatron's preprocessing adds to the name of its output. */
const SUFFIX = /_(?:text|content)_(?:document|sentence)$/;
/** Last parts of a path that tell nothing about a source. */
const BLAND = /^(?:train|data|tokens|tokenized|text|all|merged|part[-_]?\d*)?$/i;

/** Words of a `--data-args-path` file or of a command line that was pasted into one. */
export function megatronWords(text: string): string[] {
  return text
    .split(/\s+/)
    .map((word) => word.replace(/^["']|["']$/g, ''))
    .filter((word) => word !== '' && word !== '\\' && !/^--(?:train-)?data-path$/.test(word));
}

/** Sources of a list of words; `where` names its file. */
export function megatronSources(words: readonly string[], where: string): ForeignSource[] {
  const numbers = words.filter((word) => NUMBER.test(word)).length;
  if (words.length === 0) throw refuse('weights and prefixes', 'no word', where, 'write the list');
  if (numbers === 0) return sourcesOf(words, null);
  words.forEach((word, i) => {
    const isWeight = i % 2 === 0;
    if (NUMBER.test(word) === isWeight && !(isWeight && Number(word) < 0)) return;
    const expected = isWeight ? 'a weight of at least 0' : 'a prefix after each weight';
    throw refuse(expected, `"${word}"`, `${where}, word ${i + 1}`, PAIRS);
  });
  if (words.length % 2 === 1)
    throw refuse(
      'a prefix after each weight',
      'the end',
      `${where}, word ${words.length + 1}`,
      PAIRS,
    );
  const prefixes = words.filter((_, i) => i % 2 === 1);
  return sourcesOf(prefixes, words.filter((_, i) => i % 2 === 0).map(Number));
}

const PAIRS = 'write pairs: 0.3 path/to/a_text_document 0.7 path/to/b_text_document';

function refuse(expected: string, found: string, where: string, remedy: string): Failure {
  return new Failure('RECIPE_INVALID', {
    subject: 'Megatron blend',
    expected,
    found,
    where,
    remedy,
  });
}

function sourcesOf(
  prefixes: readonly string[],
  weights: readonly number[] | null,
): ForeignSource[] {
  const names = namesOf(prefixes);
  return prefixes.slice(0, LIMITS.sources + 1).map((prefix, i) => ({
    ...{ name: names[i]!, paths: [prefix], passesMax: null },
    weight: weights === null ? null : weights[i]!,
  }));
}

/** The last part of each prefix that tells something; more parts where two are alike. */
function namesOf(prefixes: readonly string[]): string[] {
  const parts = prefixes.map((prefix) => {
    const steps = prefix
      .replace(SUFFIX, '')
      .split('/')
      .filter((step) => step !== '');
    while (steps.length > 1 && BLAND.test(steps.at(-1)!)) steps.pop();
    return steps;
  });
  const deepest = Math.max(...parts.map((steps) => steps.length));
  for (let depth = 1; depth < deepest; depth++) {
    const names = parts.map((steps) => steps.slice(-depth).join('-'));
    if (new Set(names).size === new Set(prefixes).size) return names;
  }
  return parts.map((steps) => steps.join('-'));
}
