/** Takes the inventory: documents and tokens per stratum, and what was left out and why. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AnchorAccount, refusalsOf } from '../../core/mix/anchor-account.js';
import { StratumTable } from '../../core/mix/stratum-table.js';
import { type Facets, facetNames, facetsOf } from '../../core/plan/facets.js';
import { canonicalJson } from '../../core/schema/canonical.js';
import { assert, Failure } from '../../core/schema/failure.js';
import type {
  Inventory,
  LeftOut,
  PreviousMix,
  SourceTally,
  Stratum,
  StratumKey,
} from '../../core/schema/plan.js';
import { type ArtifactRecord, type Made, makeArtifact } from '../../storage/artifact.js';
import { type Build, type BuildContext, openBuild } from '../build-context.js';
import { openCalibration } from '../calibration.js';
import { type HeldSummary, openHeld } from '../held-documents.js';
import { AVAILABLE } from '../label-columns.js';
import {
  type LabelledShard,
  labelledBatches,
  labelledDigest,
  openLabelledShards,
  stratumKeyOf,
} from '../labelled-documents.js';
import { readPreviousStrata } from '../previous-strata.js';
import { type StratumTally, StratumTruths, truthMadeOf } from '../stratum-truth.js';

export const INVENTORY_FILE = 'inventory.json';

type Tally = Omit<StratumTally, keyof StratumKey>;

function sourceTally(name: string, shards: readonly LabelledShard[]): SourceTally {
  const tally = {
    source: name,
    shards: shards.length,
    rowsRead: 0,
    rowsKept: 0,
    rowsRejected: 0,
    rejectedByReason: {} as Record<string, number>,
    tokens: 0,
    textBytes: 0,
  };
  for (const { profile } of shards) {
    const { summary } = profile;
    tally.rowsRead += summary.rowsRead;
    tally.rowsKept += summary.rowsKept;
    tally.rowsRejected += summary.rowsRejected;
    tally.tokens += summary.tokens;
    tally.textBytes += summary.textBytes;
    for (const [reason, count] of Object.entries(summary.rejectedByReason)) {
      tally.rejectedByReason[reason] = (tally.rejectedByReason[reason] ?? 0) + count;
    }
  }
  assert(
    tally.rowsRead === tally.rowsKept + tally.rowsRejected,
    `source ${name}: read != kept + rejected`,
  );
  return tally;
}

class InventoryTaker {
  readonly #strata = new StratumTable<Tally>(() => ({
    documents: 0,
    tokens: 0,
    tokensMax: 0,
    tokensMin: 0,
  }));
  readonly #leftOut = new Map<string, LeftOut>();
  readonly #truths: StratumTruths;
  readonly #facets: Facets;
  readonly #grantsHeld: readonly string[];
  readonly anchor = new AnchorAccount();

  constructor(truths: StratumTruths, facets: Facets, grantsHeld: readonly string[]) {
    this.#facets = facets;
    this.#grantsHeld = grantsHeld;
    this.#truths = truths;
  }

  async add(shard: LabelledShard): Promise<void> {
    const source = shard.profile.shard.source.name;
    for await (const batch of labelledBatches(shard)) {
      const { length, documents, labels } = batch;
      for (let row = 0; row < length; row++) {
        const tokens = documents.tokens[row]!;
        const outcome = labels.outcome(row);
        if (outcome === AVAILABLE) {
          this.#count(this.#strata.at(stratumKeyOf(source, batch, row, this.#facets)), tokens);
          this.#truths.add(source, batch, row);
        } else this.#leave(source, labels.domain(row), outcome, tokens);
        const heldTokens = batch.heldTokens(row);
        if (heldTokens === 0) continue;
        const held = { tokens: heldTokens, grantId: this.#grantsHeld[batch.heldGrant(row)]! };
        this.anchor.add({ source, held, outcome, label: labels.label(row), tokens });
      }
    }
  }

  #count(tally: Tally, tokens: number): void {
    tally.tokensMin = tally.documents === 0 ? tokens : Math.min(tally.tokensMin, tokens);
    tally.tokensMax = Math.max(tally.tokensMax, tokens);
    tally.documents++;
    tally.tokens += tokens;
  }

  #leave(source: string, domain: string, reason: string, tokens: number): void {
    const key = `${source}\u001f${domain}\u001f${reason}`;
    const known = this.#leftOut.get(key) ?? { source, domain, reason, documents: 0, tokens: 0 };
    this.#leftOut.set(key, {
      ...known,
      documents: known.documents + 1,
      tokens: known.tokens + tokens,
    });
  }

  strata(): Stratum[] {
    return this.#strata.entries().map(({ key, value }) => {
      const stratum = { ...key, ...value };
      return { ...stratum, truth: this.#truths.of(stratum) };
    });
  }

  leftOut(): LeftOut[] {
    return [...this.#leftOut.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, value]) => value);
  }
}

/** What the plan looks back at: part of the address, and of the inventory. */
function previousParts({ pins: { previous }, context: { asOf } }: Build) {
  return previous === null ? {} : { previous, asOf };
}

