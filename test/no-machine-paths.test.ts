/**
 * No file says where it was written: no folder of one machine, no host of a package registry, no
 * tool of the place of work. The forbidden words are put together here, so that this file has none.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, treeFiles } from './tree-files.js';

const SIZE_BYTES_MAX = 4_000_000;

const slashed = (...parts: string[]) => `/${parts.join('/')}`;
const dotted = (...parts: string[]) => parts.join('\\.');
const spaced = (...parts: string[]) => parts.join(' ');

const FORBIDDEN: readonly (readonly [string, RegExp])[] = [
  ['folder of one machine', new RegExp(`(?<![\\w.$-])${slashed('work', '')}`)],
  ['folder of one machine', new RegExp(`(?<![\\w.$-])${slashed('root', '')}`)],
  ['folder of one machine', new RegExp(slashed('tmp', '(exp|brief|bash)'))],
  ['folder of one machine', new RegExp(`(?<![\\w.$-])${slashed('(home|Users)', '[a-z]')}`)],
  ['host of a registry', new RegExp(dotted('registry', '(npmjs|yarnpkg|npmmirror)'), 'i')],
  ['host of a registry', new RegExp(dotted('(pypi|npmjs)', '(org|com)'), 'i')],
  ['host of a registry', new RegExp(dotted('pythonhosted', 'org'), 'i')],
  ['host of a registry', new RegExp(dotted('proxy', 'golang', 'org'), 'i')],
  ['tool of the place of work', new RegExp(`\\b${spaced('issues', '(show|list|note)')}\\b`)],
  ['tool of the place of work', new RegExp(`\\b${spaced('duplicates', '--')}`)],
  ['tool of the place of work', new RegExp(['before', 'stop'].join('-'))],
  ['tool of the place of work', new RegExp(`\\.(${['library', 'mirror'].join('|')})/`)],
];

function findingsIn(text: string): string[] {
  return text.split('\n').flatMap((line, index) =>
    FORBIDDEN.flatMap(([what, pattern]) => {
      const found = pattern.exec(line);
      return found === null ? [] : [`line ${index + 1}: ${what}: ${found[0]}`];
    }),
  );
}

describe('the tree', () => {
  const files = treeFiles();

  it('names no folder of a machine, no registry and no tool of the place of work', () => {
    const findings = files.flatMap((file) =>
      findingsIn(readFileSync(join(ROOT, file), 'latin1')).map((finding) => `${file} ${finding}`),
    );
    expect(files.length).toBeGreaterThan(200);
    expect(findings).toEqual([]);
  });

  it('has no file so large that it must be data, a build or a mistake', () => {
    const sizeOf = (file: string) => statSync(join(ROOT, file)).size;
    expect(files.filter((file) => sizeOf(file) > SIZE_BYTES_MAX)).toEqual([]);
  });
});

describe('the judge of machine paths', () => {
  it.each([
    `cd ${slashed('work', 'main')}`,
    `"${slashed('root', '.cache')}"`,
    `${slashed('tmp', 'exp1')}`,
    `file://${slashed('home', 'ann', 'x')}`,
    `https://${['registry', 'npmjs', 'org'].join('.')}/zod`,
    `https://${['PyPI', 'org'].join('.')}/simple`,
    `${spaced('issues', 'show', '3')}`,
  ])('refuses %s', (line) => {
    expect(findingsIn(`first\n${line}`)).not.toEqual([]);
    expect(findingsIn(`first\n${line}`).every((finding) => finding.startsWith('line 2: '))).toBe(
      true,
    );
  });

  it.each([
    'import { x } from "../work/main.js";',
    'the network/root/leaf of a tree',
    'join(tmpdir(), "ballast-")',
    '../shared/data',
    'issues and pull requests',
  ])('lets %s be', (line) => {
    expect(findingsIn(line)).toEqual([]);
  });
});
