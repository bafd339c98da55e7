/** Facts about the package that a careless install or edit would change without anyone noticing. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { temporal } from '@temporalio/proto';
import { describe, expect, it } from 'vitest';
import { ROOT, treeFiles } from './tree-files.js';

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly engines: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}
interface Locked {
  readonly name?: string;
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly optionalDependencies?: Record<string, string>;
}

const manifest = JSON.parse(read('package.json')) as Manifest;
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };
const wanted = { ...manifest.dependencies, ...manifest.devDependencies };
const names = Object.keys(wanted);
/** The one dependency under another name: the maintained fork of the second reader. */
const ALIAS = ['parquetjs', 'npm:@dsnp/parquetjs@1.8.8'] as const;

describe('dependencies', () => {
  it('are exact versions, with one alias and no range, tag, address or folder', () => {
    const loose = Object.entries(wanted).filter(
      ([name, version]) => name !== ALIAS[0] && !/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version),
    );
    expect(loose).toEqual([]);
    expect(wanted[ALIAS[0]]).toBe(ALIAS[1]);
    expect(Object.values(wanted).filter((version) => version.includes(':'))).toEqual([ALIAS[1]]);
  });

  it('hold one version of all Temporal packages, in the manifest and in the lockfile', () => {
    const asked = names
      .filter((name) => name.startsWith('@temporalio/'))
      .map((name) => wanted[name]);
    const locked = Object.entries(lock.packages)
      .filter(([path]) => /(^|\/)node_modules\/@temporalio\/[^/]+$/.test(path))
      .map(([, { version }]) => version);
    expect(asked.length).toBeGreaterThanOrEqual(6);
    expect(new Set([...asked, ...locked])).toEqual(
      new Set([manifest.dependencies['@temporalio/worker']]),
    );
  });

  it('are the ones that the lockfile holds', () => {
    for (const name of names) {
      const locked = lock.packages[`node_modules/${name}`];
      expect(locked?.version, name).toBe(name === ALIAS[0] ? '1.8.8' : wanted[name]);
    }
    expect(lock.packages['node_modules/parquetjs']?.name).toBe('@dsnp/parquetjs');
  });

  it('have names that no second dependency shares by kind', () => {
    const both = Object.keys(manifest.dependencies).filter(
      (name) => name in manifest.devDependencies,
    );
    expect(both).toEqual([]);
  });
});

describe('the lockfile', () => {
  it('names no place to download from, so that any mirror serves a fresh clone', () => {
    const placed = Object.entries(lock.packages).filter(
      ([, { resolved }]) => resolved !== undefined,
    );
    expect(placed.map(([path]) => path)).toEqual([]);
    expect(read('package-lock.json')).not.toMatch(/https?:\/\/[^"]*\.tgz|:\/\/(registry|npm)\./);
    expect(read('.npmrc').split('\n')).toContain('omit-lockfile-registry-resolved=true');
  });

  /** A registry may lack builds for other machines: they are named, so that `npm ci` accepts the file. */
  it('has a digest for every package but optional builds for other platforms', () => {
    const bare = Object.entries(lock.packages).filter(
      ([path, { integrity }]) => path !== '' && integrity === undefined,
    );
    const needed = bare.filter(([, { optional, os, cpu }]) => !(optional && os && cpu));
    expect(needed.map(([path]) => path)).toEqual([]);
  });

  it('names every optional build that its packages ask for, or `npm ci` refuses the file', () => {
    const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) =>
          !lock.packages[`node_modules/${name}`] && !lock.packages[`${path}/node_modules/${name}`],
      ),
    );
    expect(missing).toEqual([]);
  });
});

describe('the package', () => {
  it('is Apache-2.0 in manifest and LICENSE, and says the Node that CI checks', () => {
    expect(manifest.license).toBe('Apache-2.0');
    expect(read('LICENSE')).toMatch(/^\s*Apache License\n\s*Version 2\.0, January 2004/);
    const least = manifest.engines.node?.replace('>=', '');
    expect(read('.ci/run')).toContain(`readonly NODE_MIN=${least}\n`);
    expect(statSync(join(ROOT, '.ci/run')).mode & 0o111).not.toBe(0);
  });

  it('makes code for a fresh clone from tracked files alone: dist and node_modules are ignored', () => {
    expect(read('.gitignore').split('\n')).toEqual(
      expect.arrayContaining(['node_modules', 'dist/']),
    );
  });
});

