/**
 * Reads one written file again with the second reader and tallies it afresh: nothing that the
 * writer said is believed. Row by row: the order (strict, so no row stands twice), the shard that
 * the row belongs to, the holdout's draw, and the digest of the text, against what was gathered.
 */
import { createHash, hash, randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { holdoutKey, isHoldout } from '../../core/mix/holdout.js';
import { orderKey, orderOf, outputShard } from '../../core/mix/rank.js';
import { StratumTable } from '../../core/mix/stratum-table.js';
import type { Key } from '../../core/random/draw.js';
import { canonicalJson } from '../../core/schema/canonical.js';
import { Failure } from '../../core/schema/failure.js';
import type { Label } from '../../core/schema/label.js';
import type { DataFile } from '../../core/schema/manifest.js';
import type { StratumKey } from '../../core/schema/plan.js';
import { readColumns } from '../../storage/columns.js';
import { sha256File } from '../../storage/digest.js';
import { openParquet } from '../../storage/parquet-reader.js';
import { type BuildContext, openBuild } from '../build-context.js';
import { type Split, stagingFolder, verifiedFolder } from '../piece-columns.js';
import { contentLine, OTHER_COLUMNS } from './content-digest.js';
import { fileMetadata } from './gather-shard.js';

export interface VerifyFileInput {
  readonly context: BuildContext;
  readonly split: Split;
  readonly outputShard: number;
  readonly outputShards: number;
  readonly file: string;
  /** What the writer says it wrote. */
  readonly gathered: { readonly rows: number; readonly contentSha256: string };
}

export interface VerifiedStratum extends StratumKey {
  readonly tokens: number;
  readonly documents: number;
  /** Highest pass seen, from 0. */
  readonly passMax: number;
}

export interface VerifiedFile {
  readonly file: DataFile;
  readonly strata: readonly VerifiedStratum[];
}

interface WrittenRow {
  readonly id: string;
  readonly source: string;
  readonly key: StratumKey;
  readonly tokens: number;
  readonly pass: number;
  /** As `OTHER_COLUMNS`; '' where there is no value. */
  readonly others: readonly string[];
  readonly text: string;
}

function required(
  cells: readonly (string | null)[],
  row: number,
  column: string,
  where: string,
): string {
  const value = cells[row];
  if (value === null || value === undefined)
    throw breach(where, `a value in column ${column}`, `nothing in row ${row}`);
  return value;
}

function breach(where: string, expected: string, found: string): Failure {
  return new Failure('VERIFICATION_FAILED', {
    subject: 'written mix',
    expected,
    found,
    where,
    remedy: 'nothing was published; run the build again, and report this if it comes back',
  });
}

async function* parquetFileRows(
  path: string,
  name: string,
  metadata: Record<string, string>,
): AsyncGenerator<WrittenRow> {
  const file = await openParquet(path);
  for (const [key, value] of Object.entries(metadata)) {
    if (file.metadata[key] !== value)
      throw breach(name, `metadata ${key} = ${value}`, String(file.metadata[key]));
  }
  for await (const group of file.groups) {
    const [ids, sources, domains, labels, families, grants, texts] = [
      'id',
      'source',
      'domain',
      'provenance',
      'model_family',
      'grant_id',
      'text',
    ].map((column) => group.text(column)) as [Cells, Cells, Cells, Cells, Cells, Cells, Cells];
    const others = OTHER_COLUMNS.map(([, column]) =>
      file.columns.includes(column) ? group.text(column) : [],
    );
    const tokens = group.integer('tokens');
    const passes = group.integer('pass');
    for (let row = 0; row < group.rows; row++) {
      const source = required(sources, row, 'source', name);
      const key = {
        source,
        domain: required(domains, row, 'domain', name),
        label: required(labels, row, 'provenance', name) as Label,
        modelFamily: families[row] ?? '',
        grantId: required(grants, row, 'grant_id', name),
      };
      yield {
        id: required(ids, row, 'id', name),
        source,
        key,
        tokens: tokens[row]!,
        pass: passes[row]!,
        others: others.map((cells) => cells[row] ?? ''),
        text: required(texts, row, 'text', name),
      };
    }
  }
}
type Cells = (string | null)[];

async function* arrowFileRows(path: string, name: string): AsyncGenerator<WrittenRow> {
  for await (const batch of readColumns(path)) {
    const [id, source, domain, provenance, family, grant, text] = [
      'id',
      'source',
      'domain',
      'provenance',
      'model_family',
      'grant_id',
      'text',
    ].map((column) => batch.text(column)) as [Cell, Cell, Cell, Cell, Cell, Cell, Cell];
    const others = OTHER_COLUMNS.map(([, column]) =>
      batch.has(column) ? batch.text(column) : () => '',
    );
    const tokens = batch.u32('tokens');
    const passes = batch.u32('pass');
    for (let row = 0; row < batch.length; row++) {
      const key = {
        source: source(row),
        domain: domain(row),
        label: provenance(row) as Label,
        modelFamily: family(row),
        grantId: grant(row),
      };
      if (key.grantId === '')
        throw breach(name, 'a value in column grant_id', `nothing in row ${row}`);
      yield {
        id: id(row),
        source: key.source,
        key,
        tokens: tokens[row]!,
        pass: passes[row]!,
        others: others.map((cell) => cell(row)),
        text: text(row),
      };
    }
  }
}
type Cell = (row: number) => string;

/** Checks that hold row by row, and the tallies that caps are judged by. */
class FileVerifier {
  readonly #input: VerifyFileInput;
  readonly #seed: number;
  readonly #holdoutShare: number;
  readonly #strata = new StratumTable<{ tokens: number; documents: number; passMax: number }>(
    () => ({ tokens: 0, documents: 0, passMax: 0 }),
  );
  readonly #content = createHash('sha256');
  readonly #orderKeys: Key[] = [];
  readonly #holdoutKeys = new Map<string, Key>();
  #last: { hi: number; lo: number; tie: string } | null = null;
  rows = 0;
  tokens = 0;

  constructor(input: VerifyFileInput, recipe: { seed: number; output: { holdoutShare: number } }) {
    this.#input = input;
    this.#seed = recipe.seed;
    this.#holdoutShare = recipe.output.holdoutShare;
  }

  add(row: WrittenRow): void {
    this.#checkOrder(row);
    this.#checkHoldout(row);
    const stratum = this.#strata.at(row.key);
    stratum.tokens += row.tokens;
    stratum.documents++;
    stratum.passMax = Math.max(stratum.passMax, row.pass);
    const digest = hash('sha256', row.text, 'hex');
    this.#content.update(
      contentLine({
        source: row.source,
        id: row.id,
        pass: row.pass,
        tokens: row.tokens,
        others: row.others,
        digest,
      }),
    );
    this.rows++;
    this.tokens += row.tokens;
  }

  #checkOrder({ source, id, pass }: WrittenRow): void {
    const { file, outputShard: index, outputShards } = this.#input;
    this.#orderKeys[pass] ??= orderKey(this.#seed, pass);
    const order = orderOf(this.#orderKeys[pass], source, id);
    const tie = `${source}\u0000${id}\u0000${pass}`;
    const last = this.#last;
    const after =
      last === null ||
      order.hi > last.hi ||
      (order.hi === last.hi && (order.lo > last.lo || (order.lo === last.lo && tie > last.tie)));
    if (!after)
      throw breach(
        file,
        'every document once per pass, in the keyed order',
        `${source}/${id} pass ${pass} after ${last?.tie.split('\u0000').join(' ')}`,
      );
    if (outputShard(order, outputShards) !== index)
      throw breach(file, `rows of shard ${index}`, `${source}/${id}, which belongs elsewhere`);
    this.#last = { ...order, tie };
  }

  #checkHoldout({ source, id }: WrittenRow): void {
    let key = this.#holdoutKeys.get(source);
    if (key === undefined) {
      key = holdoutKey(source);
      this.#holdoutKeys.set(source, key);
    }
    const isHeldOut = isHoldout(key, id, this.#holdoutShare);
    if (isHeldOut !== (this.#input.split === 'holdout')) {
      throw breach(
        this.#input.file,
        'the holdout apart from the training rows',
        `${source}/${id} in ${this.#input.split}`,
      );
    }
  }

  finish(): VerifiedStratum[] {
    const { file, gathered } = this.#input;
    if (this.rows !== gathered.rows) throw breach(file, `${gathered.rows} rows`, `${this.rows}`);
    const content = this.#content.digest('hex');
    if (content !== gathered.contentSha256) {
      throw breach(
        file,
        `contents with digest ${gathered.contentSha256.slice(0, 12)}..`,
        `${content.slice(0, 12)}..`,
      );
    }
    return this.#strata.entries().map(({ key, value }) => ({ ...key, ...value }));
  }
}

