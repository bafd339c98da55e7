/**
 * Retraction without a server: the impact query against a scan by the other reader, what builds leave out
 * from the ledger's line on, tombstones, certificate, deletion.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planRebuild } from '../activities/plan-rebuild.js';
import { recordRetraction } from '../activities/record-retraction.js';
import { registerRun } from '../activities/registered-runs.js';
import { run as closeRetraction } from '../activities/tasks/close-retraction.js';
import { run as findCopies } from '../activities/tasks/find-copies.js';
import { run as findImpact } from '../activities/tasks/find-impact.js';
import { TOMBSTONES_LINE, versionStates } from '../activities/version-states.js';
import { verifyWorkspace } from '../client/audit/verify-workspace.js';
import { explainDocument } from '../client/records/explain-document.js';
import { certificate, type Impact, impact, type RetractInput } from '../core/schema/retraction.js';
import { readJsonArtifact, writeJsonArtifact } from '../storage/artifact.js';
import { sha256, sha256File } from '../storage/digest.js';
import { appendLedger, readLedger } from '../storage/ledger.js';
import { readJson } from '../storage/workspace.js';
import { planBuild, startBuild } from './pipeline-run.js';
import {
  type FoundRow,
  publishVersion,
  retractRecipe,
  scanVersion,
  writeRetractCorpus,
} from './retract-corpus.js';
import { makeTempFolder, removeFolder, sql } from './source-profile.js';

let folder: string;
let workspace: string;
const VERSIONS = ['clinic@2026.11.01', 'clinic@2026.11.02', 'court@2026.11.01'];
const progress = () => new Float64Array(2);

beforeAll(async () => {
  folder = await makeTempFolder();
  workspace = join(folder, 'workspace');
  await mkdir(workspace);
  await writeRetractCorpus(folder);
  await publishVersion(folder, { name: 'clinic', version: '2026.11.01', budget: 90_000 });
  await publishVersion(folder, {
    ...{ name: 'clinic', version: '2026.11.02', formats: 'parquet, arrow' },
    caps: '  - {id: forum-most, source: forum, max_share: 0.3}\n',
  });
  await publishVersion(folder, {
    name: 'court',
    version: '2026.11.01',
    sources: ['forum', 'made'],
  });
}, 120_000);
afterAll(() => removeFolder(folder));

type Scope = RetractInput['scope'];

async function impactOf(key: string, scope: Scope): Promise<Impact> {
  const found = await findImpact({ workspace, buildId: 'impact', key, scope }, progress());
  return readJsonArtifact(workspace, found.refs.summary, impact);
}

async function listOf(documents: [string, string][], textSha256: string[] = []): Promise<Scope> {
  const value = { schemaVersion: 1, documents, textSha256 };
  const place = { workspace, buildId: 'list', kind: 'withdrawn', rows: documents.length };
  return { kind: 'documents', documents: await writeJsonArtifact(place, value) };
}

/** What a scan by hand finds of each version. */
async function scanned(isGone: (row: FoundRow, all: readonly FoundRow[]) => boolean) {
  const read = new Map<string, FoundRow[]>();
  for (const mix of VERSIONS) read.set(mix, await scanVersion(workspace, mix));
  const all = [...read.values()].flat();
  return VERSIONS.map((mix) => {
    const gone = read.get(mix)!.filter((row) => isGone(row, all));
    const of = (rows: readonly FoundRow[]) => ({
      documents: new Set(rows.map(({ source, id }) => `${source}/${id}`)).size,
      rows: rows.length,
      tokens: rows.reduce((sum, { tokens }) => sum + tokens, 0),
    });
    const train = gone.filter(({ split }) => split === 'train');
    const by = (name: (row: FoundRow) => string) =>
      [...new Set(train.map(name))].sort().map((value) => {
        const rows = train.filter((row) => name(row) === value);
        const passesMax = Math.max(...rows.map(({ pass }) => pass)) + 1;
        return { name: value, ...of(rows), passesMax };
      });
    return {
      ...{ mix, ...of(train), passesMax: Math.max(-1, ...train.map(({ pass }) => pass)) + 1 },
      holdout: of(gone.filter(({ split }) => split === 'holdout')),
      byDomain: by(({ domain }) => domain),
      byProvenance: by(({ provenance }) => provenance),
    };
  }).filter(({ rows, holdout }) => rows > 0 || holdout.rows > 0);
}

function countsOf({ versions }: Impact) {
  return versions.map(
    ({ capsBroken: _caps, runs: _runs, manifestSha256: _digest, ...counts }) => counts,
  );
}

