/** Fields in which two recipes differ, under the keys that people write; list items by their names. */
import type { Recipe } from '../schema/recipe.js';
import { NONE } from './format.js';
import { left, type Table } from './tables.js';

export interface RecipeChange {
  /** Dotted path as in `--set`: `caps.synthetic-health.max_share`. */
  readonly field: string;
  /** Null where that side has no such field. */
  readonly before: unknown;
  readonly after: unknown;
}

/** Mappings whose keys are names of the user's, not keys of ours. */
const NAMED_KEYS = ['target_shares', 'target_tolerance', 'rates', 'map'];
/** Fields that are called otherwise in a file. */
const WRITTEN: Readonly<Record<string, string>> = { target_tolerances: 'target_tolerance' };

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Changes from `a` to `b`, sorted by field; none for equal recipes. */
export function recipeChanges(a: Recipe, b: Recipe): RecipeChange[] {
  return changesOf('', a, b);
}

function changesOf(field: string, before: unknown, after: unknown): RecipeChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const [x, y] = [fieldsOf(before), fieldsOf(after)];
  if (x === null || y === null) return [{ field, before: before ?? null, after: after ?? null }];
  const keys = [...new Set([...Object.keys(x), ...Object.keys(y)])].sort();
  return keys.flatMap((key) => changesOf(join(field, key, before), x[key], y[key]));
}

/** A mapping as it is (a cap's limit under its written key), a list of named items by name; else null. */
function fieldsOf(value: unknown): Fields | null {
  if (isFields(value)) {
    const { limit, ...rest } = value;
    if (!isFields(limit) || typeof limit.kind !== 'string') return value;
    return { ...rest, [limit.kind]: limit.share ?? limit.tokens };
  }
  if (!Array.isArray(value)) return null;
  const names = value.map(nameOf);
  const isNamed = names.every((name) => name !== null) && new Set(names).size === names.length;
  return isNamed ? Object.fromEntries(names.map((name, i) => [name, value[i]])) : null;
}

function nameOf(item: unknown): string | null {
  if (!isFields(item)) return null;
  const name = item.id ?? item.name ?? item.grantId;
  return typeof name === 'string' ? name : null;
}

function join(field: string, key: string, parent: unknown): string {
  const last = field.slice(field.lastIndexOf('.') + 1);
  const isName = Array.isArray(parent) || NAMED_KEYS.includes(last);
  const snake = key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const written = isName ? key : (WRITTEN[snake] ?? snake);
  return field === '' ? written : `${field}.${written}`;
}

/** `field, before, after`; a value as JSON. */
export function recipeChangesTable(changes: readonly RecipeChange[]): Table {
  const text = (value: unknown) => (value === null ? NONE : JSON.stringify(value));
  return {
    title: 'Recipe',
    columns: left('key', 'before', 'after'),
    rows: changes.map(({ field, before, after }) => [field, text(before), text(after)]),
  };
}
