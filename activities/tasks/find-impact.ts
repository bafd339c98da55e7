/**
 * The impact of a retraction: one scan of every published version that still has its data. Answers what
 * each holds of it, which caps its rows would break without it, which models were trained on it, and
 * which synthetic text comes from those models. Memory holds DuckDB's bound; rows spill to scratch.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { capsBrokenWithout, writtenTally } from '../../core/plan/caps-without.js';
import { facetsOf } from '../../core/plan/facets.js';
import { canonicalJson } from '../../core/schema/canonical.js';
import type { Label } from '../../core/schema/label.js';
import type { Manifest } from '../../core/schema/manifest.js';
import { type CapUsage, inventory as inventorySchema } from '../../core/schema/plan.js';
import { recipe as recipeSchema } from '../../core/schema/recipe.js';
import {
  type Impact,
  type ImpactRefs,
  type RegisteredRun,
  type RetractionScope,
  type VersionImpact,
  type WithdrawnDocuments,
  withdrawnDocuments,
} from '../../core/schema/retraction.js';
import { type DuckDBConnection, withDuckDb, writeParquet } from '../../engines/duckdb.js';
import { fileOf, type Made, makeArtifact, readJsonArtifact } from '../../storage/artifact.js';
import { isThere, mixPath, readJson } from '../../storage/workspace.js';
import { writeDerived } from '../derived-rows.js';
import { derivedTextOf } from '../derived-text.js';
import { notesOf } from '../impact-notes.js';
import {
  AFFECTED_ROWS,
  affectedDigests,
  affectedOf,
  affectedStrata,
  collectAffected,
  collectDigests,
  collectFalseLabels,
  makeImpactTables,
} from '../impact-query.js';
import { openVersionRows } from '../impact-rows.js';
import { type Published, publishedVersions } from '../published-versions.js';
import { readRuns } from '../registered-runs.js';
import { mixNameOf } from '../retractions.js';

export const IMPACT_FILE = 'impact.json';
export const AFFECTED_FILE = 'rows.parquet';
export const DERIVED_FILE = 'derived.parquet';
export const DOCUMENTS_FILE = 'documents.json';

export interface FindImpactInput {
  readonly workspace: string;
  /** Scratch of the query stands under this name. */
  readonly buildId: string;
  readonly key: string;
  readonly scope: RetractionScope;
}

export interface ImpactFound {
  readonly refs: ImpactRefs;
  readonly versions: readonly string[];
  readonly rows: number;
  readonly tokens: number;
}

async function namedBy(
  workspace: string,
  scope: RetractionScope,
): Promise<WithdrawnDocuments | null> {
  if (scope.kind !== 'documents' && scope.kind !== 'label_documents') return null;
  return readJsonArtifact(workspace, scope.documents, withdrawnDocuments);
}

/** Versions that a scope can reach: a reversal of labels concerns those of its mix. */
function reaches(scope: RetractionScope, { manifest }: Published): boolean {
  return !('mix' in scope) || mixNameOf(scope.mix) === manifest.name;
}

class ImpactQuery {
  readonly #connection: DuckDBConnection;
  readonly #input: FindImpactInput;
  readonly #runs: readonly RegisteredRun[];

  constructor(
    connection: DuckDBConnection,
    input: FindImpactInput,
    runs: readonly RegisteredRun[],
  ) {
    this.#connection = connection;
    this.#input = input;
    this.#runs = runs;
  }