const PICKED: [string, string][] = [
  ['forum', 'f5'],
  ['forum', 'f7'],
  ['press', 'p11'],
  ['press', 'p3'],
];

describe('the impact of a retraction is what a scan of the files by another reader finds', () => {
  it('of a grant, by itself or joined with another', async () => {
    const found = await impactOf('grant:cc', { kind: 'grant', grant: 'cc' });
    const wanted = await scanned(({ grants }) => grants.includes('cc'));
    expect(countsOf(found)).toEqual(wanted);
    expect(wanted.length).toBe(2);
    expect(wanted[1]!.passesMax).toBeGreaterThan(1);
  });

  it('of a source', async () => {
    const found = await impactOf('source:forum', { kind: 'source', source: 'forum' });
    const wanted = await scanned(({ source }) => source === 'forum');
    expect(countsOf(found)).toEqual(wanted);
    expect(wanted.length).toBe(3);
  });

  it('of documents, with every copy of their texts under any id', async () => {
    const found = await impactOf('documents:x', await listOf(PICKED));
    const named = new Set(PICKED.map((pair) => pair.join('/')));
    const wanted = await scanned((row, all) => {
      const digests = new Set(
        all.filter(({ source, id }) => named.has(`${source}/${id}`)).map(({ digest }) => digest),
      );
      return named.has(`${row.source}/${row.id}`) || digests.has(row.digest);
    });
    expect(countsOf(found)).toEqual(wanted);
    // The press stands for f5 and p11 where it is a source; the forum does elsewhere.
    expect(wanted.map(({ mix }) => mix)).toContain('court@2026.11.01');
  });

  it('of a text that is in no version: none', async () => {
    const found = await impactOf('documents:y', await listOf([], [sha256('nobody wrote this')]));
    expect(found.versions).toEqual([]);
    expect(found.versionsRead.map(({ mix }) => mix)).toEqual(VERSIONS);
  });
});

describe('an impact names', () => {
  it('the caps that the rest alone would break', async () => {
    const { versions } = await impactOf('grant:cc', { kind: 'grant', grant: 'cc' });
    const rows = await scanVersion(workspace, 'clinic@2026.11.02');
    const rest = rows.filter(({ grants, split }) => split === 'train' && !grants.includes('cc'));
    const tokens = (kept: readonly FoundRow[]) => kept.reduce((sum, row) => sum + row.tokens, 0);
    const share = tokens(rest.filter(({ source }) => source === 'forum')) / tokens(rest);
    expect(share).toBeGreaterThan(0.3);
    const second = versions.find(({ mix }) => mix === 'clinic@2026.11.02')!;
    const cap = second.capsBroken!.find(({ capId }) => capId === 'forum-most')!;
    expect(cap).toMatchObject({ kept: false, used: share });
  });

  it('models that were trained on a version, and synthetic text that comes from them', async () => {
    const run = {
      model: 'aster-2',
      family: 'aster',
      started: '2026-11-03',
      ended: null,
      note: null,
    };
    const mix = 'clinic@2026.11.01';
    const first = await registerRun(workspace, { mix, ...run }, 'cli:test');
    const again = await registerRun(workspace, { mix, ...run }, 'cli:test');
    expect(again.ledgerSequence).toBe(first.ledgerSequence);
    const found = await impactOf('grant:mit', { kind: 'grant', grant: 'mit' });
    const [version] = found.versions;
    expect(version!.runs.map(({ model }) => model)).toEqual(['aster-2']);
    const manifest = readJson(join(workspace, 'mixes/court/2026.11.01/mix.json')) as {
      strata: { modelFamily: string; tokensWritten: number; documentsWritten: number }[];
    };
    const aster = manifest.strata.filter(({ modelFamily }) => modelFamily === 'aster');
    expect(found.derived.find((text) => text.mix === 'court@2026.11.01')).toMatchObject({
      ...{
        modelFamily: 'aster',
        trainedOn: ['clinic@2026.11.01', 'clinic@2026.11.02'].slice(0, 1),
      },
      rows: aster.reduce((sum, { documentsWritten }) => sum + documentsWritten, 0),
      tokens: aster.reduce((sum, { tokensWritten }) => sum + tokensWritten, 0),
    });
  });
});

