/**
 * A blend of another tool, from its file: YAML or JSON of OLMo-core, Levanter or Nemotron, the per-split
 * JSON of Megatron, or Megatron's list of weights and prefixes.
 */
import { findBlend, isWordList } from '../../core/report/starting-recipe/find-blend.js';
import {
  megatronSources,
  megatronWords,
} from '../../core/report/starting-recipe/megatron-words.js';
import { Failure } from '../../core/schema/failure.js';
import { type KeyPath, problemsOf, valueAt } from '../../core/schema/file-problems.js';
import {
  type BlendTool,
  type ForeignBlend,
  levanterBlend,
  nemotronBlend,
  olmoCoreBlend,
} from '../../core/schema/foreign-blend.js';
import { LIMITS } from '../../core/schema/limits.js';
import { failWithProblems } from '../recipe/fail-with-problems.js';
import { readText, type WrittenFile } from '../recipe/read-text.js';
import { type FileTree, readTree } from '../recipe/read-tree.js';

const CODE = 'RECIPE_INVALID';
/** A list of words: it starts with a number or a path, and no line is a key or a list item. */
const WORDS = /^\s*(?:--(?:train-)?data-path\s|[+-]?[\d.]+\s+\S|\S*\/\S*\s*$)/;

/** Reads a blend; `tool` null: told from the file. Throws RECIPE_INVALID with file and line. */
export async function readBlend(path: string, tool: BlendTool | null): Promise<ForeignBlend> {
  const file: WrittenFile = { path, subject: 'blend', code: CODE, missingCode: 'USAGE' };
  const text = await readText(file);
  const isList = !/\.(?:ya?ml|json)$/.test(path) && WORDS.test(text);
  const blend =
    isList && (tool === null || tool === 'megatron')
      ? wordBlend(megatronWords(text), path)
      : treeBlend(readTree(text, file), path, tool);
  if (blend.sources.length <= LIMITS.sources) return blend;
  throw refuse(`at most ${LIMITS.sources} sources`, 'more', path, 'merge small ones');
}

function refuse(expected: string, found: string, where: string, remedy: string): Failure {
  return new Failure(CODE, { subject: 'blend', expected, found, where, remedy });
}

function wordBlend(words: readonly string[], where: string, left: string[] = []): ForeignBlend {
  return { tool: 'megatron', sources: megatronSources(words, where), tokens: null, left };
}

function treeBlend(tree: FileTree, path: string, tool: BlendTool | null): ForeignBlend {
  const { root } = tree;
  if (tool === null || tool === 'megatron') {
    if (isWordList(root)) return wordBlend((root as unknown[]).map(String), path);
    if (typeof root === 'string') return wordBlend(megatronWords(root), path);
  }
  const found = findBlend(root, tool);
  if (found === null) {
    const kinds =
      'sources with target_ratio, train_weights, datasets with weight, or weight prefix pairs';
    throw refuse(kinds, 'none of them', path, 'name the tool with --from, or the right file');
  }
  return READERS[found.tool]({ tree, path, at: found.path });
}

interface Place {
  readonly tree: FileTree;
  readonly path: string;
  readonly at: KeyPath;
}

interface Schema<T> {
  safeParse(
    value: unknown,
    options: { reportInput: boolean },
  ): { success: true; data: T } | { success: false; error: Parameters<typeof problemsOf>[0] };
}

function parseAt<T>(schema: Schema<T>, { tree, at }: Place): T {
  const value = valueAt(tree.root, at) ?? tree.root;
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const problems = problemsOf(parsed.error, value);
  const where = (key: KeyPath) => tree.where([...at, ...key]);
  failWithProblems({ code: CODE, subject: 'blend', problems, where });
  throw parsed.error;
}

const READERS: Readonly<Record<BlendTool, (place: Place) => ForeignBlend>> = {
  'olmo-core': (place) => ({
    ...{ tool: 'olmo-core', sources: parseAt(olmoCoreBlend, place), left: [] },
    tokens: requestedTokens(place),
  }),
  levanter: (place) => {
    const { sources, stages } = parseAt(levanterBlend, place);
    const left =
      stages === 1 ? [] : [`It has ${stages} stages of weights; these are of the first.`];
    return { tool: 'levanter', sources, tokens: null, left };
  },
  nemotron: (place) => ({
    ...{ tool: 'nemotron', sources: parseAt(nemotronBlend, place), tokens: null, left: [] },
  }),
  megatron: ({ tree, path, at }) => {
    const splits = valueAt(tree.root, at) ?? tree.root;
    const train = valueAt(splits, ['train']);
    const words = Array.isArray(train) ? train.map(String) : megatronWords(String(train));
    return wordBlend(words, `${path}, train`, ['Its train split alone is read.']);
  },
};

/** `requested_tokens` beside OLMo-core's list, or one mapping above it; `1_000` as YAML 1.1 reads it. */
function requestedTokens({ tree, at }: Place): number | null {
  for (const path of [at, at.slice(0, -1)]) {
    const written = valueAt(tree.root, [...path, 'requested_tokens']);
    const isText = typeof written === 'string' && /^\d+(_\d+)*$/.test(written);
    const tokens = isText ? Number(written.replaceAll('_', '')) : written;
    if (Number.isSafeInteger(tokens) && (tokens as number) > 0) return tokens as number;
  }
  return null;
}