async function previousOf(build: Build, account: AnchorAccount): Promise<PreviousMix | null> {
  const { recipe, pins, context } = build;
  const { previous } = pins;
  if (previous === null) return null;
  const strata = await readPreviousStrata(build, previous, facetNames(recipe));
  const held = (await openHeld(build))?.summary ?? null;
  if (held === null) return { version: previous.version, strata, anchor: null };
  const refusalOf = refusalsOf(recipe, context.asOf, build.retracted);
  const anchor = account.result(held.version, held.tallies, refusalOf);
  if (anchor.absent.documents > 0 && held.tokenizer !== pins.tokenizer.name)
    throw otherTokenizer(build, held, anchor.absent.documents);
  return { version: previous.version, strata, anchor };
}

/** Tokens of texts that are gone cannot be counted again. */
function otherTokenizer({ recipe, pins }: Build, held: HeldSummary, absent: number): Failure {
  return new Failure('RECIPE_INVALID', {
    subject: `anchor: ${recipe.name}@${held.version}`,
    expected: `tokens counted by ${pins.tokenizer.name}, or every document of it still in a source`,
    found: `${held.tokenizer}, and ${absent} documents in no source`,
    where: 'anchor.keep_human_of',
    remedy: `put the documents back, or keep tokenizer ${held.tokenizer}`,
  });
}

async function makeInventory(
  build: Build,
  shards: LabelledShard[],
  folder: string,
  progress: Float64Array,
): Promise<Made> {
  const opened = await openCalibration(build);
  const taker = new InventoryTaker(
    new StratumTruths(build, opened?.calibration ?? null),
    facetsOf(build.recipe),
    (await openHeld(build))?.summary.grants ?? [],
  );
  progress[1] = shards.length;
  for (const shard of shards) {
    await taker.add(shard);
    progress[0] = progress[0]! + 1;
  }
  const sources = build.recipe.sources.map(({ name }) =>
    sourceTally(
      name,
      shards.filter(({ profile }) => profile.shard.source.name === name),
    ),
  );
  const inventory: Inventory = {
    schemaVersion: 1,
    strata: taker.strata(),
    leftOut: taker.leftOut(),
    sources,
    previous: await previousOf(build, taker.anchor),
  };
  const kept = sources.reduce((sum, { rowsKept }) => sum + rowsKept, 0);
  const counted = [...inventory.strata, ...inventory.leftOut].reduce(
    (sum, { documents }) => sum + documents,
    0,
  );
  assert(kept === counted, `inventory holds ${counted} documents, profiles ${kept}`);
  await writeFile(join(folder, INVENTORY_FILE), canonicalJson(inventory));
  const tokens = inventory.strata.reduce((sum, stratum) => sum + stratum.tokens, 0);
  const summary = { strata: inventory.strata.length, documents: counted, tokensAvailable: tokens };
  return { rows: { [INVENTORY_FILE]: inventory.strata.length }, summary };
}

export async function run(
  context: BuildContext,
  progress: Float64Array,
): Promise<{ record: ArtifactRecord; reused: boolean }> {
  const build = await openBuild(context);
  const shards = await openLabelledShards(build);
  const madeOf = {
    activity: 'inventory@4',
    facets: facetNames(build.recipe),
    truth: truthMadeOf(build),
    labels: labelledDigest(build, shards),
    ...previousParts(build),
  };
  const { workspace, buildId } = context;
  return makeArtifact({ workspace, buildId, kind: 'inventory', madeOf }, (folder) =>
    makeInventory(build, shards, folder, progress),
  );
}
