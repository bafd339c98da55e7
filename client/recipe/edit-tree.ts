/**
 * `--set key=value`: edits the tree before the parse, so that the resolved recipe is what is
 * fingerprinted and stored. A key is a dotted path; an item of a list is named by its position or by
 * its id (`caps.synthetic-health.max_share=0.3`). The value is read as YAML.
 */
import { Failure } from '../../core/schema/failure.js';
import type { KeyPath } from '../../core/schema/file-problems.js';
import { foundText } from '../../core/schema/file-problems.js';
import { suggest } from '../../core/schema/nearest.js';
import { readTree } from './read-tree.js';

/** One edit that was made, for naming the place of an error. */
export interface Edit {
  readonly written: string;
  readonly path: KeyPath;
}

type Branch = Record<string, unknown> | unknown[];

/** Keys by which an item of a list can be named. */
const NAME_KEYS = ['id', 'name', 'grant_id'];

/** Makes the edits in order, in place. `keysAt` gives the known keys of the file, for new ones. */
export function editTree(
  root: unknown,
  settings: readonly string[],
  keysAt: (path: KeyPath) => readonly string[] | null,
): Edit[] {
  return settings.map((written) => {
    const { key, value } = splitSetting(written);
    const path = setValue(root, key.split('.'), value, written, keysAt);
    return { written, path };
  });
}

function refuse(written: string, expected: string, found: string, remedy: string): Failure {
  return new Failure('USAGE', {
    subject: 'option --set',
    expected,
    found,
    where: settingText(written),
    remedy,
  });
}

function splitSetting(written: string): { key: string; value: unknown } {
  const at = written.indexOf('=');
  const key = written.slice(0, Math.max(at, 0)).trim();
  if (key === '' || key.split('.').includes('')) {
    throw refuse(
      written,
      'key=value',
      foundText(written),
      'for example --set token_budget=1000000',
    );
  }
  const value = readTree(written.slice(at + 1), {
    path: `${settingText(written)}, value`,
    subject: 'option --set',
    code: 'USAGE',
    missingCode: 'USAGE',
  });
  return { key, value: value.root };
}

/** `--set key=value` on one line of sane length, for messages. */
export function settingText(written: string): string {
  const line = written.replaceAll(/[\u0000-\u001f\u007f]+/g, ' ');
  return `--set ${line.length > 160 ? `${line.slice(0, 157)}...` : line}`;
}

function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null;
}

function setValue(
  root: unknown,
  steps: readonly string[],
  value: unknown,
  written: string,
  keysAt: (path: KeyPath) => readonly string[] | null,
): KeyPath {
  const path: (string | number)[] = [];
  let branch = root;
  for (let i = 0; ; ) {
    if (!isBranch(branch)) {
      const remedy = 'shorten the key, or set the whole value';
      throw refuse(
        written,
        'a key of the recipe',
        `${foundText(branch)} at ${path.join('.')}`,
        remedy,
      );
    }
    const { step, used } = stepInto(branch, steps.slice(i), written, keysAt(path));
    path.push(step);
    i += used;
    const holder = branch as Record<string | number, unknown>;
    if (i >= steps.length) {
      holder[step] = value;
      return path;
    }
    if (!Object.hasOwn(holder, step) || holder[step] === null) holder[step] = {};
    branch = holder[step];
  }
}

interface Step {
  readonly step: string | number;
  /** How many dotted parts it took: names may hold dots. */
  readonly used: number;
}

function stepInto(
  branch: Branch,
  rest: readonly string[],
  written: string,
  keys: readonly string[] | null,
): Step {
  for (let used = rest.length; used > 0; used--) {
    const name = rest.slice(0, used).join('.');
    if (Array.isArray(branch)) {
      const index = itemIndex(branch, name);
      if (index >= 0) return { step: index, used };
    } else if (Object.hasOwn(branch, name)) return { step: name, used };
  }
  const known = Array.isArray(branch) ? namesOf(branch) : keys;
  const name = rest[0]!;
  if (!Array.isArray(branch) && name !== '__proto__') {
    if (known === null) return { step: rest.join('.'), used: rest.length };
    if (known.includes(name)) return { step: name, used: 1 };
  }
  const what = Array.isArray(branch) ? 'an item that is in the list' : 'a known key';
  throw refuse(written, what, foundText(name), suggest(name, known ?? []));
}

function namesOf(items: readonly unknown[]): string[] {
  return items.flatMap((item, index) => {
    const key = NAME_KEYS.find((k) => isBranch(item) && Object.hasOwn(item, k));
    return [key === undefined ? String(index) : String((item as Record<string, unknown>)[key])];
  });
}

function itemIndex(items: readonly unknown[], name: string): number {
  const named = namesOf(items).indexOf(name);
  if (named >= 0) return named;
  return /^\d{1,6}$/.test(name) && Number(name) < items.length ? Number(name) : -1;
}
