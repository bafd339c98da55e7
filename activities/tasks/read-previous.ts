/**
 * Reads what earlier versions of the mix hold: tokens per stratum of the newest one, divided by site and
 * language as this recipe divides them, and the human documents of the one that the anchor names.
 */
import { join } from 'node:path';
import type { HeldTally } from '../../core/mix/anchor-account.js';
import { StratumTable } from '../../core/mix/stratum-table.js';
import { facetNames, facetsOf } from '../../core/plan/facets.js';
import { assert, Failure } from '../../core/schema/failure.js';
import type { Label } from '../../core/schema/label.js';
import type { Manifest } from '../../core/schema/manifest.js';
import type { PublishedMix } from '../../core/schema/pins.js';
import type { PreviousMix } from '../../core/schema/plan.js';
import type { Recipe } from '../../core/schema/recipe.js';
import { asWritten, type DuckDBConnection, queryRows, withDuckDb } from '../../engines/duckdb.js';
import { type Made, makeArtifact, makeJsonArtifact } from '../../storage/artifact.js';
import { ColumnWriter } from '../../storage/columns.js';
import { sha256File } from '../../storage/digest.js';
import { makeScratch, mixPath } from '../../storage/workspace.js';
import { type BuildContext, openBuild } from '../build-context.js';
import { HELD_KIND, type HeldSummary, heldFile, heldMadeOf, ID_BYTES } from '../held-documents.js';
import { PREVIOUS_KIND, previousMadeOf } from '../previous-strata.js';
import { MANIFEST_FILE, readManifest } from '../published-version.js';
import { openWritten } from './written-table.js';

const MEMORY_MEGABYTES = 512;
/** Entries per batch of a file of held documents. */
const ENTRIES_WRITTEN = 8192;

/** The version as it was pinned. */
async function manifestOf(
  workspace: string,
  name: string,
  pinned: PublishedMix,
): Promise<Manifest> {
  const manifest = readManifest(workspace, name, pinned.version);
  const path = join(workspace, mixPath(name, pinned.version), MANIFEST_FILE);
  if (manifest !== null && (await sha256File(path)).sha256 === pinned.manifestSha256)
    return manifest;
  throw new Failure('SOURCE_CHANGED', {
    subject: `${name}@${pinned.version}`,
    expected: 'the version that stood when the build was pinned',
    found: manifest === null ? 'nothing' : 'another manifest',
    where: mixPath(name, pinned.version),
    remedy: 'published versions never change: restore it, or start the build again',
  });
}

const STRATUM_COLUMNS = [
  ...['source', 'domain', 'provenance', 'model_family', 'grant_id', 'site', 'language'],
  'lineage_depth',
];

/** Tokens per stratum, in the order of strata. */
async function strataOf(
  connection: DuckDBConnection,
  recipe: Recipe,
): Promise<PreviousMix['strata']> {
  const facets = facetsOf(recipe);
  const table = new StratumTable<{ tokens: number }>(() => ({ tokens: 0 }));
  const list = STRATUM_COLUMNS.map((name) => (name === 'lineage_depth' ? name : asWritten(name)));
  const query = `select ${list.join(', ')}, sum(tokens)::double as tokens from written group by ${STRATUM_COLUMNS.join(', ')}`;
  for await (const rows of queryRows(connection, query)) {
    for (const row of rows) {
      const text = (column: string) => String(row[column]);
      table.at({
        source: text('source'),
        domain: text('domain'),
        label: text('provenance') as Label,
        modelFamily: text('model_family'),
        grantId: text('grant_id'),
        lineageDepth: Number(row.lineage_depth),
        site: facets.site(text('site')),
        language: facets.language(text('language')),
        anchored: false,
      }).tokens += Number(row.tokens);
    }
  }
  return table.entries().map(({ key, value }) => ({ ...key, ...value }));
}

/** Entries of one source, written batch by batch. */
class HeldWriter {
  readonly file: string;
  readonly #writer: ColumnWriter;
  readonly #digests = new Uint8Array(ENTRIES_WRITTEN * ID_BYTES);
  readonly #tokens = new Uint32Array(ENTRIES_WRITTEN);
  readonly #grants = new Uint32Array(ENTRIES_WRITTEN);
  #held = 0;
  #last = '';

  constructor(folder: string, file: string) {
    this.file = file;
    this.#writer = new ColumnWriter(join(folder, file));
  }

  add(digest: string, tokens: number, grant: number): void {
    assert(digest > this.#last, 'documents held are in order, each once');
    this.#last = digest;
    this.#digests.set(Buffer.from(digest, 'hex'), this.#held * ID_BYTES);
    this.#tokens[this.#held] = tokens;
    this.#grants[this.#held] = grant;
    if (++this.#held === ENTRIES_WRITTEN) this.#flush();
  }

  #flush(): void {
    const n = this.#held;
    if (n === 0) return;
    this.#writer.write({
      digest: { width: ID_BYTES, bytes: this.#digests.slice(0, n * ID_BYTES) },
      tokens: this.#tokens.slice(0, n),
      grant: this.#grants.slice(0, n),
    });
    this.#held = 0;
  }

