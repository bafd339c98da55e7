/** What stands under `name@version` already, and whether a wanted build is the same one. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compareVersions } from '../core/mix/next-version.js';
import { Failure } from '../core/schema/failure.js';
import { type Manifest, manifest } from '../core/schema/manifest.js';
import type { Pins } from '../core/schema/pins.js';
import { isThere, mixPath, readJson } from '../storage/workspace.js';

export const MANIFEST_FILE = 'mix.json';

export function readManifest(workspace: string, name: string, version: string): Manifest | null {
  const path = join(workspace, mixPath(name, version), MANIFEST_FILE);
  if (!isThere(path)) return null;
  try {
    return manifest.parse(readJson(path));
  } catch (error) {
    throw new Failure('LEDGER_BROKEN', {
      subject: `${name}@${version}`,
      expected: 'a whole manifest',
      found: (error as Error).message.split('\n')[0]!.slice(0, 200),
      where: `${mixPath(name, version)}/${MANIFEST_FILE}`,
      remedy: 'restore the file from a copy, or choose a new version',
    });
  }
}

export interface FieldChange {
  readonly field: string;
  readonly published: unknown;
  readonly wanted: unknown;
}

/** Fields in which two JSON values differ, as dotted paths. */
export function fieldDiff(published: unknown, wanted: unknown, field = ''): FieldChange[] {
  if (JSON.stringify(published) === JSON.stringify(wanted)) return [];
  const bothObjects = [published, wanted].every(
    (value) => typeof value === 'object' && value !== null,
  );
  if (!bothObjects || Array.isArray(published) !== Array.isArray(wanted))
    return [{ field, published, wanted }];
  const [a, b] = [published as Record<string, unknown>, wanted as Record<string, unknown>];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return keys.flatMap((key) =>
    fieldDiff(a[key] ?? null, b[key] ?? null, field === '' ? key : `${field}.${key}`),
  );
}

function refused(found: Manifest, changes: readonly FieldChange[], what: string): Failure {
  const shown = changes
    .slice(0, 3)
    .map(
      ({ field, published, wanted }) =>
        `${field}: ${JSON.stringify(published)} -> ${JSON.stringify(wanted)}`,
    );
  const more = changes.length > 3 ? ` and ${changes.length - 3} more` : '';
  return new Failure(
    'VERSION_EXISTS',
    {
      subject: `${found.name}@${found.version}`,
      expected: `the ${what} that it was published with`,
      found: `${shown.join('; ')}${more}`,
      where: mixPath(found.name, found.version),
      remedy: 'choose a new version: a published one never changes',
    },
    { changes },
  );
}

function withoutIdentity(recipe: unknown): Record<string, unknown> {
  const { name: _name, version: _version, ...rest } = recipe as Record<string, unknown>;
  return rest;
}

/** The recipe as it was written: less the caps that the gate added. */
export function writtenRecipe({ recipe, risk }: Manifest): Record<string, unknown> {
  const { caps, ...rest } = withoutIdentity(recipe);
  const added = new Set(risk?.capsAdded ?? []);
  const written = (caps as { id?: string }[]).filter(({ id }) => !added.has(id ?? ''));
  return { ...rest, caps: written };
}

/** Throws `VERSION_EXISTS` where the published version is of another recipe. */
export function assertSameRecipe(found: Manifest, fingerprint: string, recipe: unknown): void {
  if (found.recipeFingerprint === fingerprint) return;
  throw refused(found, fieldDiff(writtenRecipe(found), withoutIdentity(recipe)), 'recipe');
}

/** Throws `VERSION_EXISTS` where the published version was made of other bytes. */
export function assertSameInputs(found: Manifest, pins: Pins): void {
  const files = found.inputs.map(({ source, path, sha256 }) => [`${source} ${path}`, sha256]);
  const pinned = pins.sources.flatMap(({ name, shards }) =>
    shards.map(({ file, sha256 }) => [`${name} ${file}`, sha256]),
  );
  const published = Object.fromEntries([...files, ['tokenizer', found.tokenizer]]);
  const wanted = Object.fromEntries([...pinned, ['tokenizer', pins.tokenizer.name]]);
  const changes = fieldDiff(published, wanted);
  if (changes.length > 0) throw refused(found, changes, 'input files');
}

/** Published versions of a mix other than `version`, oldest first. */
export function otherVersions(workspace: string, name: string, version: string): string[] {
  const folder = join(workspace, 'mixes', name);
  if (!isThere(folder)) return [];
  const others = readdirSync(folder).filter(
    (other) => other !== version && isThere(join(folder, other, MANIFEST_FILE)),
  );
  return others.sort(compareVersions);
}

/** The newest published version of a mix other than `version`; null where there is none. */
export function latestVersion(workspace: string, name: string, version: string): string | null {
  return otherVersions(workspace, name, version).at(-1) ?? null;
}