/** Verifies one file; the finding stays in the build's scratch for the judge. */
export async function run(input: VerifyFileInput, progress: Float64Array): Promise<VerifiedFile> {
  const build = await openBuild(input.context);
  const path = join(stagingFolder(input.context), input.file);
  const verifier = new FileVerifier(input, build.recipe);
  const isParquet = input.file.endsWith('.parquet');
  progress[1] = input.gathered.rows;
  const rows = isParquet
    ? parquetFileRows(path, input.file, fileMetadata(build))
    : arrowFileRows(path, input.file);
  for await (const row of rows) {
    verifier.add(row);
    progress[0] = verifier.rows;
  }
  const strata = verifier.finish();
  const { sha256, bytes } = await sha256File(path);
  const file: DataFile = {
    path: input.file,
    split: input.split,
    format: isParquet ? 'parquet' : 'arrow',
    sha256,
    bytes,
    rows: verifier.rows,
    tokens: verifier.tokens,
  };
  const verified: VerifiedFile = { file, strata };
  const folder = verifiedFolder(input.context);
  await mkdir(folder, { recursive: true });
  const mark = join(folder, `${basename(input.file)}.json`);
  const half = join(folder, `${randomUUID()}.half`);
  await writeFile(half, canonicalJson(verified));
  await rename(half, mark);
  return verified;
}