/** Finds, records and closes, as the workflow does. */
async function retractAll(
  key: string,
  scope: Scope,
  more: Partial<RetractInput> = {},
): Promise<{ wanted: RetractInput; folder: string; ledgerLines: number }> {
  const wanted: RetractInput = {
    ...{ schemaVersion: 1, workspace, key, scope, reason: 'the licensor ended it' },
    ...{ requestedBy: 'ada', effective: '2026-11-24', asOf: '2026-11-24' },
    ...{ baseFolders: { clinic: folder }, deleteCopies: false, deleteVersions: false, ...more },
  };
  const buildId = 'retract/test';
  const found = await findImpact({ workspace, buildId, key, scope }, progress());
  const recorded = await recordRetraction({ wanted, found, by: buildId });
  if (recorded.state !== 'recorded') throw new Error('stale');
  const copies = (await findCopies({ workspace, buildId, key })).ref;
  const { deleteCopies, deleteVersions } = wanted;
  const closing = { workspace, buildId, key, copies, deleteCopies, deleteVersions };
  const body = await closeRetraction(closing);
  const line = { key: `tombstones/${key}/${body.certificateSha256}`, kind: TOMBSTONES_LINE };
  await appendLedger(workspace, { ...line, by: buildId, body });
  const ledgerLines = (await readLedger(workspace)).length;
  return { wanted, folder: join(workspace, body.folder), ledgerLines };
}

describe('from its line in the ledger on', () => {
  const scope: Scope = { kind: 'grant', grant: 'cc' };
  let first: Awaited<ReturnType<typeof retractAll>>;

  beforeAll(async () => {
    first = await retractAll('grant:cc', scope);
  }, 60_000);

  it('the rebuilt version has none of it and keeps every cap', async () => {
    const { wanted } = first;
    const { build, newestAffected } = await planRebuild({ wanted, name: 'clinic', taken: [] });
    expect(build!.execution.requestedBy).toBe(wanted.requestedBy);
    expect([newestAffected, build!.recipe.version]).toEqual(['2026.11.02', '2026.11.24']);
    const parts = { name: 'clinic', version: build!.recipe.version, formats: 'parquet, arrow' };
    const caps = '  - {id: forum-most, source: forum, max_share: 0.3}\n';
    const path = await publishVersion(folder, { ...parts, caps });
    const rows = await scanVersion(workspace, 'clinic@2026.11.24');
    expect(rows.length).toBeGreaterThan(100);
    expect(rows.filter(({ grants }) => grants.includes('cc'))).toEqual([]);
    const { caps: used } = readJson(join(path, 'mix.json')) as { caps: { kept: boolean }[] };
    expect(used.every(({ kept }) => kept)).toBe(true);
    const [left] = await explainDocument(path, 'press/p1');
    expect(left).toMatchObject({ outcome: 'retracted', passes: 0 });
    expect(left!.reason).toContain('grant:cc: the licensor ended it');
    // Either licence will do for p3, and only one of them is gone.
    const before = join(workspace, 'mixes/clinic/2026.11.02');
    expect((await explainDocument(before, 'press/p3'))[0]).toMatchObject({ grant_id: 'cc' });
    expect((await explainDocument(path, 'press/p3'))[0]).toMatchObject({ grant_id: 'mit' });
    // f5 is the text of p6, under a grant of its own: its turn has come.
    expect((await explainDocument(before, 'forum/f5'))[0]).toMatchObject({ outcome: 'duplicate' });
    const [twin] = await explainDocument(path, 'forum/f5');
    expect(['written', 'not_selected', 'holdout']).toContain(twin!.outcome);
    expect((await planRebuild({ wanted, name: 'clinic', taken: [] })).standing).toBe('2026.11.24');
  });

  it('a second time is the first: same line, same certificate once the mix stands anew', async () => {
    const second = await retractAll('grant:cc', scope);
    const third = await retractAll('grant:cc', scope);
    expect([third.ledgerLines, third.folder]).toEqual([second.ledgerLines, second.folder]);
    const lines = await readLedger(workspace);
    expect(lines.filter(({ kind }) => kind === 'retraction').length).toBe(1);
    const states = await versionStates(workspace);
    expect([...states].map(([mix, { state, replacedBy }]) => [mix, state, replacedBy])).toEqual([
      ['clinic@2026.11.01', 'withdrawn', 'clinic@2026.11.24'],
      ['clinic@2026.11.02', 'withdrawn', 'clinic@2026.11.24'],
    ]);
  });

  it('the certificate holds: digests of tombstones and manifests, and no text anywhere', async () => {
    const { folder: place } = await retractAll('grant:cc', scope);
    const text = readFileSync(join(place, 'certificate.json'), 'utf8');
    const found = certificate.parse(JSON.parse(text));
    expect((await sha256File(join(place, 'tombstones.parquet'))).sha256).toBe(
      found.tombstones!.sha256,
    );
    const rows = await sql(`select * from read_parquet('${place}/tombstones.parquet')`);
    expect(rows.length).toBe(found.tombstones!.rows);
    const scans = (
      await Promise.all(
        ['clinic@2026.11.01', 'clinic@2026.11.02'].map((mix) => scanVersion(workspace, mix)),
      )
    ).flat();
    const gone = new Set(
      scans
        .filter(({ grants }) => grants.includes('cc'))
        .map(({ source, id, digest }) => `${source} ${id} ${digest}`),
    );
    expect(
      new Set(rows.map(({ source, id, text_sha256 }) => `${source} ${id} ${text_sha256}`)),
    ).toEqual(gone);
    for (const { mix, manifestSha256 } of found.versions) {
      const path = join(workspace, 'mixes', mix.replace('@', '/'), 'mix.json');
      expect((await sha256File(path)).sha256).toBe(manifestSha256);
    }
    const line = (await readLedger(workspace)).find(({ kind }) => kind === 'retraction')!;
    expect(found.recorded).toEqual([{ sequence: line.sequence, hash: line.hash, at: line.at }]);
    expect(text).not.toContain('copper');
    expect(readFileSync(join(place, 'certificate.html'), 'utf8')).not.toContain('copper');
    expect(found.copiesKept.length).toBeGreaterThan(0);
  });

  it('builds of other mixes leave documents and copies of their texts out', async () => {
    await retractAll('documents:z', await listOf(PICKED));
    const path = await publishVersion(folder, {
      ...{ name: 'court', version: '2026.11.24', sources: ['forum', 'made'] },
    });
    const found = await explainDocument(path, 'forum/f10');
    // p11 was withdrawn; this mix never read the press, and f10 is its text.
    expect(found[0]).toMatchObject({ outcome: 'retracted' });
    expect(found[0]!.reason).toContain('the same text is withdrawn');
    const rows = await scanVersion(workspace, 'court@2026.11.24');
    const ids = rows.map(({ source, id }) => `${source}/${id}`);
    for (const id of ['forum/f5', 'forum/f7', 'forum/f10']) expect(ids).not.toContain(id);
    expect(ids.length).toBeGreaterThan(50);
  });

  it('a build that was pinned before it is not published', async () => {
    const parts = { name: 'late', version: '2026.11.25' };
    const { buildMix } = await import('./pipeline-run.js');
    const { publishMix } = await import('../activities/publish-mix.js');
    const built = await buildMix({ folder, recipe: retractRecipe(parts), buildId: 'late' });
    await retractAll('source:made', { kind: 'source', source: 'made' });
    const published = publishMix(built);
    await expect(published).rejects.toMatchObject({ code: 'BUILD_CANCELLED' });
    expect(existsSync(join(workspace, 'mixes/late'))).toBe(false);
  });
});

