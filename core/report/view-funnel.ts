/**
 * From read to written. Every kept document is left out for one reason or stands in one stratum, so
 * the steps are running differences: read - rejected - duplicates - refused - holdout = available.
 */
import type { LeftOut, SourceTally } from '../schema/plan.js';
import { byText, sumBy } from './tally.js';
import type { Funnel, FunnelStep, StratumRow } from './view-types.js';

export interface FunnelRecords {
  readonly sources: readonly SourceTally[];
  readonly leftOut: readonly LeftOut[];
  readonly strata: readonly StratumRow[];
}

/** All sources together as `all`, then each source by name. */
export function funnelsOf(records: FunnelRecords): Funnel[] {
  const names = records.sources.map((tally) => tally.source).sort(byText);
  const one = (source: string) =>
    funnelOf(source, {
      sources: records.sources.filter((row) => row.source === source),
      leftOut: records.leftOut.filter((row) => row.source === source),
      strata: records.strata.filter((row) => row.source === source),
    });
  return [funnelOf('all', records), ...names.map(one)];
}

function funnelOf(source: string, { sources, leftOut, strata }: FunnelRecords): Funnel {
  const lost = (group: string) => {
    const rows = leftOut.filter((row) => groupOf(row.reason) === group);
    return { documents: sumBy(rows, (r) => r.documents), tokens: sumBy(rows, (r) => r.tokens) };
  };
  const read = { name: 'read', documents: sumBy(sources, (s) => s.rowsRead), tokens: null };
  const kept = sumBy(sources, (s) => s.rowsKept);
  const steps: FunnelStep[] = [read];
  let left = { documents: kept, tokens: sumBy(sources, (s) => s.tokens) };
  steps.push({ name: 'kept', ...left });
  left = less(left, lost('duplicate'));
  steps.push({ name: 'after duplicates', ...left });
  left = less(left, lost('refused'));
  steps.push({ name: 'after grants', ...left });
  const holdout = lost('holdout');
  left = less(left, holdout);
  steps.push({ name: 'available', ...left });
  if (strata.some((row) => row.planned !== null)) {
    const tokens = sumBy(strata, (row) => row.planned ?? 0);
    steps.push({ name: 'planned', documents: null, tokens });
  }
  if (strata.some((row) => row.written !== null)) steps.push(writtenStep(strata));
  const unaccountedTokens = left.tokens - sumBy(strata, (s) => s.available);
  return { source, steps, holdout, unaccountedTokens };
}

function groupOf(reason: string): 'duplicate' | 'holdout' | 'refused' {
  return reason === 'duplicate' || reason === 'holdout' ? reason : 'refused';
}

function less(
  from: { documents: number; tokens: number },
  lost: { documents: number; tokens: number },
) {
  return { documents: from.documents - lost.documents, tokens: from.tokens - lost.tokens };
}

function writtenStep(strata: readonly StratumRow[]): FunnelStep {
  return {
    name: 'written',
    documents: sumBy(strata, (row) => row.documents ?? 0),
    tokens: sumBy(strata, (row) => row.written ?? 0),
  };
}
