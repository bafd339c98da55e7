/** Documents of a stratum in the order of their ranks, as the selection sees them. */
import {
  fullPassesOf,
  type Ranked,
  type StratumChoice,
  type StratumWindow,
} from '../core/mix/choose.js';
import { rankKey, rankOf } from '../core/mix/rank.js';
import type { StratumKey } from '../core/schema/plan.js';
import { passesOf } from '../core/schema/selection.js';

export const KEY: StratumKey = {
  source: 'web',
  domain: 'health',
  label: 'human_authored',
  modelFamily: '',
  grantId: 'open',
  lineageDepth: 0,
  ...{ site: '', language: '', anchored: false },
};

export function documentsOf(sizes: readonly number[], source = 'web', seed = 7): Ranked[] {
  const key = rankKey(seed, source);
  const documents = sizes.map((tokens, i) => ({ id: `d${i}`, rank: rankOf(key, `d${i}`), tokens }));
  return documents.sort((a, b) => a.rank - b.rank);
}

export const sum = (documents: readonly Ranked[]) =>
  documents.reduce((total, { tokens }) => total + tokens, 0);

/** All documents as the window, or only those around the cut, in buckets of ranks as a build has them. */
export function windowOf(
  documents: readonly Ranked[],
  quota: number,
  key = KEY,
  isNarrow = false,
): StratumWindow {
  const available = { tokens: sum(documents), documents: documents.length };
  const whole = {
    key,
    quota,
    available,
    base: { tokens: 0, documents: 0 },
    window: documents,
    windowEnd: 1,
  };
  if (!isNarrow) return whole;
  const partial = quota - fullPassesOf(quota, available.tokens) * available.tokens;
  const bucket = (document: Ranked) => Math.floor(document.rank * 16);
  let at = 0;
  while (at < 15 && sum(documents.filter((d) => bucket(d) <= at)) < partial) at++;
  const [first, end] = [Math.max(0, at - 2), Math.min(16, at + 3)];
  const below = documents.filter((d) => bucket(d) < first);
  const base = { tokens: sum(below), documents: below.length };
  const window = documents.filter((d) => bucket(d) >= first && bucket(d) < end);
  return { ...whole, base, window, windowEnd: end / 16 };
}

/** Passes of every document, as the scatter step reads them off the selection. */
export function passes(choice: StratumChoice, documents: readonly Ranked[]): Map<string, number> {
  const selection = { fullPasses: choice.fullPasses, ...choice.result() };
  return new Map(documents.map(({ id, rank }) => [id, passesOf(selection, rank, id)]));
}
