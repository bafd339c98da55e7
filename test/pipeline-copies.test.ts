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
  readonly kind: string;
  readonly details: string[];
}

type Row = Readonly<Record<string, string>>;

/** Labels the rows of both sources as a build would; what was found by id. */
async function labelAll(
  rows: Readonly<Record<'a' | 'b', readonly Row[]>>,
): Promise<{ found: Record<string, Found>; summary: ClusterSummary }> {
  for (const [name, list] of Object.entries(rows))
    await writeInto(
      folder,
      `${name}.jsonl`,
      list.map((row) => `${JSON.stringify(row)}\n`).join(''),
    );
  const context = await startBuild({ folder, recipe: RECIPE });
  await profileAll(context);
  const progress = new Float64Array(2);
  await clusterDuplicates(context, progress);
  for (const shard of [0, 1]) await labelShard({ context, shard }, progress);
  const build = await openBuild(context);
  const found: Record<string, Found> = {};
  for (const shard of await openLabelledShards(build)) {
    for await (const { documents, labels, length } of labelledBatches(shard)) {
      for (let row = 0; row < length; row++) {
        const reason = labels.unknownReason(row);
        const evidence = JSON.parse(labels.evidence(row)) as { reason: string; detail: string }[];
        found[documents.id(row)] = {
          label: reason === '' ? labels.label(row) : `unknown/${reason}`,
          outcome: labels.outcome(row),
          reasons: evidence.map((item) => item.reason),
          kind: labels.clusterKind(row),
          details: evidence.map((item) => item.detail),
        };
      }
    }
  }
  return { found, summary: (await openClusters(build)).summary as ClusterSummary };
}

/** One row in each source, by source. */
async function labelBoth(a: Row, b: Row): Promise<Record<'a' | 'b', Found> & { lost: number }> {
  const { found, summary } = await labelAll({
    a: [{ id: 'a', text: TEXT, ...a }],
    b: [{ id: 'b', text: TEXT, ...b }],
  });
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

  it('stays with the copy that a third party saw first, or that was published first', async () => {
    const seen = { ...human, created: '2025-01-01', 'WARC-Date': '2023-05-18T12:30:00Z' };
    const published = { ...human, datePublished: '2023-05-18' };
    for (const old of [seen, published]) {
      const { a, b } = await labelBoth({ ...synthetic, created: '2024-01-01' }, old);
      expect([a.label, b.label]).toEqual(['unknown/conflict', 'human_authored']);
      expect(a.reasons).toEqual(['declared_by_row', 'older_copy_says']);
      expect(a.details[1]).toContain('b/b of 2023-05-18');
    }
  });

  it('is counted as lost where a dated copy without a label is kept', async () => {
    const { a, b, lost } = await labelBoth(human, { grant: 'open', created: '2024-01-01' });
    expect(a).toMatchObject({ label: 'human_authored', outcome: 'duplicate' });
    expect(b).toMatchObject({ label: 'unknown/no_evidence', outcome: 'available' });
    expect(lost).toBe(1);
    expect((await labelBoth(human, { grant: 'open' })).lost).toBe(0);
  });
});

/** 60 words, the 8th, 16th .. of which are of this version: one more differs with each version. */
function version(steps: number): string {
  const words = Array.from({ length: 60 }, (_, i) => `word${i}`);
  for (let step = 1; step <= steps; step++) words[step * 8] = `changed${step}`;
  return words.join(' ');
}

describe('the label of an edited copy', () => {
  // A changed word takes 5 of 56 shingles: Jaccard 51 / 61 = .836 to the next version, 46 / 66 =
  // .697 to the one after it, of whose shingles 46 / 56 = .821 are left.
  it('comes from the oldest copy over one edit, and is not handed on along a chain', async () => {
    const { found, summary } = await labelAll({
      a: [
        { id: 'oldest', text: version(0), kind: 'synthetic', created: '2019-01-01', grant: 'open' },
      ],
      b: [
        { id: 'next', text: version(1), created: '2020-01-01', grant: 'open' },
        { id: 'after', text: version(2), created: '2021-01-01', grant: 'open' },
        { id: 'alone', text: 'quite another text of some ten words or so here', grant: 'open' },
      ],
    });
    expect(found.oldest).toMatchObject({ label: 'synthetic', kind: 'copies' });
    expect(found.next).toMatchObject({ label: 'synthetic', reasons: ['older_copy_says'] });
    expect(found.next!.details[0]).toContain('Jaccard 0.83, 0.91 of its word 5-grams stand there');
    expect(found.after).toMatchObject({
      ...{ label: 'unknown/no_evidence', outcome: 'duplicate' },
      reasons: ['chained_copy'],
    });
    expect(found.after!.details[0]).toContain('a/oldest of 2019-01-01: Jaccard 0.69, 0.82 of');
    expect(found.alone).toMatchObject({ kind: '', reasons: [] });
    expect(summary).toMatchObject({ clusters: 1, templates: 0, chainedDocuments: 1 });
  });

  it('does not reach the other texts of a template, but does reach exact copies', async () => {
    const forms = Array.from({ length: 12 }, (_, i) => ({
      ...{ id: `form${i}`, grant: 'open', created: '2020-01-01' },
      text: `${version(0)} filled in for number${i}`,
    }));
    const { found, summary } = await labelAll({
      a: [{ ...forms[0]!, id: 'oldest', kind: 'synthetic', created: '2019-01-01' }],
      b: forms,
    });
    expect(summary).toMatchObject({ clusters: 1, templates: 1, templateDocuments: 13 });
    expect(found.form0).toMatchObject({
      ...{ label: 'synthetic', kind: 'template' },
      reasons: ['older_copy_says', 'template_family'],
    });
    for (let i = 1; i < 12; i++)
      expect(found[`form${i}`]).toMatchObject({
        ...{ label: 'unknown/no_evidence', kind: 'template' },
        reasons: ['template_family'],
      });
  });
});