describe('protobufjs', () => {
  /** Where a package's own `require` finds protobufjs. */
  function protobufOf(name: string): { path: string; version: string } {
    const from = createRequire(join(ROOT, 'node_modules', name, 'package.json'));
    const path = from.resolve('protobufjs/package.json');
    return {
      path,
      version: (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version,
    };
  }

  it('is one copy of version 8 for all Temporal packages', () => {
    const found = names.filter((name) => name.startsWith('@temporalio/')).map(protobufOf);
    expect(new Set(found.map(({ path }) => path)).size).toBe(1);
    expect(found[0]?.version).toBe(manifest.dependencies.protobufjs);
    expect(found[0]?.version).toMatch(/^8\./);
  });

  it('carries a history from JSON to messages, to bytes and back: two copies would throw', () => {
    const json = {
      events: [
        {
          eventId: '1',
          eventTime: '2026-11-23T00:00:00Z',
          eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
          workflowExecutionStartedEventAttributes: {
            workflowType: { name: 'buildMix' },
            taskQueue: { name: 'ballast' },
            input: { payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'e30=' }] },
          },
        },
      ],
    };
    const { History } = temporal.api.history.v1;
    const back = History.decode(History.encode(historyFromJSON(json)).finish());
    const event = back.events[0];
    const started = event?.workflowExecutionStartedEventAttributes;
    expect(event?.eventId?.toString()).toBe('1');
    expect(started?.workflowType?.name).toBe('buildMix');
    expect(Buffer.from(started?.input?.payloads?.[0]?.data ?? []).toString()).toBe('{}');
  });
});

describe('docs/decisions.md', () => {
  const sections = read('docs/decisions.md')
    .split(/^(?=### )/m)
    .slice(1)
    .map((text) => text.split(/^## /m)[0]!.trimEnd());
  const headings = sections.map((text) => text.split('\n')[0]!);
  const dependencySections = read('docs/decisions.md')
    .split(/^## /m)
    .find((part) => part.startsWith('Dependencies'))!;

  it('has an entry for every dependency, and none for a package that left', () => {
    const entered = [...dependencySections.matchAll(/^### .*$/gm)].flatMap(([heading]) =>
      [...heading.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
    );
    expect(entered.sort()).toEqual([...names].sort());
  });

  it('says for each the decision, why, what was rejected and when, in ten lines at most', () => {
    expect(sections.length).toBeGreaterThan(20);
    for (const [index, text] of sections.entries()) {
      const title = headings[index]!;
      for (const part of ['**Decision.**', '**Why.**', '**Rejected.**'])
        expect(text, title).toContain(part);
      expect(text, title).toMatch(/\b20\d\d-\d\d-\d\d\b/);
      expect(text.split('\n').length - 1, title).toBeLessThanOrEqual(10);
    }
    expect(new Set(headings).size).toBe(headings.length);
  });
});

describe('links in Markdown', () => {
  const pages = treeFiles().filter((file) => file.endsWith('.md') && !file.startsWith('test/'));

  function anchorsOf(file: string): Set<string> {
    const titles = [...read(file).matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    );
    return new Set(titles);
  }

  function brokenLinks(page: string): string[] {
    const text = read(page)
      .replaceAll(/^```[\s\S]*?^```/gm, '')
      .replaceAll(/`[^`\n]*`/g, '');
    const targets = [...text.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)].map(
      ([, target]) => target!,
    );
    return targets.filter((target) => {
      if (/^[a-z][a-z0-9+.-]*:/.test(target)) return false;
      const [path, anchor] = target.split('#') as [string, string | undefined];
      const file = path === '' ? page : join(dirname(page), decodeURIComponent(path));
      if (file.startsWith('..') || !existsSync(join(ROOT, file))) return true;
      return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor);
    });
  }

  it('lead to files that are there and headings that they hold', () => {
    expect(pages).toContain('docs/decisions.md');
    const broken = pages.flatMap((page) => brokenLinks(page).map((target) => `${page}: ${target}`));
    expect(broken).toEqual([]);
  });
});