describe('deletion, where it is asked for', () => {
  it('removes cached copies and data files, says so, and the audit understands it', async () => {
    const scope: Scope = { kind: 'source', source: 'made' };
    const { folder: place } = await retractAll('source:made', scope, {
      ...{ deleteCopies: true, deleteVersions: true },
    });
    const found = certificate.parse(readJson(join(place, 'certificate.json')));
    expect(found.copiesRemoved.length).toBeGreaterThan(0);
    for (const { path } of found.copiesRemoved)
      expect(existsSync(join(workspace, path))).toBe(false);
    expect(found.versions.map(({ state }) => state)).toContain('deleted');
    for (const { mix } of found.versions)
      expect(readdirSync(join(workspace, 'mixes', mix.replace('@', '/'), 'data'))).toEqual([]);
    const audited = await verifyWorkspace(workspace);
    expect(audited.mixes.length).toBe(5);
    const again = await retractAll('source:made', scope, {
      ...{ deleteCopies: true, deleteVersions: true },
    });
    expect(again.folder).toBe(place);
  });
});

describe('a reversal of labels', () => {
  it('by evidence: it is given to nobody in that mix, and its documents are labelled anew', async () => {
    const evidence = 'declaration';
    const scope: Scope = { kind: 'label_evidence', mix: 'clinic', evidence };
    await retractAll('labels:clinic:declaration', scope);
    const recipe = retractRecipe({ name: 'clinic', version: '2026.12.01' });
    const context = await startBuild({ folder, recipe, buildId: 'relabel' });
    const { inventory } = await planBuild(context);
    expect(new Set(inventory.strata.map(({ label }) => label))).toEqual(new Set(['unknown']));
    const other = await startBuild({
      ...{
        folder,
        recipe: retractRecipe({ name: 'other', version: '2026.12.01' }),
        buildId: 'other',
      },
    });
    const labels = (await planBuild(other)).inventory.strata.map(({ label }) => label);
    expect(labels).toContain('human_authored');
  });
});