  /** A copy in a later version of a text that an earlier one names counts too: digests come first. */
  async digests(versions: readonly Published[]): Promise<void> {
    for (const { manifest } of versions) {
      await openVersionRows(this.#connection, this.#input.workspace, manifest);
      await collectDigests(this.#connection);
    }
  }

  async affected({ manifest, title }: Published): Promise<void> {
    const { workspace, scope } = this.#input;
    const connection = this.#connection;
    await openVersionRows(connection, workspace, manifest);
    if (scope.kind === 'label_evidence') {
      const folder = join(workspace, mixPath(manifest.name, manifest.version));
      await collectFalseLabels(connection, folder, scope.evidence);
    }
    await collectAffected(connection, title, scope);
  }

  async summary({ manifest, title, manifestSha256 }: Published): Promise<VersionImpact | null> {
    const sums = await affectedOf(this.#connection, title);
    if (sums === null) return null;
    return {
      ...{ mix: title, manifestSha256, ...sums },
      capsBroken: await this.#capsBroken(manifest, title),
      runs: this.#runs.filter(({ mix }) => mix === title).map(plainRun),
    };
  }

  /** Null where recipe or plan are of a version of ballast that this one cannot read. */
  async #capsBroken(manifest: Manifest, title: string): Promise<CapUsage[] | null> {
    const { name, version } = manifest;
    const path = join(this.#input.workspace, mixPath(name, version), 'plan.json');
    const recipe = recipeSchema.safeParse(manifest.recipe);
    const planned = isThere(path) ? (readJson(path) as { inventory?: unknown }) : {};
    const inventory = inventorySchema.safeParse(planned.inventory);
    if (!recipe.success || !inventory.success) return null;
    const facets = facetsOf(recipe.data);
    const taken = (await affectedStrata(this.#connection, title)).map(
      ({ rows, tokens, label, site, language, ...key }) => ({
        key: {
          ...key,
          label: label as Label,
          site: facets.site(site),
          language: facets.language(language),
        },
        ...{ tokens, documents: rows },
      }),
    );
    const written = writtenTally(manifest.strata);
    return capsBrokenWithout({ recipe: recipe.data, inventory: inventory.data, written, taken });
  }
}

function plainRun({
  mix,
  manifestSha256,
  model,
  family,
  started,
  ended,
  note,
}: RegisteredRun): RegisteredRun {
  return { mix, manifestSha256, model, family, started, ended, note };
}

interface Query {
  readonly input: FindImpactInput;
  readonly standing: readonly Published[];
  readonly deleted: readonly Published[];
  readonly runs: readonly RegisteredRun[];
}

async function makeImpact(
  { input, standing, deleted, runs }: Query,
  folder: string,
  progress: Float64Array,
): Promise<Made> {
  const { workspace, scope, key } = input;
  const named = await namedBy(workspace, scope);
  const reached = standing.filter((version) => reaches(scope, version));
  progress[1] = reached.length + 1;
  const scratch = join(folder, 'scratch');
  await mkdir(scratch);
  const made = await withDuckDb({ memoryMegabytes: 512, scratch }, async (connection) => {
    const query = new ImpactQuery(connection, input, runs);
    await makeImpactTables(connection, named);
    if (named !== null) await query.digests(reached);
    progress[0] = 1;
    for (const version of reached) {
      await query.affected(version);
      progress[0] = progress[0]! + 1;
    }
    const versions: VersionImpact[] = [];
    for (const version of reached) {
      const found = await query.summary(version);
      if (found !== null) versions.push(found);
    }
    const path = join(folder, AFFECTED_FILE);
    await writeParquet(connection, {
      ...{ query: AFFECTED_ROWS, path, compression: 'zstd', metadata: {} },
    });
    const manifests = standing.map(({ manifest }) => manifest);
    const titles = versions.map(({ mix }) => mix);
    const from = derivedTextOf(manifests, runs, titles);
    const target = { workspace, versions: standing, path: join(folder, DERIVED_FILE) };
    const { derived, rows: derivedRows } = await writeDerived(connection, target, from);
    const documents: WithdrawnDocuments = {
      schemaVersion: 1,
      documents: named?.documents ?? [],
      textSha256: named === null ? [] : await affectedDigests(connection),
    };
    const summary: Impact = {
      ...{ schemaVersion: 1, key, scope },
      versionsRead: reached.map(({ title, manifestSha256 }) => ({ mix: title, manifestSha256 })),
      versionsDeleted: deleted.map(({ title }) => title),
      ...{ versions, derived, notes: notesOf(scope, versions) },
    };
    await writeFile(join(folder, IMPACT_FILE), canonicalJson(summary));
    await writeFile(join(folder, DOCUMENTS_FILE), canonicalJson(documents));
    const affected = await connection.runAndReadAll(
      `select count(*)::double from (${AFFECTED_ROWS}) a`,
    );
    return {
      rows: {
        [IMPACT_FILE]: versions.length,
        [AFFECTED_FILE]: Number(affected.getRows()[0]![0]),
        [DERIVED_FILE]: derivedRows,
        [DOCUMENTS_FILE]: documents.documents.length + documents.textSha256.length,
      },
      summary: {
        versions: titles,
        rows: versions.reduce((sum, { rows }) => sum + rows, 0),
        tokens: versions.reduce((sum, { tokens }) => sum + tokens, 0),
      },
    };
  });
  await rm(scratch, { recursive: true, force: true });
  return made;
}

export async function run(input: FindImpactInput, progress: Float64Array): Promise<ImpactFound> {
  const { workspace, buildId, key, scope } = input;
  const { standing, deleted } = await publishedVersions(workspace);
  const runs = await readRuns(workspace);
  const plain = runs.map(plainRun);
  const version = ({ title, manifestSha256 }: Published) => `${title} ${manifestSha256}`;
  const madeOf = {
    ...{ activity: 'impact@1', key, scope, runs: plain },
    ...{ versions: standing.map(version), deleted: deleted.map(version) },
  };
  const { record } = await makeArtifact({ workspace, buildId, kind: 'impact', madeOf }, (folder) =>
    makeImpact({ input, standing, deleted, runs: plain }, folder, progress),
  );
  const refs = {
    summary: fileOf(record, IMPACT_FILE),
    rows: fileOf(record, AFFECTED_FILE),
    derived: fileOf(record, DERIVED_FILE),
    documents: fileOf(record, DOCUMENTS_FILE),
  };
  return { refs, ...(record.summary as Omit<ImpactFound, 'refs'>) };
}
