/**
 * Text of unknown provenance: the README of every installed package. Real, licensed by its package
 * where the package says so, and declared by nobody: Ballast has to answer `unknown`.
 */
import { type Dirent, existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { DemoDocument } from './demo-document.js';

/** Throws for anything that is no SPDX expression. The package comes without types. */
const parseSpdx: (text: string) => unknown = createRequire(import.meta.url)(
  'spdx-expression-parse',
);

const PACKAGES_MAX = 600;

/** READMEs below a `node_modules` folder, by package name and version; nested folders too. */
export function readReadmes(modules: string): DemoDocument[] {
  const documents = new Map<string, DemoDocument>();
  for (const folder of packageFolders(modules)) {
    const document = readReadme(folder);
    if (document !== null && !documents.has(document.id)) documents.set(document.id, document);
  }
  const sorted = [...documents.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return sorted.slice(0, PACKAGES_MAX);
}

function subfolders(folder: string): Dirent[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
}

function packageFolders(modules: string): string[] {
  return subfolders(modules).flatMap(({ name }) => {
    const folder = join(modules, name);
    if (name.startsWith('@')) return packageFolders(folder);
    const nested = join(folder, 'node_modules');
    return [folder, ...(existsSync(nested) ? packageFolders(nested) : [])];
  });
}

function readReadme(folder: string): DemoDocument | null {
  const file = readdirSync(folder)
    .sort()
    .find((name) => /^readme(\.md|\.markdown|\.txt)?$/iu.test(name));
  if (file === undefined || !existsSync(join(folder, 'package.json'))) return null;
  const stated: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { name, version, license } = stated as Record<string, unknown>;
  const text = readFileSync(join(folder, file), 'utf8').replace(/\r\n?/gu, '\n').trim();
  if (typeof name !== 'string' || typeof version !== 'string' || text === '') return null;
  return {
    id: `readme-${name}@${version}`,
    text,
    source: 'readmes',
    domain: 'software',
    truth: null,
    url: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    ...(isSpdx(license) ? { license } : {}),
  };
}

function isSpdx(license: unknown): license is string {
  if (typeof license !== 'string') return false;
  try {
    parseSpdx(license);
    return true;
  } catch {
    return false;
  }
}