  async close(): Promise<number> {
    this.#flush();
    await this.#writer.close();
    return this.#writer.rows;
  }
}

const HUMAN = `pass = 0 and provenance in ('human_authored', 'human_edited')`;

async function talliesOf(connection: DuckDBConnection): Promise<HeldTally[]> {
  const query = `select source, grant_id, count(*)::double as documents, sum(tokens)::double as tokens from written where ${HUMAN} group by all order by all`;
  const tallies: HeldTally[] = [];
  for await (const rows of queryRows(connection, query)) {
    for (const { source, grant_id, documents, tokens } of rows)
      tallies.push({
        source: String(source),
        grantId: String(grant_id),
        documents: Number(documents),
        tokens: Number(tokens),
      });
  }
  return tallies;
}

async function makeHeld(
  connection: DuckDBConnection,
  folder: string,
  { version, tokenizer }: Manifest,
): Promise<Made> {
  const tallies = await talliesOf(connection);
  const sources = [...new Set(tallies.map(({ source }) => source))].sort();
  const grants = [...new Set(tallies.map(({ grantId }) => grantId))].sort();
  const files = new Map(sources.map((source, i) => [source, heldFile(i)]));
  const codes = new Map(grants.map((grant, code) => [grant, code]));
  const rowsByFile: Record<string, number> = {};
  let writer: HeldWriter | null = null;
  const digest = `sha256(id)[1:${ID_BYTES * 2}]`;
  const query = `select source, ${digest} as digest, tokens, grant_id from written where ${HUMAN} order by source, digest`;
  for await (const rows of queryRows(connection, query)) {
    for (const row of rows) {
      const file = files.get(String(row.source))!;
      if (writer?.file !== file) {
        if (writer !== null) rowsByFile[writer.file] = await writer.close();
        writer = new HeldWriter(folder, file);
      }
      writer.add(String(row.digest), Number(row.tokens), codes.get(String(row.grant_id))!);
    }
  }
  if (writer !== null) rowsByFile[writer.file] = await writer.close();
  const sum = (of: (tally: HeldTally) => number) => tallies.reduce((all, t) => all + of(t), 0);
  const [documents, tokens] = [sum((t) => t.documents), sum((t) => t.tokens)];
  const written = Object.values(rowsByFile).reduce((all, n) => all + n, 0);
  assert(written === documents, `${written} documents held written, ${documents} counted`);
  const counts = { documents, tokens };
  const summary: HeldSummary = { version, tokenizer, ...counts, sources, grants, tallies };
  return { rows: rowsByFile, summary };
}

export interface PreviousRead {
  readonly version: string;
  /** Of the version whose human text is to stay; 0 where the recipe has no anchor. */
  readonly documentsHeld: number;
  readonly tokensHeld: number;
}

export async function run(context: BuildContext, progress: Float64Array): Promise<PreviousRead> {
  const build = await openBuild(context);
  const { recipe, pins } = build;
  const { previous } = pins;
  assert(previous !== null, 'a build that looks back has pinned a version');
  const { workspace, buildId } = context;
  progress[1] = previous.anchor === null ? 1 : 2;
  const opened = async <T>(
    of: PublishedMix,
    use: (connection: DuckDBConnection, mix: Manifest) => Promise<T>,
  ): Promise<T> => {
    const mix = await manifestOf(workspace, recipe.name, of);
    const scratch = await makeScratch(workspace, buildId);
    return withDuckDb({ memoryMegabytes: MEMORY_MEGABYTES, scratch }, async (connection) => {
      await openWritten(connection, workspace, mix);
      return use(connection, mix);
    });
  };
  const address = { workspace, buildId };
  await makeJsonArtifact(
    { ...address, kind: PREVIOUS_KIND, madeOf: previousMadeOf(previous, facetNames(recipe)) },
    async () => {
      const strata = await opened(previous, (connection) => strataOf(connection, recipe));
      return { value: strata, rows: strata.length, summary: null };
    },
  );
  progress[0] = 1;
  const { anchor } = previous;
  if (anchor === null) return { version: previous.version, documentsHeld: 0, tokensHeld: 0 };
  const { record } = await makeArtifact(
    { ...address, kind: HELD_KIND, madeOf: heldMadeOf(anchor) },
    (folder) => opened(anchor, (connection, mix) => makeHeld(connection, folder, mix)),
  );
  progress[0] = 2;
  const { documents, tokens } = record.summary as HeldSummary;
  return { version: anchor.version, documentsHeld: documents, tokensHeld: tokens };
}
