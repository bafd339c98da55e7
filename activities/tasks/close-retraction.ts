/**
 * Closes a retraction: removes what is to be removed, then writes tombstones and certificate as one
 * folder `retractions/<key>/<digest>/`. All of it follows from the ledger, the published versions and the
 * list of copies, so that a second time says the same and adds nothing.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareVersions } from '../../core/mix/next-version.js';
import { byCode } from '../../core/plan/stratum.js';
import { renderCertificate } from '../../core/report/retraction-page.js';
import type { ArtifactRef } from '../../core/schema/artifact.js';
import { canonicalJson } from '../../core/schema/canonical.js';
import { assert } from '../../core/schema/failure.js';
import {
  type Certificate,
  certificate as certificateSchema,
  copyList,
  type Impact,
  impact as impactSchema,
  type RetractionLine,
  type TombstonesLine,
} from '../../core/schema/retraction.js';
import { quote, withDuckDb, writeParquet } from '../../engines/duckdb.js';
import { readJsonArtifact } from '../../storage/artifact.js';
import { sha256, sha256File } from '../../storage/digest.js';
import { readLedger } from '../../storage/ledger.js';
import { removeArtifact, removeDataFile } from '../../storage/removal.js';
import {
  fileSafe,
  isThere,
  makeScratch,
  mixPath,
  publishFolder,
  syncFolder,
} from '../../storage/workspace.js';
import { MANIFEST_FILE, otherVersions, readManifest } from '../published-version.js';
import { linesOf, mixNameOf, RETRACTION_LINE } from '../retractions.js';
import { standingOf } from '../version-states.js';

export interface CloseRetractionInput {
  readonly workspace: string;
  readonly buildId: string;
  readonly key: string;
  readonly copies: ArtifactRef;
  readonly deleteCopies: boolean;
  readonly deleteVersions: boolean;
}

const TOMBSTONES_FILE = 'tombstones.parquet';
const CERTIFICATE_FILE = 'certificate.json';
const CERTIFICATE_PAGE = 'certificate.html';

interface Closing {
  readonly input: CloseRetractionInput;
  readonly lines: readonly RetractionLine[];
  readonly impacts: readonly Impact[];
  readonly recorded: Certificate['recorded'];
  readonly earlier: TombstonesLine | null;
  readonly scratch: string;
}

async function openClosing(input: CloseRetractionInput): Promise<Closing> {
  const { workspace, key } = input;
  const entries = await readLedger(workspace);
  const lines = linesOf(entries, key);
  assert(lines.length > 0, `retraction ${key} is in the ledger`);
  const impacts: Impact[] = [];
  for (const { impact } of lines)
    impacts.push(await readJsonArtifact(workspace, impact.summary, impactSchema));
  const recorded = entries
    .filter(({ kind, body }) => kind === RETRACTION_LINE && (body as RetractionLine).key === key)
    .map(({ sequence, hash, at }) => ({ sequence, hash, at }));
  const scratch = await makeScratch(workspace, input.buildId);
  return { input, lines, impacts, recorded, earlier: standingOf(entries, key), scratch };
}

function withdraws({ lines }: Closing): boolean {
  return !lines[0]!.scope.kind.startsWith('label_');
}

/** Affected versions with the digest of the manifest that was read, by name and date. */
function affectedVersions({ impacts }: Closing): { mix: string; manifestSha256: string }[] {
  const found = new Map<string, string>();
  for (const { versions } of impacts)
    for (const { mix, manifestSha256 } of versions) found.set(mix, manifestSha256);
  return [...found]
    .map(([mix, manifestSha256]) => ({ mix, manifestSha256 }))
    .sort((a, b) => byMix(a.mix, b.mix));
}

function byMix(a: string, b: string): number {
  const [x, y] = [mixNameOf(a), mixNameOf(b)];
  return byCode(x, y) || compareVersions(a.slice(x.length + 1), b.slice(y.length + 1));
}

function statesOf(closing: Closing): Certificate['versions'] {
  const { input, earlier } = closing;
  return affectedVersions(closing).map(({ mix, manifestSha256 }) => {
    if (!withdraws(closing)) return { mix, manifestSha256, state: 'superseded', removed: [] };
    const known = earlier?.versions.find((version) => version.mix === mix);
    if (!input.deleteVersions && known?.state !== 'deleted')
      return { mix, manifestSha256, state: 'withdrawn', removed: [] };
    const name = mixNameOf(mix);
    const manifest = readManifest(input.workspace, name, mix.slice(name.length + 1));
    assert(manifest !== null, `${mix} has its manifest`);
    const removed = manifest.files.map(({ path, sha256: digest }) => ({ path, sha256: digest }));
    return { mix, manifestSha256, state: 'deleted', removed };
  });
}

/** The first version after the newest affected one that the retraction does not touch, per mix. */
async function rebuiltOf(closing: Closing): Promise<Certificate['rebuilt']> {
  const { workspace } = closing.input;
  const affected = affectedVersions(closing).map(({ mix }) => mix);
  const rebuilt: Certificate['rebuilt'] = [];
  for (const name of [...new Set(affected.map(mixNameOf))].sort(byCode)) {
    const newestAffected = affected
      .findLast((mix) => mixNameOf(mix) === name)!
      .slice(name.length + 1);
    const version =
      otherVersions(workspace, name, '').find(
        (other) => compareVersions(other, newestAffected) > 0,
      ) ?? null;
    const manifestSha256 =
      version === null
        ? null
        : (await sha256File(join(workspace, mixPath(name, version), MANIFEST_FILE))).sha256;
    rebuilt.push({ name, newestAffected, version, manifestSha256 });
  }
  return rebuilt;
}

