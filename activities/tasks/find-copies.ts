/**
 * Cached artifacts that hold text which a retraction withdraws: profiles of shards (whole texts) and review
 * packets (texts that people were shown). Nothing is removed here: the list is recorded first.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ArtifactRef, artifactRecord } from '../../core/schema/artifact.js';
import {
  type CopyList,
  impact as impactSchema,
  profileMadeOfSource,
  type RetractionLine,
  shownDocuments,
  type WithdrawnDocuments,
  withdrawnDocuments,
} from '../../core/schema/retraction.js';
import {
  CHUNK_ROWS,
  type DuckDBConnection,
  quote,
  RowSink,
  withDuckDb,
} from '../../engines/duckdb.js';
import { readJsonArtifact, writeJsonArtifact } from '../../storage/artifact.js';
import { readColumns } from '../../storage/columns.js';
import { readLedger } from '../../storage/ledger.js';
import { isThere, makeScratch, mixPath, readJson } from '../../storage/workspace.js';
import { DOCUMENTS_FILE, documentColumns } from '../profile-columns.js';
import { linesOf } from '../retractions.js';
import { textDigest } from '../row-judge.js';

export interface FindCopiesInput {
  readonly workspace: string;
  readonly buildId: string;
  readonly key: string;
}

/** Folders of the artifacts of one kind, relative to the workspace, sorted. */
function artifactsOf(workspace: string, kind: string): string[] {
  const folder = `cache/${kind}`;
  if (!isThere(join(workspace, folder))) return [];
  return readdirSync(join(workspace, folder))
    .flatMap((first) =>
      readdirSync(join(workspace, folder, first)).map((key) => `${folder}/${first}/${key}`),
    )
    .sort();
}

/** Tables `gone` (documents by source and id) and `gone_texts` (digests) of everything withdrawn. */
async function makeGone(
  connection: DuckDBConnection,
  workspace: string,
  lines: readonly RetractionLine[],
): Promise<void> {
  await connection.run('create table gone (source varchar, id varchar)');
  await connection.run('create table gone_texts (sha256 varchar)');
  const wanted = await RowSink.create(connection, 'named', [
    { name: 'source', type: 'text' },
    { name: 'id', type: 'text' },
  ]);
  for (const { scope, impact } of lines) {
    const rows = quote(join(workspace, impact.rows.path));
    await connection.run(`insert into gone_texts select text_sha256 from read_parquet(${rows})`);
    await connection.run(`insert into gone select source, id from read_parquet(${rows})`);
    if (scope.kind === 'grant')
      await goneByGrant(connection, workspace, { impact, grant: scope.grant });
    if (scope.kind === 'documents')
      appendNamed(wanted, await readJsonArtifact(workspace, impact.documents, withdrawnDocuments));
  }
  wanted.close();
  await connection.run('insert into gone select source, id from named');
}

function appendNamed(wanted: RowSink, { documents }: WithdrawnDocuments): void {
  for (let at = 0; at < documents.length; at += CHUNK_ROWS) {
    const part = documents.slice(at, at + CHUNK_ROWS);
    wanted.append([part.map(([source]) => source), part.map(([, id]) => id)]);
  }
}

/** Documents that versions read under the grant, written or not: the label tables say so. */
async function goneByGrant(
  connection: DuckDBConnection,
  workspace: string,
  { impact, grant }: Pick<RetractionLine, 'impact'> & { grant: string },
): Promise<void> {
  const { versionsRead, versionsDeleted } = await readJsonArtifact(
    workspace,
    impact.summary,
    impactSchema,
  );
  for (const mix of [...versionsRead.map((version) => version.mix), ...versionsDeleted]) {
    const at = mix.lastIndexOf('@');
    const folder = join(workspace, mixPath(mix.slice(0, at), mix.slice(at + 1)), 'labels');
    if (!isThere(folder)) continue;
    const files = quote(join(folder, '*.parquet'));
    await connection.run(
      `insert into gone select source, id from read_parquet(${files}, hive_partitioning = false)
       where list_contains(string_split(coalesce(grant_id, ''), ' AND '), ${quote(grant)})`,
    );
  }
}

