/**
 * Finds a blend in a file of another tool: such a config often holds it some keys deep. Tells the
 * tools apart by the keys that only they have.
 */
import type { KeyPath } from '../../schema/file-problems.js';
import type { BlendTool } from '../../schema/foreign-blend.js';

const DEPTH_MAX = 12;

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const hasItemWith = (value: unknown, keys: readonly string[]): boolean =>
  Array.isArray(value) && value.some((item) => isTree(item) && keys.some((key) => key in item));

/** In the order in which they are asked. */
const LOOKS: readonly (readonly [BlendTool, (tree: Tree) => boolean])[] = [
  ['olmo-core', ({ sources }) => hasItemWith(sources, ['source_name', 'target_ratio'])],
  ['levanter', (tree) => 'train_weights' in tree],
  ['nemotron', ({ datasets }) => hasItemWith(datasets, ['path', 'weight'])],
  ['megatron', ({ train }) => typeof train === 'string' || isWords(train)],
];

const isWords = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((word) => typeof word === 'string' || typeof word === 'number');

export interface FoundBlend {
  readonly tool: BlendTool;
  /** Place of the mapping that holds it. */
  readonly path: KeyPath;
}

/** The first blend of `wanted` (or of any tool), nearest to the root; null where there is none. */
export function findBlend(root: unknown, wanted: BlendTool | null): FoundBlend | null {
  let level: { value: unknown; path: KeyPath }[] = [{ value: root, path: [] }];
  for (let depth = 0; depth <= DEPTH_MAX && level.length > 0; depth++) {
    for (const [tool, looksSo] of LOOKS) {
      if (wanted !== null && wanted !== tool) continue;
      const found = level.find(({ value }) => isTree(value) && looksSo(value));
      if (found !== undefined) return { tool, path: found.path };
    }
    level = level.flatMap(({ value, path }) => childrenOf(value, path));
  }
  return null;
}

function childrenOf(value: unknown, path: KeyPath): { value: unknown; path: KeyPath }[] {
  if (Array.isArray(value)) return value.map((item, i) => ({ value: item, path: [...path, i] }));
  if (!isTree(value)) return [];
  return Object.entries(value).map(([key, item]) => ({ value: item, path: [...path, key] }));
}

/** A list of words: Megatron's, as JSON. */
export const isWordList = isWords;
