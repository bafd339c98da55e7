/**
 * From a schema's complaints to sentences for people. A problem says what was expected and found at
 * a key path, and what to do; whoever read the file adds file, line and column.
 */
import type { z } from 'zod';
import { nearest, suggest } from './nearest.js';

/** A place in a file as keys and list positions, from the root. */
export type KeyPath = readonly (string | number)[];

export interface Problem {
  readonly path: KeyPath;
  readonly expected: string;
  readonly found: string;
  readonly remedy: string;
}

type Issue = z.core.$ZodIssue;

/** `caps[3].max_share`; `the whole file` for the root. */
export function pathText(path: KeyPath): string {
  let out = '';
  for (const step of path) {
    if (typeof step === 'number') out += `[${step}]`;
    else out += out === '' ? stepText(step) : `.${stepText(step)}`;
  }
  return out === '' ? 'the whole file' : out;
}

/** A key as it is, or quoted where it holds what would break a line. */
function stepText(step: string): string {
  return /^[^\u0000-\u001f\u007f]{1,80}$/.test(step) ? step : foundText(step);
}

/** The written value, shortened; `nothing` for a key that is not there. */
export function foundText(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}

/** Value at a path of a tree of plain data; undefined where there is none. */
export function valueAt(root: unknown, path: KeyPath): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** Every problem of a parse, unknown keys first: they are the usual cause of missing ones. */
export function problemsOf(error: z.ZodError, root: unknown): Problem[] {
  const problems = error.issues.flatMap((issue) => translate(issue, [], root));
  const unknownKey = (p: Problem): number => (p.expected === 'a known key' ? 0 : 1);
  return problems.sort((a, b) => unknownKey(a) - unknownKey(b));
}

function translate(issue: Issue, base: KeyPath, root: unknown): Problem[] {
  const path = [...base, ...issue.path.map((step) => (typeof step === 'symbol' ? '' : step))];
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, issue.message, path, root);
  if (issue.code === 'invalid_union') return fromUnion(issue.errors, path, root);
  const value = valueAt(root, path);
  const params = issue.code === 'custom' ? (issue.params ?? {}) : {};
  const { found, remedy } = params as { found?: string; remedy?: string | null };
  const last = path.at(-1);
  return [
    {
      path,
      expected: issue.message,
      found:
        found ??
        (issue.code === 'too_small'
          ? 'fewer'
          : issue.code === 'too_big'
            ? 'more'
            : foundText(value)),
      remedy: remedy ?? (value === undefined ? `add "${String(last)}"` : `mend ${pathText(path)}`),
    },
  ];
}

function unknownKeys(
  keys: readonly string[],
  message: string,
  path: KeyPath,
  root: unknown,
): Problem[] {
  const known = message.replace(/^known keys: /, '').split(', ');
  const taken = Object.keys((valueAt(root, path) as object | undefined) ?? {});
  const free = known.filter((key) => !taken.includes(key));
  return keys.map((key) => ({
    path: [...path, key],
    expected: 'a known key',
    found: foundText(key),
    remedy: nearest(key, free) !== null ? suggest(key, free) : suggest(key, known),
  }));
}

/** How far a value is from a branch: unknown keys count one each. */
function faults(issues: readonly Issue[]): number {
  return issues.reduce((n, i) => n + (i.code === 'unrecognized_keys' ? i.keys.length : 1), 0);
}

/** The branch that fits best what was written; if none does, all expectations together. */
function fromUnion(branches: readonly Issue[][], path: KeyPath, root: unknown): Problem[] {
  const shapeFits = (issues: readonly Issue[]): boolean =>
    issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys');
  const [fitting] = branches.filter(shapeFits).sort((a, b) => faults(a) - faults(b));
  if (fitting !== undefined) return fitting.flatMap((issue) => translate(issue, path, root));
  const inner = branches.flatMap((issues) =>
    issues.filter((issue) => issue.path.length === 0).flatMap((i) => translate(i, path, root)),
  );
  const expected = [...new Set(inner.map((problem) => problem.expected))].join(' or ');
  const first = inner[0];
  return first === undefined ? [] : [{ ...first, expected }];
}
