/** Takes the inventory: documents and tokens per stratum, and what was left out and why. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StratumTable } from '../../core/mix/stratum-table.js';
import { type Facets, facetNames, facetsOf } from '../../core/plan/facets.js';
import { canonicalJson } from '../../core/schema/canonical.js';
import { assert } from '../../core/schema/failure.js';
import type {
  Inventory,
  LeftOut,
  SourceTally,
  Stratum,
  StratumKey,
} from '../../core/schema/plan.js';
import { type ArtifactRecord, type Made, makeArtifact } from '../../storage/artifact.js';
import { digestOf } from '../../storage/digest.js';
import { type Build, type BuildContext, openBuild } from '../build-context.js';
import { openCalibration } from '../calibration.js';
import { AVAILABLE } from '../label-columns.js';
import {
  type LabelledShard,
  labelledBatches,
  openLabelledShards,
  stratumKeyOf,
} from '../labelled-documents.js';
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

  constructor(truths: StratumTruths, facets: Facets) {
    this.#facets = facets;
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
    previous: null,
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
    labels: digestOf(shards.map(({ labels }) => labels.slice(context.workspace.length))),
  };
  const { workspace, buildId } = context;
  return makeArtifact({ workspace, buildId, kind: 'inventory', madeOf }, (folder) =>
    makeInventory(build, shards, folder, progress),
  );
}
