/**
 * A retraction and a build that publish at the same moment: the ledger says which came first. Either the
 * retraction looked at the version, or the version is not published; nothing falls between.
 */
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stagingFolder } from '../activities/piece-columns.js';
import { publishMix } from '../activities/publish-mix.js';
import { type Recorded, recordRetraction } from '../activities/record-retraction.js';
import { run as findImpact, type ImpactFound } from '../activities/tasks/find-impact.js';
import type { RetractInput, RetractionScope } from '../core/schema/retraction.js';
import { readLedger } from '../storage/ledger.js';
import { buildMix, type Written } from './pipeline-run.js';
import { publishVersion, retractRecipe, writeRetractCorpus } from './retract-corpus.js';
import { makeTempFolder, removeFolder } from './source-profile.js';

let folder: string;
let workspace: string;

beforeAll(async () => {
  folder = await makeTempFolder();
  workspace = join(folder, 'workspace');
  mkdirSync(workspace);
  await writeRetractCorpus(folder);
  await publishVersion(folder, { name: 'clinic', version: '2026.11.01' });
}, 120_000);
afterAll(() => removeFolder(folder));

const impactOf = (source: string) => {
  const scope: RetractionScope = { kind: 'source', source };
  const key = `source:${source}`;
  return findImpact({ workspace, buildId: `impact/${key}`, key, scope }, new Float64Array(2));
};

function record(source: string, found: ImpactFound): Promise<Recorded> {
  const wanted: RetractInput = {
    ...{ schemaVersion: 1, workspace, key: `source:${source}`, scope: { kind: 'source', source } },
    ...{ reason: 'it ended', requestedBy: 'ada', effective: '2026-11-26', asOf: '2026-11-26' },
    ...{ baseFolders: {}, deleteCopies: false, deleteVersions: false },
  };
  return recordRetraction({ wanted, found, by: 'test' });
}

type Built = Awaited<ReturnType<typeof buildMix>>;
const build = (version: string): Promise<Built> =>
  buildMix({ folder, recipe: retractRecipe({ name: 'clinic', version }), buildId: version });

/** As a build that has renamed its folder, and has not written its line yet. */
function moveInPlace({ context }: Written, version: string): void {
  const target = join(workspace, 'mixes/clinic', version);
  mkdirSync(dirname(target), { recursive: true });
  renameSync(stagingFolder(context), target);
}

const published = async () =>
  (await readLedger(workspace)).flatMap(({ kind, body }) =>
    kind === 'publish' ? [(body as { mix: string }).mix] : [],
  );

test('a version that appears while the line is written makes the impact stale', async () => {
  const found = await impactOf('press');
  const lock = join(workspace, 'ledger.jsonl.lock');
  writeFileSync(lock, '');
  const recorded = record('press', found);
  const late = join(workspace, 'mixes/clinic/2026.11.02');
  await new Promise((resolve) => setTimeout(resolve, 300));
  cpSync(join(workspace, 'mixes/clinic/2026.11.01'), late, { recursive: true });
  rmSync(lock);
  expect(await recorded).toEqual({ state: 'stale' });
  expect((await readLedger(workspace)).map(({ kind }) => kind)).not.toContain('retraction');
  rmSync(late, { recursive: true });
});

test('a version in place without its line, that no retraction looked at, is taken back', async () => {
  const built = await build('2026.11.03');
  expect(await record('press', await impactOf('press'))).toMatchObject({ state: 'recorded' });
  moveInPlace(built, '2026.11.03');
  await expect(publishMix(built)).rejects.toMatchObject({ code: 'BUILD_CANCELLED' });
  expect(existsSync(join(workspace, 'mixes/clinic/2026.11.03'))).toBe(false);
  expect(await published()).toEqual(['clinic@2026.11.01']);
  // A retry of the step finds no more than the first try left.
  await expect(publishMix(built)).rejects.toMatchObject({ code: 'BUILD_CANCELLED' });
});

test('one that the retraction counted among those that stand gets its line', async () => {
  const built = await build('2026.11.04');
  moveInPlace(built, '2026.11.04');
  const found = await impactOf('forum');
  expect(found.versions).toContain('clinic@2026.11.04');
  expect(await record('forum', found)).toMatchObject({ state: 'recorded' });
  await publishMix(built);
  expect(await published()).toEqual(['clinic@2026.11.01', 'clinic@2026.11.04']);
});
