/** What the label of a text owes to its copies, from source files to labelled rows. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBuild } from '../activities/build-context.js';
import type { ClusterSummary } from '../activities/cluster-columns.js';
import { labelledBatches, openLabelledShards } from '../activities/labelled-documents.js';
import { openClusters } from '../activities/open-clusters.js';
import { run as clusterDuplicates } from '../activities/tasks/cluster-duplicates.js';
import { run as labelShard } from '../activities/tasks/label-shard.js';
import { profileAll, startBuild } from './pipeline-run.js';
import { makeTempFolder, removeFolder, writeInto } from './source-profile.js';

const RECIPE = `name: copies
version: 2026.11.23
tokenizer: bytes
token_budget: 1000
sources:
  - {name: a, paths: [a.jsonl], domain: d, provenance: {field: kind, by: publisher}, grant: {field: grant}}
  - {name: b, paths: [b.jsonl], domain: d, provenance: {field: kind, by: publisher}, grant: {field: grant}}
grants:
  - {grant_id: open, spdx: CC-BY-4.0}
`;

const TEXT = 'the same words stand in both of these files, twenty of them or so, to be compared';

let folder: string;
beforeEach(async () => {
  folder = await makeTempFolder();
});
afterEach(() => removeFolder(folder));

interface Found {
  readonly label: string;
  readonly outcome: string;
  readonly reasons: string[];
}

type Row = Readonly<Record<string, string>>;

/** Labels both rows, one in each source, as a build would; by source. */
async function labelBoth(a: Row, b: Row): Promise<Record<'a' | 'b', Found> & { lost: number }> {
  for (const [name, row] of Object.entries({ a, b }))
    await writeInto(
      folder,
      `${name}.jsonl`,
      `${JSON.stringify({ id: name, text: TEXT, ...row })}\n`,
    );
  const context = await startBuild({ folder, recipe: RECIPE });
  await profileAll(context);
  const progress = new Float64Array(2);
  await clusterDuplicates(context, progress);
  for (const shard of [0, 1]) await labelShard({ context, shard }, progress);
  const build = await openBuild(context);
  const found: Record<string, Found> = {};
  for (const shard of await openLabelledShards(build)) {
    for await (const { documents, labels } of labelledBatches(shard)) {
      const reason = labels.unknownReason(0);
      const evidence = JSON.parse(labels.evidence(0)) as { reason: string }[];
      found[documents.id(0)] = {
        label: reason === '' ? labels.label(0) : `unknown/${reason}`,
        outcome: labels.outcome(0),
        reasons: evidence.map((item) => item.reason),
      };
    }
  }
  const summary = (await openClusters(build)).summary as ClusterSummary;
  return { a: found.a!, b: found.b!, lost: summary.labelledLost };
}

const human = { kind: 'human_authored', grant: 'open' };
const synthetic = { kind: 'synthetic', grant: 'open' };

describe('the label of a text that stands in two sources', () => {
  it('is not laundered by a younger copy that may be used and declares otherwise', async () => {
    const old = { kind: 'synthetic', created: '2023-01-01', grant: '' };
    const { a, b } = await labelBoth(old, { ...human, created: '2025-01-01' });
    expect(a).toMatchObject({ label: 'synthetic', outcome: 'duplicate' });
    expect(b).toMatchObject({ label: 'unknown/conflict', outcome: 'available' });
    expect(b.reasons).toEqual(['declared_by_row', 'older_copy_says']);
  });

  it.each([
    ['neither is dated', {}],
    ['both are of one day', { created: '2024-01-01' }],
  ])('is a conflict, whichever copy is kept, where %s', async (_title, date) => {
    const { a, b } = await labelBoth({ ...human, ...date }, { ...synthetic, ...date });
    expect([a.label, b.label]).toEqual(['unknown/conflict', 'unknown/conflict']);
    expect([a.outcome, b.outcome]).toEqual(['available', 'duplicate']);
    expect(a.reasons).toEqual(['declared_by_row', 'equal_text_says']);
    const turned = await labelBoth({ ...synthetic, ...date }, { ...human, ...date });
    expect([turned.a.label, turned.b.label]).toEqual([a.label, b.label]);
  });

  it('stays with the older copy, and flows to one that says nothing, dated later or not', async () => {
    const old = { ...human, created: '2019-01-01' };
    for (const date of [{ created: '2024-01-01' }, {}]) {
      const { a, b } = await labelBoth({ grant: 'open', ...date }, old);
      expect(b).toMatchObject({ label: 'human_authored', outcome: 'available' });
      expect(a).toMatchObject({ label: 'human_authored', outcome: 'duplicate' });
      expect(a.reasons).toEqual(['older_copy_says']);
    }
    const { a, b } = await labelBoth(old, { ...synthetic, created: '2024-01-01' });
    expect([a.label, b.label]).toEqual(['human_authored', 'unknown/conflict']);
  });

  it('is counted as lost where a dated copy without a label is kept', async () => {
    const { a, b, lost } = await labelBoth(human, { grant: 'open', created: '2024-01-01' });
    expect(a).toMatchObject({ label: 'human_authored', outcome: 'duplicate' });
    expect(b).toMatchObject({ label: 'unknown/no_evidence', outcome: 'available' });
    expect(lost).toBe(1);
    expect((await labelBoth(human, { grant: 'open' })).lost).toBe(0);
  });
});
