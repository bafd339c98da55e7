/**
 * Finds the documents around each stratum's cut in two passes over the labels: a histogram of
 * tokens by rank says in which buckets the cut lies, then the documents of those buckets are
 * collected. Memory: one histogram per stratum and the windows, whatever the corpus.
 */
import { fullPassesOf, type Ranked, type StratumWindow } from '../../core/mix/choose.js';
import { rankKey, rankOf } from '../../core/mix/rank.js';
import { StratumTable, stratumKeyFrom } from '../../core/mix/stratum-table.js';
import type { Facets } from '../../core/plan/facets.js';
import { assert } from '../../core/schema/failure.js';
import type { Allocation, Inventory } from '../../core/schema/plan.js';
import { AVAILABLE } from '../label-columns.js';
import { type LabelledShard, labelledBatches, stratumKeyOf } from '../labelled-documents.js';

const BUCKETS = 1024;
/** Strata with fewer documents are collected whole. */
const WHOLE_DOCUMENTS = 2048;
/** Documents collected above the cut, to fill the gap before it. */
const DOCUMENTS_ABOVE = 128;

interface Cut {
  readonly quota: number;
  readonly available: { tokens: number; documents: number };
  readonly bucketTokens: Float64Array;
  readonly bucketDocuments: Uint32Array;
  /** Buckets [first, end) are collected. */
  first: number;
  end: number;
  readonly collected: Ranked[];
}

type EachAvailable = (cut: Cut, rank: number, id: string, tokens: number) => void;

async function eachAvailable(
  { shards, seed, facets }: Pick<WindowOptions, 'shards' | 'seed' | 'facets'>,
  cuts: StratumTable<Cut>,
  visit: EachAvailable,
): Promise<void> {
  for (const shard of shards) {
    const source = shard.profile.shard.source.name;
    const key = rankKey(seed, source);
    for await (const batch of labelledBatches(shard)) {
      const { length, documents, labels } = batch;
      for (let row = 0; row < length; row++) {
        if (labels.outcome(row) !== AVAILABLE) continue;
        const cut = cuts.find(stratumKeyOf(source, batch, row, facets));
        if (cut === undefined || cut.quota === 0) continue;
        const id = documents.id(row);
        visit(cut, rankOf(key, id), id, documents.tokens[row]!);
      }
    }
  }
}

function bucketOf(rank: number): number {
  return Math.floor(rank * BUCKETS);
}

/** Chooses the buckets to collect: `reach` documents below the cut, some above. */
function placeWindow(cut: Cut, reach: number): void {
  // All of it: a small stratum, or one whose trimming has asked for more than it holds.
  if (cut.available.documents <= Math.max(WHOLE_DOCUMENTS, reach)) return;
  const partial = cut.quota - fullPassesOf(cut.quota, cut.available.tokens) * cut.available.tokens;
  let at = 0;
  for (
    let sum = cut.bucketTokens[0]!;
    sum < partial && at < BUCKETS - 1;
    sum += cut.bucketTokens[at]!
  )
    at++;
  cut.first = at;
  for (let below = 0; cut.first > 0 && below < reach; below += cut.bucketDocuments[cut.first]!)
    cut.first--;
  cut.end = at + 1;
  for (let above = 0; cut.end < BUCKETS && above < DOCUMENTS_ABOVE; cut.end++)
    above += cut.bucketDocuments[cut.end]!;
}

function sumBelow(values: Float64Array | Uint32Array, end: number): number {
  let sum = 0;
  for (let i = 0; i < end; i++) sum += values[i]!;
  return sum;
}

export interface WindowOptions {
  readonly shards: readonly LabelledShard[];
  readonly seed: number;
  readonly facets: Facets;
  readonly inventory: Inventory;
  readonly allocations: readonly Allocation[];
  /** Documents to collect below each cut. */
  readonly reach: number;
}

function cutsOf({ inventory, allocations }: WindowOptions): StratumTable<Cut> {
  const quotas = new StratumTable<{ quota: number }>(() => ({ quota: 0 }));
  for (const allocation of allocations)
    quotas.at(stratumKeyFrom(allocation)).quota = allocation.tokensAllocated;
  const documents = new StratumTable<{ tokens: number; documents: number }>(() => ({
    tokens: 0,
    documents: 0,
  }));
  for (const stratum of inventory.strata)
    Object.assign(documents.at(stratumKeyFrom(stratum)), {
      tokens: stratum.tokens,
      documents: stratum.documents,
    });
  const cuts = new StratumTable<Cut>((key) => ({
    quota: quotas.find(key)?.quota ?? 0,
    available: documents.at(key),
    bucketTokens: new Float64Array(BUCKETS),
    bucketDocuments: new Uint32Array(BUCKETS),
    first: 0,
    end: BUCKETS,
    collected: [],
  }));
  for (const stratum of inventory.strata) cuts.at(stratumKeyFrom(stratum));
  return cuts;
}

function windowOf(key: StratumWindow['key'], cut: Cut): StratumWindow {
  const window = cut.collected.sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1));
  return {
    key,
    quota: cut.quota,
    available: cut.available,
    base: {
      tokens: sumBelow(cut.bucketTokens, cut.first),
      documents: sumBelow(cut.bucketDocuments, cut.first),
    },
    window,
    windowEnd: cut.quota === 0 ? 0 : cut.end / BUCKETS,
  };
}

/** The window of every stratum of the inventory, sorted by stratum. */
export async function rankWindows(options: WindowOptions): Promise<StratumWindow[]> {
  const { reach } = options;
  const cuts = cutsOf(options);
  await eachAvailable(options, cuts, (cut, rank, _id, tokens) => {
    const bucket = bucketOf(rank);
    cut.bucketTokens[bucket] = cut.bucketTokens[bucket]! + tokens;
    cut.bucketDocuments[bucket] = cut.bucketDocuments[bucket]! + 1;
  });
  for (const { value } of cuts.entries()) placeWindow(value, reach);
  await eachAvailable(options, cuts, (cut, rank, id, tokens) => {
    const bucket = bucketOf(rank);
    if (bucket >= cut.first && bucket < cut.end) cut.collected.push({ rank, id, tokens });
  });
  return cuts.entries().map(({ key, value }) => {
    const seen = sumBelow(value.bucketTokens, BUCKETS);
    assert(
      value.quota === 0 || seen === value.available.tokens,
      'inventory and labels differ in tokens',
    );
    return windowOf(key, value);
  });
}
