/** Keys that a recipe file can hold at a path, read from the schema itself. */
import type { KeyPath } from './file-problems.js';
import { valueAt } from './file-problems.js';
import { recipeFile } from './recipe-file.js';

interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, SchemaNode>>;
  readonly element?: SchemaNode;
  readonly innerType?: SchemaNode;
  readonly in?: SchemaNode;
  readonly options?: readonly SchemaNode[];
}

interface SchemaNode {
  readonly def: Definition;
}

/** The schemas of what is written: without defaults, transforms and refinements around them. */
function written(node: SchemaNode): readonly SchemaNode[] {
  const { innerType, in: input, options } = node.def;
  if (innerType !== undefined) return written(innerType);
  if (input !== undefined) return written(input);
  return options === undefined ? [node] : options.flatMap(written);
}

/**
 * Known keys of the mapping at `path`, or null where any key is allowed (target_shares, `map`).
 * Where a value has several forms, the keys of all of them.
 */
export function knownKeysAt(root: unknown, path: KeyPath): readonly string[] | null {
  let nodes = written(recipeFile as unknown as SchemaNode);
  for (let i = 0; i < path.length; i++) {
    const inList = Array.isArray(valueAt(root, path.slice(0, i)));
    nodes = nodes.flatMap(({ def }) => {
      const next = inList ? def.element : def.shape?.[String(path[i])];
      return next === undefined ? [] : written(next);
    });
  }
  const shapes = nodes.flatMap(({ def }) => (def.shape === undefined ? [] : [def.shape]));
  if (shapes.length === 0) return null;
  return [...new Set(shapes.flatMap((shape) => Object.keys(shape)))];
}
