/** Artifacts appear whole or not at all, are made once, and are made again where they were damaged. */
import { existsSync } from 'node:fs';
import { readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findArtifact, makeArtifact } from '../storage/artifact.js';
import { removeScratch } from '../storage/workspace.js';
import { makeTempFolder, removeFolder } from './source-profile.js';

let workspace: string;
beforeEach(async () => {
  workspace = await makeTempFolder();
});
afterEach(() => removeFolder(workspace));

const address = () => ({ workspace, kind: 'thing', madeOf: { input: 'abc', version: 1 } });

async function make(folder: string) {
  await writeFile(join(folder, 'a.txt'), 'contents');
  return { rows: { 'a.txt': 1 }, summary: { n: 1 } };
}
const makeOnce = (buildId = 'b') => makeArtifact({ ...address(), buildId }, make);

describe('an artifact', () => {
  it('is made once and found from then on, by what it was made of', async () => {
    expect(await findArtifact(address())).toBeNull();
    const { record, reused } = await makeOnce();
    expect(reused).toBe(false);
    expect(await findArtifact(address())).toEqual(record);
    const again = await makeArtifact({ ...address(), buildId: 'c' }, () =>
      Promise.reject(new Error('made again')),
    );
    expect(again).toEqual({ record, reused: true });
    expect(await findArtifact({ ...address(), madeOf: { input: 'abd', version: 1 } })).toBeNull();
  });

  it('is one artifact where eight attempts make it at once', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, (_, i) => makeOnce(`b${i}`)));
    expect(new Set(made.map(({ record }) => JSON.stringify(record))).size).toBe(1);
    expect(await findArtifact(address())).toEqual(made[0]!.record);
    for (let i = 0; i < 8; i++) await removeScratch(workspace, `b${i}`);
    expect(await readdir(workspace)).toEqual(['cache']);
  });

  it('is not there where making it failed half way', async () => {
    const half = async (folder: string) => {
      await make(folder);
      throw new Error('power cut');
    };
    await expect(makeArtifact({ ...address(), buildId: 'b' }, half)).rejects.toThrow('power cut');
    expect(existsSync(join(workspace, 'cache'))).toBe(false);
    await removeScratch(workspace, 'b');
    expect(await readdir(workspace)).toEqual([]);
  });

  it.each([
    ['cut short', (path: string) => truncate(path, 3)],
    ['gone', (path: string) => rm(path)],
  ])('is made again where a file of it is %s', async (_title, damage) => {
    const { record } = await makeOnce();
    await damage(join(workspace, record.files['a.txt']!.path));
    expect(await findArtifact(address())).toBeNull();
    expect(await makeOnce()).toEqual({ record, reused: false });
    expect(await findArtifact(address())).toEqual(record);
    await removeScratch(workspace, 'b');
    expect(await readdir(workspace)).toEqual(['cache']);
  });
});