/** A row per withdrawn document and text: no text, but what proves which one it was. */
async function writeTombstones(
  { input, lines, scratch }: Closing,
  folder: string,
): Promise<number> {
  const { effective, key } = lines[0]!;
  const files = lines.map(({ impact }) => quote(join(input.workspace, impact.rows.path)));
  const query = `select source, id, text_sha256, grant_id, ${quote(effective)} as effective, ${quote(key)} as retraction
    from (select distinct source, id, text_sha256, grant_id from read_parquet([${files.join(', ')}]))
    order by source, id, text_sha256, grant_id`;
  return withDuckDb({ memoryMegabytes: 512, scratch }, async (connection) => {
    const path = join(folder, TOMBSTONES_FILE);
    await writeParquet(connection, { query, path, compression: 'zstd', metadata: {} });
    const counted = await connection.runAndReadAll(`select count(*)::double from (${query}) t`);
    return Number(counted.getRows()[0]![0]);
  });
}

async function copiesOf({ input, earlier }: Closing) {
  const { workspace, copies, deleteCopies } = input;
  const found = await readJsonArtifact(workspace, copies, copyList);
  const all = [...(earlier?.copiesRemoved ?? []), ...(deleteCopies ? found : [])];
  const byPath = new Map(all.map((copy) => [copy.path, copy]));
  const removed = [...byPath.keys()].sort(byCode).map((path) => byPath.get(path)!);
  return { copiesRemoved: removed, copiesKept: deleteCopies ? [] : found };
}

function remainsOf(closing: Closing, kept: number): string[] {
  if (!withdraws(closing))
    return [
      'Published versions stand as they were, with the labels that were overturned; they are superseded.',
    ];
  const { input } = closing;
  return [
    ...(input.deleteVersions
      ? []
      : ['Data files of the affected versions stand, marked withdrawn in the ledger.']),
    ...(kept > 0 ? [`${kept} cached artifacts hold copies of the text.`] : []),
    'The files of the sources belong to whoever keeps them: while they hold the text, a build reads and caches it again, and leaves it out.',
    'Label tables of versions keep ids, verdicts and evidence, which may quote a few words; counts of words keep words.',
    'Models that were trained on the text stay trained. Exports, copies and backups outside the workspace are not reached.',
  ];
}

async function removeAll({ input }: Closing, found: Certificate): Promise<void> {
  for (const { mix, removed } of found.versions) {
    const name = mixNameOf(mix);
    const folder = mixPath(name, mix.slice(name.length + 1));
    for (const { path } of removed) await removeDataFile(input.workspace, `${folder}/${path}`);
  }
  const listed = new Set(found.copiesRemoved.map(({ path }) => path));
  if (!input.deleteCopies) return;
  for (const { path } of await readJsonArtifact(input.workspace, input.copies, copyList))
    if (listed.has(path)) await removeArtifact(input.workspace, path);
}

async function certificateOf(closing: Closing, folder: string): Promise<Certificate> {
  const { lines, impacts, recorded } = closing;
  const { key, scope, reason, requestedBy, effective } = lines[0]!;
  const isWithdrawal = withdraws(closing);
  const rows = isWithdrawal ? await writeTombstones(closing, folder) : 0;
  const tombstones = isWithdrawal
    ? { sha256: (await sha256File(join(folder, TOMBSTONES_FILE))).sha256, rows }
    : null;
  const copies = await copiesOf(closing);
  const runs = new Map(
    impacts.flatMap(({ versions }) =>
      versions.flatMap((version) => version.runs.map((run) => [canonicalJson(run), run] as const)),
    ),
  );
  return certificateSchema.parse({
    schemaVersion: 1,
    ...{ key, scope, reason, requestedBy, effective, recorded, tombstones, ...copies },
    act: isWithdrawal ? 'withdrawn' : 'relabelled',
    versions: statesOf(closing),
    rebuilt: await rebuiltOf(closing),
    runs: [...runs.keys()].sort(byCode).map((text) => runs.get(text)!),
    remains: remainsOf(closing, copies.copiesKept.length),
  } satisfies Certificate);
}

/** The body of the ledger's line. */
export async function run(input: CloseRetractionInput): Promise<TombstonesLine> {
  const closing = await openClosing(input);
  const folder = join(closing.scratch, 'closed');
  await mkdir(folder);
  const found = await certificateOf(closing, folder);
  await removeAll(closing, found);
  const text = canonicalJson(found);
  const certificateSha256 = sha256(text);
  await writeFile(join(folder, CERTIFICATE_FILE), text);
  await writeFile(join(folder, CERTIFICATE_PAGE), renderCertificate(found));
  const target = `retractions/${fileSafe(input.key)}/${certificateSha256.slice(0, 12)}`;
  if (isThere(join(input.workspace, target))) await rm(folder, { recursive: true });
  else {
    await syncFolder(folder);
    await publishFolder(folder, join(input.workspace, target));
  }
  await rm(closing.scratch, { recursive: true, force: true });
  const { key, tombstones, versions, rebuilt, copiesRemoved } = found;
  return { key, folder: target, certificateSha256, tombstones, versions, rebuilt, copiesRemoved };
}
