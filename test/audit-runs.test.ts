/** Lines of the ledger by runs that no seal holds: which are forged, and which a seal could not know. */
import { describe, expect, it } from 'vitest';
import { checkHistories } from '../client/audit/check-histories.js';
import type { AuditedSeal } from '../client/audit/check-seals.js';
import { Findings } from '../client/audit/findings.js';
import type { LedgerEntry } from '../core/schema/ledger.js';
import type { SealedRun } from '../core/schema/sealed-history.js';

const MIX = 'clinic@2026.11.26';
const entry = (sequence: number, kind: string, by: string, body: object): LedgerEntry => ({
  ...{ schemaVersion: 1, sequence, at: '2026-11-26T00:00:00.000Z', key: `${kind}/${sequence}` },
  ...{ kind, by, body, previous: '0'.repeat(64), hash: String(sequence).repeat(64) },
});
const publish = entry(1, 'publish', `build-mix/${MIX}/b1`, { mix: MIX });
const file = { path: 'not-there.json', sha256: '0'.repeat(64), bytes: 1 };
const run = (workflowId: string, runId: string, state: SealedRun['state']): SealedRun => ({
  ...{ workflowId, runId, workflowType: 'reviewMix', firstRunId: runId, parent: null, state },
  ...{ events: 1, history: file, readable: file },
});

async function findingsOf(subject: string, runs: SealedRun[], entries: LedgerEntry[]) {
  const seal = {
    line: { path: 'audit/x' },
    index: {
      ...{ subject, workflowId: runs[0]!.workflowId, runs, missing: [] },
      ledgerHead: { sequence: 2, hash: '2'.repeat(64) },
    },
  } as unknown as AuditedSeal;
  const findings = new Findings();
  await checkHistories('/nowhere', seal, { entries, sealed: runs }, findings);
  return findings.all.map(({ found }) => found);
}

describe('after a mix was published', () => {
  const review = `review/${MIX}`;
  const invented = entry(3, 'review', `${review}/invented`, { mix: MIX, reviewer: 'otto' });

  it('a decision by an invented run of a review that has closed is a finding of its seal', async () => {
    const closed = [run(review, 'r1', 'completed')];
    expect(await findingsOf(review, closed, [publish, invented])).toEqual([`${review}/invented`]);
  });

  it('no finding is what a review wrote that went on, or was open, when it was sealed', async () => {
    for (const state of ['continued', 'open'] as const)
      expect(await findingsOf(review, [run(review, 'r1', state)], [publish, invented])).toEqual([]);
  });

  it('nor is what the build itself wrote, of which the seal of a review knows nothing', async () => {
    const approval = entry(3, 'approval', `build-mix/${MIX}/b1`, { mix: MIX });
    expect(await findingsOf(review, [run(review, 'r1', 'completed')], [publish, approval])).toEqual(
      [],
    );
  });

  it('a decision by a workflow that nobody knows is a finding of the seal of the build', async () => {
    const stranger = entry(3, 'approval', 'other/x', { mix: MIX });
    const runs = [run(`build-mix/${MIX}`, 'b1', 'completed'), run(review, 'r1', 'open')];
    expect(await findingsOf(MIX, runs, [publish, stranger])).toEqual(['other/x']);
  });
});
