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
import { facetsOf } from '../../core/plan/facets.js';
import { derive, draw, type Key } from '../../core/random/draw.js';
import { canonicalJson } from '../../core/schema/canonical.js';
import type { DataFile } from '../../core/schema/manifest.js';
import type { StratumKey } from '../../core/schema/plan.js';
import type { Recipe } from '../../core/schema/recipe.js';
import type { TextKernel } from '../../engines/text-kernel.js';
import { sha256File } from '../../storage/digest.js';
import { haveFile, shareFile } from '../../storage/remote/mirror.js';
import { type BuildContext, openBuild } from '../build-context.js';
import { type Split, stagingFolder, verifiedFolder } from '../piece-columns.js';
import { breach } from './breach.js';
import { contentLine } from './content-digest.js';
import { fileMetadata } from './gather-shard.js';
import { buildKernel } from './profile-shard.js';
import { type WrittenRow, writtenRows } from './written-rows.js';

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
}

export interface VerifiedFile {
  readonly file: DataFile;
  readonly strata: readonly VerifiedStratum[];
}

/** One row in this many has its tokens counted again from its text. */
const RECOUNT_ONE_IN = 16;

/** Checks that hold row by row, and the tallies that caps are judged by. */
class FileVerifier {
  readonly #input: VerifyFileInput;
  readonly #seed: number;
  readonly #holdoutShare: number;
  readonly #strata = new StratumTable<{ tokens: number; documents: number }>(() => ({
    tokens: 0,
    documents: 0,
  }));
  readonly #content = createHash('sha256');
  readonly #orderKeys: Key[] = [];
  readonly #holdoutKeys = new Map<string, Key>();
  readonly #kernel: TextKernel;
  readonly #recountKey: Key;
  #last: { hi: number; lo: number; tie: string } | null = null;
  rows = 0;
  tokens = 0;

  constructor(input: VerifyFileInput, recipe: Recipe, kernel: TextKernel) {
    this.#input = input;
    this.#seed = recipe.seed;
    this.#holdoutShare = recipe.output.holdoutShare;
    this.#kernel = kernel;
    this.#recountKey = derive(recipe.seed, 'recount');
  }

  add(row: WrittenRow): void {
    this.#checkOrder(row);
    this.#checkHoldout(row);
    this.#checkTokens(row);
    const stratum = this.#strata.at(row.key);
    stratum.tokens += row.tokens;
    stratum.documents++;
    const digest = hash('sha256', row.text, 'hex');
    this.#content.update(
      contentLine({
        source: row.source,
        id: row.id,
        pass: row.pass,
        tokens: row.tokens,
        lineageDepth: row.key.lineageDepth,
        anchored: row.key.anchored,
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

  /** A keyed sample: text and count are both in the digest, so a wrong count is in the profile. */
  #checkTokens({ source, id, tokens, text }: WrittenRow): void {
    if (draw(this.#recountKey, `${source}/${id}`) * RECOUNT_ONE_IN >= 1) return;
    this.#kernel.load(text);
    const counted = this.#kernel.countTokens();
    if (counted === tokens) return;
    throw breach(this.#input.file, `${counted} tokens in ${source}/${id}`, String(tokens));
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
  await haveFile(path);
  const verifier = new FileVerifier(input, build.recipe, await buildKernel(build));
  progress[1] = input.gathered.rows;
  const facets = facetsOf(build.recipe);
  const written = { path, name: input.file, metadata: fileMetadata(build), facets };
  for await (const rows of writtenRows(written)) {
    for (const row of rows) verifier.add(row);
    progress[0] = verifier.rows;
  }
  const strata = verifier.finish();
  const { sha256, bytes } = await sha256File(path);
  const file: DataFile = {
    path: input.file,
    split: input.split,
    format: input.file.endsWith('.parquet') ? 'parquet' : 'arrow',
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
  await shareFile(mark);
  return verified;
}