/** Whether a profile holds a withdrawn document or text. */
async function profileHolds(
  connection: DuckDBConnection,
  folder: string,
  source: string,
): Promise<boolean> {
  const sink = await RowSink.create(connection, 'held', [
    { name: 'id', type: 'text' },
    { name: 'sha256', type: 'text' },
  ]);
  for await (const batch of readColumns(join(folder, DOCUMENTS_FILE))) {
    const columns = documentColumns(batch);
    for (let from = 0; from < batch.length; from += CHUNK_ROWS) {
      const size = Math.min(CHUNK_ROWS, batch.length - from);
      const rows = Array.from({ length: size }, (_, i) => from + i);
      sink.append([rows.map(columns.id), rows.map((row) => textDigest({ columns, row }))]);
    }
  }
  sink.close();
  const found = await connection.runAndReadAll(
    `select exists (select 1 from held h where h.sha256 in (select sha256 from gone_texts)
      or h.id in (select id from gone where source = ${quote(source)}))`,
  );
  await connection.run('drop table held');
  return found.getRows()[0]![0] === true;
}

async function profiles(
  connection: DuckDBConnection,
  workspace: string,
  lines: readonly RetractionLine[],
): Promise<CopyList> {
  const whole = new Set(
    lines.flatMap(({ scope }) => (scope.kind === 'source' ? [scope.source] : [])),
  );
  const copies: CopyList = [];
  for (const path of artifactsOf(workspace, 'profile')) {
    const record = artifactRecord.safeParse(recordAt(join(workspace, path)));
    if (!record.success) continue;
    const { source } = profileMadeOfSource.parse(record.data.madeOf);
    const folder = join(workspace, path);
    if (whole.has(source) || (await profileHolds(connection, folder, source)))
      copies.push({ path, kind: 'profile' });
  }
  return copies;
}

function recordAt(folder: string): unknown {
  const path = join(folder, 'record.json');
  return isThere(path) ? readJson(path) : null;
}

async function packets(
  connection: DuckDBConnection,
  workspace: string,
  lines: readonly RetractionLine[],
): Promise<CopyList> {
  const whole = new Set(
    lines.flatMap(({ scope }) => (scope.kind === 'source' ? [scope.source] : [])),
  );
  const copies: CopyList = [];
  for (const path of artifactsOf(workspace, 'packets')) {
    const files = readdirSync(join(workspace, path)).filter((name) => name.endsWith('.json'));
    for (const name of files) {
      const text = readFileSync(join(workspace, path, name), 'utf8');
      const parsed = shownDocuments.safeParse(JSON.parse(text));
      if (!parsed.success) continue;
      const holds =
        parsed.data.documents.some(({ source }) => whole.has(source)) ||
        (await anyGone(connection, parsed.data.documents));
      if (!holds) continue;
      copies.push({ path, kind: 'packets' });
      break;
    }
  }
  return copies;
}

async function anyGone(
  connection: DuckDBConnection,
  documents: readonly { source: string; id: string; textSha256: string }[],
): Promise<boolean> {
  if (documents.length === 0) return false;
  const rows = documents.map(
    ({ source, id, textSha256 }) => `(${quote(source)}, ${quote(id)}, ${quote(textSha256)})`,
  );
  const found = await connection.runAndReadAll(
    `select exists (select 1 from (values ${rows.join(', ')}) d(source, id, sha256)
      where d.sha256 in (select sha256 from gone_texts)
      or exists (select 1 from gone g where g.source = d.source and g.id = d.id))`,
  );
  return found.getRows()[0]![0] === true;
}

/** The artifacts, by path; an artifact of its own. */
export async function run({ workspace, buildId, key }: FindCopiesInput): Promise<{
  ref: ArtifactRef;
  copies: number;
}> {
  const lines = linesOf(await readLedger(workspace), key).filter(
    ({ scope }) => !scope.kind.startsWith('label_'),
  );
  const scratch = await makeScratch(workspace, buildId);
  await mkdir(scratch, { recursive: true });
  const copies = await withDuckDb({ memoryMegabytes: 512, scratch }, async (connection) => {
    if (lines.length === 0) return [];
    await makeGone(connection, workspace, lines);
    return [
      ...(await packets(connection, workspace, lines)),
      ...(await profiles(connection, workspace, lines)),
    ];
  });
  await rm(scratch, { recursive: true, force: true });
  const place = { workspace, buildId, kind: 'copies', rows: copies.length };
  return { ref: await writeJsonArtifact(place, copies), copies: copies.length };
}
